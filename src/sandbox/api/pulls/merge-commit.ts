/** The commit that a merge brings, by each method. Moves no ref. */
import type { MergeMethod, Sha } from "../../git/store.ts";
import { type Services, storeOf } from "../../services.ts";
import { findIssue } from "../../world/find.ts";
import type { PullRequest } from "../../world/pull-state.ts";
import type { Repository } from "../../world/state.ts";
import { GITHUB_COMMITTER, personFor } from "../present/commit.ts";
import type { JsonObject } from "../router.ts";
import { commitsOf } from "./counts.ts";
import { messageOf } from "./merge-message.ts";
import { replay } from "./rebase.ts";

export interface MergeInput {
  readonly repository: Repository;
  readonly pull: PullRequest;
  readonly method: MergeMethod;
  /** What it is merged into. */
  readonly base: Sha;
  /** Account that merges. */
  readonly by: number;
  /** `commit_title` and `commit_message`, where a request brings them. */
  readonly body: JsonObject;
}

export type MergeMade =
  | { readonly kind: "made"; readonly sha: Sha }
  | { readonly kind: "conflict" }
  | { readonly kind: "not-rebaseable" };

export async function makeMergeCommit(services: Services, input: MergeInput): Promise<MergeMade> {
  const { repository, pull, method, base, by, body } = input;
  const { world, clock } = services;
  const store = storeOf(services, repository.id);
  const merged = await store.mergeTree(base, pull.headSha);
  if (merged.kind === "conflict") return { kind: "conflict" };
  const own = personFor(world, by, clock.now());
  if (method === "rebase") {
    const last = await replay(store, { base, head: pull.headSha, tree: merged.tree, committer: own });
    return last === undefined ? { kind: "not-rebaseable" } : { kind: "made", sha: last };
  }
  // A merge is its maker's; a squashed commit stays the work of who opened the pull request.
  const issue = findIssue(world, pull.issueId);
  const author = method === "merge" ? own : personFor(world, issue.authorId, clock.now());
  const commits = await commitsOf(services, pull);
  const sha = await store.createCommit({
    tree: merged.tree,
    parents: method === "merge" ? [base, pull.headSha] : [base],
    author,
    committer: { ...author, ...GITHUB_COMMITTER },
    message: messageOf({ world, repository, body }, pull, method, commits),
  });
  return { kind: "made", sha };
}
