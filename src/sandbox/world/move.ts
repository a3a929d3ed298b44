/** A repository under another name or owner, and one that is gone with all that belonged to it. */
import { forgetEdits } from "./edits.ts";
import { fullName } from "./find.ts";
import type { Repository, World } from "./state.ts";

/** Gives it another name, owner or both; the old address leads to it until somebody else takes it. */
export function renameRepository(
  world: World,
  repository: Repository,
  to: { readonly name: string; readonly ownerId?: number },
): void {
  const old = fullName(world, repository).toLowerCase();
  repository.name = to.name;
  repository.ownerId = to.ownerId ?? repository.ownerId;
  world.renames.set(old, repository.id);
  world.renames.delete(fullName(world, repository).toLowerCase());
  for (const installation of world.installations.values()) {
    if (installation.accountId === repository.ownerId) continue;
    installation.repositoryIds = installation.repositoryIds.filter((id) => id !== repository.id);
  }
}

/** Takes it out of the world, with its issues, pull requests, checks, rules and addresses. */
export function forgetRepository(world: World, repository: Repository): void {
  const here = <T extends { readonly repositoryId: number | null }>(entry: T): boolean =>
    entry.repositoryId === repository.id;
  const issueIds = takeOut(world.issues, here);
  const pullIds = takeOut(world.pulls, here);
  const commentIds = takeOut(world.comments, (comment) => issueIds.has(comment.issueId));
  takeOut(world.reactions, ({ on, subjectId }) => (on === "issue" ? issueIds : commentIds).has(subjectId));
  takeOut(world.issueEvents, (event) => issueIds.has(event.issueId));
  const reviewIds = takeOut(world.reviews, (review) => pullIds.has(review.pullId));
  const remarkIds = takeOut(world.reviewComments, (comment) => pullIds.has(comment.pullId));
  takeOut(world.reviewThreads, (thread) => pullIds.has(thread.pullId));
  forgetEdits(world, "issue", issueIds);
  forgetEdits(world, "comment", commentIds);
  forgetEdits(world, "review", reviewIds);
  forgetEdits(world, "reviewComment", remarkIds);
  for (const entries of [world.commitComments, world.checkSuites, world.checkRuns, world.statuses])
    takeOut<{ readonly repositoryId: number }>(entries, here);
  takeOut(world.rulesets, here);
  takeOut(world.mergeQueueEntries, here);
  takeOut(world.runs, here);
  takeOut(world.tokens, (token) => token.kind === "job" && here(token));
  takeOut(world.renames, (id) => id === repository.id);
  const moved = world.transfers.filter((one) => !here(one) && !issueIds.has(one.issueId));
  world.transfers.splice(0, world.transfers.length, ...moved);
  for (const issue of world.issues.values()) {
    issue.subIssueIds = issue.subIssueIds.filter((id) => !issueIds.has(id));
    issue.blockedByIds = issue.blockedByIds.filter((id) => !issueIds.has(id));
    if (issueIds.has(issue.parentIssueId ?? 0)) issue.parentIssueId = null;
  }
  for (const installation of world.installations.values())
    installation.repositoryIds = installation.repositoryIds.filter((id) => id !== repository.id);
  world.repositories.delete(repository.id);
}

/** Deletes the entries that fit, and returns their keys. */
function takeOut<V, K = number>(entries: Map<K, V>, fits: (entry: V) => boolean): Set<K> {
  const keys = new Set([...entries].filter(([, entry]) => fits(entry)).map(([key]) => key));
  for (const key of keys) entries.delete(key);
  return keys;
}
