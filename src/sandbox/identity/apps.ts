/** `/app` and `/installation`: what an app asks about itself, and its tokens. */
import { randomBytes } from "node:crypto";
import { ApiError, notForIntegrations, notFound } from "../api/errors.ts";
import { numberParam, optionalStrings, wrongType } from "../api/input.ts";
import { paginate } from "../api/paginate.ts";
import { presentApp, presentInstallation } from "../api/present/app.ts";
import { presentRepository } from "../api/present/repository.ts";
import { iso } from "../api/present/time.ts";
import { type Route, type RouteContext, type RouteResult, route } from "../api/router.ts";
import { grants } from "../world/access.ts";
import { covers, findApp, installationFor, repositoryByName, userByLogin } from "../world/find.ts";
import type { App, Installation, PermissionSet, Repository, World } from "../world/state.ts";

const HOUR_MS = 3_600_000;

function ownApp(context: RouteContext): App {
  if (context.actor.kind !== "app") throw notForIntegrations();
  return findApp(context.world, context.actor.appId);
}

function ownInstallation(context: RouteContext): Installation {
  const installation = context.world.installations.get(numberParam(context, "installation_id"));
  if (installation?.appId !== ownApp(context).id) throw notFound();
  return installation;
}

function showInstallation(context: RouteContext, installation: Installation | undefined): RouteResult {
  if (!installation) throw notFound();
  return { status: 200, body: presentInstallation(context.world, context.urls, installation) };
}

/** Repositories that an installation covers, by id. */
function coveredBy(world: World, installation: Installation): Repository[] {
  return [...world.repositories.values()].filter((repository) => covers(installation, repository));
}

function createToken(context: RouteContext): RouteResult {
  const installation = ownInstallation(context);
  const { world, urls } = context;
  if (installation.suspendedAt !== null) throw new ApiError(403, "This installation has been suspended");
  const repositories = askedRepositories(context, installation);
  const permissions = askedPermissions(context, installation);
  const token = `ghs_${randomBytes(18).toString("hex")}`;
  const expiresAt = context.now() + HOUR_MS;
  const repositoryIds = repositories?.map((repository) => repository.id) ?? null;
  world.tokens.set(token, {
    kind: "installation",
    token,
    installationId: installation.id,
    permissions,
    repositoryIds,
    expiresAt,
  });
  const selection = repositories ? "selected" : installation.repositorySelection;
  const body = {
    token,
    expires_at: iso(expiresAt),
    permissions: { metadata: "read", ...permissions },
    repository_selection: selection,
    ...(repositories ? { repositories: repositories.map((one) => presentRepository(world, urls, one)) } : {}),
  };
  return { status: 201, body };
}

/** `undefined`: the token is for all of them. */
function askedRepositories(context: RouteContext, installation: Installation): Repository[] | undefined {
  const names = optionalStrings(context.body, "repositories");
  const ids = context.body.repository_ids;
  if (ids !== undefined && !(Array.isArray(ids) && ids.every(Number.isInteger)))
    throw wrongType("repository_ids", ids, "array");
  if (names === undefined && ids === undefined) return undefined;
  const covered = coveredBy(context.world, installation);
  const named = (names ?? []).map((name) =>
    covered.find((one) => one.name.toLowerCase() === name.toLowerCase()),
  );
  const numbered = ((ids as number[] | undefined) ?? []).map((id) => covered.find((one) => one.id === id));
  const found = [...named, ...numbered];
  if (found.length === 0 || found.includes(undefined)) {
    throw new ApiError(
      422,
      "There is at least one repository that does not exist or is not accessible to the parent installation.",
    );
  }
  return [...new Set(found as Repository[])];
}

function askedPermissions(context: RouteContext, installation: Installation): PermissionSet {
  const asked = context.body.permissions;
  if (asked === undefined || asked === null) return installation.permissions;
  if (typeof asked !== "object" || Array.isArray(asked)) throw wrongType("permissions", asked, "object");
  const wanted = Object.entries(asked as Record<string, unknown>);
  if (wanted.length === 0) return installation.permissions;
  for (const [name, level] of wanted) {
    const known = level === "read" || level === "write" || level === "admin";
    if (!known || !grants(installation.permissions, name, level)) {
      throw new ApiError(422, "The permissions requested are not granted to this installation.");
    }
  }
  return Object.fromEntries(wanted) as PermissionSet;
}

function revokeToken(context: RouteContext): RouteResult {
  if (context.actor.kind !== "installation") throw notForIntegrations();
  context.world.tokens.delete(context.actor.token);
  return { status: 204 };
}

/** Repositories that the token reaches. */
function listRepositories(context: RouteContext): RouteResult {
  const { actor, world, urls } = context;
  const reached = [...world.repositories.values()].filter((repository) => {
    if (actor.kind === "job") return actor.repositoryId === repository.id;
    if (actor.kind !== "installation") return false;
    const installation = world.installations.get(actor.installationId);
    const scoped = actor.repositoryIds === null || actor.repositoryIds.includes(repository.id);
    return installation !== undefined && scoped && covers(installation, repository);
  });
  const selection = actor.kind === "installation" && actor.repositoryIds === null ? "all" : "selected";
  return paginate(
    context,
    reached,
    (one) => presentRepository(world, urls, one),
    (repositories, total) => ({
      total_count: total,
      repository_selection: selection,
      repositories,
    }),
  );
}

/** Not under the repository routes' own check: an App's JWT is no token for a repository. */
function repositoryInstallation(context: RouteContext): RouteResult {
  const { owner = "", repo = "" } = context.params;
  const repository = repositoryByName(context.world, owner, repo);
  return showInstallation(
    context,
    repository && installationFor(context.world, ownApp(context).id, repository),
  );
}

function accountInstallation(context: RouteContext): RouteResult {
  const { org, username = org ?? "" } = context.params;
  const account = userByLogin(context.world, username);
  const app = ownApp(context);
  const found = [...context.world.installations.values()].find(
    (one) => one.appId === app.id && one.accountId === account?.id,
  );
  return showInstallation(context, found);
}

export const appRoutes: readonly Route[] = [
  route("GET", "/app", { auth: "app" }, (context) => {
    const count = [...context.world.installations.values()].filter(
      (one) => one.appId === ownApp(context).id,
    ).length;
    return {
      status: 200,
      body: { ...presentApp(context.world, context.urls, ownApp(context)), installations_count: count },
    };
  }),
  route("GET", "/app/installations", { auth: "app" }, (context) => {
    const own = [...context.world.installations.values()].filter((one) => one.appId === ownApp(context).id);
    return paginate(context, own, (one) => presentInstallation(context.world, context.urls, one));
  }),
  route("GET", "/app/installations/{installation_id}", { auth: "app" }, (context) =>
    showInstallation(context, ownInstallation(context)),
  ),
  route("POST", "/app/installations/{installation_id}/access_tokens", { auth: "app" }, createToken),
  route("GET", "/orgs/{org}/installation", { auth: "app" }, accountInstallation),
  route("GET", "/users/{username}/installation", { auth: "app" }, accountInstallation),
  route("GET", "/repos/{owner}/{repo}/installation", { auth: "app" }, repositoryInstallation),
  route("DELETE", "/installation/token", { auth: "installation" }, revokeToken),
  route("GET", "/installation/repositories", { auth: "installation" }, listRepositories),
];
