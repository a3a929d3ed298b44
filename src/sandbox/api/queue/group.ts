/** The trial of an entry: a branch with the base, all that is ahead and the entry itself, on which checks run. */
import type { Sha } from "../../git/store.ts";
import { moveRef } from "../../refs.ts";
import { type Services, storeOf } from "../../services.ts";
import { findRepository } from "../../world/find.ts";
import type { QueueRule } from "../../world/merge-queue.ts";
import type { MergeQueueEntry, QueueBuild } from "../../world/pull-state.ts";
import { presentHeadCommit } from "../present/commit.ts";
import { makeMergeCommit } from "../pulls/merge-commit.ts";
import { queueCause } from "./bot.ts";

/** Makes the trial on `baseSha` and asks for checks. `conflict`: it cannot be made. */
export async function build(
  services: Services,
  entry: MergeQueueEntry,
  rule: QueueRule,
  baseSha: Sha,
): Promise<"built" | "conflict"> {
  const { world, clock } = services;
  const repository = findRepository(world, entry.repositoryId);
  const pull = world.pulls.get(entry.pullId);
  if (!pull) return "conflict";
  const input = { repository, pull, method: rule.method, base: baseSha, by: entry.enqueuerId, body: {} };
  const made = await makeMergeCommit(services, input);
  if (made.kind !== "made") return "conflict";
  if (rule.method !== "rebase") repository.verifiedCommits.add(made.sha);
  const ref = `refs/heads/gh-readonly-queue/${entry.branch}/pr-${pull.number}-${baseSha}`;
  const expected = repository.refs.get(ref) ?? null;
  const change = { repositoryId: repository.id, ref, to: made.sha, expected };
  entry.build = { baseSha, headSha: made.sha, ref, requestedAt: clock.now() };
  entry.state = "AWAITING_CHECKS";
  await moveRef(services, change, queueCause(services), "nothing");
  await announce(services, entry, entry.build, "checks_requested");
  return "built";
}

/** Takes the trial's branch away and tells why; an entry without one has nothing to take away. */
export async function destroy(
  services: Services,
  entry: MergeQueueEntry,
  reason: "merged" | "invalidated" | "dequeued",
): Promise<void> {
  const { build: built } = entry;
  if (!built) return;
  entry.build = null;
  await announce(services, entry, built, "destroyed", { reason });
  const expected = findRepository(services.world, entry.repositoryId).refs.get(built.ref);
  if (expected === undefined) return;
  const change = { repositoryId: entry.repositoryId, ref: built.ref, to: null, expected };
  await moveRef(services, change, queueCause(services), "nothing");
}

/** `merge_group`. Workflows start when checks are asked for, on the trial's commit. */
async function announce(
  services: Services,
  { repositoryId, branch }: MergeQueueEntry,
  { ref, headSha, baseSha }: QueueBuild,
  action: "checks_requested" | "destroyed",
  fields: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  const commit = await storeOf(services, repositoryId).readCommit(headSha);
  if (!commit) throw new RangeError(`the trial ${headSha} is not there`);
  const group = {
    head_sha: headSha,
    head_ref: ref,
    base_sha: baseSha,
    base_ref: `refs/heads/${branch}`,
    head_commit: presentHeadCommit(commit),
  };
  const workflows = { ref, sha: headSha, headBranch: ref.slice("refs/heads/".length), headSha };
  services.emit(
    {
      event: "merge_group",
      action,
      repositoryId,
      fields: { ...fields, merge_group: group },
      ...(action === "checks_requested" ? { workflows } : {}),
    },
    queueCause(services).actor,
  );
}
