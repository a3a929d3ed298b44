/** What follows from a merge, however it came about: the pull request's end, and the issues that its text closes. */
import type { Sha } from "../../git/store.ts";
import type { Cause, Services } from "../../services.ts";
import { actingUserId } from "../../world/actor.ts";
import { findIssue, findRepository, issueByNumber } from "../../world/find.ts";
import { addIssueEvent } from "../../world/history.ts";
import type { PullRequest } from "../../world/pull-state.ts";
import { closeIssue } from "../issues/change.ts";
import { announcePull } from "./announce.ts";

/** Ends a pull request as merged by this commit, and sends `closed`. GitHub tells of that before it tells of the push. */
export function markMerged(services: Services, pull: PullRequest, cause: Cause, commit: Sha): void {
  const { world, clock } = services;
  const issue = findIssue(world, pull.issueId);
  const at = clock.now();
  const by = actingUserId(cause.actor);
  Object.assign(pull, { merged: true, mergedAt: at, mergedById: by, mergeCommitSha: commit });
  Object.assign(issue, { state: "closed", closedAt: at, closedById: by, updatedAt: at });
  addIssueEvent(world, at, cause.actor, issue, "merged", { commitId: commit });
  addIssueEvent(world, at, cause.actor, issue, "closed");
  announcePull(services, pull, cause, "closed");
}

/** GitHub's nine words (docs: "Linking a pull request to an issue"), a colon or none, and the number. */
const KEYWORD = /\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?):?\s+(?:([\w.-]+\/[\w.-]+))?#(\d+)\b/gi;

/** `Closes #12` in the text of a pull request into the default branch. */
export function closeKeywords(services: Services, pull: PullRequest, cause: Cause, commit: Sha): void {
  const { world } = services;
  const repository = findRepository(world, pull.repositoryId);
  if (pull.baseRef !== repository.defaultBranch) return;
  const own = `${world.users.get(repository.ownerId)?.login}/${repository.name}`.toLowerCase();
  const text = findIssue(world, pull.issueId).body ?? "";
  for (const [, where, number] of text.matchAll(KEYWORD)) {
    if (where !== undefined && where.toLowerCase() !== own) continue;
    const issue = issueByNumber(world, repository.id, Number(number));
    if (!issue || issue.pullId !== null || issue.deletedAt !== null || issue.state === "closed") continue;
    closeIssue(services, issue, cause, { commitId: commit });
  }
}
