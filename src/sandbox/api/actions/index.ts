/** Workflows, runs and jobs: their routes and their webhooks. */
import type { RunRecord } from "../../actions/port.ts";
import { ACTIONS_APP_ID } from "../../identity/authenticate.ts";
import type { Services } from "../../services.ts";
import { findApp } from "../../world/find.ts";
import type { Route } from "../router.ts";
import { artifactRoutes } from "./artifacts.ts";
import { headAtHand, loadHead } from "./heads.ts";
import { jobRoutes } from "./jobs.ts";
import { presentJob, presentRun, presentWorkflow } from "./present.ts";
import { runRoutes } from "./runs.ts";
import { workflowRoutes } from "./workflows.ts";

export const actionRoutes: readonly Route[] = [
  ...workflowRoutes,
  ...runRoutes,
  ...jobRoutes,
  ...artifactRoutes,
];

export function installActionHooks(services: Services): void {
  const { world, urls } = services;
  const actor = () => ({
    kind: "app" as const,
    appId: ACTIONS_APP_ID,
    userId: findApp(world, ACTIONS_APP_ID).botId,
  });
  services.hooks.refMoved.push(async ({ repositoryId, ref, after }) => {
    if (after !== null && ref.startsWith("refs/heads/")) await loadHead(services, repositoryId, after);
  });
  services.hooks.run.push((run, action) => {
    const fields = {
      workflow_run: presentRun(world, urls, run, headAtHand(services, run.headSha)),
      workflow: presentWorkflow(world, urls, workflowOf(run)),
    };
    const { repositoryId } = run;
    const event = {
      event: "workflow_run",
      action,
      repositoryId,
      fields,
      workflows: "default-branch",
    } as const;
    services.emit(event, actor(), run.triggeringActor.id);
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
      run.triggeringActor.id,
    );
  });
}

const workflowOf = (run: RunRecord) => ({
  id: run.workflowId,
  repositoryId: run.repositoryId,
  path: run.workflowPath,
  name: run.workflowName,
  state: "active" as const,
  createdAt: run.createdAt,
  updatedAt: run.createdAt,
});
