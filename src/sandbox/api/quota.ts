/** Primary rate limit: requests or points an hour, for each installation, app, person or repository's jobs. */
import type { Rate } from "../control/settings-text.ts";
import type { Actor } from "../world/actor.ts";
import { covers } from "../world/find.ts";
import type { World } from "../world/state.ts";
import { GITHUB_LIMITS, type Limiting, type LimitSettings } from "./limit-settings.ts";

const HOUR_MS = 3_600_000;

/** REST and GraphQL have budgets of their own, of the same size (docs: the pages on rate limits of both). */
export type Resource = "core" | "graphql";

export interface QuotaState {
  readonly limit: number;
  readonly used: number;
  readonly remaining: number;
  /** Seconds since the epoch. */
  readonly reset: number;
}

export interface Quota {
  /** Limits of every kind; a change holds from the next request on. */
  limiting: Limiting;
  /** Counts a request (of GraphQL: its points) and tells how things stand; `undefined`: limits are off. */
  spend(actor: Actor, resource: Resource, cost: number): QuotaState | undefined;
  /** As `spend`, without counting. */
  peek(actor: Actor, resource: Resource): QuotaState | undefined;
}

/** Windows of one hour, each from the first request in it. `now` in milliseconds. */
export function createQuota(world: World, now: () => number): Quota {
  const windows = new Map<string, { used: number; endsAt: number }>();
  function look(actor: Actor, resource: Resource, cost: number): QuotaState | undefined {
    if (quota.limiting === "off") return undefined;
    const own = rateOf(quota.limiting, actor, resource);
    const key = `${resource} ${budgetKey(actor)}`;
    const limit = own?.count ?? limitOf(world, actor);
    let window = windows.get(key);
    if (!window || window.endsAt <= now()) {
      window = { used: 0, endsAt: now() + (own?.windowMs ?? HOUR_MS) };
      windows.set(key, window);
    }
    window.used += cost;
    const used = Math.min(limit, window.used);
    return { limit, used, remaining: limit - used, reset: Math.ceil(window.endsAt / 1000) };
  }
  const quota: Quota = {
    limiting: GITHUB_LIMITS,
    spend: look,
    peek: (actor, resource) => look(actor, resource, 0),
  };
  return quota;
}

/** `undefined`: GitHub's own. */
function rateOf(settings: LimitSettings, actor: Actor, resource: Resource): Rate | undefined {
  if (actor.kind === "anonymous") return undefined;
  if (resource === "graphql") return settings.graphql;
  return actor.kind === "job" ? settings.jobRequests : settings.requests;
}

/** Whose budget a request is charged to. */
export function budgetKey(actor: Actor): string {
  switch (actor.kind) {
    case "anonymous":
      return "anonymous";
    case "user":
      return `user ${actor.userId}`;
    case "app":
      return `app ${actor.appId}`;
    case "installation":
      return `installation ${actor.installationId}`;
    case "job":
      return `jobs ${actor.repositoryId}`;
  }
}

/** GitHub's numbers for an hour. */
function limitOf(world: World, actor: Actor): number {
  switch (actor.kind) {
    case "anonymous":
      return 60;
    case "user":
    case "app":
      return 5_000;
    case "installation":
      return installationLimit(world, actor.installationId);
    case "job":
      return 1_000;
  }
}

/** 50 more for each repository above 20 and for each member of the organization above 20, up to 12,500. */
function installationLimit(world: World, id: number): number {
  const installation = world.installations.get(id);
  if (!installation) return 5_000;
  const repositories = [...world.repositories.values()].filter((one) => covers(installation, one)).length;
  const members = world.members.get(installation.accountId)?.size ?? 0;
  const beyond = Math.max(0, repositories - 20) + Math.max(0, members - 20);
  return Math.min(12_500, 5_000 + 50 * beyond);
}

/** GitHub's headers for it; none where limits are off. */
export function quotaHeaders(resource: Resource, state: QuotaState | undefined): Record<string, string> {
  if (!state) return {};
  return {
    "x-ratelimit-limit": String(state.limit),
    "x-ratelimit-remaining": String(state.remaining),
    "x-ratelimit-reset": String(state.reset),
    "x-ratelimit-used": String(state.used),
    "x-ratelimit-resource": resource,
  };
}
