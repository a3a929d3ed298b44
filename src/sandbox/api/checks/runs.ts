/** Check runs that apps make over the API. */
import { gateChanged } from "../../services.ts";
import { nextId } from "../../world/ids.ts";
import type { CheckConclusion, CheckRun, CheckStatus } from "../../world/pull-state.ts";
import { headAtHand } from "../actions/heads.ts";
import { ApiError, notFound, validationFailed } from "../errors.ts";
import { numberParam, optionalString, requiredString, wrongType } from "../input.ts";
import { paginate } from "../paginate.ts";
import { type JsonObject, type Route, type RouteContext, type RouteResult, route } from "../router.ts";
import { commitAt } from "./commit-param.ts";
import { presentAnnotation, presentCheckRun, presentCheckSuite } from "./present.ts";
import { filterRuns, listed } from "./run-list.ts";
import { appOf, settleSuite, suiteFor } from "./suites.ts";

const STATUSES: readonly CheckStatus[] = [
  "queued",
  "in_progress",
  "completed",
  "waiting",
  "requested",
  "pending",
];
const CONCLUSIONS: readonly CheckConclusion[] = [
  "action_required",
  "cancelled",
  "failure",
  "neutral",
  "success",
  "skipped",
  "stale",
  "timed_out",
];

async function createCheckRun(context: RouteContext): Promise<RouteResult> {
  const { world, repository, body } = context;
  const appId = appOf(context);
  const name = requiredString(body, "name");
  const headSha = await commitAt(context, requiredString(body, "head_sha"));
  const changes = changesIn(context);
  const suite = suiteFor(context, appId, headSha);
  const run: CheckRun = {
    id: nextId(world, "checkRun"),
    suiteId: suite.id,
    repositoryId: repository.id,
    appId,
    name,
    headSha,
    status: "queued",
    conclusion: null,
    startedAt: context.now(),
    completedAt: null,
    output: { title: null, summary: null, text: null },
    externalId: "",
    detailsUrl: null,
    jobId: null,
    annotations: [],
    ...changes,
  };
  world.checkRuns.set(run.id, run);
  announce(context, run, "created");
  if (run.status === "completed") announce(context, run, "completed");
  const shown = presentCheckRun(world, context.urls, run);
  return { status: 201, body: shown, headers: { location: shown.url } };
}

function updateCheckRun(context: RouteContext): RouteResult {
  const run = checkRunParam(context);
  if (appOf(context) !== run.appId) {
    const message = `Invalid app_id \`${run.appId}\` - check run can only be modified by the GitHub App that created it.`;
    throw new ApiError(403, message);
  }
  const before = run.status;
  Object.assign(run, changesIn(context));
  if (before !== "completed" && run.status === "completed") announce(context, run, "completed");
  // Back from completed: what it came to counts no longer.
  if (before === "completed" && run.status !== "completed")
    Object.assign(run, { conclusion: null, completedAt: null });
  settle(context, run);
  gateChanged(context.services, run.repositoryId);
  return { status: 200, body: presentCheckRun(context.world, context.urls, run) };
}

/** Only what the body names. */
function changesIn(context: RouteContext): Partial<CheckRun> {
  const { body } = context;
  const status = oneOf(body, "status", STATUSES);
  const conclusion = oneOf(body, "conclusion", CONCLUSIONS);
  if (status === "completed" && conclusion === undefined) {
    throw new ApiError(422, "Invalid request.\n\nMissing required keys: conclusion");
  }
  const [name, externalId, detailsUrl] = ["name", "external_id", "details_url"].map((field) =>
    optionalString(body, field),
  );
  const startedAt = timeIn(body, "started_at");
  const completedAt = timeIn(body, "completed_at");
  return {
    ...(name ? { name } : {}),
    ...(externalId ? { externalId } : {}),
    ...(detailsUrl ? { detailsUrl } : {}),
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(status ? { status } : {}),
    // A conclusion says by itself that the run is completed.
    ...(conclusion ? { conclusion, status: "completed", completedAt: completedAt ?? context.now() } : {}),
    ...(body.output === undefined ? {} : { output: outputIn(body.output) }),
  };
}

function oneOf<T extends string>(body: JsonObject, field: string, allowed: readonly T[]): T | undefined {
  const value = optionalString(body, field) ?? undefined;
  if (value === undefined || (allowed as readonly string[]).includes(value)) return value as T | undefined;
  throw validationFailed({ resource: "CheckRun", code: "invalid", field, value });
}

function timeIn(body: JsonObject, field: string): number | undefined {
  const text = optionalString(body, field);
  if (!text) return undefined;
  const at = Date.parse(text);
  if (Number.isNaN(at)) throw wrongType(field, text, "date-time");
  return at;
}

function outputIn(given: unknown): CheckRun["output"] {
  if (typeof given !== "object" || given === null) throw wrongType("output", given, "object");
  const output = given as JsonObject;
  return {
    title: optionalString(output, "title") ?? null,
    summary: requiredString(output, "summary"),
    text: optionalString(output, "text") ?? null,
  };
}

function settle(context: RouteContext, run: CheckRun): void {
  const suite = context.world.checkSuites.get(run.suiteId);
  if (suite) settleSuite(context.world, suite, context.now());
}

/** The run's own webhook; with its last run the suite's too. */
function announce(context: RouteContext, run: CheckRun, action: "created" | "completed"): void {
  const { world, urls } = context.services;
  settle(context, run);
  const { repositoryId } = run;
  const common = { repositoryId, workflows: "default-branch" } as const;
  const fields = { check_run: presentCheckRun(world, urls, run) };
  context.emit({ event: "check_run", action, ...common, fields });
  const suite = world.checkSuites.get(run.suiteId);
  if (action !== "completed" || suite?.status !== "completed") return;
  const ofSuite = {
    check_suite: presentCheckSuite(world, urls, suite, headAtHand(context.services, suite.headSha)),
  };
  context.emit({ event: "check_suite", action: "completed", ...common, fields: ofSuite });
}

function checkRunParam(context: RouteContext): CheckRun {
  const run = context.world.checkRuns.get(numberParam(context, "check_run_id"));
  if (run?.repositoryId !== context.repository.id) throw notFound();
  return run;
}

const REPO = "/repos/{owner}/{repo}";
const ONE = `${REPO}/check-runs/{check_run_id}`;
const READ = { permission: { checks: "read" } } as const;
const WRITE = { permission: { checks: "write" } } as const;

export const checkRunRoutes: readonly Route[] = [
  route("POST", `${REPO}/check-runs`, WRITE, createCheckRun),
  route("GET", ONE, READ, (context) => ({
    status: 200,
    body: presentCheckRun(context.world, context.urls, checkRunParam(context)),
  })),
  route("PATCH", ONE, WRITE, updateCheckRun),
  route("GET", `${ONE}/annotations`, READ, (context) => {
    const run = checkRunParam(context);
    return paginate(context, run.annotations, (one) =>
      presentAnnotation(context.world, context.urls, run, one),
    );
  }),
  route("GET", `${REPO}/commits/{ref*}/check-runs`, READ, async (context) => {
    const sha = await commitAt(context, context.params.ref ?? "");
    return listed(
      context,
      filterRuns(context, (run) => run.headSha === sha),
    );
  }),
];
