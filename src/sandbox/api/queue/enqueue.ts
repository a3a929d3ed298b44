/** Into the queue and out of it, by somebody's wish. */
import type { Cause, Services } from "../../services.ts";
import { actingUserId } from "../../world/actor.ts";
import { findIssue, findRepository } from "../../world/find.ts";
import { addIssueEvent } from "../../world/history.ts";
import { nextId } from "../../world/ids.ts";
import { entryOf, queueRuleOf } from "../../world/merge-queue.ts";
import type { MergeQueueEntry, PullRequest } from "../../world/pull-state.ts";
import { announcePull } from "../pulls/announce.ts";
import { refusalsOf } from "../pulls/gate.ts";
import { pokeQueues } from "./advance.ts";
import { destroy } from "./group.ts";
import { leave } from "./leave.ts";

type Outcome =
  | { readonly kind: "done"; readonly entry: MergeQueueEntry }
  | { readonly kind: "refused"; readonly message: string };

const refused = (message: string): Outcome => ({ kind: "refused", message });

interface Wish {
  readonly expectedHead?: string | null;
  readonly jump?: boolean | null;
}

/** Up to date the branch need not be, nor allow the method: the queue sees to both. */
const LEFT_TO_QUEUE: readonly string[] = ["queue", "behind", "method", "linear"];

/** Why a pull request is not taken; `undefined`: it is. What is not said to be reported is in the sandbox's own words. */
function refusalFor({ world }: Services, pull: PullRequest, { expectedHead }: Wish): string | undefined {
  const repository = findRepository(world, pull.repositoryId);
  // Reported, of branches without a queue.
  if (!queueRuleOf(world, repository, pull.baseRef))
    return `No merge queue found for branch '${pull.baseRef}'`;
  if (entryOf(world, pull.id)) return "Pull request is already in the merge queue";
  if (pull.merged || findIssue(world, pull.issueId).state === "closed") return "Pull request is not open";
  if (pull.draft) return "Pull request is in draft state";
  if (expectedHead && expectedHead !== pull.headSha)
    return "Head branch was modified. Review and try the merge again.";
  if (pull.mergeable === false) return "Pull request has merge conflicts";
  const unmet = refusalsOf(world, pull, "merge", undefined)
    .flatMap((refusal) => refusal.unmet)
    .filter(({ kind }) => !LEFT_TO_QUEUE.includes(kind));
  // Reported: "Pull request", and then the reason as a merge would get it.
  return unmet.length > 0 ? `Pull request ${unmet.map(({ message }) => message).join(" ")}` : undefined;
}

/** Puts a pull request into the queue of its base. Trials and merges follow by themselves. */
export function enqueue(services: Services, pull: PullRequest, wish: Wish, cause: Cause): Outcome {
  const { world, clock } = services;
  const refusal = refusalFor(services, pull, wish);
  if (refusal !== undefined) return refused(refusal);
  const entry: MergeQueueEntry = {
    id: nextId(world, "mergeQueueEntry"),
    repositoryId: pull.repositoryId,
    branch: pull.baseRef,
    pullId: pull.id,
    pullSha: pull.headSha,
    enqueuerId: actingUserId(cause.actor),
    enqueuedAt: clock.now(),
    jump: wish.jump ?? false,
    state: "QUEUED",
    build: null,
  };
  world.mergeQueueEntries.set(entry.id, entry);
  services.landed.land("merge.enqueue", `pull/${pull.number}@${pull.headSha}`, pull.repositoryId, cause);
  const issue = findIssue(world, pull.issueId);
  issue.updatedAt = clock.now();
  addIssueEvent(world, clock.now(), cause.actor, issue, "added_to_merge_queue", {
    queue: { enqueuerId: entry.enqueuerId, branch: entry.branch, reason: null, beforeSha: null },
  });
  announcePull(services, pull, cause, "enqueued");
  pokeQueues(services, pull.repositoryId);
  return { kind: "done", entry };
}

/** Takes it out again, with its trial. */
export function dequeue(services: Services, pull: PullRequest, cause: Cause): Outcome {
  const { world } = services;
  const repository = findRepository(world, pull.repositoryId);
  if (!queueRuleOf(world, repository, pull.baseRef))
    return refused(`No merge queue found for branch '${pull.baseRef}'`);
  const entry = entryOf(world, pull.id);
  if (!entry) return refused("Pull request is not in the merge queue");
  if (entry.state === "LOCKED") return refused("Pull request is being merged");
  leave(services, entry, "MANUAL", cause);
  services.later(() => destroy(services, entry, "dequeued"));
  pokeQueues(services, pull.repositoryId);
  return { kind: "done", entry };
}
