/** What is missing of required reviews, in GitHub's words. */
import { atLeast, roleOf } from "../../world/access.ts";
import { findIssue, findRepository, findUser } from "../../world/find.ts";
import type { OwnedPart, PullRequest, Review } from "../../world/pull-state.ts";
import { type RefRules, type ReviewRules, rulesOf } from "../../world/rules.ts";
import type { World } from "../../world/state.ts";
import { hasOpenConversation } from "../../world/threads.ts";

/** The first thing that is missing; a wish for changes blocks whatever else was said. */
export function unmetReviews(world: World, pull: PullRequest, rules: ReviewRules): string | undefined {
  const words = lastWords(world, pull);
  if (rules.approvals > 0 && words.some((review) => review.state === "CHANGES_REQUESTED"))
    return "Changes have been requested by reviewers with write access.";
  const approvals = words.filter((review) => review.state === "APPROVED");
  const unowned = rules.codeOwners ? missingOwners(world, pull, approvals) : [];
  if (unowned.length > 0) return `Waiting on code owner review from ${unowned.join(" and/or ")}.`;
  if (approvals.length < rules.approvals) {
    const needed =
      rules.approvals === 1 ? "1 approving review is" : `${rules.approvals} approving reviews are`;
    return `At least ${needed} required by reviewers with write access.`;
  }
  if (rules.lastPush && !approvals.some((review) => approvesLastPush(world, pull, review)))
    return "New changes require approval from someone other than the last pusher.";
  return undefined;
}

/** In GitHub's words, reported for merges and for the merge queue alike. */
export function unmetConversations(
  world: World,
  pull: PullRequest,
  { conversations }: Pick<RefRules, "conversations">,
): string | undefined {
  if (!conversations || !hasOpenConversation(world, pull.id)) return undefined;
  return "A conversation must be resolved before this pull request can be merged.";
}

/** GitHub's `reviewDecision`, for anybody's merge; `null` where no rule asks for reviews. */
export function reviewDecision(
  world: World,
  pull: PullRequest,
): "APPROVED" | "CHANGES_REQUESTED" | "REVIEW_REQUIRED" | null {
  const repository = findRepository(world, pull.repositoryId);
  const rules = rulesOf(world, repository, `refs/heads/${pull.baseRef}`, undefined).flatMap(
    ({ reviews }) => reviews ?? [],
  );
  if (!rules.some(({ approvals, codeOwners }) => approvals > 0 || codeOwners)) return null;
  if (lastWords(world, pull).some((review) => review.state === "CHANGES_REQUESTED"))
    return "CHANGES_REQUESTED";
  return rules.every((one) => unmetReviews(world, pull, one) === undefined) ? "APPROVED" : "REVIEW_REQUIRED";
}

/** Only people with write access count, each by their last word. */
function lastWords(world: World, pull: PullRequest): Review[] {
  const repository = findRepository(world, pull.repositoryId);
  const sent = [...world.reviews.values()].filter(
    (review) => review.pullId === pull.id && review.submittedAt !== null && review.state !== "COMMENTED",
  );
  sent.sort((a, b) => (a.submittedAt ?? 0) - (b.submittedAt ?? 0) || a.id - b.id);
  const last = new Map(sent.map((review) => [review.authorId, review]));
  return [...last.values()].filter(({ authorId }) => atLeast(roleOf(world, repository, authorId), "write"));
}

/** Each part of the change needs the approval of one of its owners. */
function missingOwners(world: World, pull: PullRequest, approvals: readonly Review[]): string[] {
  const approved = (part: OwnedPart): boolean =>
    approvals.some(({ authorId }) => part.userIds.includes(authorId));
  const open = pull.codeOwners.filter((part) => !approved(part));
  const names = open.flatMap((part) => [
    ...part.userIds.map((id) => findUser(world, id).login),
    ...part.teams,
  ]);
  return [...new Set(names)];
}

function approvesLastPush(world: World, pull: PullRequest, review: Review): boolean {
  const { pushers } = findRepository(world, pull.repositoryId);
  const pusher = pushers.get(`refs/heads/${pull.headRef}`) ?? findIssue(world, pull.issueId).authorId;
  return review.authorId !== pusher && review.commitId === pull.headSha;
}
