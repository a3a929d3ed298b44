/** From a request to the REST API to its answer: credentials, route, rights, faults, handler, log. */
import { randomBytes } from "node:crypto";
import type { MetFault, RequestFault } from "../control/faults.ts";
import { authenticate } from "../identity/authenticate.ts";
import type { Read } from "../lag/replicas.ts";
import { tellExchange } from "../observe.ts";
import type { RequestEntry } from "../request-log.ts";
import { type Actor, actorLogin } from "../world/actor.ts";
import type { World } from "../world/state.ts";
import type { Call, Dispatcher } from "./call.ts";
import { isKnown, validatorsOf } from "./conditional.ts";
import { ApiError } from "./errors.ts";
import { type SandboxRequest, type SandboxResponse, splitUrl } from "./http.ts";
import { perform, refusalOf } from "./perform.ts";
import { quotaHeaders } from "./quota.ts";
import type { Method, RouteResult } from "./router.ts";
import { weightOf } from "./weight.ts";

/** Answers a request to the REST API. Never throws: what the sandbox does wrong is a 500, and goes to `onError`. */
export async function dispatch(dispatcher: Dispatcher, request: SandboxRequest): Promise<SandboxResponse> {
  const call = understand(dispatcher, request);
  const actor = call.actor instanceof ApiError ? undefined : call.actor;
  const userAgent = request.headers["user-agent"] ?? "";
  const asked = {
    method: call.method,
    path: call.path,
    userAgent,
    actor: actor?.kind,
    access: call.weight.access,
  };
  const met = dispatcher.faults.meet(asked, call.match);
  const read = readOf(dispatcher, call);
  const response = await answer(dispatcher, call, met, read);
  dispatcher.onRequest(logEntry(dispatcher, call, response, met, read.behind));
  if (call.match) {
    const { route, params } = call.match;
    tellExchange({ route, params, query: call.query, request, response, fault: met?.fault.kind });
  }
  return response;
}

/** Writes read through the primary. */
function readOf({ services, lag }: Dispatcher, { match, weight }: Call): Read {
  if (weight.access === "read" && match) return lag.read(weight.readClass);
  return { world: services.world, behind: 0 };
}

function understand({ services, router }: Dispatcher, request: SandboxRequest): Call {
  const { path: asked, query } = splitUrl(request.url);
  const prefix = /^\/api\/v3(?=\/|$)/.exec(asked)?.[0] ?? "";
  const rest = asked.slice(prefix.length).replace(/(.)\/$/, "$1") || "/";
  // Where a server of one's own has it, beside `/api/v3`.
  const path = rest === "/api/graphql" ? "/graphql" : byName(services.world, rest);
  const host =
    request.headers["x-forwarded-host"] ?? request.headers.host ?? new URL(services.urls.html).host;
  const html = `${request.headers["x-forwarded-proto"] ?? "http"}://${host}`;
  const match = router.match(request.method, path);
  const call = {
    id: requestId(),
    request,
    method: request.method as Method,
    path,
    query,
    urls: { html, api: `${html}${prefix}` },
    match,
    weight: weightOf(request.method, match, request.body),
  };
  try {
    return {
      ...call,
      actor: authenticate(services.world, request.headers.authorization, services.clock.now()),
    };
  } catch (error) {
    if (error instanceof ApiError) return { ...call, actor: error };
    throw error;
  }
}

/** `/repositories/{id}/…` names a repository by its id, whatever it is called. */
function byName(world: World, path: string): string {
  const match = /^\/repositories\/(\d+)(\/.*)?$/.exec(path);
  if (!match) return path;
  const repository = world.repositories.get(Number(match[1]));
  // No login begins with a hyphen: an id that is not known ends as a name that is not.
  if (!repository) return `/repos/-/${match[1]}${match[2] ?? ""}`;
  const owner = world.users.get(repository.ownerId)?.login ?? "";
  return `/repos/${owner}/${repository.name}${match[2] ?? ""}`;
}

function requestId(): string {
  const hex = randomBytes(16).toString("hex").toUpperCase();
  return `${hex.slice(0, 4)}:${hex.slice(4, 10)}:${hex.slice(10, 17)}:${hex.slice(17, 24)}:${hex.slice(24)}`;
}

async function answer(
  dispatcher: Dispatcher,
  call: Call,
  met: MetFault | undefined,
  read: Read,
): Promise<SandboxResponse> {
  const apply = (world = read.world): Promise<SandboxResponse> => admitted(dispatcher, call, world, 0);
  const fault = met?.fault;
  switch (fault?.kind) {
    case undefined:
      return apply();
    case "stale":
      return apply(met?.snapshot);
    case "answer-lost":
      return { ...(await apply()), cut: "reset" };
    case "request-lost":
      return { ...render(dispatcher, call, { status: 500 }), cut: "reset" };
    case "half-body": {
      const whole = await apply();
      return whole.status < 300 ? { ...whole, cut: "half" } : whole;
    }
    case "applied-late":
      return applyLate(dispatcher, call, fault, apply);
    case "status":
      return render(dispatcher, call, refusal(fault));
    case "status-after":
      await apply();
      return render(dispatcher, call, refusal(fault));
    case "hang":
      return admitted(dispatcher, call, read.world, fault.ms);
    case "pause":
      await dispatcher.services.clock.sleep(fault.ms);
      return apply(readOf(dispatcher, call).world);
  }
}

