/** Jobs of workflow runs, and their logs. */
import { notFound } from "../errors.ts";
import { paginate } from "../paginate.ts";
import { type Route, type RouteContext, type RouteResult, route } from "../router.ts";
import { downloadRoute, sendOn } from "./addresses.ts";
import { engineOf } from "./engine.ts";
import { presentJob } from "./present.ts";
import { attemptOf, attemptParam, type JobOfRun, jobParam, runParam } from "./run-param.ts";

function listJobs(context: RouteContext, jobs: readonly JobOfRun[]): RouteResult {
  return paginate(
    context,
    jobs,
    ({ run, job }) => presentJob(context.world, context.urls, run, job),
    (shown, total) => ({ total_count: total, jobs: shown }),
  );
}

/** `filter=all`: those of every attempt, oldest first; by default of the latest. */
function jobsOfRun(context: RouteContext): readonly JobOfRun[] {
  const latest = runParam(context);
  const first = context.query.get("filter") === "all" ? 1 : latest.attempt;
  const found: JobOfRun[] = [];
  for (let attempt = first; attempt <= latest.attempt; attempt += 1) {
    const run = attemptOf(context, latest, attempt);
    if (run) found.push(...run.jobs.map((job) => ({ run, job })));
  }
  return found;
}

function log(context: RouteContext): RouteResult {
  const { job } = jobParam(context);
  const text = job.status === "completed" ? engineOf(context).jobLog(job.id) : undefined;
  if (text === undefined) throw notFound();
  const headers = { "content-type": "text/plain; charset=utf-8" };
  return sendOn(context, () => ({ status: 200, body: text, headers }));
}

const REPO = "/repos/{owner}/{repo}/actions";
const RUN = `${REPO}/runs/{run_id}`;
const READ = { permission: { actions: "read" } } as const;

export const jobRoutes: readonly Route[] = [
  route("GET", `${RUN}/jobs`, READ, (context) => listJobs(context, jobsOfRun(context))),
  route("GET", `${RUN}/attempts/{attempt_number}/jobs`, READ, (context) => {
    const run = attemptParam(context);
    return listJobs(
      context,
      run.jobs.map((job) => ({ run, job })),
    );
  }),
  route("GET", `${REPO}/jobs/{job_id}`, READ, (context) => {
    const { run, job } = jobParam(context);
    return { status: 200, body: presentJob(context.world, context.urls, run, job) };
  }),
  route("GET", `${REPO}/jobs/{job_id}/logs`, READ, log),
  downloadRoute,
];
