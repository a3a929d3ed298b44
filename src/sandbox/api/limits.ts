/** GitHub's refusals of those who ask too much: the primary limit, and the secondary ones. */
import type { SandboxClock } from "../clock.ts";
import type { Rate } from "../control/settings-text.ts";
import type { Actor } from "../world/actor.ts";
import { ApiError } from "./errors.ts";
import type { LimitSettings } from "./limit-settings.ts";
import { budgetKey, type Quota } from "./quota.ts";

const LONGEST_WINDOW_MS = 3_600_000;

export interface Asked {
  readonly actor: Actor;
  readonly points: number;
  readonly contentCreating: boolean;
}

export interface Limits {
  /**
   * Counts a request, or throws the refusal. A refused one is not counted for the secondary limits.
   * To be called with what it returns once the request is answered: so long it is under way.
   */
  admit(asked: Asked): () => void;
}

interface Spent {
  readonly at: number;
  readonly points: number;
  readonly contentCreating: boolean;
}

/** Limits that refuse as GitHub does. Windows slide over the sandbox's clock. */
export function createLimits(clock: SandboxClock, quota: Quota): Limits {
  const spent = new Map<string, Spent[]>();
  const underWay = new Map<string, number>();
  function enter(key: string): () => void {
    underWay.set(key, (underWay.get(key) ?? 0) + 1);
    return () => void underWay.set(key, (underWay.get(key) ?? 1) - 1);
  }
  return {
    admit({ actor, points, contentCreating }) {
      const settings = quota.limiting;
      const key = budgetKey(actor);
      if (settings === "off") return enter(key);
      if (quota.peek(actor)?.remaining === 0) throw primary(actor, settings);
      if ((underWay.get(key) ?? 0) >= settings.concurrent) throw secondary(settings, 60);
      const now = clock.now();
      const recent = (spent.get(key) ?? []).filter((entry) => entry.at > now - LONGEST_WINDOW_MS);
      const content = recent.filter((entry) => entry.contentCreating).map(({ at }) => ({ at, weight: 1 }));
      const all = recent.map((entry) => ({ at: entry.at, weight: entry.points }));
      const wait = Math.max(
        ...settings.points.map((rate) => waitFor(rate, all, points, now)),
        ...(contentCreating ? settings.content.map((rate) => waitFor(rate, content, 1, now)) : []),
        0,
      );
      if (wait > 0) throw secondary(settings, Math.max(60, Math.ceil(wait / 1000)));
      recent.push({ at: now, points, contentCreating });
      spent.set(key, recent);
      return enter(key);
    },
  };
}

interface Weighed {
  readonly at: number;
  readonly weight: number;
}

/** Milliseconds until one more of this weight fits into the window; 0: now. */
function waitFor(
  { count, windowMs }: Rate,
  entries: readonly Weighed[],
  weight: number,
  now: number,
): number {
  const inside = entries.filter((entry) => entry.at > now - windowMs);
  let sum = inside.reduce((total, entry) => total + entry.weight, weight);
  if (sum <= count) return 0;
  for (const entry of inside) {
    sum -= entry.weight;
    if (sum <= count) return entry.at + windowMs - now;
  }
  return windowMs;
}

const DOCUMENTATION = "https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api";

function primary(actor: Actor, { status }: LimitSettings): ApiError {
  const whom = actor.kind === "installation" ? `installation ID ${actor.installationId}` : "user";
  const words = `API rate limit exceeded for ${whom}.`;
  return new ApiError(status, words, undefined, `${DOCUMENTATION}#about-primary-rate-limits`);
}

function secondary({ status, retryAfter }: LimitSettings, seconds: number): ApiError {
  const words = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.";
  const headers: Record<string, string> = retryAfter === "yes" ? { "retry-after": String(seconds) } : {};
  return new ApiError(status, words, undefined, `${DOCUMENTATION}#about-secondary-rate-limits`, headers);
}
