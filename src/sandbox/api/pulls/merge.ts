/** Merging: what GitHub refuses, the merge commit, and all that follows from it. */
import { announceRefMove, applyRefChange, moveRef } from "../../refs.ts";
import { atLeast, roleOf } from "../../world/access.ts";
import { actingUserId } from "../../world/actor.ts";
import { findIssue, findUser, issueByNumber } from "../../world/find.ts";
import { addIssueEvent } from "../../world/history.ts";
import { protectionOf, rulesetsOf } from "../../world/protection.ts";
import type { PullRequest } from "../../world/pull-state.ts";
import { checksOf } from "../checks/rollup.ts";
import { ApiError } from "../errors.ts";
import { optionalString } from "../input.ts";
import { closeIssue } from "../issues/change.ts";
import { GITHUB_COMMITTER, personFor } from "../present/commit.ts";
import { type Route, type RouteContext, type RouteResult, route } from "../router.ts";
import { announcePull } from "./announce.ts";
import { commitsOf } from "./counts.ts";
import { causeOf, pullParam } from "./pulls.ts";

const refuse = (message: string): ApiError =>
  new ApiError(405, message, undefined, "https://docs.github.com/articles/about-protected-branches");

/** Pull requests whose merge is under way. */
const merging = new Set<number>();

async function mergePull(context: RouteContext): Promise<RouteResult> {
  const pull = pullParam(context);
  const { body, services } = context;
  const issue = findIssue(services.world, pull.issueId);
  if (pull.merged || issue.state === "closed" || pull.draft) throw refuse("Pull Request is not mergeable");
  const method = optionalString(body, "merge_method") ?? "merge";
  checkMethod(context, method);
  const sha = optionalString(body, "sha");
  if (sha && sha !== pull.headSha) {
    throw new ApiError(409, "Head branch was modified. Review and try the merge again.");
  }
  checkRules(context, pull);
  if (merging.has(pull.id)) throw refuse("Merge already in progress");
  merging.add(pull.id);
  try {
    return await perform(context, pull, method);
  } finally {
    merging.delete(pull.id);
  }
}

function checkMethod({ repository }: RouteContext, method: string): void {
  const allowed = { merge: repository.allowMergeCommit, squash: repository.allowSquashMerge, rebase: false };
  if (!(method in allowed)) throw new ApiError(422, "Invalid request.\n\nFor 'merge_method'.");
  const word = { merge: "Merge commits", squash: "Squash merges", rebase: "Rebase merges" }[
    method as "merge"
  ];
  if (!allowed[method as keyof typeof allowed]) throw refuse(`${word} are not allowed on this repository.`);
}

/** Required checks and reviews, of classic protection and of rulesets. */
function checkRules(context: RouteContext, pull: PullRequest): void {
  const { world, repository } = context;
  const protection = protectionOf(repository, pull.baseRef);
  const rules = rulesetsOf(world, repository, pull.baseRef).flatMap((ruleset) => ruleset.rules);
  const required = [
    ...(protection?.requiredChecks?.checks.map((check) => check.context) ?? []),
    ...rules
      .filter((rule) => rule.type === "required_status_checks")
      .flatMap((rule) => (rule.parameters?.required_status_checks as { context: string }[] | undefined) ?? [])
      .map((check) => check.context),
  ];
  const checks = checksOf(world, repository.id, pull.headSha);
  for (const name of required) {
    const state = checks.get(name);
    if (state === "success") continue;
    throw refuse(
      `Required status check "${name}" is ${state === undefined ? "expected" : state === "pending" ? "pending" : "failing"}.`,
    );
  }
  const reviews = Math.max(
    protection?.requiredReviews?.count ?? 0,
    ...rules
      .filter((rule) => rule.type === "pull_request")
      .map((rule) => Number(rule.parameters?.required_approving_review_count ?? 0)),
  );
  if (approvals(context, pull) < reviews) {
    throw refuse(`At least ${reviews} approving review is required by reviewers with write access.`);
  }
}

/** People with write access whose last word is an approval. */
function approvals({ world, repository }: RouteContext, pull: PullRequest): number {
  const last = new Map<number, string>();
  for (const review of world.reviews.values()) {
    if (review.pullId !== pull.id || review.state === "COMMENTED" || review.state === "PENDING") continue;
    last.set(review.authorId, review.state);
  }
  const counts = [...last].filter(
    ([id, state]) => state === "APPROVED" && atLeast(roleOf(world, repository, id), "write"),
  );
  return counts.length;
}

async function perform(context: RouteContext, pull: PullRequest, method: string): Promise<RouteResult> {
  const { services, store, repository } = context;
  const cause = causeOf(context);
  const ref = `refs/heads/${pull.baseRef}`;
  const base = repository.refs.get(ref);
  if (base === undefined) throw refuse("Pull Request is not mergeable");
  const merged = await store.mergeTree(base, pull.headSha);
  if (merged.kind === "conflict") throw refuse("Pull Request is not mergeable");
  const message = await messageOf(context, pull, method);
  const own = personFor(services.world, actingUserId(context.actor), context.now());
  const commit = await store.createCommit({
    tree: merged.tree,
    parents: method === "merge" ? [base, pull.headSha] : [base],
    author: own,
    committer: { ...own, ...GITHUB_COMMITTER },
    message,
  });
  repository.verifiedCommits.add(commit);
  const change = { repositoryId: repository.id, ref, to: commit, expected: base };
  const move = await applyRefChange(services, change, cause, "nothing");
  if (!move) throw refuse("Base branch was modified. Review and try the merge again.");
  context.land("merge", `pull/${pull.number}@${pull.headSha}`);
  await finish(context, pull, commit);
  await announceRefMove(services, move, cause);
  closeKeywords(context, pull, commit);
  await deleteHead(context, pull);
  return { status: 200, body: { sha: commit, merged: true, message: "Pull Request successfully merged" } };
}

