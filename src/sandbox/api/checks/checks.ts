/** Check runs and suites over the API, and commit statuses. */
import { actingAppId, actingUserId } from "../../world/actor.ts";
import { findUser } from "../../world/find.ts";
import { nextId } from "../../world/ids.ts";
import type {
  CheckConclusion,
  CheckRun,
  CheckStatus,
  CheckSuite,
  CommitStatus,
} from "../../world/pull-state.ts";
import { ApiError, notFound } from "../errors.ts";
import { resolveCommit } from "../gitdata/resolve.ts";
import { numberParam, optionalString, requiredString } from "../input.ts";
import { paginate } from "../paginate.ts";
import { presentRepository } from "../present/repository.ts";
import { iso } from "../present/time.ts";
import { presentUser } from "../present/user.ts";
import { type Route, type RouteContext, type RouteResult, route } from "../router.ts";
import { presentCheckRun, presentCheckSuite } from "./present.ts";

async function commitParam(context: RouteContext): Promise<string> {
  const asked = context.params.ref ?? "";
  const sha = await resolveCommit(context, asked);
  if (sha === undefined) throw new ApiError(422, `No commit found for SHA: ${asked}`);
  return sha;
}

async function listCheckRuns(context: RouteContext): Promise<RouteResult> {
  const { world, query, repository } = context;
  const sha = await commitParam(context);
  const name = query.get("check_name");
  const status = query.get("status");
  const appId = query.get("app_id");
  let found = [...world.checkRuns.values()].filter(
    (run) =>
      run.repositoryId === repository.id &&
      run.headSha === sha &&
      (name === null || run.name === name) &&
      (status === null || run.status === status) &&
      (appId === null || run.appId === Number(appId)),
  );
  if ((query.get("filter") ?? "latest") === "latest") {
    found = [...new Map(found.map((run) => [`${run.appId}\n${run.suiteId}\n${run.name}`, run])).values()];
  }
  return paginate(
    context,
    found,
    (run) => presentCheckRun(world, context.urls, run),
    (shown, total) => ({ total_count: total, check_runs: shown }),
  );
}

async function listSuites(context: RouteContext): Promise<RouteResult> {
  const { world, repository } = context;
  const sha = await commitParam(context);
  const found = [...world.checkSuites.values()].filter(
    (one) => one.repositoryId === repository.id && one.headSha === sha,
  );
  return paginate(
    context,
    found,
    (suite) => presentCheckSuite(world, context.urls, suite),
    (shown, total) => ({ total_count: total, check_suites: shown }),
  );
}

function createCheckRun(context: RouteContext): RouteResult {
  const { world, repository, body } = context;
  const appId = actingAppId(context.actor);
  if (appId === null) throw new ApiError(403, "You must authenticate via a GitHub App.");
  const headSha = requiredString(body, "head_sha");
  const suite = suiteFor(context, appId, headSha);
  const run: CheckRun = {
    id: nextId(world, "checkRun"),
    suiteId: suite.id,
    repositoryId: repository.id,
    appId,
    name: requiredString(body, "name"),
    headSha,
    status: "queued",
    conclusion: null,
    startedAt: context.now(),
    completedAt: null,
    output: { title: null, summary: null, text: null },
    externalId: optionalString(body, "external_id") ?? "",
    detailsUrl: optionalString(body, "details_url") ?? null,
    jobId: null,
  };
  world.checkRuns.set(run.id, run);
  apply(context, run);
  announce(context, run, "created");
  return { status: 201, body: presentCheckRun(world, context.urls, run) };
}

