/** Primary rate limit: requests an hour, for each installation, person or repository's jobs. */
import type { Actor } from "../world/actor.ts";

const HOUR_MS = 3_600_000;

export interface QuotaState {
  readonly limit: number;
  readonly used: number;
  readonly remaining: number;
  /** Seconds since the epoch. */
  readonly reset: number;
}

export interface Quota {
  /** Counts one request and tells how things stand. */
  spend(actor: Actor): QuotaState;
  /** As `spend`, without counting. */
  peek(actor: Actor): QuotaState;
}

/** Windows of one hour, each from the first request in it. `now` in milliseconds. */
export function createQuota(now: () => number): Quota {
  const windows = new Map<string, { used: number; endsAt: number }>();
  function look(actor: Actor, cost: 0 | 1): QuotaState {
    const { key, limit } = budgetOf(actor);
    let window = windows.get(key);
    if (!window || window.endsAt <= now()) {
      window = { used: 0, endsAt: now() + HOUR_MS };
      windows.set(key, window);
    }
    window.used = Math.min(limit, window.used + cost);
    return {
      limit,
      used: window.used,
      remaining: limit - window.used,
      reset: Math.ceil(window.endsAt / 1000),
    };
  }
  return { spend: (actor) => look(actor, 1), peek: (actor) => look(actor, 0) };
}

function budgetOf(actor: Actor): { readonly key: string; readonly limit: number } {
  switch (actor.kind) {
    case "anonymous":
      return { key: "anonymous", limit: 60 };
    case "user":
      return { key: `user ${actor.userId}`, limit: 5000 };
    case "app":
      return { key: `app ${actor.appId}`, limit: 5000 };
    case "installation":
      return { key: `installation ${actor.installationId}`, limit: 5000 };
    case "job":
      return { key: `jobs ${actor.repositoryId}`, limit: 1000 };
  }
}

/** Whose budget a request is charged to. */
export const budgetKey = (actor: Actor): string => budgetOf(actor).key;

/** GitHub's headers for it. */
export function quotaHeaders(state: QuotaState): Record<string, string> {
  return {
    "x-ratelimit-limit": String(state.limit),
    "x-ratelimit-remaining": String(state.remaining),
    "x-ratelimit-reset": String(state.reset),
    "x-ratelimit-used": String(state.used),
    "x-ratelimit-resource": "core",
  };
}
