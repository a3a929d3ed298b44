/**
 * Whether a pull request can be merged: unknown at first, computed a little later, as on GitHub. The trial merge
 * itself, which workflows run on (`refs/pull/N/merge`), is made at once.
 */
import type { Sha } from "../../git/store.ts";
import { applyRefChange } from "../../refs.ts";
import { type Cause, type Services, storeOf } from "../../services.ts";
import { findRepository } from "../../world/find.ts";
import type { PullRequest } from "../../world/pull-state.ts";
import { GITHUB_COMMITTER, personFor } from "../present/commit.ts";
import { codeOwnersOf } from "./codeowners.ts";
import { countsOf } from "./counts.ts";
import { replay } from "./rebase.ts";

/** Milliseconds until GitHub has computed `mergeable`. */
const COMPUTING_MS = 250;

/**
 * Forgets what was known, counts anew, makes the trial merge for the present head and base, and tells of it later.
 * Where head or base move on meanwhile, the later move's own call has the last word.
 */
export async function recompute(services: Services, pull: PullRequest, cause: Cause): Promise<void> {
  pull.mergeable = null;
  pull.rebaseable = null;
  pull.mergeCommitSha = null;
  const { headSha, baseSha } = pull;
  const overtaken = (): boolean => pull.headSha !== headSha || pull.baseSha !== baseSha || pull.merged;
  const counts = await countsOf(services, pull);
  const codeOwners = await codeOwnersOf(services, pull);
  const trial = await trialMerge(services, pull, cause);
  const commit = trial?.commit ?? null;
  if (overtaken()) return;
  Object.assign(pull, { counts, codeOwners });
  await setRef(services, pull, `refs/pull/${pull.number}/merge`, commit, cause);
  services.clock.schedule(COMPUTING_MS, () => {
    if (overtaken()) return;
    pull.mergeable = commit !== null;
    pull.rebaseable = trial?.rebaseable ?? false;
    pull.mergeCommitSha = commit;
  });
}

interface Trial {
  /** Merges head into base. */
  readonly commit: Sha;
  /** The head can be replayed onto the base as well. */
  readonly rebaseable: boolean;
}

/** `undefined`: they conflict. */
async function trialMerge(services: Services, pull: PullRequest, cause: Cause): Promise<Trial | undefined> {
  const store = storeOf(services, pull.repositoryId);
  const { baseSha: base, headSha: head } = pull;
  const merged = await store.mergeTree(base, head);
  if (merged.kind === "conflict") return undefined;
  const userId = cause.actor.kind === "anonymous" ? 0 : cause.actor.userId;
  const own = personFor(services.world, userId, services.clock.now());
  const commit = await store.createCommit({
    tree: merged.tree,
    parents: [base, head],
    author: own,
    committer: { ...own, ...GITHUB_COMMITTER },
    message: `Merge ${head} into ${base}\n`,
  });
  const replayed = await replay(store, { base, head, tree: merged.tree, committer: own });
  return { commit, rebaseable: replayed !== undefined };
}

/** Moves one of the refs that GitHub keeps for a pull request. */
export async function setRef(
  services: Services,
  pull: PullRequest,
  ref: string,
  to: Sha | null,
  cause: Cause,
): Promise<void> {
  const repository = findRepository(services.world, pull.repositoryId);
  const expected = repository.refs.get(ref) ?? null;
  if (expected === to) return;
  await applyRefChange(services, { repositoryId: pull.repositoryId, ref, to, expected }, cause, "nothing");
}
