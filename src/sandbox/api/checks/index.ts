/** Checks, statuses, and the rules of branches. */
import type { Services } from "../../services.ts";
import type { Route } from "../router.ts";
import { checkRunRoutes } from "./checks.ts";
import { followJob, followRun } from "./from-runs.ts";
import { protectionRoutes } from "./protection.ts";

export const checkRoutes: readonly Route[] = [...checkRunRoutes, ...protectionRoutes];

export function installCheckHooks(services: Services): void {
  services.hooks.run.push((run) => followRun(services, run));
  services.hooks.job.push((run, job) => followJob(services, run, job));
}