function suiteFor(context: RouteContext, appId: number, headSha: string): CheckSuite {
  const { world, repository } = context;
  for (const suite of world.checkSuites.values()) {
    if (
      suite.repositoryId === repository.id &&
      suite.appId === appId &&
      suite.headSha === headSha &&
      suite.runId === null
    )
      return suite;
  }
  const branch = [...repository.refs].find(
    ([ref, sha]) => ref.startsWith("refs/heads/") && sha === headSha,
  )?.[0];
  const suite: CheckSuite = {
    id: nextId(world, "checkSuite"),
    repositoryId: repository.id,
    appId,
    headBranch: branch?.slice("refs/heads/".length) ?? null,
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

function apply(context: RouteContext, run: CheckRun): void {
  const { body } = context;
  const status = optionalString(body, "status");
  const conclusion = optionalString(body, "conclusion");
  run.name = optionalString(body, "name") ?? run.name;
  if (status) run.status = status as CheckStatus;
  if (conclusion) {
    run.conclusion = conclusion as CheckConclusion;
    run.status = "completed";
    run.completedAt = context.now();
  }
  const suite = context.world.checkSuites.get(run.suiteId);
  if (!suite) return;
  suite.status = run.status;
  suite.conclusion = run.conclusion;
  suite.updatedAt = context.now();
}

function announce(context: RouteContext, run: CheckRun, action: string): void {
  const { world, urls } = context.services;
  context.emit({
    event: "check_run",
    action,
    repositoryId: run.repositoryId,
    fields: { check_run: presentCheckRun(world, urls, run) },
  });
  const suite = world.checkSuites.get(run.suiteId);
  if (run.status !== "completed" || !suite) return;
  context.emit({
    event: "check_suite",
    action: "completed",
    repositoryId: run.repositoryId,
    fields: { check_suite: presentCheckSuite(world, urls, suite) },
  });
}

function checkRunParam(context: RouteContext): CheckRun {
  const run = context.world.checkRuns.get(numberParam(context, "check_run_id"));
  if (run?.repositoryId !== context.repository.id) throw notFound();
  return run;
}

function updateCheckRun(context: RouteContext): RouteResult {
  const run = checkRunParam(context);
  if (actingAppId(context.actor) !== run.appId)
    throw new ApiError(
      403,
      "Invalid app_id `" +
        run.appId +
        "` - check run can only be modified by the GitHub App that created it.",
    );
  const before = run.status;
  apply(context, run);
  if (run.status === "completed" && before !== "completed") announce(context, run, "completed");
  return { status: 200, body: presentCheckRun(context.world, context.urls, run) };
}

const present = (context: RouteContext, status: CommitStatus) => ({
  url: `${context.urls.api}/repos/${context.params.owner}/${context.params.repo}/statuses/${status.sha}`,
  avatar_url: presentUser(context.urls, findUser(context.world, status.creatorId)).avatar_url,
  id: status.id,
  node_id: `SC_${status.id}`,
  state: status.state,
  description: status.description,
  target_url: status.targetUrl,
  context: status.context,
  created_at: iso(status.createdAt),
  updated_at: iso(status.createdAt),
});

function createStatus(context: RouteContext): RouteResult {
  const { world, repository, body } = context;
  const sha = context.params.sha ?? "";
  const state = requiredString(body, "state");
  if (!["error", "failure", "pending", "success"].includes(state))
    throw new ApiError(422, "Validation Failed");
  const status: CommitStatus = {
    id: nextId(world, "status"),
    repositoryId: repository.id,
    sha,
    context: optionalString(body, "context") ?? "default",
    state: state as CommitStatus["state"],
    description: optionalString(body, "description") ?? null,
    targetUrl: optionalString(body, "target_url") ?? null,
    creatorId: actingUserId(context.actor),
    createdAt: context.now(),
  };
  world.statuses.set(status.id, status);
  const shown = {
    ...present(context, status),
    creator: presentUser(context.urls, findUser(world, status.creatorId)),
  };
  const branches = [...repository.refs]
    .filter(([ref, head]) => ref.startsWith("refs/heads/") && head === sha)
    .map(([ref, head]) => ({
      name: ref.slice("refs/heads/".length),
      commit: { sha: head },
      protected: false,
    }));
  context.emit({
    event: "status",
    repositoryId: repository.id,
    fields: {
      id: status.id,
      sha,
      name: repository.name,
      context: status.context,
      state: status.state,
      description: status.description,
      target_url: status.targetUrl,
      branches,
      commit: { sha },
      created_at: shown.created_at,
      updated_at: shown.updated_at,
    },
  });
  return { status: 201, body: shown };
}

const statusesOf = (context: RouteContext, sha: string): CommitStatus[] =>
  [...context.world.statuses.values()]
    .filter((status) => status.repositoryId === context.repository.id && status.sha === sha)
    .sort((a, b) => b.id - a.id);

async function combined(context: RouteContext): Promise<RouteResult> {
  const sha = await commitParam(context);
  const latest = [
    ...new Map([...statusesOf(context, sha)].reverse().map((one) => [one.context, one])).values(),
  ];
  const any = (...states: string[]): boolean => latest.some((one) => states.includes(one.state));
  const state = any("error", "failure")
    ? "failure"
    : latest.length === 0 || any("pending")
      ? "pending"
      : "success";
  const shown = latest.map((status) => present(context, status));
  const name = `${context.params.owner}/${context.params.repo}`;
  return {
    status: 200,
    body: {
      state,
      statuses: shown,
      sha,
      total_count: shown.length,
      repository: presentRepository(context.world, context.urls, context.repository),
      commit_url: `${context.urls.api}/repos/${name}/commits/${sha}`,
      url: `${context.urls.api}/repos/${name}/commits/${sha}/status`,
    },
  };
}

const REPO = "/repos/{owner}/{repo}";
const CHECKS = { permission: { checks: "read" } } as const;
const STATUSES = { permission: [{ statuses: "read" }, { contents: "read" }] } as const;

export const checkRunRoutes: readonly Route[] = [
  route("POST", `${REPO}/check-runs`, { permission: { checks: "write" } }, createCheckRun),
  route("GET", `${REPO}/check-runs/{check_run_id}`, CHECKS, (context) => ({
    status: 200,
    body: presentCheckRun(context.world, context.urls, checkRunParam(context)),
  })),
  route("PATCH", `${REPO}/check-runs/{check_run_id}`, { permission: { checks: "write" } }, updateCheckRun),
  route("GET", `${REPO}/commits/{ref*}/check-runs`, CHECKS, listCheckRuns),
  route("GET", `${REPO}/commits/{ref*}/check-suites`, CHECKS, listSuites),
  route("POST", `${REPO}/statuses/{sha}`, { permission: { statuses: "write" } }, createStatus),
  route("GET", `${REPO}/commits/{ref*}/statuses`, STATUSES, async (context) =>
    paginate(context, statusesOf(context, await commitParam(context)), (status) => present(context, status)),
  ),
  route("GET", `${REPO}/commits/{ref*}/status`, STATUSES, combined),
];
