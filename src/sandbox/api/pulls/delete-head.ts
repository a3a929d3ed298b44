/** What follows a merge where the repository's settings say so: the head's branch goes. */
import { moveRef } from "../../refs.ts";
import { type Cause, type Services, storeOf } from "../../services.ts";
import { findRepository } from "../../world/find.ts";
import type { PullRequest } from "../../world/pull-state.ts";
import { violationsOf } from "./push-gate.ts";

export async function deleteHead(services: Services, pull: PullRequest, cause: Cause): Promise<void> {
  const repository = findRepository(services.world, pull.repositoryId);
  if (!repository.deleteBranchOnMerge) return;
  const ref = `refs/heads/${pull.headRef}`;
  const expected = repository.refs.get(ref);
  if (expected === undefined || pull.headRef === repository.defaultBranch) return;
  // A branch that must not be deleted stays.
  const move = { ref, before: expected, after: null };
  const store = storeOf(services, repository.id);
  if (await violationsOf(services.world, repository, move, cause.actor, store)) return;
  await moveRef(services, { repositoryId: repository.id, ref, to: null, expected }, cause);
}
