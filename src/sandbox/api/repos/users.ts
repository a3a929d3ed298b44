/** Accounts, and how much of the rate limit is left. */

import { findUser, userByLogin } from "../../world/find.ts";
import type { User } from "../../world/state.ts";
import { ApiError, notForIntegrations, notFound } from "../errors.ts";
import { iso } from "../present/time.ts";
import { presentUser } from "../present/user.ts";
import type { Quota, QuotaState } from "../quota.ts";
import { type Route, type RouteContext, route } from "../router.ts";

function fullUser(context: RouteContext, user: User) {
  return {
    ...presentUser(context.urls, user),
    name: user.name,
    email: user.email,
    created_at: iso(user.createdAt),
    updated_at: iso(user.createdAt),
  };
}

export const userRoutes: readonly Route[] = [
  route("GET", "/user", {}, (context) => {
    const { actor, world } = context;
    if (actor.kind === "anonymous") throw new ApiError(401, "Requires authentication");
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

/** `GET /rate_limit` and the paths that only say that somebody is there. */
export function metaRoutes(quota: Quota): readonly Route[] {
  const bucket = (state: QuotaState) => ({ ...state, resource: "core" });
  return [
    route("GET", "/rate_limit", { auth: "any", quota: "free" }, (context) => {
      const state = quota.peek(context.actor);
      if (!state) throw new ApiError(404, "Rate limiting is not enabled.");
      const core = bucket(state);
      return { status: 200, body: { resources: { core }, rate: core } };
    }),
    route("GET", "/", { auth: "any" }, (context) => ({
      status: 200,
      body: {
        current_user_url: `${context.urls.api}/user`,
        rate_limit_url: `${context.urls.api}/rate_limit`,
      },
    })),
    route("GET", "/meta", { auth: "any" }, () => ({
      status: 200,
      body: { verifiable_password_authentication: false },
    })),
    route("GET", "/zen", { auth: "any" }, () => ({ status: 200, body: "Keep it logically awesome." })),
  ];
}
