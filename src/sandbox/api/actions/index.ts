/** Workflows, runs and jobs: their routes and their webhooks. */
import { ACTIONS_APP_ID } from "../../identity/authenticate.ts";
import type { Services } from "../../services.ts";
import { findApp } from "../../world/find.ts";
import type { Route } from "../router.ts";
import { presentJob, presentRun, presentWorkflow } from "./present.ts";
import { runRoutes } from "./runs.ts";
import { workflowRoutes } from "./workflows.ts";

export const actionRoutes: readonly Route[] = [...workflowRoutes, ...runRoutes];

export function installActionHooks(services: Services): void {
  const { world, urls } = services;
  const actor = () => ({
    kind: "app" as const,
    appId: ACTIONS_APP_ID,
    userId: findApp(world, ACTIONS_APP_ID).botId,
  });
  services.hooks.run.push((run, action) => {
    const workflow = presentWorkflow(world, urls, {
      id: run.workflowId,
      repositoryId: run.repositoryId,
      path: run.workflowPath,
      name: run.workflowName,
      state: "active",
      createdAt: run.createdAt,
      updatedAt: run.createdAt,
    });
    const fields = { workflow_run: presentRun(world, urls, run), workflow };
    services.emit(
      { event: "workflow_run", action, repositoryId: run.repositoryId, fields },
      actor(),
      run.actor.id,
    );
  });
  const running = new Set<number>();
  services.hooks.job.push((run, job, action) => {
    // The engine tells of every step; GitHub sends the event once.
    if (action === "in_progress" && running.has(job.id)) return;
    if (action === "in_progress") running.add(job.id);
    else running.delete(job.id);
    const fields = { workflow_job: presentJob(world, urls, run, job) };
    services.emit(
      { event: "workflow_job", action, repositoryId: run.repositoryId, fields },
      actor(),
      run.actor.id,
    );
  });
}
