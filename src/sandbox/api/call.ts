/** A request on its way to its answer, and what it takes to get there. */
import type { Faults } from "../control/faults.ts";
import type { Lag } from "../lag/replicas.ts";
import type { RequestEntry } from "../request-log.ts";
import type { Services, Urls } from "../services.ts";
import type { Actor } from "../world/actor.ts";
import type { ApiError } from "./errors.ts";
import type { SandboxRequest } from "./http.ts";
import type { Limits } from "./limits.ts";
import type { Quota } from "./quota.ts";
import type { Match, Method, Router } from "./router.ts";
import type { Weight } from "./weight.ts";

export interface Dispatcher {
  readonly services: Services;
  readonly router: Router;
  readonly faults: Faults;
  readonly quota: Quota;
  readonly limits: Limits;
  /** Where reads are served from. */
  readonly lag: Lag;
  /** Told of every request, after its answer is known. */
  readonly onRequest: (entry: RequestEntry) => void;
  /** Told of errors that are the sandbox's own. */
  readonly onError: (error: unknown) => void;
}

/** One request, as far as it is understood before a handler sees it. */
export interface Call {
  readonly id: string;
  readonly request: SandboxRequest;
  readonly method: Method;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly urls: Urls;
  readonly match: Match | undefined;
  readonly weight: Weight;
  /** An error where the credentials are no good. */
  readonly actor: Actor | ApiError;
}