/** Applies the request, unless there were too many. For the limits it is under way until it is answered, `hangMs` later. */
async function admitted(
  dispatcher: Dispatcher,
  call: Call,
  world: World,
  hangMs: number,
): Promise<SandboxResponse> {
  const { services, limits, lag } = dispatcher;
  const { actor, match, weight } = call;
  let leave: (() => void) | undefined;
  try {
    if (!(actor instanceof ApiError) && match?.route.options.quota !== "free")
      leave = limits.admit({ ...weight, actor });
    const response = render(dispatcher, call, await perform(dispatcher, call, world));
    lag.noticed();
    if (hangMs > 0) await services.clock.sleep(hangMs);
    return response;
  } catch (error) {
    if (error instanceof ApiError) return render(dispatcher, call, refusalOf(dispatcher, call, error));
    throw error;
  } finally {
    leave?.();
  }
}

function applyLate(
  dispatcher: Dispatcher,
  call: Call,
  fault: Extract<RequestFault, { kind: "applied-late" }>,
  apply: () => Promise<SandboxResponse>,
): SandboxResponse {
  dispatcher.services.clock.schedule(fault.delayMs, () => {
    apply().catch(dispatcher.onError);
  });
  if (fault.status !== undefined) return render(dispatcher, call, refusal({ status: fault.status }));
  return { ...render(dispatcher, call, { status: 500 }), cut: "reset" };
}

function refusal(fault: {
  status: number;
  message?: string;
  headers?: Readonly<Record<string, string>>;
}): RouteResult {
  const message = fault.message ?? (fault.status >= 500 ? "Server Error" : "Refused");
  return { status: fault.status, body: { message }, headers: fault.headers };
}

const MEDIA_TYPE = /application\/vnd\.github\.?([\w.+-]*)/;

function render(dispatcher: Dispatcher, call: Call, result: RouteResult): SandboxResponse {
  const { services, quota } = dispatcher;
  const { resource, cost } = call.weight;
  const raw = typeof result.body === "string" || Buffer.isBuffer(result.body);
  const body =
    result.body === undefined
      ? Buffer.alloc(0)
      : Buffer.from(raw ? (result.body as string | Buffer) : JSON.stringify(result.body));
  const validators =
    call.method === "GET" && result.status === 200
      ? validatorsOf(call.request, call.match?.route.template, result, body)
      : undefined;
  const unchanged = validators !== undefined && isKnown(call.request, validators);
  const actor: Actor = call.actor instanceof ApiError ? { kind: "anonymous" } : call.actor;
  // What is unchanged is free only for those who say who they are (documented).
  const free = call.match?.route.options.quota === "free" || (unchanged && actor.kind !== "anonymous");
  const media = MEDIA_TYPE.exec(call.request.headers.accept ?? "")?.[1] || "v3";
  return {
    status: unchanged ? 304 : result.status,
    headers: {
      ...(result.body === undefined ? {} : { "content-type": "application/json; charset=utf-8" }),
      date: new Date(services.clock.now()).toUTCString(),
      server: "github.com",
      "x-github-request-id": call.id,
      "x-github-media-type": `github.${media.replace(/\+json$/, "")}; format=json`,
      "x-github-api-version-selected": call.request.headers["x-github-api-version"] ?? "2022-11-28",
      "cache-control": "private, max-age=60, s-maxage=60",
      vary: "Accept, Authorization, Cookie, X-GitHub-OTP",
      ...quotaHeaders(resource, free ? quota.peek(actor, resource) : quota.spend(actor, resource, cost)),
      ...validators,
      ...result.headers,
    },
    body: unchanged ? Buffer.alloc(0) : body,
  };
}

function logEntry(
  { services }: Dispatcher,
  call: Call,
  response: SandboxResponse,
  met: MetFault | undefined,
  behind: number,
): RequestEntry {
  const actor = call.actor instanceof ApiError ? undefined : call.actor;
  const { access, points, contentCreating } = call.weight;
  return {
    id: call.id,
    at: services.clock.now(),
    method: call.method,
    path: call.path,
    route: call.match?.route.template ?? null,
    status: response.cut === "reset" ? 0 : response.status,
    tokenKind: actor?.kind ?? "invalid",
    actor: actor ? actorLogin(services.world, actor) : "",
    installationId: actor?.kind === "installation" ? actor.installationId : null,
    runId: actor?.kind === "job" ? actor.runId : null,
    userAgent: call.request.headers["user-agent"] ?? "",
    write: access === "write",
    contentCreating,
    points,
    ...(met ? { fault: met.fault.kind } : {}),
    ...(behind > 0 ? { behind } : {}),
  };
}
