/** What stands between a pull request and its merge: the rules of the base branch, classic protection and rulesets, both. */
import type { MergeMethod } from "../../git/store.ts";
import type { Actor } from "../../world/actor.ts";
import { findIssue, findRepository } from "../../world/find.ts";
import type { PullRequest } from "../../world/pull-state.ts";
import { type RefRules, rulesOf } from "../../world/rules.ts";
import type { World } from "../../world/state.ts";
import { checksOf } from "../checks/rollup.ts";
import { unmetChecks } from "./required-checks.ts";
import { unmetConversations, unmetReviews } from "./required-reviews.ts";

export interface Unmet {
  readonly kind: "queue" | "reviews" | "conversations" | "checks" | "linear" | "method" | "update" | "behind";
  readonly message: string;
}

/** GitHub's words for merges and pushes past a queue (reported). */
export const MERGE_QUEUE_ONLY = "Changes must be made through the merge queue";

export interface Refusal {
  readonly source: RefRules["source"];
  readonly unmet: readonly Unmet[];
}

/** All that refuses a merge of this pull request by this method now; empty where nothing does. */
export function refusalsOf(
  world: World,
  pull: PullRequest,
  method: MergeMethod,
  actor: Actor | undefined,
): readonly Refusal[] {
  const repository = findRepository(world, pull.repositoryId);
  return rulesOf(world, repository, `refs/heads/${pull.baseRef}`, actor)
    .map((rules) => ({ source: rules.source, unmet: unmetOf(world, pull, method, rules) }))
    .filter(({ unmet }) => unmet.length > 0);
}

/** In the order in which GitHub names them. */
function unmetOf(world: World, pull: PullRequest, method: MergeMethod, rules: RefRules): Unmet[] {
  const { reviews, refuses, linear, strict } = rules;
  const unmet: Unmet[] = [];
  const add = (kind: Unmet["kind"], message: string | undefined): void => {
    if (message !== undefined) unmet.push({ kind, message });
  };
  if (refuses.includes("update")) add("update", "Cannot update this protected ref.");
  if (rules.queue) add("queue", MERGE_QUEUE_ONLY);
  if (reviews) add("reviews", unmetReviews(world, pull, reviews));
  add("conversations", unmetConversations(world, pull, rules));
  add("checks", unmetChecks(rules.checks, checksOf(world, pull.repositoryId, pull.headSha)));
  if (linear && method === "merge") add("linear", "This branch must not contain merge commits.");
  // The words are the sandbox's own: GitHub's are not published.
  if (reviews?.methods?.includes(method) === false)
    add("method", `The rules of this branch do not allow the merge method ${method}.`);
  if (strict && pull.counts.behind > 0)
    add("behind", "Head branch is out of date. Review and try the merge again.");
  return unmet;
}

/** `mergeable_state`: conflicts first, then what the rules say, then checks that nobody requires. */
export function mergeableState(world: World, pull: PullRequest): string {
  if (pull.merged || pull.mergeable === null) return "unknown";
  if (!pull.mergeable) return "dirty";
  if (pull.draft) return "draft";
  // A method that is not allowed leaves the others, and the queue is a way to merge.
  const unmet = refusalsOf(world, pull, "squash", undefined)
    .flatMap((refusal) => refusal.unmet)
    .filter(({ kind }) => kind !== "method" && kind !== "queue");
  if (unmet.some(({ kind }) => kind !== "behind")) return "blocked";
  if (unmet.length > 0) return "behind";
  const closed = findIssue(world, pull.issueId).state === "closed";
  const green = checksOf(world, pull.repositoryId, pull.headSha).every((one) => one.state === "success");
  return green || closed ? "clean" : "unstable";
}
