/** What stands between a pull request and its merge: the rules of the base branch, classic protection and rulesets, both. */
import { atLeast, roleOf } from "../../world/access.ts";
import type { Actor } from "../../world/actor.ts";
import { findIssue, findRepository } from "../../world/find.ts";
import { protectionOf, rulesetsOf } from "../../world/protection.ts";
import type { PullRequest, RequiredCheck } from "../../world/pull-state.ts";
import type { Repository, World } from "../../world/state.ts";
import { type CheckResult, checksOf } from "../checks/rollup.ts";

/** What one source asks of a merge. */
interface Rules {
  readonly source: "protection" | "rulesets";
  readonly checks: readonly RequiredCheck[];
  /** The head must contain the base. */
  readonly strict: boolean;
  readonly approvals: number;
  readonly linear: boolean;
}

export type Unmet =
  | { readonly kind: "checks" | "reviews" | "linear"; readonly message: string }
  | { readonly kind: "behind"; readonly message: string };

export interface Refusal {
  readonly source: Rules["source"];
  readonly unmet: readonly Unmet[];
}

/** All that refuses a merge of this pull request by this method now; empty where nothing does. */
export function refusalsOf(
  world: World,
  pull: PullRequest,
  method: "merge" | "squash" | "rebase",
  actor: Actor | undefined,
): readonly Refusal[] {
  const repository = findRepository(world, pull.repositoryId);
  return rulesOf(world, repository, pull.baseRef, actor)
    .map((rules) => ({ source: rules.source, unmet: unmetOf(world, repository, pull, method, rules) }))
    .filter(({ unmet }) => unmet.length > 0);
}

function rulesOf(world: World, repository: Repository, branch: string, actor: Actor | undefined): Rules[] {
  const protection = protectionOf(repository, branch);
  const rules = rulesetsOf(world, repository, branch).flatMap((ruleset) => ruleset.rules);
  const of = (type: string) =>
    rules.filter((rule) => rule.type === type).map((rule) => rule.parameters ?? {});
  const checks = of("required_status_checks");
  const named = checks.flatMap(
    (one) =>
      (one.required_status_checks as { context: string; integration_id?: number | null }[] | undefined) ?? [],
  );
  const fromRulesets: Rules = {
    source: "rulesets",
    checks: named.map((one) => ({ context: one.context, appId: one.integration_id ?? null })),
    strict: checks.some((one) => one.strict_required_status_checks_policy === true),
    approvals: Math.max(
      0,
      ...of("pull_request").map((one) => Number(one.required_approving_review_count ?? 0)),
    ),
    linear: rules.some((rule) => rule.type === "required_linear_history"),
  };
  // Classic protection does not bind administrators unless it says so; no app is one.
  const passes =
    protection !== undefined &&
    !protection.enforceAdmins &&
    actor?.kind === "user" &&
    atLeast(roleOf(world, repository, actor.userId), "admin");
  if (!protection || passes) return [fromRulesets];
  const classic: Rules = {
    source: "protection",
    checks: protection.requiredChecks?.checks ?? [],
    strict: protection.requiredChecks?.strict ?? false,
    approvals: protection.requiredReviews?.count ?? 0,
    linear: protection.requiredLinearHistory,
  };
  return [classic, fromRulesets];
}

function unmetOf(
  world: World,
  repository: Repository,
  pull: PullRequest,
  method: string,
  rules: Rules,
): Unmet[] {
  const unmet: Unmet[] = [];
  const checks = unmetChecks(rules.checks, checksOf(world, repository.id, pull.headSha));
  if (checks !== undefined) unmet.push({ kind: "checks", message: checks });
  const reviews = rules.approvals > 0 ? unmetReviews(world, repository, pull, rules.approvals) : undefined;
  if (reviews !== undefined) unmet.push({ kind: "reviews", message: reviews });
  if (rules.linear && method === "merge")
    unmet.push({ kind: "linear", message: "This branch must not contain merge commits." });
  if (rules.strict && pull.counts.behind > 0) {
    unmet.push({ kind: "behind", message: "Head branch is out of date. Review and try the merge again." });
  }
  return unmet;
}

/** GitHub names one check that is missing, and counts several: `2 of 3 … have not succeeded: 1 expected and 1 pending.` */
function unmetChecks(required: readonly RequiredCheck[], found: readonly CheckResult[]): string | undefined {
  const states = required.map(({ context, appId }) => {
    const here = found.filter((one) => one.name === context && (appId === null || one.appId === appId));
    // Where several apps report under one name, the worst counts.
    return {
      context,
      state: here.find((one) => one.state !== "success")?.state ?? here[0]?.state ?? "expected",
    };
  });
  const open = states.filter((one) => one.state !== "success");
  const [first] = open;
  if (!first) return undefined;
  if (open.length === 1 && required.length === 1)
    return `Required status check "${first.context}" is ${first.state}.`;
  const kinds = [...new Set(open.map((one) => one.state))];
  const all = `${open.length} of ${required.length} required status checks`;
  if (kinds.length === 1 && open.length === required.length && first.state !== "failing")
    return `${all} are ${first.state}.`;
  const counts = kinds.map((kind) => `${open.filter((one) => one.state === kind).length} ${kind}`);
  return `${all} have not succeeded: ${counts.join(" and ")}.`;
}

/** Only people with write access count, each by their last word; a wish for changes blocks whatever others say. */
function unmetReviews(
  world: World,
  repository: Repository,
  pull: PullRequest,
  needed: number,
): string | undefined {
  const last = new Map<number, string>();
  const sent = [...world.reviews.values()].filter(
    (review) => review.pullId === pull.id && review.submittedAt !== null && review.state !== "COMMENTED",
  );
  for (const review of sent.sort((a, b) => (a.submittedAt ?? 0) - (b.submittedAt ?? 0) || a.id - b.id))
    last.set(review.authorId, review.state);
  const words = [...last]
    .filter(([id]) => atLeast(roleOf(world, repository, id), "write"))
    .map(([, state]) => state);
  if (words.includes("CHANGES_REQUESTED"))
    return "Changes have been requested by reviewers with write access.";
  if (words.filter((state) => state === "APPROVED").length >= needed) return undefined;
  const reviews = needed === 1 ? "1 approving review is" : `${needed} approving reviews are`;
  return `At least ${reviews} required by reviewers with write access.`;
}

/** `mergeable_state`: conflicts first, then what the rules say, then checks that nobody requires. */
export function mergeableState(world: World, pull: PullRequest): string {
  if (pull.merged || pull.mergeable === null) return "unknown";
  if (!pull.mergeable) return "dirty";
  if (pull.draft) return "draft";
  const unmet = refusalsOf(world, pull, "squash", undefined).flatMap((refusal) => refusal.unmet);
  if (unmet.some(({ kind }) => kind !== "behind")) return "blocked";
  if (unmet.length > 0) return "behind";
  const closed = findIssue(world, pull.issueId).state === "closed";
  const green = checksOf(world, pull.repositoryId, pull.headSha).every((one) => one.state === "success");
  return green || closed ? "clean" : "unstable";
}
