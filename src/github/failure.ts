/** What a request that did not end well tells: with an answer of GitHub's, or without any. */
import { type Headers, limitPause, serverTimeOf } from "./limits.ts";
import type { RefusalReason, Refused } from "./outcome.ts";

export interface Failure {
  /** `undefined`: no answer. Octokit reports that as status 500 without a response. */
  readonly status: number | undefined;
  readonly headers: Headers;
  /** GitHub's own words where there are any, one line. */
  readonly message: string;
  readonly data: unknown;
  readonly error: unknown;
}

/** Reads an error that Octokit threw. */
export function failureOf(error: unknown): Failure {
  const { status, response, message } = error as {
    status?: number;
    response?: { headers?: Headers; data?: unknown };
    message?: string;
  };
  const words = (response?.data as { message?: unknown } | undefined)?.message ?? message ?? error;
  return {
    status: response ? status : undefined,
    headers: response?.headers ?? {},
    message: oneLine(String(words)),
    data: response?.data,
    error,
  };
}

const oneLine = (text: string): string => text.replaceAll(/\s+/g, " ").slice(0, 300);

/** Whether this end leaves open what became of the request: no answer, 408, 5xx. */
export const saysNothing = (status: number | undefined): boolean =>
  status === undefined || status === 408 || status >= 500;

/** A write's answer from 300 to 499 as what it is: surely not done. `pause`: milliseconds, where it is a limit. */
export function refusedOf(
  status: number,
  { headers, message, data }: Pick<Failure, "headers" | "message" | "data">,
): { readonly refused: Refused; readonly pause: number | undefined } {
  const serverTime = serverTimeOf(headers) ?? Date.now();
  const pause = limitPause(status, headers, message, serverTime);
  const common = { kind: "refused", status, message, errors: errorsOf(data) } as const;
  return pause === undefined
    ? { refused: { ...common, reason: reasonOf(status) }, pause }
    : { refused: { ...common, reason: "rate-limited", retryAt: serverTime + pause }, pause };
}

function reasonOf(status: number): RefusalReason {
  switch (status) {
    case 401:
      return "unauthorized";
    case 403:
      return "forbidden";
    case 404:
      return "not-found";
    case 405:
      return "not-allowed";
    case 409:
      return "conflict";
    case 410:
      return "gone";
    case 422:
      return "invalid";
    default:
      return "other";
  }
}

function errorsOf(data: unknown): readonly string[] {
  const errors = (data as { errors?: unknown } | undefined)?.errors;
  if (!Array.isArray(errors)) return [];
  return errors.map((one) => {
    if (typeof one === "string") return one;
    const { message, code } = (one ?? {}) as { message?: unknown; code?: unknown };
    return String(message ?? code ?? "");
  });
}
