/** The merge of a group: the base moves once, to the trial of the group's last entry. */
import { announceRefMove, applyRefChange } from "../../refs.ts";
import type { Services } from "../../services.ts";
import { findRepository } from "../../world/find.ts";
import type { MergeQueueEntry } from "../../world/pull-state.ts";
import { deleteHead } from "../pulls/delete-head.ts";
import { closeKeywords, markMerged } from "../pulls/merged.ts";
import { queueCause } from "./bot.ts";
import { destroy } from "./group.ts";
import { leave } from "./leave.ts";

/** `false`: somebody moved the base meanwhile, and the trials are worth nothing. */
export async function mergeGroup(services: Services, group: readonly MergeQueueEntry[]): Promise<boolean> {
  const { world } = services;
  const last = group.at(-1);
  const [first] = group;
  if (!last?.build || !first?.build) return false;
  const { repositoryId, branch } = last;
  const repository = findRepository(world, repositoryId);
  const cause = queueCause(services);
  for (const entry of group) entry.state = "LOCKED";
  const ref = `refs/heads/${branch}`;
  const change = { repositoryId, ref, to: last.build.headSha, expected: first.build.baseSha };
  const move = await applyRefChange(services, change, cause, "nothing");
  if (!move) return false;
  const merged = group.flatMap((entry) => {
    const pull = world.pulls.get(entry.pullId);
    return pull && entry.build ? [{ entry, pull, commit: entry.build.headSha }] : [];
  });
  // As with any merge: told of the pull requests before the push.
  for (const { entry, pull, commit } of merged) {
    services.landed.land("merge", `pull/${pull.number}@${pull.headSha}`, repository.id, cause);
    leave(services, entry, "MERGE", cause);
    markMerged(services, pull, cause, commit);
  }
  await announceRefMove(services, move, cause);
  for (const { entry, pull, commit } of merged) {
    closeKeywords(services, pull, cause, commit);
    await destroy(services, entry, "merged");
    await deleteHead(services, pull, cause);
  }
  return true;
}
