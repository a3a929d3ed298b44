/** Pull requests. */
import { findIssue, findRepository } from "../../../world/find.ts";
import { nodeId } from "../../../world/ids.ts";
import type { PullRequest } from "../../../world/pull-state.ts";
import type { Issue } from "../../../world/state.ts";
import { isoOrNull } from "../../present/time.ts";
import { mergeableState } from "../../pulls/gate.ts";
import { reviewDecision } from "../../pulls/required-reviews.ts";
import type { Answer, GraphqlContext } from "../context.ts";
import { actorOrNull } from "./actor.ts";
import { commitObject, refObject } from "./commit.ts";
import { sharedFields } from "./issue.ts";
import { queueFields } from "./queue.ts";
import { repositoryObject } from "./repository.ts";
import { reviewsField } from "./review.ts";
import { threadsField } from "./thread.ts";

/** The pull request of an issue side; `null` for an issue. */
export function pullObjectOf(context: GraphqlContext, issue: Issue) {
  const pull = context.world.pulls.get(issue.pullId ?? 0);
  return pull ? pullObject(context, pull) : null;
}

export function pullObject(context: GraphqlContext, pull: PullRequest): Answer {
  const { world } = context;
  const repository = findRepository(world, pull.repositoryId);
  const issue = findIssue(world, pull.issueId);
  const shared = sharedFields(context, repository, issue);
  const own = () => repositoryObject(context, repository);
  const ref = (name: string) => () => refObject(context, repository, `refs/heads/${name}`);
  const commit = (sha: string | null) => () => commitObject(context, repository, sha);
  return {
    __typename: "PullRequest",
    id: nodeId("PR", pull.id),
    fullDatabaseId: String(pull.id),
    ...shared,
    permalink: shared.url,
    state: pull.merged ? "MERGED" : issue.state.toUpperCase(),
    isDraft: pull.draft,
    additions: pull.counts.additions,
    deletions: pull.counts.deletions,
    changedFiles: pull.counts.changedFiles,
    baseRefName: pull.baseRef,
    baseRefOid: pull.baseSha,
    baseRef: ref(pull.baseRef),
    baseRepository: own,
    headRefName: pull.headRef,
    headRefOid: pull.headSha,
    headRef: ref(pull.headRef),
    headRepository: own,
    // The sandbox has no forks.
    isCrossRepository: false,
    maintainerCanModify: pull.maintainerCanModify,
    merged: pull.merged,
    mergedAt: isoOrNull(pull.mergedAt),
    mergedBy: () => actorOrNull(context, pull.mergedById),
    mergeCommit: commit(pull.merged ? pull.mergeCommitSha : null),
    potentialMergeCommit: commit(pull.merged ? null : pull.mergeCommitSha),
    mergeable: mergeableOf(pull),
    mergeStateStatus: () => mergeableState(world, pull).toUpperCase(),
    reviewDecision: () => reviewDecision(world, pull),
    reviews: reviewsField(context, pull),
    reviewThreads: threadsField(context, pull),
    ...queueFields(context, repository, pull),
  };
}

function mergeableOf({ merged, mergeable }: PullRequest): "UNKNOWN" | "MERGEABLE" | "CONFLICTING" {
  if (merged || mergeable === null) return "UNKNOWN";
  return mergeable ? "MERGEABLE" : "CONFLICTING";
}
