/** Repositories: read, rename, archive, and who may do what in them. */
import { atLeast, mayWrite, reachOf, roleOf } from "../../world/access.ts";
import { findUser, fullName, repositoryByName, userByLogin } from "../../world/find.ts";
import type { Repository, Role, User } from "../../world/state.ts";
import { ApiError, notFound, validationFailed } from "../errors.ts";
import { optionalBoolean, optionalString } from "../input.ts";
import { paginate } from "../paginate.ts";
import { presentMergeSettings, presentRepository } from "../present/repository.ts";
import { presentUser } from "../present/user.ts";
import { type Route, type RouteContext, type RouteResult, route } from "../router.ts";
import { changeMergeSettings } from "./merge-settings.ts";

function show(context: RouteContext): RouteResult {
  const { world, urls, repository, actor } = context;
  const reach = reachOf(world, repository, actor);
  const settings = mayWrite(world, repository, actor, "write", "contents")
    ? presentMergeSettings(repository)
    : {};
  const permissions = reach.kind === "role" ? { permissions: rights(reach.role) } : {};
  const owner = findUser(world, repository.ownerId);
  const organization = owner.type === "Organization" ? { organization: presentUser(urls, owner) } : {};
  const body = {
    ...presentRepository(world, urls, repository),
    ...permissions,
    ...settings,
    ...organization,
  };
  return { status: 200, body: { ...body, network_count: 0, subscribers_count: 0 } };
}

function rights(role: Role) {
  return {
    admin: atLeast(role, "admin"),
    maintain: atLeast(role, "maintain"),
    push: atLeast(role, "write"),
    triage: atLeast(role, "triage"),
    pull: atLeast(role, "read"),
  };
}

function update(context: RouteContext): RouteResult {
  const { repository, body } = context;
  const archived = optionalBoolean(body, "archived");
  if (repository.archived && archived !== false)
    throw new ApiError(403, "Repository was archived so is read-only.");
  changeMergeSettings(repository, body);
  rename(context);
  const isPrivate = optionalBoolean(body, "private");
  if (isPrivate !== undefined && isPrivate !== repository.private) {
    repository.private = isPrivate;
    announce(context, isPrivate ? "privatized" : "publicized");
  }
  changeSettings(repository, context);
  if (archived !== undefined && archived !== repository.archived) {
    repository.archived = archived;
    announce(context, archived ? "archived" : "unarchived");
  }
  repository.updatedAt = context.now();
  return show(context);
}

function rename(context: RouteContext): void {
  const { world, repository } = context;
  const name = optionalString(context.body, "name");
  if (name === undefined || name === null || name === repository.name) return;
  const owner = findUser(world, repository.ownerId);
  const holder = repositoryByName(world, owner.login, name);
  if (holder && holder.id !== repository.id) {
    const message = "name already exists on this account";
    throw validationFailed({ resource: "Repository", code: "custom", field: "name", message });
  }
  const from = repository.name;
  world.renames.set(fullName(world, repository).toLowerCase(), repository.id);
  world.renames.delete(`${owner.login}/${name}`.toLowerCase());
  repository.name = name;
  announce(context, "renamed", { repository: { name: { from } } });
}

function changeSettings(repository: Repository, context: RouteContext): void {
  const { body } = context;
  const description = optionalString(body, "description");
  if (description !== undefined) repository.description = description;
  const branch = optionalString(body, "default_branch");
  if (branch) {
    if (!repository.refs.has(`refs/heads/${branch}`)) {
      const message = `The branch ${branch} was not found. Please push that ref first or create it via the Git Data API.`;
      throw validationFailed({ resource: "Repository", code: "invalid", field: "default_branch", message });
    }
    repository.defaultBranch = branch;
  }
}

function announce(context: RouteContext, action: string, changes?: Readonly<Record<string, unknown>>): void {
  const fields = changes ? { changes } : {};
  context.emit({ event: "repository", action, repositoryId: context.repository.id, fields });
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

export const repositoryRoutes: readonly Route[] = [
  route("GET", REPO, { permission: { metadata: "read" } }, show),
  route(
    "PATCH",
    REPO,
    { permission: { administration: "write" }, role: "admin", archived: "writable" },
    update,
  ),
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
