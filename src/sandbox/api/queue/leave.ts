/** How an entry leaves the queue, merged or not. */
import type { Cause, Services } from "../../services.ts";
import { findIssue } from "../../world/find.ts";
import { addIssueEvent } from "../../world/history.ts";
import type { MergeQueueEntry } from "../../world/pull-state.ts";
import { announcePull } from "../pulls/announce.ts";

/** `reason` of `pull_request.dequeued`, of those that GitHub describes. */
export type LeaveReason =
  | "MANUAL"
  | "MERGE"
  | "MERGE_CONFLICT"
  | "CI_FAILURE"
  | "CI_TIMEOUT"
  | "ALREADY_MERGED"
  | "QUEUE_CLEARED"
  | "BRANCH_PROTECTIONS"
  | "UNKNOWN_REMOVAL_REASON";

/** As GraphQL's `RemovedFromMergeQueueEvent` has it: `failed_checks` and `merged` are reported, the others are not. */
const IN_HISTORY: Partial<Record<LeaveReason, string>> = { CI_FAILURE: "failed_checks", MERGE: "merged" };

/** Takes it out, writes it into the history and tells it. Its trial is somebody else's to take away. */
export function leave(services: Services, entry: MergeQueueEntry, reason: LeaveReason, cause: Cause): void {
  const { world, clock } = services;
  world.mergeQueueEntries.delete(entry.id);
  const pull = world.pulls.get(entry.pullId);
  if (!pull) return;
  const issue = findIssue(world, pull.issueId);
  issue.updatedAt = clock.now();
  addIssueEvent(world, clock.now(), cause.actor, issue, "removed_from_merge_queue", {
    queue: {
      enqueuerId: entry.enqueuerId,
      branch: entry.branch,
      reason: IN_HISTORY[reason] ?? reason.toLowerCase(),
      beforeSha: entry.build?.headSha ?? null,
    },
  });
  announcePull(services, pull, cause, "dequeued", { reason });
}
