/**
 * Routes of the REST API: a table of templates, what each needs of its sender, and a handler.
 * A handler gets one context and returns an answer, or throws `ApiError`. Handlers of GET read everything, refs too,
 * through `context.world`: it may be an older world, when a read is made to lag.
 */
import type { GitStore } from "../git/store.ts";
import type { LandedKind } from "../log.ts";
import type { Services, Urls } from "../services.ts";
import type { SandboxEvent } from "../webhooks/event.ts";
import type { Actor } from "../world/actor.ts";
import type { Repository, Role, World } from "../world/state.ts";
import type { Weight } from "./weight.ts";

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** `{ issues: "write" }`: all of them are needed. */
export type PermissionNeed = Readonly<Record<string, "read" | "write">>;

export interface RouteOptions {
  /** What an app's or a job's token needs; several: any of them will do. Only for routes under `/repos/{owner}/{repo}` and `/orgs/{org}`. */
  readonly permission?: PermissionNeed | readonly PermissionNeed[];
  /** Least role of a person. By default `write` where `permission` asks for a `write`, else `read`. */
  readonly role?: Role;
  /** Whose credentials the route takes at all. By default `any`, for writes `signed-in`. */
  readonly auth?: "any" | "signed-in" | "app" | "installation";
  /** Counts as content-creating for the secondary limit: it notifies people. */
  readonly contentCreating?: "yes";
  /** Charged to no limit, and answered when nothing is left. */
  readonly quota?: "free";
  /** What a request weighs by its body, where method and the options above do not tell. */
  readonly weigh?: (body: JsonObject) => Weight;
  /** Writes are refused with 403 in archived repositories, except where this says otherwise. */
  readonly archived?: "writable";
}

export type JsonObject = Readonly<Record<string, unknown>>;

export interface RouteContext {
  readonly services: Services;
  /** State to read from; the live one for every write. */
  readonly world: World;
  readonly actor: Actor;
  readonly requestId: string;
  readonly method: Method;
  /** Lower case names. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** Path as asked, without the `/api/v3` prefix and the query. */
  readonly path: string;
  /** The parsed JSON body; empty where there is none. */
  readonly body: JsonObject;
  /** Addresses for bodies and `Link`, built from the request's Host. */
  readonly urls: Urls;
  /** Repository of a route under `/repos/{owner}/{repo}`, already checked. Throws on other routes. */
  readonly repository: Repository;
  /** Objects of `repository`. Refs are read from `repository.refs`, never from the store. */
  readonly store: GitStore;
  /** Milliseconds on the sandbox's clock. */
  now(): number;
  /** Sends webhooks and starts workflows in the actor's name. */
  emit(event: SandboxEvent): void;
  /** Logs an effect on `repository` that has just changed the state. */
  land(kind: LandedKind, what: string): void;
}

export interface RouteResult {
  readonly status: number;
  /** Sent as JSON; `undefined`: no body; a `Buffer` or string is sent as it is. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export type Handler = (context: RouteContext) => RouteResult | Promise<RouteResult>;

export interface Route {
  readonly method: Method;
  /** As in GitHub's documentation: `/repos/{owner}/{repo}/issues/{issue_number}`. */
  readonly template: string;
  readonly write: boolean;
  readonly options: RouteOptions;
  readonly handler: Handler;
  readonly pattern: RegExp;
  readonly names: readonly string[];
  /** Segments of its template, and whether its last parameter takes more of them. */
  readonly segments: number;
  readonly endless: boolean;
  readonly rank: number;
}

/**
 * A route. `{name}` takes one segment of the path, `{name*}` one or more (refs and file paths with slashes);
 * parameters arrive decoded. Of several templates that fit, the one with more fixed segments wins.
 */
export function route(method: Method, template: string, options: RouteOptions, handler: Handler): Route {
  const names: string[] = [];
  const source = template
    .split(/(\{[a-z_]+\*?\})/)
    .map((part) => {
      const variable = /^\{([a-z_]+)(\*?)\}$/.exec(part);
      if (!variable) return part.replace(/[.*+?^$()|[\]\\]/g, "\\$&");
      names.push(variable[1]!);
      return variable[2] ? "(.+)" : "([^/]+)";
    })
    .join("");
  const segments = template.split("/");
  const fixed = segments.filter((segment) => !segment.includes("{")).length;
  const endless = template.includes("*}");
  return {
    method,
    template: template.replaceAll("*}", "}"),
    write: method !== "GET",
    options,
    handler,
    pattern: new RegExp(`^${source}$`),
    names,
    segments: segments.length,
    endless,
    rank: fixed * 10 - (endless ? 5 : 0),
  };
}

export interface Match {
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
}

export interface Router {
  readonly routes: readonly Route[];
  match(method: string, path: string): Match | undefined;
}

/** A router over these routes. Throws when two have the same method and template. */
export function createRouter(routes: readonly Route[]): Router {
  const seen = new Set<string>();
  for (const { method, template } of routes) {
    const key = `${method} ${template}`;
    if (seen.has(key)) throw new RangeError(`route defined twice: ${key}`);
    seen.add(key);
  }
  const shelves = new Map<string, readonly Route[]>();
  // Those of the method that may fit a path of so many segments, the most exact first.
  const shelfOf = (method: string, path: string): readonly Route[] => {
    const length = path.split("/").length;
    const name = `${method} ${length}`;
    const shelf =
      shelves.get(name) ??
      routes
        .filter((one) => one.method === method)
        .filter(({ segments, endless }) => segments === length || (endless && segments < length))
        .sort((a, b) => b.rank - a.rank);
    shelves.set(name, shelf);
    return shelf;
  };
  return {
    routes,
    match(method, path) {
      for (const candidate of shelfOf(method, path)) {
        const found = candidate.pattern.exec(path);
        if (!found) continue;
        const params = candidate.names.map((name, at) => [name, decode(found[at + 1]!)]);
        return { route: candidate, params: Object.fromEntries(params) };
      }
      return undefined;
    },
  };
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch (error) {
    if (error instanceof URIError) return segment; // a stray percent sign is looked up as it stands, and not found
    throw error;
  }
}
