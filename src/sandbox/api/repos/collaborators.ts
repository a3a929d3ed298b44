/** Who may do what in a repository. */
import { atLeast, roleOf } from "../../world/access.ts";
import { findUser, userByLogin } from "../../world/find.ts";
import type { Role, User } from "../../world/state.ts";
import { notFound } from "../errors.ts";
import { paginate } from "../paginate.ts";
import { presentUser } from "../present/user.ts";
import { type Route, type RouteContext, type RouteResult, route } from "../router.ts";

/** A role in the five rights of the API. */
export function rights(role: Role) {
  return {
    admin: atLeast(role, "admin"),
    maintain: atLeast(role, "maintain"),
    push: atLeast(role, "write"),
    triage: atLeast(role, "triage"),
    pull: atLeast(role, "read"),
  };
}

/** The four levels that GitHub told of before it had roles; `role_name` is exact. */
function legacyPermission(role: Role): "admin" | "write" | "read" | "none" {
  switch (role) {
    case "admin":
    case "write":
    case "read":
    case "none":
      return role;
    case "maintain":
      return "write";
    case "triage":
      return "read";
  }
}

function collaboratorPermission(context: RouteContext): RouteResult {
  const { world, repository, urls } = context;
  const user = userByLogin(world, context.params.username ?? "");
  if (!user) throw notFound();
  const role = roleOf(world, repository, user.id);
  const permission = legacyPermission(role);
  const body = {
    permission,
    user: { ...presentUser(urls, user), permissions: rights(role), role_name: role },
    role_name: role,
  };
  return { status: 200, body };
}

function collaborators(context: RouteContext): User[] {
  const { world, repository } = context;
  const ids = new Set([
    ...(world.members.get(repository.ownerId)?.keys() ?? []),
    ...repository.collaborators.keys(),
  ]);
  const owner = findUser(world, repository.ownerId);
  return [...(owner.type === "User" ? [owner] : []), ...[...ids].map((id) => findUser(world, id))];
}

function listCollaborators(context: RouteContext): RouteResult {
  const { world, repository, urls } = context;
  const wanted = context.query.get("permission");
  const found = collaborators(context).filter((user) => {
    const role = roleOf(world, repository, user.id);
    return (
      wanted === null || (wanted === "push" ? atLeast(role, "write") : wanted === "pull" || role === wanted)
    );
  });
  return paginate(context, found, (user) => {
    const role = roleOf(world, repository, user.id);
    return { ...presentUser(urls, user), permissions: rights(role), role_name: role };
  });
}

const REPO = "/repos/{owner}/{repo}";

export const collaboratorRoutes: readonly Route[] = [
  route(
    "GET",
    `${REPO}/collaborators`,
    { permission: { metadata: "read" }, role: "write" },
    listCollaborators,
  ),
  route(
    "GET",
    `${REPO}/collaborators/{username}`,
    { permission: { metadata: "read" }, role: "write" },
    (context) => {
      const login = context.params.username?.toLowerCase();
      if (!collaborators(context).some((user) => user.login.toLowerCase() === login)) throw notFound();
      return { status: 204 };
    },
  ),
  route(
    "GET",
    `${REPO}/collaborators/{username}/permission`,
    { permission: { metadata: "read" } },
    collaboratorPermission,
  ),
];
