/** GitHub's refusals of those who ask too much: the primary limit, and the secondary ones. */
import type { SandboxClock } from "../clock.ts";
import type { Rate } from "../control/settings-text.ts";
import type { Actor } from "../world/actor.ts";
import { ApiError, PointsSpent } from "./errors.ts";
import type { LimitSettings } from "./limit-settings.ts";
import { budgetKey, type Quota, type Resource } from "./quota.ts";

const LONGEST_WINDOW_MS = 3_600_000;

export interface Asked {
  readonly actor: Actor;
  readonly points: number;
  readonly contentCreating: boolean;
  readonly resource: Resource;
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
  readonly weight: number;
}

/** What one sender spent lately, in the order of time; by REST, by GraphQL, and of both what creates content. */
interface Recent {
  readonly core: Spent[];
  readonly graphql: Spent[];
  readonly content: Spent[];
}

/** Limits that refuse as GitHub does. Windows slide over the sandbox's clock. */
export function createLimits(clock: SandboxClock, quota: Quota): Limits {
  const spent = new Map<string, Recent>();
  const underWay = new Map<string, number>();
  function enter(key: string): () => void {
    underWay.set(key, (underWay.get(key) ?? 0) + 1);
    return () => void underWay.set(key, (underWay.get(key) ?? 1) - 1);
  }
  function recentOf(key: string): Recent {
    const recent = spent.get(key) ?? { core: [], graphql: [], content: [] };
    spent.set(key, recent);
    return recent;
  }
  return {
    admit({ actor, points, contentCreating, resource }) {
      const settings = quota.limiting;
      const key = budgetKey(actor);
      if (settings === "off") return enter(key);
      if (quota.peek(actor, resource)?.remaining === 0) throw primary(actor, settings, resource);
      if ((underWay.get(key) ?? 0) >= settings.concurrent) throw secondary(settings, 60);
      const now = clock.now();
      const { [resource]: all, content } = recentOf(key);
      const rates = resource === "core" ? settings.points : settings.graphqlPoints;
      forget(all, now);
      forget(content, now);
      const wait = Math.max(
        ...rates.map((rate) => waitFor(rate, all, points, now)),
        ...(contentCreating ? settings.content.map((rate) => waitFor(rate, content, 1, now)) : []),
        0,
      );
      if (wait > 0) throw secondary(settings, Math.max(60, Math.ceil(wait / 1000)));
      all.push({ at: now, weight: points });
      if (contentCreating) content.push({ at: now, weight: 1 });
      return enter(key);
    },
  };
}

/** Drops what no window reaches back to. */
function forget(entries: Spent[], now: number): void {
  const first = entries.findIndex(({ at }) => at > now - LONGEST_WINDOW_MS);
  if (first !== 0) entries.splice(0, first === -1 ? entries.length : first);
}

/** Milliseconds until one more of this weight fits into the window; 0: now. */
function waitFor({ count, windowMs }: Rate, entries: readonly Spent[], weight: number, now: number): number {
  if (weight > count) return windowMs;
  let sum = weight;
  // From the newest back: most windows are far shorter than what is kept.
  for (let at = entries.length - 1; at >= 0; at -= 1) {
    const entry = entries[at] as Spent;
    if (entry.at <= now - windowMs) break;
    sum += entry.weight;
    // When this one has left the window, and with it all older ones, there is room for what came after it.
    if (sum > count) return entry.at + windowMs - now;
  }
  return 0;
}

const DOCUMENTATION = "https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api";

function primary(actor: Actor, { status }: LimitSettings, resource: Resource): ApiError {
  const whom = actor.kind === "installation" ? `installation ID ${actor.installationId}` : "user";
  const words = `API rate limit exceeded for ${whom}.`;
  if (resource === "graphql") return new PointsSpent(words);
  return new ApiError(status, words, undefined, `${DOCUMENTATION}#about-primary-rate-limits`);
}

function secondary({ status, retryAfter }: LimitSettings, seconds: number): ApiError {
  const words = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.";
  const headers: Record<string, string> = retryAfter === "yes" ? { "retry-after": String(seconds) } : {};
  return new ApiError(status, words, undefined, `${DOCUMENTATION}#about-secondary-rate-limits`, headers);
}
