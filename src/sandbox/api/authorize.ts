/** May this actor use this route, on this repository? */
import { atLeast, grants, reachOf } from "../world/access.ts";
import type { Actor } from "../world/actor.ts";
import { userByLogin } from "../world/find.ts";
import type { PermissionSet, Repository, Role, World } from "../world/state.ts";
import { ApiError, notForIntegrations, notFound } from "./errors.ts";
import type { PermissionNeed, Route } from "./router.ts";

/** Refuses credentials of the wrong kind: 401 and 403, in GitHub's words. */
export function checkCredentials(route: Route, actor: Actor): void {
  switch (route.options.auth ?? (route.write ? "signed-in" : "any")) {
    case "any":
      break;
    case "signed-in":
      if (actor.kind === "anonymous") throw new ApiError(401, "Requires authentication");
      break;
    case "app":
      if (actor.kind !== "app") throw new ApiError(401, "A JSON web token could not be decoded");
      return;
    case "installation":
      if (actor.kind !== "installation" && actor.kind !== "job") {
        throw new ApiError(
          403,
          "You must authenticate with an installation access token in order to list repositories for an installation.",
        );
      }
      break;
  }
  if (actor.kind === "app" && route.options.auth !== "any") throw new ApiError(401, "Bad credentials");
}

/** Refuses what credentials do not reach: 404 for the invisible, 403 for the rest. */
export function checkRepositoryAccess(
  world: World,
  repository: Repository,
  actor: Actor,
  route: Route,
): void {
  const reach = reachOf(world, repository, actor);
  const needs = needsOf(route);
  switch (reach.kind) {
    case "invisible":
      throw notFound();
    case "role":
      checkRole(reach.role, route, needs);
      break;
    case "permissions":
      checkPermissions(reach.permissions, needs);
      break;
    case "public":
      checkPublic(actor, route);
      break;
  }
  if (repository.archived && route.write && route.options.archived !== "writable") {
    throw new ApiError(403, "Repository was archived so is read-only.");
  }
}

/**
 * What an App or a job needs for what an organization has: the permission, 403 without it, and to be installed there:
 * what is of another organization does not exist. A job's token reaches nothing beyond its repository. What people see
 * is for the handler to say.
 */
export function checkOrganizationAccess(world: World, login: string, actor: Actor, route: Route): void {
  if (actor.kind !== "installation" && actor.kind !== "job") return;
  checkPermissions(actor.permissions, needsOf(route));
  const account = actor.kind === "installation" && world.installations.get(actor.installationId)?.accountId;
  if (account === false || account !== userByLogin(world, login)?.id) throw notFound();
}

function needsOf(route: Route): readonly PermissionNeed[] {
  const { permission } = route.options;
  if (permission === undefined) return [];
  return Array.isArray(permission) ? permission : [permission as PermissionNeed];
}

function checkRole(role: Role, route: Route, needs: readonly PermissionNeed[]): void {
  const asksWrite = needs.some((need) => Object.values(need).includes("write"));
  const needed = route.options.role ?? (asksWrite ? "write" : "read");
  if (atLeast(role, needed)) return;
  // GitHub hides what concerns a repository's contents from those who may only read it, and says 403 for the rest.
  if (needs.some((need) => "contents" in need)) throw notFound();
  throw new ApiError(403, "Must have admin rights to Repository.");
}

function checkPermissions(permissions: PermissionSet, needs: readonly PermissionNeed[]): void {
  const satisfied = (need: PermissionNeed): boolean =>
    Object.entries(need).every(([name, level]) => grants(permissions, name, level));
  if (needs.length === 0 || needs.some(satisfied)) return;
  const accepted = needs.map((need) =>
    Object.entries(need)
      .map(([name, level]) => `${name}=${level}`)
      .join(","),
  );
  throw new ApiError(403, "Resource not accessible by integration", undefined, undefined, {
    "x-accepted-github-permissions": accepted.join("; "),
  });
}

function checkPublic(actor: Actor, route: Route): void {
  if (!route.write) return;
  if (actor.kind === "anonymous") throw new ApiError(401, "Requires authentication");
  throw notForIntegrations();
}