async function messageOf(context: RouteContext, pull: PullRequest, method: string): Promise<string> {
  const issue = findIssue(context.world, pull.issueId);
  const owner = findUser(context.world, context.repository.ownerId).login;
  const plain =
    method === "merge"
      ? `Merge pull request #${pull.number} from ${owner}/${pull.headRef}`
      : `${issue.title} (#${pull.number})`;
  const title = optionalString(context.body, "commit_title") ?? plain;
  const squashed = async (): Promise<string> =>
    (await commitsOf(context.services, pull)).map((commit) => `* ${commit.message.trim()}`).join("\n\n");
  const text =
    optionalString(context.body, "commit_message") ?? (method === "merge" ? issue.title : await squashed());
  return `${title}\n\n${text}`.trimEnd();
}

/** GitHub tells of the merge before it tells of the push. */
async function finish(context: RouteContext, pull: PullRequest, commit: string): Promise<void> {
  const { services, actor } = context;
  const issue = findIssue(services.world, pull.issueId);
  const at = context.now();
  pull.merged = true;
  pull.mergedAt = at;
  pull.mergedById = actingUserId(actor);
  pull.mergeCommitSha = commit;
  issue.state = "closed";
  issue.closedAt = at;
  issue.closedById = actingUserId(actor);
  issue.updatedAt = at;
  addIssueEvent(services.world, at, actor, issue, "merged", { commitId: commit });
  addIssueEvent(services.world, at, actor, issue, "closed", {});
  await announcePull(services, pull, causeOf(context), "closed");
}

const KEYWORD = /\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?):?\s+#(\d+)\b/gi;

/** `Closes #12` in the text of a pull request into the default branch. */
function closeKeywords(context: RouteContext, pull: PullRequest, commit: string): void {
  const { services, repository } = context;
  if (pull.baseRef !== repository.defaultBranch) return;
  const text = findIssue(services.world, pull.issueId).body ?? "";
  for (const [, number] of text.matchAll(KEYWORD)) {
    const issue = issueByNumber(services.world, repository.id, Number(number));
    if (!issue || issue.pullId !== null || issue.state === "closed") continue;
    closeIssue(services, issue, causeOf(context), { commitId: commit });
  }
}

async function deleteHead(context: RouteContext, pull: PullRequest): Promise<void> {
  const { repository, services } = context;
  if (!repository.deleteBranchOnMerge) return;
  const ref = `refs/heads/${pull.headRef}`;
  const expected = repository.refs.get(ref);
  if (expected === undefined) return;
  await moveRef(services, { repositoryId: repository.id, ref, to: null, expected }, causeOf(context));
}

async function updateBranch(context: RouteContext): Promise<RouteResult> {
  const pull = pullParam(context);
  const { services, store, repository } = context;
  const expected = optionalString(context.body, "expected_head_sha");
  if (expected && expected !== pull.headSha) {
    throw new ApiError(422, `expected head sha didn’t match current head ref.`);
  }
  const base = repository.refs.get(`refs/heads/${pull.baseRef}`) ?? pull.baseSha;
  const { behind } = await store.aheadBehind(base, pull.headSha);
  if (behind === 0) throw new ApiError(422, "There are no new commits on the base branch.");
  const merged = await store.mergeTree(pull.headSha, base);
  if (merged.kind === "conflict") throw new ApiError(422, "merge conflict between base and head");
  const own = personFor(services.world, actingUserId(context.actor), context.now());
  const commit = await store.createCommit({
    tree: merged.tree,
    parents: [pull.headSha, base],
    author: own,
    committer: { ...own, ...GITHUB_COMMITTER },
    message: `Merge branch '${pull.baseRef}' into ${pull.headRef}`,
  });
  repository.verifiedCommits.add(commit);
  const ref = `refs/heads/${pull.headRef}`;
  await moveRef(
    services,
    { repositoryId: repository.id, ref, to: commit, expected: pull.headSha },
    causeOf(context),
  );
  return {
    status: 202,
    body: { message: "Updating pull request branch.", url: `${context.urls.html}/pull/${pull.number}` },
  };
}

const ONE = "/repos/{owner}/{repo}/pulls/{pull_number}";

export const mergeRoutes: readonly Route[] = [
  route("GET", `${ONE}/merge`, { permission: { pull_requests: "read" } }, (context) => {
    if (pullParam(context).merged) return { status: 204 };
    throw new ApiError(404, "Not Found");
  }),
  route("PUT", `${ONE}/merge`, { permission: { contents: "write" }, contentCreating: "yes" }, mergePull),
  route("PUT", `${ONE}/update-branch`, { permission: { pull_requests: "write" } }, updateBranch),
];
