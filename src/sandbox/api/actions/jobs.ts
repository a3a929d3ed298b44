/** Jobs of workflow runs, and their logs. */
import { randomBytes } from "node:crypto";
import type { Services } from "../../services.ts";
import { notFound } from "../errors.ts";
import { paginate } from "../paginate.ts";
import { type Route, type RouteContext, type RouteResult, route } from "../router.ts";
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

/** Milliseconds for which an address of a log is good, as on GitHub. */
const LOG_ADDRESS_MS = 60_000;

interface LogAddress {
  readonly jobId: number;
  readonly until: number;
}

const addresses = new WeakMap<Services, Map<string, LogAddress>>();

function addressesOf(services: Services): Map<string, LogAddress> {
  const known = addresses.get(services) ?? new Map<string, LogAddress>();
  addresses.set(services, known);
  return known;
}

/** GitHub sends whoever asks for a log on to an address that needs no token and is good for a minute. */
function logAddress(context: RouteContext): RouteResult {
  const { job } = jobParam(context);
  if (job.status !== "completed" || engineOf(context).jobLog(job.id) === undefined) throw notFound();
  const key = randomBytes(24).toString("hex");
  const known = addressesOf(context.services);
  for (const [old, { until }] of known) if (until < context.now()) known.delete(old);
  known.set(key, { jobId: job.id, until: context.now() + LOG_ADDRESS_MS });
  return { status: 302, headers: { location: `${context.urls.api}/_logs/${key}` } };
}

function log(context: RouteContext): RouteResult {
  const found = addressesOf(context.services).get(context.params.key ?? "");
  const text = found && found.until >= context.now() ? engineOf(context).jobLog(found.jobId) : undefined;
  if (text === undefined) throw notFound();
  return { status: 200, body: text, headers: { "content-type": "text/plain; charset=utf-8" } };
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
  route("GET", `${REPO}/jobs/{job_id}/logs`, READ, logAddress),
  route("GET", "/_logs/{key}", { auth: "any" }, log),
];
