/** Commit statuses: the older way to say what a check came to. */
import { gateChanged } from "../../services.ts";
import { actingAppId, actingUserId } from "../../world/actor.ts";
import { findUser, fullName } from "../../world/find.ts";
import { nextId, nodeId } from "../../world/ids.ts";
import { protectionSummary } from "../../world/protection.ts";
import type { CommitStatus, StatusState } from "../../world/pull-state.ts";
import { validationFailed } from "../errors.ts";
import { optionalString, requiredString } from "../input.ts";
import { paginate } from "../paginate.ts";
import { presentCommit } from "../present/commit.ts";
import { presentRepository } from "../present/repository.ts";
import { iso } from "../present/time.ts";
import { presentUser } from "../present/user.ts";
import { type Route, type RouteContext, type RouteResult, route } from "../router.ts";
import { branchesAt, commitAt } from "./commit-param.ts";

const STATES: readonly StatusState[] = ["error", "failure", "pending", "success"];
const LONGEST_DESCRIPTION = 140;

function present(context: RouteContext, status: CommitStatus) {
  const { world, urls, repository } = context;
  return {
    url: `${urls.api}/repos/${fullName(world, repository)}/statuses/${status.sha}`,
    avatar_url: presentUser(urls, findUser(world, status.creatorId)).avatar_url,
    id: status.id,
    node_id: nodeId("SC", status.id),
    state: status.state,
    description: status.description,
    target_url: status.targetUrl,
    context: status.context,
    created_at: iso(status.createdAt),
    updated_at: iso(status.createdAt),
  };
}

const withCreator = (context: RouteContext, status: CommitStatus) => ({
  ...present(context, status),
  creator: presentUser(context.urls, findUser(context.world, status.creatorId)),
});

async function createStatus(context: RouteContext): Promise<RouteResult> {
  const { world, repository, body } = context;
  const sha = await commitAt(context, context.params.sha ?? "");
  const state = requiredString(body, "state") as StatusState;
  if (!STATES.includes(state))
    throw validationFailed({ resource: "Status", code: "invalid", field: "state", value: state });
  const description = optionalString(body, "description") ?? null;
  if ((description ?? "").length > LONGEST_DESCRIPTION) {
    const message = `description is too long (maximum is ${LONGEST_DESCRIPTION} characters)`;
    throw validationFailed({ resource: "Status", code: "custom", field: "description", message });
  }
  const status: CommitStatus = {
    id: nextId(world, "status"),
    repositoryId: repository.id,
    sha,
    context: optionalString(body, "context") ?? "default",
    state,
    description,
    targetUrl: optionalString(body, "target_url") ?? null,
    creatorId: actingUserId(context.actor),
    viaAppId: actingAppId(context.actor),
    createdAt: context.now(),
  };
  world.statuses.set(status.id, status);
  gateChanged(context.services, repository.id);
  await announce(context, status);
  return { status: 201, body: withCreator(context, status) };
}

async function announce(context: RouteContext, status: CommitStatus): Promise<void> {
  const { services, world, repository, store } = context;
  const { urls } = services;
  const name = fullName(world, repository);
  const commit = await store.readCommit(status.sha);
  const branches = branchesAt(context, status.sha).map((branch) => ({
    name: branch,
    commit: { sha: status.sha, url: `${urls.api}/repos/${name}/commits/${status.sha}` },
    protected: protectionSummary(world, repository, branch).protected,
  }));
  const { id, sha, state, description } = status;
  const at = iso(status.createdAt);
  context.emit({
    event: "status",
    repositoryId: repository.id,
    fields: {
      id,
      sha,
      name,
      avatar_url: presentUser(urls, findUser(world, status.creatorId)).avatar_url,
      target_url: status.targetUrl,
      context: status.context,
      description,
      state,
      commit: commit ? presentCommit(world, urls, repository, commit) : null,
      branches,
      created_at: at,
      updated_at: at,
    },
    workflows: "default-branch",
  });
}

/** Newest first. */
const statusesOf = (context: RouteContext, sha: string): CommitStatus[] =>
  [...context.world.statuses.values()]
    .filter((status) => status.repositoryId === context.repository.id && status.sha === sha)
    .sort((a, b) => b.id - a.id);

async function list(context: RouteContext): Promise<RouteResult> {
  const sha = await commitAt(context, context.params.ref ?? "");
  return paginate(context, statusesOf(context, sha), (status) => withCreator(context, status));
}

/** The latest of each context, and what they come to: check runs are not among them. */
async function combined(context: RouteContext): Promise<RouteResult> {
  const { world, urls, repository } = context;
  const sha = await commitAt(context, context.params.ref ?? "");
  const latest = [
    ...new Map([...statusesOf(context, sha)].reverse().map((one) => [one.context, one])).values(),
  ];
  const commit = `${urls.api}/repos/${fullName(world, repository)}/commits/${sha}`;
  const body = {
    state: rollup(latest),
    sha,
    total_count: latest.length,
    repository: presentRepository(world, urls, repository),
    commit_url: commit,
    url: `${commit}/status`,
  };
  return paginate(
    context,
    latest,
    (status) => present(context, status),
    (statuses) => ({ ...body, statuses }),
  );
}

/** GitHub calls a commit without statuses pending. */
function rollup(latest: readonly CommitStatus[]): "failure" | "pending" | "success" {
  if (latest.some(({ state }) => state === "error" || state === "failure")) return "failure";
  return latest.length === 0 || latest.some(({ state }) => state === "pending") ? "pending" : "success";
}

const REPO = "/repos/{owner}/{repo}";
const READ = { permission: { statuses: "read" } } as const;

export const statusRoutes: readonly Route[] = [
  route("POST", `${REPO}/statuses/{sha}`, { permission: { statuses: "write" } }, createStatus),
  route("GET", `${REPO}/commits/{ref*}/statuses`, READ, list),
  // The same by its old address, to which `statuses_url` of a repository leads.
  route("GET", `${REPO}/statuses/{ref*}`, READ, list),
  route("GET", `${REPO}/commits/{ref*}/status`, READ, combined),
];
