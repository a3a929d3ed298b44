/** The parts of the API beyond repositories, issues and git: each brings its routes and hangs itself into the hooks. */
import type { Route } from "./api/router.ts";
import type { Services } from "./services.ts";

export interface Part {
  readonly routes: readonly Route[];
  /** Called once, when the sandbox starts. */
  install(services: Services): void;
}

export const parts: readonly Part[] = [];
