/** Accounts, and how much of the rate limit is left. */

import { findUser, userByLogin } from "../../world/find.ts";
import type { User } from "../../world/state.ts";
import { ApiError, notForIntegrations, notFound } from "../errors.ts";
import { iso } from "../present/time.ts";
import { presentUser } from "../present/user.ts";
import type { Quota, QuotaState } from "../quota.ts";
import { type Route, type RouteContext, route } from "../router.ts";
import { presentRoot } from "./root.ts";

/** The whole account; what the sandbox does not know of people is empty. */
function fullUser(context: RouteContext, user: User) {
  const repositories = [...context.world.repositories.values()].filter((one) => one.ownerId === user.id);
  return {
    ...presentUser(context.urls, user),
    name: user.name,
    company: null,
    blog: null,
    location: null,
    email: user.email,
    hireable: null,
    bio: null,
    public_repos: repositories.filter((one) => !one.private).length,
    public_gists: 0,
    followers: 0,
    following: 0,
    created_at: iso(user.createdAt),
    updated_at: iso(user.createdAt),
  };
}

export const userRoutes: readonly Route[] = [
  route("GET", "/user", { auth: "signed-in" }, (context) => {
    const { actor, world } = context;
    if (actor.kind !== "user") throw notForIntegrations();
    return { status: 200, body: fullUser(context, findUser(world, actor.userId)) };
  }),
  route("GET", "/users/{username}", {}, (context) => {
    const user = userByLogin(context.world, context.params.username ?? "");
    if (!user) throw notFound();
    return { status: 200, body: fullUser(context, user) };
  }),
  route("GET", "/user/{account_id}", {}, (context) => {
    const user = context.world.users.get(Number(context.params.account_id));
    if (!user) throw notFound();
    return { status: 200, body: fullUser(context, user) };
  }),
];

/** Search has a limit of its own, by the minute; the sandbox has no search that would use it up. */
function searchQuota({ actor, now }: RouteContext): QuotaState {
  const limit = actor.kind === "anonymous" ? 10 : 30;
  return { limit, used: 0, remaining: limit, reset: Math.ceil(now() / 1000) + 60 };
}

/** `GET /rate_limit` and the paths that only say that somebody is there. */
export function metaRoutes(quota: Quota): readonly Route[] {
  return [
    route("GET", "/rate_limit", { auth: "any", quota: "free" }, (context) => {
      const core = quota.peek(context.actor, "core");
      if (!core) throw new ApiError(404, "Rate limiting is not enabled.");
      const graphql = quota.peek(context.actor, "graphql");
      return {
        status: 200,
        body: { resources: { core, graphql, search: searchQuota(context) }, rate: core },
      };
    }),
    route("GET", "/", { auth: "any" }, (context) => ({
      status: 200,
      body: presentRoot(context.urls),
    })),
    route("GET", "/meta", { auth: "any" }, () => ({
      status: 200,
      body: { verifiable_password_authentication: false },
    })),
    route("GET", "/zen", { auth: "any" }, () => ({
      status: 200,
      body: "Keep it logically awesome.",
      headers: { "content-type": "text/plain;charset=utf-8" },
    })),
  ];
}
