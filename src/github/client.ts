/**
 * Two ways to GitHub for one installation. Reads: GET only, retried and throttled by Octokit's plugins. Writes:
 * no plugin at all, one request each (I3), as those plugins send a POST again after an answer was lost.
 */
import { Octokit } from "@octokit/core";
import { retry } from "@octokit/plugin-retry";
import { throttling } from "@octokit/plugin-throttling";
import type { Clock } from "./clock.ts";
import { GitHubError } from "./errors.ts";
import type { Governor, RequestKind } from "./governor.ts";
import { type Headers, limitPause, serverTimeOf } from "./limits.ts";
import type { Outcome, RefusalReason, Refused } from "./outcome.ts";

export interface ClientOptions {
  /** Without trailing slash. */
  readonly apiUrl: string;
  readonly clock: Clock;
  readonly governor: Governor;
  readonly token: () => Promise<string>;
  /** Forget the token: GitHub does not take it any more. */
  readonly invalidate?: () => void;
  /** `issue=<repository id>/<number>`: goes into the User-Agent, so that a log shows what a request was for. */
  readonly attribution?: string;
  readonly fetch?: typeof fetch;
  /** Milliseconds for one request; GitHub itself gives up after 10 s. */
  readonly timeout?: number;
}

export interface Answer {
  readonly status: number;
  readonly data: unknown;
  readonly headers: Headers;
  readonly readAt: number;
  readonly serverTime: number;
}

export type Params = Readonly<Record<string, unknown>>;

export interface Client {
  /** `undefined`: 404. Throws `GitHubError`. */
  get(route: string, params?: Params): Promise<Answer | undefined>;
  /** Sends once. `read` gives the value out of the body, or `undefined` where the body is not of its shape. */
  send<T>(
    kind: Exclude<RequestKind, "read">,
    route: string,
    params: Params,
    read: (data: unknown) => T | undefined,
  ): Promise<Outcome<T>>;
}

export const API_VERSION = "2022-11-28";
const USER_AGENT = "cairn";
const ReadOctokit = Octokit.plugin(retry, throttling);

export function createClient(options: ClientOptions): Client {
  const { clock, governor, timeout = 15_000 } = options;
  const shared = {
    baseUrl: options.apiUrl,
    userAgent: options.attribution ? `${USER_AGENT} (${options.attribution})` : USER_AGENT,
    // Octokit's default logger writes deprecations and errors to the console, with addresses in them.
    log: { debug: ignore, info: ignore, warn: ignore, error: ignore },
    ...(options.fetch ? { request: { fetch: options.fetch } } : {}),
  };
  const reads = new ReadOctokit({
    ...shared,
    retry: { retries: 2 },
    throttle: {
      // A limit is remembered by the governor and waited out by whoever looks again; no request hangs for it.
      id: crypto.randomUUID(),
      onRateLimit: () => false,
      onSecondaryRateLimit: () => false,
    },
  });
  const writes = new Octokit(shared);

  const headersOf = async (): Promise<Record<string, string>> => ({
    authorization: `token ${await options.token()}`,
    "x-github-api-version": API_VERSION,
  });

  async function get(route: string, params: Params = {}): Promise<Answer | undefined> {
    const where = `GET ${route}`;
    for (let fresh = false; ; fresh = true) {
      const release = await governor.admit("read", where);
      try {
        const answer = await reads.request(`GET ${route}`, {
          ...params,
          headers: { ...(params.headers as object | undefined), ...(await headersOf()) },
          request: { signal: AbortSignal.timeout(timeout * 3) },
        });
        const headers = answer.headers as Headers;
        return { ...answer, headers, readAt: clock.now(), serverTime: serverTimeOf(headers) ?? 0 };
      } catch (error) {
        const failure = failureOf(error);
        if (failure.status === 404) return undefined;
        // A token that was withdrawn while it was cached: one more try with a new one.
        if (failure.status === 401 && !fresh && options.invalidate) {
          options.invalidate();
          continue;
        }
        throw readError(where, failure);
      } finally {
        release();
      }
    }
  }

  function readError(where: string, failure: Failure): GitHubError {
    const { status, message, headers } = failure;
    const details = { cause: failure.error, ...(status === undefined ? {} : { status }) };
    if (status === undefined || status >= 500 || status === 408) {
      return new GitHubError("unavailable", where, message, details);
    }
    const pause = limitPause(status, headers, message, serverTimeOf(headers) ?? Date.now());
    if (pause !== undefined) {
      governor.limited(pause);
      return new GitHubError("rate-limited", where, message, { ...details, retryAfter: pause });
    }
    const kind =
      status === 401 ? "unauthorized" : status === 403 ? "forbidden" : status < 400 ? "moved" : "refused";
    return new GitHubError(kind, where, `${status} ${message}`, details);
  }

  async function send<T>(
    kind: Exclude<RequestKind, "read">,
    route: string,
    params: Params,
    read: (data: unknown) => T | undefined,
  ): Promise<Outcome<T>> {
    const release = await governor.admit(kind, route);
    try {
      const answer = await writes.request(route, {
        ...params,
        headers: await headersOf(),
        request: { signal: AbortSignal.timeout(timeout), redirect: "manual" },
      });
      if (answer.status >= 300)
        return refused(answer.status, answer.headers as Headers, "the address has moved", answer.data);
      const value = read(answer.data);
      if (value !== undefined) return { kind: "applied", status: answer.status, value };
      return { kind: "unknown", status: answer.status, message: "the answer cannot be read" };
    } catch (error) {
      const { status, headers, message, data } = failureOf(error);
      if (status === undefined || status === 408 || status >= 500)
        return { kind: "unknown", status, message };
      return refused(status, headers, message, data);
    } finally {
      release();
    }
  }

  function refused(status: number, headers: Headers, message: string, data: unknown): Refused {
    const serverTime = serverTimeOf(headers) ?? Date.now();
    const pause = limitPause(status, headers, message, serverTime);
    if (status === 401) options.invalidate?.();
    if (pause === undefined) {
      return { kind: "refused", status, reason: reasonOf(status), message, errors: errorsOf(data) };
    }
    governor.limited(pause);
    return {
      kind: "refused",
      status,
      reason: "rate-limited",
      message,
      errors: [],
      retryAt: serverTime + pause,
    };
  }

  return { get, send };
}

function ignore(): void {
  // Nothing of Octokit's own reaches a log: callers say what happened.
}

interface Failure {
  readonly status: number | undefined;
  readonly headers: Headers;
  readonly message: string;
  readonly data: unknown;
  readonly error: unknown;
}

/** Octokit reports a network failure as status 500 without a response: that is no answer of GitHub's. */
function failureOf(error: unknown): Failure {
  const { status, response, message } = error as {
    status?: number;
    response?: { headers?: Headers; data?: unknown };
    message?: string;
  };
  const words = String((response?.data as { message?: unknown } | undefined)?.message ?? message ?? error);
  return {
    status: response ? status : undefined,
    headers: response?.headers ?? {},
    message: words.replaceAll(/\s+/g, " ").slice(0, 300),
    data: response?.data,
    error,
  };
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
