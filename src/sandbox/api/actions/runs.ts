/** Workflow runs over the API. */

import type { ActionsEngine, RunRecord } from "../../actions/port.ts";
import { actionsUser } from "../../actions-host.ts";
import { actingUserId } from "../../world/actor.ts";
import { ApiError, notFound } from "../errors.ts";
import { numberParam } from "../input.ts";
import { paginate } from "../paginate.ts";
import { iso } from "../present/time.ts";
import { type Route, type RouteContext, type RouteResult, route } from "../router.ts";
import { presentJob, presentRun } from "./present.ts";
import { workflowParam } from "./workflows.ts";

export function engineOf(context: RouteContext): ActionsEngine {
  const { engine } = context.services;
  if (!engine) throw new ApiError(501, "Not implemented by the sandbox: it was started without an engine");
  return engine;
}

/** Runs as the read world has them, newest first: a run list may lag behind its dispatch. */
function runsOf(context: RouteContext): RunRecord[] {
  const runs = [...context.world.runs.values()].filter((run) => run.repositoryId === context.repository.id);
  return runs.sort((a, b) => b.id - a.id);
}

function listRuns(context: RouteContext, runs: readonly RunRecord[]): RouteResult {
  const { query, world, urls } = context;
  const fits = (name: string, value: string | null): boolean =>
    query.get(name) === null || query.get(name) === value;
  const found = runs.filter(
    (run) =>
      fits("event", run.event) &&
      fits("branch", run.headBranch) &&
      fits("head_sha", run.headSha) &&
      fits("actor", run.actor.login) &&
      (fits("status", run.status) || fits("status", run.conclusion)),
  );
  return paginate(
    context,
    found,
    (run) => presentRun(world, urls, run),
    (shown, total) => ({ total_count: total, workflow_runs: shown }),
  );
}

function runParam(context: RouteContext): RunRecord {
  const run = context.world.runs.get(numberParam(context, "run_id"));
  if (run?.repositoryId !== context.repository.id) throw notFound();
  return run;
}

function attemptParam(context: RouteContext): RunRecord {
  const run = runParam(context);
  const attempt = numberParam(context, "attempt_number");
  if (attempt === run.attempt) return run;
  const older = context.services.engine?.attempt(run.repositoryId, run.id, attempt);
  if (!older) throw notFound();
  return older;
}

function listJobs(context: RouteContext, run: RunRecord): RouteResult {
  return paginate(
    context,
    run.jobs,
    (job) => presentJob(context.world, context.urls, run, job),
    (shown, total) => ({ total_count: total, jobs: shown }),
  );
}

function jobParam(context: RouteContext) {
  const found = engineOf(context).job(context.repository.id, numberParam(context, "job_id"));
  if (!found) throw notFound();
  return found;
}

function cancel(context: RouteContext, mode: "ask" | "force"): RouteResult {
  const run = runParam(context);
  if (!engineOf(context).cancel(run.repositoryId, run.id, mode)) {
    throw new ApiError(409, "Cannot cancel a workflow run that is completed.");
  }
  return { status: 202, body: {} };
}

function rerun(context: RouteContext, scope: "all" | "failed"): RouteResult {
  const run = runParam(context);
  const by = actionsUser(context.world, actingUserId(context.actor));
  if (!engineOf(context).rerun(run.repositoryId, run.id, scope, by)) {
    throw new ApiError(403, "This workflow run cannot be rerun: it is already running");
  }
  return { status: 201, body: {} };
}

function listArtifacts(context: RouteContext): RouteResult {
  const run = runParam(context);
  const name = context.query.get("name");
  const found = engineOf(context)
    .artifacts(run.id)
    .filter((one) => name === null || one.name === name);
  const api = `${context.urls.api}/repos/${context.params.owner}/${context.params.repo}/actions/artifacts`;
  return paginate(
    context,
    found,
    (artifact) => ({
      id: artifact.id,
      node_id: `A_${artifact.id}`,
      name: artifact.name,
      size_in_bytes: artifact.sizeInBytes,
      url: `${api}/${artifact.id}`,
      archive_download_url: `${api}/${artifact.id}/zip`,
      expired: false,
      digest: artifact.digest,
      created_at: iso(artifact.createdAt),
      updated_at: iso(artifact.createdAt),
      expires_at: iso(artifact.createdAt + 90 * 86_400_000),
      workflow_run: {
        id: run.id,
        repository_id: run.repositoryId,
        head_repository_id: run.repositoryId,
        head_branch: run.headBranch,
        head_sha: run.headSha,
      },
    }),
    (shown, total) => ({ total_count: total, artifacts: shown }),
  );
}

const REPO = "/repos/{owner}/{repo}/actions";
const RUN = `${REPO}/runs/{run_id}`;
const READ = { permission: { actions: "read" } } as const;
const WRITE = { permission: { actions: "write" } } as const;

export const runRoutes: readonly Route[] = [
  route("GET", `${REPO}/runs`, READ, (context) => listRuns(context, runsOf(context))),
  route("GET", `${REPO}/workflows/{workflow_id}/runs`, READ, async (context) => {
    const workflow = await workflowParam(context);
    return listRuns(
      context,
      runsOf(context).filter((run) => run.workflowId === workflow.id),
    );
  }),
  route("GET", RUN, READ, (context) => ({
    status: 200,
    body: presentRun(context.world, context.urls, runParam(context)),
  })),
  route("GET", `${RUN}/attempts/{attempt_number}`, READ, (context) => ({
    status: 200,
    body: presentRun(context.world, context.urls, attemptParam(context)),
  })),
  route("GET", `${RUN}/attempts/{attempt_number}/jobs`, READ, (context) =>
    listJobs(context, attemptParam(context)),
  ),
  route("GET", `${RUN}/jobs`, READ, (context) => listJobs(context, runParam(context))),
  route("GET", `${REPO}/jobs/{job_id}`, READ, (context) => {
    const { run, job } = jobParam(context);
    return { status: 200, body: presentJob(context.world, context.urls, run, job) };
  }),
  route("GET", `${REPO}/jobs/{job_id}/logs`, READ, (context) => {
    const { job } = jobParam(context);
    return {
      status: 200,
      body: engineOf(context).jobLog(job.id) ?? "",
      headers: { "content-type": "text/plain" },
    };
  }),
  route("POST", `${RUN}/cancel`, WRITE, (context) => cancel(context, "ask")),
  route("POST", `${RUN}/force-cancel`, WRITE, (context) => cancel(context, "force")),
  route("POST", `${RUN}/rerun`, WRITE, (context) => rerun(context, "all")),
  route("POST", `${RUN}/rerun-failed-jobs`, WRITE, (context) => rerun(context, "failed")),
  route("GET", `${RUN}/artifacts`, READ, listArtifacts),
];
