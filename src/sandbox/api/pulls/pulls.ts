/** Pull requests: lists, creation, changes, and what they consist of. */
import { findIssue, findUser, pullByNumber } from "../../world/find.ts";
import { nextId } from "../../world/ids.ts";
import type { PullRequest } from "../../world/pull-state.ts";
import { ApiError, notFound, validationFailed } from "../errors.ts";
import { presentFiles } from "../gitdata/commits.ts";
import { numberParam, optionalBoolean, optionalString, requiredString } from "../input.ts";
import { announceIssue, closeIssue, reopenIssue, touch } from "../issues/change.ts";
import { newIssue } from "../issues/new.ts";
import { paginate } from "../paginate.ts";
import { presentCommit } from "../present/commit.ts";
import { type Route, type RouteContext, type RouteResult, route } from "../router.ts";
import { announcePull } from "./announce.ts";
import { commitsOf, countsOf, filesOf } from "./counts.ts";
import { recompute, setRef } from "./mergeability.ts";
import { presentFullPull, presentPull } from "./present.ts";

/** The pull request that the path names. */
export function pullParam(context: RouteContext): PullRequest {
  const pull = pullByNumber(context.world, context.repository.id, numberParam(context, "pull_number"));
  if (!pull) throw notFound();
  return pull;
}

export const causeOf = (context: RouteContext) => ({ actor: context.actor, requestId: context.requestId });

function listPulls(context: RouteContext): RouteResult {
  const { world, repository, query } = context;
  const state = query.get("state") ?? "open";
  const head = query.get("head");
  const base = query.get("base");
  const owner = findUser(world, repository.ownerId).login;
  const found = [...world.pulls.values()].filter((pull) => {
    if (pull.repositoryId !== repository.id) return false;
    if (state !== "all" && findIssue(world, pull.issueId).state !== state) return false;
    if (base !== null && pull.baseRef !== base) return false;
    return head === null || head.toLowerCase() === `${owner}:${pull.headRef}`.toLowerCase();
  });
  const ascending = query.get("direction") === "asc" || (query.get("sort") ?? "created") !== "created";
  found.sort((a, b) => (ascending ? a.number - b.number : b.number - a.number));
  return paginate(context, found, (pull) => presentPull(world, context.urls, pull));
}

async function getPull(context: RouteContext): Promise<RouteResult> {
  return { status: 200, body: await shown(context, pullParam(context)) };
}

const shown = async (context: RouteContext, pull: PullRequest) =>
  presentFullPull(context.world, context.urls, pull, await countsOf(context.services, pull));

const invalid = (field: string) => validationFailed({ resource: "PullRequest", field, code: "invalid" });

async function createPull(context: RouteContext): Promise<RouteResult> {
  const { body, world, repository, services, store } = context;
  if (context.actor.kind === "job" && !repository.actionsMayWritePulls) {
    throw new ApiError(403, "GitHub Actions is not permitted to create or approve pull requests.");
  }
  const owner = findUser(world, repository.ownerId).login;
  const head = requiredString(body, "head").replace(new RegExp(`^${owner}:`, "i"), "");
  const base = requiredString(body, "base");
  const title = requiredString(body, "title");
  const headSha = repository.refs.get(`refs/heads/${head}`);
  const baseSha = repository.refs.get(`refs/heads/${base}`);
  if (headSha === undefined) throw invalid("head");
  if (baseSha === undefined) throw invalid("base");
  const twin = [...world.pulls.values()].find(
    (pull) =>
      pull.repositoryId === repository.id &&
      pull.headRef === head &&
      pull.baseRef === base &&
      findIssue(world, pull.issueId).state === "open",
  );
  const custom = (message: string) => validationFailed({ resource: "PullRequest", code: "custom", message });
  if (twin) throw custom(`A pull request already exists for ${owner}:${head}.`);
  const { ahead } = await store.aheadBehind(baseSha, headSha);
  if (ahead === 0) throw custom(`No commits between ${base} and ${head}`);
  const pull = newPull(context, {
    title,
    body: optionalString(body, "body") ?? null,
    head,
    headSha,
    base,
    baseSha,
  });
  context.land("pull.create", head);
  const cause = causeOf(context);
  await setRef(services, pull, `refs/pull/${pull.number}/head`, headSha, cause);
  await recompute(services, pull, cause);
  await announcePull(services, pull, cause, "opened");
  return { status: 201, body: await shown(context, pull) };
}

