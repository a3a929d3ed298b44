/** Workflow runs: lists, single ones, their attempts, and what one may ask of them. */
import type { RunRecord } from "../../actions/port.ts";
import { actionsUser } from "../../actions-host.ts";
import { actingUserId } from "../../world/actor.ts";
import { ApiError } from "../errors.ts";
import { paginate } from "../paginate.ts";
import { type Route, type RouteContext, type RouteResult, route } from "../router.ts";
import { engineOf } from "./engine.ts";
import { presentRunWithHead } from "./present.ts";
import { attemptParam, runParam } from "./run-param.ts";
import { workflowParam } from "./workflows.ts";

/** Runs as the read world has them, newest first. */
function runsOf(context: RouteContext): RunRecord[] {
  const runs = [...context.world.runs.values()].filter((run) => run.repositoryId === context.repository.id);
  return runs.sort((a, b) => b.id - a.id);
}

/** With any of these filters GitHub stops at 1,000 runs. */
const CAPPED = ["actor", "branch", "check_suite_id", "created", "event", "head_sha", "status"];
const MOST_FILTERED = 1_000;

async function listRuns(context: RouteContext, runs: readonly RunRecord[]): Promise<RouteResult> {
  const { query, world } = context;
  const fits = (name: string, value: string | null): boolean =>
    query.get(name) === null || query.get(name) === value;
  const created = createdFilter(query.get("created"));
  const suite = world.checkSuites.get(Number(query.get("check_suite_id")));
  const found = runs.filter(
    (run) =>
      fits("event", run.event) &&
      fits("branch", run.headBranch) &&
      fits("head_sha", run.headSha) &&
      fits("actor", run.actor.login) &&
      (fits("status", run.status) || fits("status", run.conclusion)) &&
      (query.get("check_suite_id") === null || suite?.runId === run.id) &&
      created(run.createdAt),
  );
  const capped = CAPPED.some((name) => query.has(name)) ? found.slice(0, MOST_FILTERED) : found;
  const page = paginate(
    context,
    capped,
    (run) => run,
    (shown, total) => ({ shown, total }),
  );
  const { shown, total } = page.body as { shown: RunRecord[]; total: number };
  const workflow_runs = await Promise.all(shown.map((run) => presentRunWithHead(context, run)));
  return { ...page, body: { total_count: total, workflow_runs } };
}

/** GitHub's search syntax for dates: `>=2026-01-01`, `2026-01-01..2026-01-31`, one day. 422 where it is none. */
function createdFilter(text: string | null): (at: number) => boolean {
  if (text === null) return () => true;
  const found = /^(>=|<=|>|<)?([\dT:+Z-]+|\*)(?:\.\.([\dT:+Z-]+|\*))?$/.exec(text);
  const [, sign, from = "", to] = found ?? [];
  const start = from === "*" ? Number.NEGATIVE_INFINITY : Date.parse(from);
  if (!found || Number.isNaN(start)) throw new ApiError(422, "Invalid request.\n\nFor 'created'.");
  switch (sign) {
    case ">":
      return (at) => at > endOf(from);
    case ">=":
      return (at) => at >= start;
    case "<":
      return (at) => at < start;
    case "<=":
      return (at) => at <= endOf(from);
    default:
      return (at) => at >= start && at <= endOf(to ?? from);
  }
}

/** A date without a time means the whole day. */
function endOf(text: string): number {
  if (text === "*") return Number.POSITIVE_INFINITY;
  return Date.parse(text) + (text.includes("T") ? 999 : 86_399_999);
}

function cancel(context: RouteContext, mode: "ask" | "force"): RouteResult {
  const run = runParam(context);
  if (!engineOf(context).cancel(run.repositoryId, run.id, mode)) {
    throw new ApiError(409, "Cannot cancel a workflow run that is completed.");
  }
  return { status: 202, body: {} };
}

/** A run can be started anew 50 times. */
const MOST_ATTEMPTS = 51;

function rerun(context: RouteContext, scope: "all" | "failed"): RouteResult {
  const run = runParam(context);
  if (run.attempt >= MOST_ATTEMPTS)
    throw new ApiError(403, "Unable to retry this workflow run because it was retried too many times");
  const by = actionsUser(context.world, actingUserId(context.actor));
  if (!engineOf(context).rerun(run.repositoryId, run.id, scope, by)) {
    throw new ApiError(403, "This workflow is already running");
  }
  return { status: 201, body: {} };
}

/** docs: REST "Delete a workflow run"; that a run must have ended first, only its answers tell. */
function remove(context: RouteContext): RouteResult {
  const run = runParam(context);
  if (run.status !== "completed") throw new ApiError(403, "Could not delete the workflow run");
  context.world.runs.delete(run.id);
  return { status: 204, body: undefined };
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
  route("GET", RUN, READ, async (context) => ({
    status: 200,
    body: await presentRunWithHead(context, runParam(context)),
  })),
  route("GET", `${RUN}/attempts/{attempt_number}`, READ, async (context) => ({
    status: 200,
    body: await presentRunWithHead(context, attemptParam(context)),
  })),
  route("DELETE", RUN, WRITE, remove),
  route("POST", `${RUN}/cancel`, WRITE, (context) => cancel(context, "ask")),
  route("POST", `${RUN}/force-cancel`, WRITE, (context) => cancel(context, "force")),
  route("POST", `${RUN}/rerun`, WRITE, (context) => rerun(context, "all")),
  route("POST", `${RUN}/rerun-failed-jobs`, WRITE, (context) => rerun(context, "failed")),
];
