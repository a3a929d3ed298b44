/** GitHub's words and headers for a limit, and how long it lasts. */
import type { QuotaSeen } from "./quota.ts";

export type Headers = Readonly<Record<string, string | number | undefined>>;

/** Where GitHub names no time, a secondary limit lasts at least this long (ms). */
export const LEAST_PAUSE = 60_000;

/** Requests an hour of an installation on GitHub, where it says no other number. */
const LEAST_LIMIT = 5_000;

/** Older servers call the secondary limit an abuse detection mechanism. */
const LIMIT_WORDS = /rate limit|abuse detection/i;

/**
 * Milliseconds to wait, or `undefined` where the answer is no limit: a plain 403 is a missing permission.
 * A missing header is not zero.
 */
export function limitPause(
  status: number,
  headers: Headers,
  message: string,
  serverTime: number,
): number | undefined {
  if (status !== 403 && status !== 429) return undefined;
  const after = header(headers, "retry-after");
  if (after !== undefined) return Math.max(1_000, after * 1_000);
  const spent = spentPause(headers, serverTime);
  if (spent !== undefined) return spent;
  return status === 429 || LIMIT_WORDS.test(message) ? LEAST_PAUSE : undefined;
}

/** Milliseconds until the hour's requests are renewed, where this answer's was the last of them. */
function spentPause(headers: Headers, serverTime: number): number | undefined {
  const quota = quotaOf(headers, serverTime);
  return quota?.remaining === 0 ? Math.max(1_000, quota.resetIn) : undefined;
}

/** What the headers tell of the hour's requests; `undefined` where GitHub has no such limit, or tells of another one. */
export function quotaOf(headers: Headers, serverTime: number): QuotaSeen | undefined {
  if ((headers["x-ratelimit-resource"] ?? "core") !== "core") return undefined;
  const limit = header(headers, "x-ratelimit-limit") ?? LEAST_LIMIT;
  const remaining = header(headers, "x-ratelimit-remaining");
  const reset = header(headers, "x-ratelimit-reset");
  if (remaining === undefined || reset === undefined) return undefined;
  return { limit, remaining, resetIn: reset * 1_000 - serverTime };
}

function header(headers: Headers, name: string): number | undefined {
  const text = headers[name];
  if (text === undefined || text === "") return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
}

/** GitHub's clock, from the `Date` header (grain: 1 s); `undefined` where there is none. */
export function serverTimeOf(headers: Headers): number | undefined {
  const at = Date.parse(String(headers.date ?? ""));
  return Number.isNaN(at) ? undefined : at;
}