interface NewPull {
  readonly title: string;
  readonly body: string | null;
  readonly head: string;
  readonly headSha: string;
  readonly base: string;
  readonly baseSha: string;
}

function newPull(context: RouteContext, input: NewPull): PullRequest {
  const { world, repository } = context;
  const id = nextId(world, "pull");
  const { title, body } = input;
  const issue = newIssue(context.services, repository, context.actor, { title, body, pullId: id });
  const pull: PullRequest = {
    id,
    issueId: issue.id,
    repositoryId: repository.id,
    number: issue.number,
    headRepositoryId: repository.id,
    headRef: input.head,
    headSha: input.headSha,
    baseRef: input.base,
    baseSha: input.baseSha,
    draft: optionalBoolean(context.body, "draft") ?? false,
    maintainerCanModify: optionalBoolean(context.body, "maintainer_can_modify") ?? false,
    merged: false,
    mergedAt: null,
    mergedById: null,
    mergeCommitSha: null,
    mergeable: null,
    rebaseable: null,
    requestedReviewerIds: [],
    requestedTeams: [],
    autoMerge: null,
  };
  world.pulls.set(pull.id, pull);
  return pull;
}

async function updatePull(context: RouteContext): Promise<RouteResult> {
  const pull = pullParam(context);
  const { services, world, body } = context;
  const issue = findIssue(world, pull.issueId);
  const cause = causeOf(context);
  const title = optionalString(body, "title") ?? issue.title;
  const text = optionalString(body, "body");
  if (title !== issue.title || (text !== undefined && text !== issue.body)) {
    const changes = { ...(title === issue.title ? {} : { title: { from: issue.title } }) };
    issue.title = title;
    if (text !== undefined) issue.body = text;
    touch(services, issue);
    announceIssue(services, issue, cause, "edited", { changes });
  }
  const base = optionalString(body, "base");
  if (base && base !== pull.baseRef) {
    const sha = context.repository.refs.get(`refs/heads/${base}`);
    if (sha === undefined) throw invalid("base");
    pull.baseRef = base;
    pull.baseSha = sha;
    await recompute(services, pull, cause);
  }
  const state = optionalString(body, "state");
  if (state === "closed" && issue.state === "open") {
    closeIssue(services, issue, cause);
  } else if (state === "open" && issue.state === "closed") {
    if (pull.merged || !context.repository.refs.has(`refs/heads/${pull.headRef}`)) {
      throw validationFailed({
        resource: "PullRequest",
        field: "state",
        code: "invalid",
        message: "state cannot be changed. The pull request cannot be reopened.",
      });
    }
    reopenIssue(services, issue, cause);
    await recompute(services, pull, cause);
  }
  return { status: 200, body: await shown(context, pull) };
}

const REPO = "/repos/{owner}/{repo}";
const ONE = `${REPO}/pulls/{pull_number}`;
const READ = { permission: { pull_requests: "read" } } as const;

export const pullRoutes: readonly Route[] = [
  route("GET", `${REPO}/pulls`, READ, listPulls),
  route(
    "POST",
    `${REPO}/pulls`,
    { permission: { pull_requests: "write" }, contentCreating: "yes" },
    createPull,
  ),
  route("GET", ONE, READ, getPull),
  route("PATCH", ONE, { permission: { pull_requests: "write" } }, updatePull),
  route("GET", `${ONE}/commits`, READ, async (context) =>
    paginate(context, await commitsOf(context.services, pullParam(context)), (commit) =>
      presentCommit(context.world, context.urls, context.repository, commit),
    ),
  ),
  route("GET", `${ONE}/files`, READ, async (context) => {
    const pull = pullParam(context);
    const files = presentFiles(context, pull.headSha, await filesOf(context.services, pull));
    return paginate(context, files, (file) => file);
  }),
];
