/** The part of a request that reads or changes the world: rights, redirects, the handler, and what it refuses. */
import { GitStoreError } from "../git/errors.ts";
import { type Cause, storeOf } from "../services.ts";
import { reachOf } from "../world/access.ts";
import type { Actor } from "../world/actor.ts";
import { repositoryByName } from "../world/find.ts";
import type { Repository, World } from "../world/state.ts";
import { checkCredentials, checkOrganizationAccess, checkRepositoryAccess } from "./authorize.ts";
import type { Call, Dispatcher } from "./call.ts";
import { ApiError, notFound, notImplemented, PointsSpent } from "./errors.ts";
import type { JsonObject, Match, RouteContext, RouteResult } from "./router.ts";

/** Runs a request on `world` (the live one for writes). Every refusal comes back as an answer. */
export async function perform(dispatcher: Dispatcher, call: Call, world: World): Promise<RouteResult> {
  try {
    return await run(dispatcher, call, world);
  } catch (error) {
    return refusalOf(dispatcher, call, error);
  }
}

async function run(dispatcher: Dispatcher, call: Call, world: World): Promise<RouteResult> {
  const { actor, match } = call;
  if (actor instanceof ApiError) throw actor;
  if (!match) {
    return unknown(`${call.method} ${call.path}`);
  }
  checkCredentials(match.route, actor);
  const found = match.route.template.startsWith("/repos/{owner}/{repo}")
    ? findRepository(call, match, world, actor)
    : undefined;
  if (found && found.kind === "moved") return found.result;
  // An App's JWT is no credential for a repository: its routes look for themselves.
  if (found && match.route.options.auth !== "app")
    checkRepositoryAccess(world, found.repository, actor, match.route);
  if (match.route.template.startsWith("/orgs/{org}/") && match.route.options.auth !== "app")
    checkOrganizationAccess(world, match.params.org ?? "", actor, match.route);
  const body = parseBody(call);
  const answerFrom = async (seen: World): Promise<RouteResult> => {
    const repository = found && seen.repositories.get(found.repository.id);
    return match.route.handler(contextOf(dispatcher, call, match, actor, seen, repository, body));
  };
  return withCount(await answerFrom(world), world.counted, answerFrom);
}

/** `total_count` of a list is a count: it comes from the world to count in. */
async function withCount(
  result: RouteResult,
  counted: World | undefined,
  answerFrom: (seen: World) => Promise<RouteResult>,
): Promise<RouteResult> {
  const { body } = result;
  if (!counted || typeof body !== "object" || body === null || !("total_count" in body)) return result;
  return { ...result, body: { ...body, total_count: await countIn(counted, answerFrom) } };
}

async function countIn(counted: World, answerFrom: (seen: World) => Promise<RouteResult>): Promise<unknown> {
  try {
    const { body } = await answerFrom(counted);
    return typeof body === "object" && body !== null && "total_count" in body ? body.total_count : 0;
  } catch (error) {
    // What is listed does not exist there yet.
    if (error instanceof ApiError && error.status === 404) return 0;
    throw error;
  }
}

type FoundRepository =
  | { readonly kind: "here"; readonly repository: Repository }
  | { readonly kind: "moved"; readonly result: RouteResult };

function findRepository(call: Call, match: Match, world: World, actor: Actor): FoundRepository {
  const { owner = "", repo = "" } = match.params;
  const repository = repositoryByName(world, owner, repo);
  if (repository) return { kind: "here", repository };
  const renamed = world.repositories.get(world.renames.get(`${owner}/${repo}`.toLowerCase()) ?? 0);
  if (!renamed || reachOf(world, renamed, actor).kind === "invisible") throw notFound();
  const rest = call.path.split("/").slice(4).join("/");
  const query = call.query.size > 0 ? `?${call.query}` : "";
  const location = `${call.urls.api}/repositories/${renamed.id}${rest ? `/${rest}` : ""}${query}`;
  const documentation =
    "https://docs.github.com/rest/guides/best-practices-for-using-the-rest-api#follow-redirects";
  const body = { message: "Moved Permanently", url: location, documentation_url: documentation };
  return {
    kind: "moved",
    result: { status: call.method === "GET" ? 301 : 307, body, headers: { location } },
  };
}

function parseBody(call: Call): JsonObject {
  const { body } = call.request;
  if (body.length === 0) return {};
  let parsed: unknown;
  try {
    parsed = JSON.parse(body.toString("utf8"));
  } catch (error) {
    if (error instanceof SyntaxError) throw new ApiError(400, "Problems parsing JSON");
    throw error;
  }
  // Some endpoints take a bare list or value (`PUT …/labels` with `["a"]`): it is kept under one name.
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) return { "": parsed };
  return parsed as JsonObject;
}

function contextOf(
  { services }: Dispatcher,
  call: Call,
  match: Match,
  actor: Actor,
  world: World,
  repository: Repository | undefined,
  body: JsonObject,
): RouteContext {
  const cause: Cause = { actor, requestId: call.id };
  const here = (): Repository => {
    if (!repository) throw new TypeError(`${match.route.template} names no repository`);
    return repository;
  };
  return {
    services,
    world,
    actor,
    requestId: call.id,
    method: call.method,
    headers: call.request.headers,
    params: match.params,
    query: call.query,
    path: call.path,
    body,
    urls: call.urls,
    get repository() {
      return here();
    },
    get store() {
      return storeOf(services, here().id);
    },
    now: () => services.clock.now(),
    emit: (event) => services.emit(event, actor),
    land: (kind, what) => services.landed.land(kind, what, here().id, cause),
  };
}

function unknown(what: string): RouteResult {
  const { status, message, documentationUrl } = notImplemented(what);
  return { status, body: { message, documentation_url: documentationUrl } };
}

/** The answer that an error of a handler, or of what stands before it, comes to. */
export function refusalOf(dispatcher: Dispatcher, call: Call, error: unknown): RouteResult {
  if (error instanceof PointsSpent) {
    return { status: 200, body: { errors: [{ type: "RATE_LIMITED", message: error.message }] } };
  }
  if (error instanceof ApiError) {
    const body = {
      message: error.message,
      ...(error.errors ? { errors: error.errors } : {}),
      ...(error.headers.location ? { url: error.headers.location } : {}),
      documentation_url: error.documentationUrl,
      status: String(error.status),
    };
    return { status: error.status, body, headers: error.headers };
  }
  if (error instanceof GitStoreError && isInput(error)) {
    return {
      status: 422,
      body: { message: error.what, documentation_url: "https://docs.github.com/rest", status: "422" },
    };
  }
  if (error instanceof GitStoreError && error.kind === "not-in-memory") {
    return unknown(error.what);
  }
  dispatcher.onError(new Error(`${call.method} ${call.path} failed inside the sandbox`, { cause: error }));
  return { status: 500, body: { message: "Server Error" } };
}

/** What a client sent is at fault, not the store. */
function isInput(error: GitStoreError): boolean {
  return ["missing-object", "invalid-object", "invalid-path", "invalid-ref", "ref-conflict"].includes(
    error.kind,
  );
}
