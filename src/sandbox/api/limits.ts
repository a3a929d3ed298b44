/** GitHub's refusals of those who ask too much: the primary limit, and the secondary ones by points and by content. */
import type { SandboxClock } from "../clock.ts";
import type { Actor } from "../world/actor.ts";
import { ApiError } from "./errors.ts";
import { budgetKey, type Quota } from "./quota.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const POINTS_A_MINUTE = 900;
const CONTENT_A_MINUTE = 80;
const CONTENT_AN_HOUR = 500;

export interface Asked {
  readonly actor: Actor;
  readonly points: number;
  readonly contentCreating: boolean;
}

export interface Limits {
  /** Counts a request, or throws 403 with the headers that say when to come back. A refused one is not counted. */
  admit(asked: Asked): void;
}

interface Spent {
  readonly at: number;
  readonly points: number;
  readonly contentCreating: boolean;
}

/** Limits that refuse as GitHub does. Windows slide over the sandbox's clock. */
export function createLimits(clock: SandboxClock, quota: Quota): Limits {
  const spent = new Map<string, Spent[]>();
  return {
    admit({ actor, points, contentCreating }) {
      if (quota.peek(actor).remaining === 0) throw primary(actor);
      const now = clock.now();
      const key = budgetKey(actor);
      const recent = (spent.get(key) ?? []).filter((entry) => entry.at > now - HOUR_MS);
      const lastMinute = recent.filter((entry) => entry.at > now - MINUTE_MS);
      const content = (entries: readonly Spent[]): number =>
        entries.filter((entry) => entry.contentCreating).length;
      const sum = lastMinute.reduce((total, entry) => total + entry.points, points);
      if (sum > POINTS_A_MINUTE) throw secondary(60);
      if (contentCreating && content(lastMinute) >= CONTENT_A_MINUTE) throw secondary(60);
      if (contentCreating && content(recent) >= CONTENT_AN_HOUR)
        throw secondary(secondsUntilFree(recent, now));
      recent.push({ at: now, points, contentCreating });
      spent.set(key, recent);
    },
  };
}

function secondsUntilFree(recent: readonly Spent[], now: number): number {
  const oldest = recent.find((entry) => entry.contentCreating)?.at ?? now;
  return Math.max(1, Math.ceil((oldest + HOUR_MS - now) / 1000));
}

const DOCUMENTATION = "https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api";

function primary(actor: Actor): ApiError {
  const whom = actor.kind === "installation" ? `installation ID ${actor.installationId}` : "user";
  return new ApiError(
    403,
    `API rate limit exceeded for ${whom}.`,
    undefined,
    `${DOCUMENTATION}#about-primary-rate-limits`,
  );
}

function secondary(retryAfterSeconds: number): ApiError {
  const words = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.";
  const headers = { "retry-after": String(retryAfterSeconds) };
  return new ApiError(403, words, undefined, `${DOCUMENTATION}#about-secondary-rate-limits`, headers);
}
