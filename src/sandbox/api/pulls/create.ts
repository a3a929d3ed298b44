/** Opening of pull requests, with GitHub's refusals. */
import type { Sha } from "../../git/store.ts";
import { findIssue, findUser } from "../../world/find.ts";
import { nextId } from "../../world/ids.ts";
import type { PullRequest } from "../../world/pull-state.ts";
import { ApiError, validationFailed } from "../errors.ts";
import { optionalBoolean, optionalString, requiredString } from "../input.ts";
import { checkBody } from "../issues/comments.ts";
import { newIssue } from "../issues/new.ts";
import { type Route, type RouteContext, type RouteResult, route } from "../router.ts";
import { announcePull } from "./announce.ts";
import { NOTHING } from "./counts.ts";
import { recompute, setRef } from "./mergeability.ts";
import { causeOf } from "./param.ts";
import { presentFullPull } from "./present.ts";
import { requestCodeOwners } from "./requested-reviewers.ts";

export const invalidPull = (field: string): ApiError =>
  validationFailed({ resource: "PullRequest", field, code: "invalid" });

const custom = (message: string): ApiError =>
  validationFailed({ resource: "PullRequest", code: "custom", message });

/** 422 where an open pull request has this head and base: the one thing of a creation that GitHub takes only once. */
export function checkTwin({ world, repository }: RouteContext, head: string, base: string): void {
  const twin = [...world.pulls.values()].some(
    (pull) =>
      pull.repositoryId === repository.id &&
      pull.headRef === head &&
      pull.baseRef === base &&
      findIssue(world, pull.issueId).state === "open",
  );
  const owner = findUser(world, repository.ownerId).login;
  if (twin) throw custom(`A pull request already exists for ${owner}:${head}.`);
}

interface Ends {
  readonly head: string;
  readonly headSha: Sha;
  readonly base: string;
  readonly baseSha: Sha;
}

function endsOf({ body, world, repository }: RouteContext): Ends {
  const owner = findUser(world, repository.ownerId).login;
  const asked = requiredString(body, "head");
  const base = requiredString(body, "base");
  const [, user, head = asked] = /^([^:]+):(.+)$/.exec(asked) ?? [];
  if (user !== undefined && user.toLowerCase() !== owner.toLowerCase()) throw invalidPull("head");
  const headSha = repository.refs.get(`refs/heads/${head}`);
  const baseSha = repository.refs.get(`refs/heads/${base}`);
  if (headSha === undefined) throw invalidPull("head");
  if (baseSha === undefined) throw invalidPull("base");
  return { head, headSha, base, baseSha };
}

/** Checks the two ends until nobody has moved them meanwhile: what follows is then done without a pause. */
async function checkedEnds(context: RouteContext): Promise<Ends> {
  for (;;) {
    const ends = endsOf(context);
    const { head, headSha, base, baseSha } = ends;
    checkTwin(context, head, base);
    const { ahead } = await context.store.aheadBehind(baseSha, headSha);
    const related = (await context.store.mergeBase(baseSha, headSha)) !== undefined;
    const now = endsOf(context);
    if (now.headSha !== headSha || now.baseSha !== baseSha) continue;
    checkTwin(context, head, base);
    if (ahead === 0) throw custom(`No commits between ${base} and ${head}`);
    if (!related) throw custom(`The ${head} branch has no history in common with ${base}`);
    return ends;
  }
}

async function createPull(context: RouteContext): Promise<RouteResult> {
  const { body, repository, services } = context;
  if (context.actor.kind === "job" && !repository.actionsMayWritePulls) {
    throw new ApiError(403, "GitHub Actions is not permitted to create or approve pull requests.");
  }
  const title = requiredString(body, "title");
  const text = optionalString(body, "body") ?? null;
  if (title.trim() === "")
    throw validationFailed({ resource: "Issue", code: "missing_field", field: "title" });
  if (text !== null) checkBody("Issue", text);
  const draft = optionalBoolean(body, "draft") ?? false;
  const maintainerCanModify = optionalBoolean(body, "maintainer_can_modify") ?? false;
  const ends = await checkedEnds(context);
  const pull = newPull(context, { ...ends, title, body: text, draft, maintainerCanModify });
  context.land("pull.create", ends.head);
  const cause = causeOf(context);
  await setRef(services, pull, `refs/pull/${pull.number}/head`, pull.headSha, cause);
  await recompute(services, pull, cause);
  announcePull(services, pull, cause, "opened");
  requestCodeOwners(context, pull);
  const shown = presentFullPull(context.world, context.urls, pull);
  return { status: 201, body: shown, headers: { location: shown.url } };
}

interface NewPull extends Ends {
  readonly title: string;
  readonly body: string | null;
  readonly draft: boolean;
  readonly maintainerCanModify: boolean;
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
    draft: input.draft,
    maintainerCanModify: input.maintainerCanModify,
    merged: false,
    mergedAt: null,
    mergedById: null,
    mergeCommitSha: null,
    mergeable: null,
    rebaseable: null,
    counts: NOTHING,
    codeOwners: [],
    requestedReviewerIds: [],
    requestedTeams: [],
    autoMerge: null,
  };
  world.pulls.set(pull.id, pull);
  return pull;
}

export const createRoutes: readonly Route[] = [
  route(
    "POST",
    "/repos/{owner}/{repo}/pulls",
    { permission: { pull_requests: "write" }, contentCreating: "yes" },
    createPull,
  ),
];
