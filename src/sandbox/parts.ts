/** The parts of the API beyond repositories, issues and git: each brings its routes and hangs itself into the hooks. */
import { actionRoutes, installActionHooks } from "./api/actions/index.ts";
import { checkRoutes, installCheckHooks } from "./api/checks/index.ts";
import { installPullHooks, pullRoutes } from "./api/pulls/index.ts";
import { installMergeQueue } from "./api/queue/index.ts";
import type { Route } from "./api/router.ts";
import type { Services } from "./services.ts";

export interface Part {
  readonly routes: readonly Route[];
  /** Called once, when the sandbox starts. */
  install(services: Services): void;
}

export const parts: readonly Part[] = [
  { routes: pullRoutes, install: installPullHooks },
  { routes: checkRoutes, install: installCheckHooks },
  { routes: [], install: installMergeQueue },
  { routes: actionRoutes, install: installActionHooks },
];
