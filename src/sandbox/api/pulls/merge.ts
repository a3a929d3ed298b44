/** Merging: what GitHub refuses, the merge commit, and all that follows from it. */
import type { MergeMethod, Sha } from "../../git/store.ts";
import { announceRefMove, applyRefChange } from "../../refs.ts";
import { actingUserId } from "../../world/actor.ts";
import { findIssue } from "../../world/find.ts";
import type { PullRequest } from "../../world/pull-state.ts";
import { ApiError, notFound } from "../errors.ts";
import { optionalString } from "../input.ts";
import { type Route, type RouteContext, type RouteResult, route } from "../router.ts";
import { deleteHead } from "./delete-head.ts";
import { PROTECTED_BRANCHES } from "./documentation.ts";
import { type Refusal, refusalsOf } from "./gate.ts";
import { makeMergeCommit } from "./merge-commit.ts";
import { closeKeywords, markMerged } from "./merged.ts";
import { causeOf, pullParam } from "./param.ts";

const refuse = (message: string): ApiError => new ApiError(405, message, undefined, PROTECTED_BRANCHES);
const headModified = (): ApiError =>
  new ApiError(409, "Head branch was modified. Review and try the merge again.");

/** Pull requests whose merge is under way. */
const merging = new WeakSet<PullRequest>();

async function mergePull(context: RouteContext): Promise<RouteResult> {
  const pull = pullParam(context);
  const { body, services } = context;
  checkOpen(context, pull);
  if (pull.draft) throw refuse("Pull Request is still a draft");
  const method = methodOf(context);
  const sha = optionalString(body, "sha");
  if (sha && sha !== pull.headSha) throw headModified();
  checkRules(refusalsOf(services.world, pull, method, context.actor));
  if (merging.has(pull)) throw refuse("Merge already in progress");
  merging.add(pull);
  try {
    return await perform(context, pull, method);
  } finally {
    merging.delete(pull);
  }
}

function checkOpen({ services }: RouteContext, pull: PullRequest): void {
  const { state } = findIssue(services.world, pull.issueId);
  if (pull.merged || state === "closed") throw refuse("Pull Request is not mergeable");
}

function methodOf({ body, repository }: RouteContext): MergeMethod {
  const method = optionalString(body, "merge_method") ?? "merge";
  switch (method) {
    case "merge":
      if (repository.allowMergeCommit) return method;
      throw refuse("Merge commits are not allowed on this repository.");
    case "squash":
      if (repository.allowSquashMerge) return method;
      throw refuse("Squash merges are not allowed on this repository.");
    case "rebase":
      if (repository.allowRebaseMerge) return method;
      throw refuse("Rebase merges are not allowed on this repository.");
    default:
      throw new ApiError(
        422,
        "Invalid request.\n\nFor 'merge_method', the value is not one that is allowed.",
      );
  }
}

/** Both kinds of rules name all of their reasons: classic protection in one line, rulesets in paragraphs. */
function checkRules([first]: readonly Refusal[]): void {
  if (!first) return;
  const behind = first.unmet.find(({ kind }) => kind === "behind");
  const other = first.unmet.filter(({ kind }) => kind !== "behind").map(({ message }) => message);
  if (behind && other.length === 0) throw new ApiError(409, behind.message);
  if (first.source === "protection") throw refuse(other.join(" "));
  throw refuse(`Repository rule violations found\n\n${other.join("\n\n")}\n\n`);
}

async function perform(context: RouteContext, pull: PullRequest, method: MergeMethod): Promise<RouteResult> {
  const { services, repository } = context;
  const cause = causeOf(context);
  const ref = `refs/heads/${pull.baseRef}`;
  const { headSha } = pull;
  const base = repository.refs.get(ref);
  if (base === undefined) throw refuse("Pull Request is not mergeable");
  const commit = await mergeCommit(context, pull, method, base);
  // Whoever pushed or closed while the commit was made comes first.
  checkOpen(context, pull);
  if (pull.headSha !== headSha) throw headModified();
  const change = { repositoryId: repository.id, ref, to: commit, expected: base };
  const move = await applyRefChange(services, change, cause, "nothing");
  if (!move) throw refuse("Base branch was modified. Review and try the merge again.");
  // GitHub signs the commits that it makes, not those that it replays.
  if (method !== "rebase") repository.verifiedCommits.add(commit);
  context.land("merge", `pull/${pull.number}@${headSha}`);
  markMerged(services, pull, cause, commit);
  await announceRefMove(services, move, cause);
  closeKeywords(services, pull, cause, commit);
  await deleteHead(services, pull, cause);
  return { status: 200, body: { sha: commit, merged: true, message: "Pull Request successfully merged" } };
}

/** The commit that the base is moved to: the merge, the squashed commit, or the last of the replayed ones. */
async function mergeCommit(
  context: RouteContext,
  pull: PullRequest,
  method: MergeMethod,
  base: Sha,
): Promise<Sha> {
  const { services, repository, body } = context;
  const by = actingUserId(context.actor);
  const made = await makeMergeCommit(services, { repository, pull, method, base, by, body });
  switch (made.kind) {
    case "made":
      return made.sha;
    case "conflict":
      throw refuse("Pull Request is not mergeable");
    case "not-rebaseable":
      throw refuse("This branch can't be rebased");
  }
}

const MERGE = "/repos/{owner}/{repo}/pulls/{pull_number}/merge";

export const mergeRoutes: readonly Route[] = [
  route("GET", MERGE, { permission: { pull_requests: "read" } }, (context) => {
    if (!pullParam(context).merged) throw notFound();
    return { status: 204 };
  }),
  route("PUT", MERGE, { permission: { contents: "write" }, contentCreating: "yes" }, mergePull),
];
