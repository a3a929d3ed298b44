/** What stands between a ref and a direct move of it: a push, or a write over the refs and contents API. */
import type { GitStore, Sha } from "../../git/store.ts";
import type { Actor } from "../../world/actor.ts";
import { findIssue } from "../../world/find.ts";
import { type RefRules, type ReviewRules, rulesOf } from "../../world/rules.ts";
import type { Repository, World } from "../../world/state.ts";
import { checksOf } from "../checks/rollup.ts";
import { ApiError } from "../errors.ts";
import type { RouteContext } from "../router.ts";
import { PROTECTED_BRANCHES } from "./documentation.ts";
import { MERGE_QUEUE_ONLY } from "./gate.ts";
import { unmetChecks } from "./required-checks.ts";
import { unmetConversations, unmetReviews } from "./required-reviews.ts";

export interface ProposedMove {
  /** Full name. */
  readonly ref: string;
  readonly before: Sha | null;
  readonly after: Sha | null;
}

export interface Violations {
  readonly source: RefRules["source"];
  /** In the order in which GitHub names them; never empty. */
  readonly reasons: readonly string[];
}

/**
 * Why the actor may not make this move; `undefined`: nothing is against it. `store` must have both commits.
 * Where both kinds of rules are against it, GitHub's answer names those of classic protection.
 */
export async function violationsOf(
  world: World,
  repository: Repository,
  move: ProposedMove,
  actor: Actor,
  store: GitStore,
): Promise<Violations | undefined> {
  for (const rules of rulesOf(world, repository, move.ref, actor)) {
    const reasons = await reasonsOf(world, repository, move, rules, store);
    if (reasons.length > 0) return { source: rules.source, reasons };
  }
  return undefined;
}

async function reasonsOf(
  world: World,
  repository: Repository,
  { ref, before, after }: ProposedMove,
  rules: RefRules,
  store: GitStore,
): Promise<string[]> {
  const { refuses } = rules;
  const kind = ref.startsWith("refs/tags/") ? "tag" : "branch";
  if (after === null) return refuses.includes("deletion") ? [`Cannot delete this ${kind}`] : [];
  const checks = unmetChecks(rules.checks, checksOf(world, repository.id, after));
  if (before === null) {
    return [
      ...(refuses.includes("creation") ? ["Cannot create ref due to creations being restricted."] : []),
      ...(checks !== undefined && rules.checksOnCreation ? [checks] : []),
    ];
  }
  const reviews =
    rules.reviews &&
    (await missingReview(world, repository, ref, after, { ...rules, reviews: rules.reviews }, store));
  const merges = kind === "branch" && rules.linear && (await hasMerges(store, before, after));
  const forced = refuses.includes("force-push") && !(await descends(store, before, after));
  return [
    ...(refuses.includes("update") ? ["Cannot update this protected ref."] : []),
    ...(rules.queue ? [MERGE_QUEUE_ONLY] : []),
    ...(reviews === undefined ? [] : [reviews]),
    ...(checks === undefined ? [] : [checks]),
    ...(merges ? ["This branch must not contain merge commits."] : []),
    ...(forced ? [`Cannot force-push to this ${kind}`] : []),
  ];
}

/**
 * A merge that somebody made on their own machine is let in where its pull request has the reviews that it needs (docs:
 * "About protected branches" show what a push of one without them is told); anything else is no pull request's.
 */
async function missingReview(
  world: World,
  repository: Repository,
  ref: string,
  after: Sha,
  rules: Pick<RefRules, "conversations"> & { readonly reviews: ReviewRules },
  store: GitStore,
): Promise<string | undefined> {
  const heads = [after, ...((await store.readCommit(after))?.parents ?? [])];
  const pull = [...world.pulls.values()].find(
    (one) =>
      one.repositoryId === repository.id &&
      `refs/heads/${one.baseRef}` === ref &&
      heads.includes(one.headSha) &&
      !one.draft &&
      findIssue(world, one.issueId).state === "open",
  );
  if (!pull) return "Changes must be made through a pull request.";
  return unmetReviews(world, pull, rules.reviews) ?? unmetConversations(world, pull, rules);
}

/** Tags may name other things than commits; none of those descends from another. */
async function descends(store: GitStore, before: Sha, after: Sha): Promise<boolean> {
  const types = await Promise.all([store.objectType(before), store.objectType(after)]);
  return types.every((type) => type === "commit") && (await store.isAncestor(before, after));
}

async function hasMerges(store: GitStore, before: Sha, after: Sha): Promise<boolean> {
  const fresh = await store.log(after, { notReachableFrom: before });
  return fresh.some((commit) => commit.parents.length > 1);
}

/** In one line as classic protection answers, in paragraphs as rulesets do. */
function words({ source, reasons }: Violations): string {
  if (source === "protection") return reasons.join(" ");
  return `Repository rule violations found\n\n${reasons.join("\n\n")}\n\n`;
}

/** 422 as the refs API answers. */
export async function checkMove(context: RouteContext, move: ProposedMove): Promise<void> {
  const { world, repository, actor, store } = context;
  const violations = await violationsOf(world, repository, move, actor, store);
  if (violations) throw new ApiError(422, words(violations), undefined, PROTECTED_BRANCHES);
}

/** 409 as the contents API answers; `what` it could not do. */
export async function checkFileMove(
  context: RouteContext,
  move: ProposedMove,
  what: "create" | "update" | "delete",
): Promise<void> {
  const { world, repository, actor, store } = context;
  const violations = await violationsOf(world, repository, move, actor, store);
  if (!violations) return;
  const prefix = violations.source === "protection" ? `Could not ${what} file: ` : "";
  throw new ApiError(409, prefix + words(violations), undefined, PROTECTED_BRANCHES);
}
