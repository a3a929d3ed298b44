/** Checks, statuses, and the rules of branches. */
import type { Services } from "../../services.ts";
import type { Route } from "../router.ts";
import { followJob, followRun } from "./from-runs.ts";
import { protectionRoutes } from "./protection.ts";
import { rulesetRoutes } from "./rulesets.ts";
import { checkRunRoutes } from "./runs.ts";
import { statusRoutes } from "./statuses.ts";
import { suiteRoutes } from "./suites.ts";

export const checkRoutes: readonly Route[] = [
  ...checkRunRoutes,
  ...suiteRoutes,
  ...statusRoutes,
  ...protectionRoutes,
  ...rulesetRoutes,
];

export function installCheckHooks(services: Services): void {
  services.hooks.run.push((run) => followRun(services, run));
  services.hooks.job.push((run, job) => followJob(services, run, job));
}
