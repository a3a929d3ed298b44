/** Check suites: one for each app and commit, as good as their runs. */
import { actingAppId } from "../../world/actor.ts";
import { nextId } from "../../world/ids.ts";
import type { CheckConclusion, CheckRun, CheckSuite } from "../../world/pull-state.ts";
import type { World } from "../../world/state.ts";
import { loadHead } from "../actions/heads.ts";
import { ApiError, notFound } from "../errors.ts";
import { numberParam, requiredString } from "../input.ts";
import { paginate } from "../paginate.ts";
import { type Route, type RouteContext, type RouteResult, route } from "../router.ts";
import { branchesAt, commitAt } from "./commit-param.ts";
import { presentCheckSuite, presentWholeCheckSuite } from "./present.ts";
import { filterRuns, listed } from "./run-list.ts";

/** The app that asks: people and their tokens may only read checks. */
export function appOf(context: RouteContext): number {
  const appId = actingAppId(context.actor);
  if (appId === null) throw new ApiError(403, "You must authenticate via a GitHub App.");
  return appId;
}

/** The app's suite on a commit; made where there is none. Runs of workflows have suites of their own. */
export function suiteFor(context: RouteContext, appId: number, headSha: string): CheckSuite {
  const { world, repository } = context;
  const here = [...world.checkSuites.values()].find(
    (suite) =>
      suite.repositoryId === repository.id &&
      suite.appId === appId &&
      suite.headSha === headSha &&
      suite.runId === null,
  );
  if (here) return here;
  const suite: CheckSuite = {
    id: nextId(world, "checkSuite"),
    repositoryId: repository.id,
    appId,
    headBranch: branchesAt(context, headSha)[0] ?? null,
    headSha,
    status: "queued",
    conclusion: null,
    runId: null,
    createdAt: context.now(),
    updatedAt: context.now(),
  };
  world.checkSuites.set(suite.id, suite);
  return suite;
}

/** Worst first: the suite's conclusion is the worst of its runs'. */
const BY_WEIGHT: readonly CheckConclusion[] = [
  "failure",
  "startup_failure",
  "timed_out",
  "cancelled",
  "action_required",
  "stale",
  "success",
  "neutral",
  "skipped",
];

/** Brings a suite up to its runs; only the latest run of each name counts. */
export function settleSuite(world: World, suite: CheckSuite, at: number): void {
  const latest = new Map<string, CheckRun>();
  for (const run of world.checkRuns.values()) if (run.suiteId === suite.id) latest.set(run.name, run);
  const runs = [...latest.values()];
  const done = runs.length > 0 && runs.every((run) => run.status === "completed");
  const begun = runs.some((run) => run.status === "in_progress" || run.status === "completed");
  suite.status = done ? "completed" : begun ? "in_progress" : "queued";
  suite.conclusion = done
    ? (BY_WEIGHT.find((one) => runs.some((run) => run.conclusion === one)) ?? null)
    : null;
  suite.updatedAt = at;
}

function suiteParam(context: RouteContext): CheckSuite {
  const suite = context.world.checkSuites.get(numberParam(context, "check_suite_id"));
  if (suite?.repositoryId !== context.repository.id) throw notFound();
  return suite;
}

async function createSuite(context: RouteContext): Promise<RouteResult> {
  const appId = appOf(context);
  const headSha = await commitAt(context, requiredString(context.body, "head_sha"));
  const known = context.world.checkSuites.size;
  const suite = suiteFor(context, appId, headSha);
  const status = context.world.checkSuites.size > known ? 201 : 200;
  return { status, body: await presentWholeCheckSuite(context, suite) };
}

async function listSuites(context: RouteContext): Promise<RouteResult> {
  const { world, repository, query } = context;
  const sha = await commitAt(context, context.params.ref ?? "");
  const appId = query.get("app_id");
  const name = query.get("check_name");
  const named = (suite: CheckSuite): boolean =>
    [...world.checkRuns.values()].some((run) => run.suiteId === suite.id && run.name === name);
  const found = [...world.checkSuites.values()].filter(
    (one) =>
      one.repositoryId === repository.id &&
      one.headSha === sha &&
      (appId === null || one.appId === Number(appId)) &&
      (name === null || named(one)),
  );
  const suites = await Promise.all(found.map((suite) => presentWholeCheckSuite(context, suite)));
  return paginate(
    context,
    suites,
    (suite) => suite,
    (shown, total) => ({ total_count: total, check_suites: shown }),
  );
}

/** Asks the suite's app to check again; nobody else hears of it. */
async function rerequest(context: RouteContext): Promise<RouteResult> {
  const suite = suiteParam(context);
  const { services, repository } = context;
  const head = await loadHead(services, repository.id, suite.headSha);
  context.emit({
    event: "check_suite",
    action: "rerequested",
    repositoryId: suite.repositoryId,
    fields: { check_suite: presentCheckSuite(context.world, services.urls, suite, head) },
    onlyAppId: suite.appId,
  });
  return { status: 201, body: {} };
}

const REPO = "/repos/{owner}/{repo}";
const SUITE = `${REPO}/check-suites/{check_suite_id}`;
const READ = { permission: { checks: "read" } } as const;
const WRITE = { permission: { checks: "write" } } as const;

export const suiteRoutes: readonly Route[] = [
  route("POST", `${REPO}/check-suites`, WRITE, createSuite),
  route("GET", SUITE, READ, async (context) => ({
    status: 200,
    body: await presentWholeCheckSuite(context, suiteParam(context)),
  })),
  route("GET", `${SUITE}/check-runs`, READ, (context) => {
    const suite = suiteParam(context);
    return listed(
      context,
      filterRuns(context, (run) => run.suiteId === suite.id),
    );
  }),
  route("POST", `${SUITE}/rerequest`, WRITE, rerequest),
  route("GET", `${REPO}/commits/{ref*}/check-suites`, READ, listSuites),
];
