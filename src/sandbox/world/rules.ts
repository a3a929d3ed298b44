/** What the rules of a branch or tag ask, from classic protection and from rulesets: each source apart, as GitHub answers. */
import type { MergeMethod } from "../git/store.ts";
import { atLeast, roleOf } from "./access.ts";
import type { Actor } from "./actor.ts";
import { protectionOf, rulesetsOf } from "./protection.ts";
import type { BranchProtection, RequiredCheck, Ruleset } from "./pull-state.ts";
import type { Repository, World } from "./state.ts";

/** How a ref may not be changed, whoever asks. */
export type RefusedMove = "creation" | "update" | "force-push" | "deletion";

export interface ReviewRules {
  readonly approvals: number;
  readonly codeOwners: boolean;
  /** Somebody else than who pushed last must have approved that push. */
  readonly lastPush: boolean;
  /** Approvals end with the next push. */
  readonly dismissStale: boolean;
  /** `undefined`: whatever the repository allows. */
  readonly methods: readonly MergeMethod[] | undefined;
}

/** What one source asks. */
export interface RefRules {
  readonly source: "protection" | "rulesets";
  readonly checks: readonly RequiredCheck[];
  /** The head must contain the base. */
  readonly strict: boolean;
  /** The checks bind the push that makes the branch, too. */
  readonly checksOnCreation: boolean;
  /** Set: changes come by pull requests only. */
  readonly reviews: ReviewRules | undefined;
  /** All conversations must be resolved before a merge. */
  readonly conversations: boolean;
  /** Changes come by the merge queue only. */
  readonly queue: boolean;
  readonly linear: boolean;
  readonly refuses: readonly RefusedMove[];
}

/** The rules that bind the actor (anybody, where absent) on this full ref. Empty where nothing is ruled. */
export function rulesOf(
  world: World,
  repository: Repository,
  ref: string,
  actor: Actor | undefined,
): readonly RefRules[] {
  const branch = /^refs\/heads\/(.+)$/.exec(ref)?.[1];
  const protection = branch === undefined ? undefined : protectionOf(repository, branch);
  const rulesets = rulesetsOf(world, repository, ref);
  return [
    ...(protection ? [fromProtection(protection, passes(world, repository, protection, actor))] : []),
    ...(rulesets.length > 0 ? [fromRulesets(rulesets)] : []),
  ];
}

/** Classic protection does not bind administrators unless it says so; no app is one. */
function passes(
  world: World,
  repository: Repository,
  protection: BranchProtection,
  actor: Actor | undefined,
): "bound" | "exempt" {
  if (protection.enforceAdmins || actor?.kind !== "user") return "bound";
  return atLeast(roleOf(world, repository, actor.userId), "admin") ? "exempt" : "bound";
}

/** Force pushes and deletions are refused to everyone, administrators included. */
function fromProtection(protection: BranchProtection, who: "bound" | "exempt"): RefRules {
  const { requiredChecks, requiredReviews } = protection;
  const always: RefRules = {
    source: "protection",
    checks: [],
    strict: false,
    checksOnCreation: false,
    reviews: undefined,
    conversations: false,
    queue: false,
    linear: false,
    refuses: [
      ...(protection.allowForcePushes ? [] : (["force-push"] as const)),
      ...(protection.allowDeletions ? [] : (["deletion"] as const)),
    ],
  };
  if (who === "exempt") return always;
  return {
    ...always,
    checks: requiredChecks?.checks ?? [],
    strict: requiredChecks?.strict ?? false,
    reviews: requiredReviews
      ? {
          approvals: requiredReviews.count,
          codeOwners: requiredReviews.requireCodeOwners,
          lastPush: requiredReviews.requireLastPushApproval,
          dismissStale: requiredReviews.dismissStale,
          methods: undefined,
        }
      : undefined,
    conversations: protection.requiredConversationResolution,
    linear: protection.requiredLinearHistory,
  };
}

const REFUSED_BY_TYPE: Readonly<Record<string, RefusedMove>> = {
  creation: "creation",
  update: "update",
  non_fast_forward: "force-push",
  deletion: "deletion",
};

type Parameters = Readonly<Record<string, unknown>>;

/** Of several rulesets the strictest of each kind counts. */
function fromRulesets(rulesets: readonly Ruleset[]): RefRules {
  const rules = rulesets.flatMap((ruleset) => ruleset.rules);
  const of = (type: string): Parameters[] =>
    rules.filter((rule) => rule.type === type).map((rule) => rule.parameters ?? {});
  const checks = of("required_status_checks");
  const pulls = of("pull_request");
  return {
    source: "rulesets",
    checks: checks.flatMap(checksIn),
    strict: checks.some((one) => one.strict_required_status_checks_policy === true),
    checksOnCreation: checks.some((one) => one.do_not_enforce_on_create !== true),
    reviews: pulls.length > 0 ? reviewsIn(pulls) : undefined,
    conversations: pulls.some((one) => one.required_review_thread_resolution === true),
    queue: rules.some((rule) => rule.type === "merge_queue"),
    linear: rules.some((rule) => rule.type === "required_linear_history"),
    refuses: rules.map((rule) => REFUSED_BY_TYPE[rule.type]).filter((move) => move !== undefined),
  };
}

function checksIn(parameters: Parameters): RequiredCheck[] {
  const named = (parameters.required_status_checks ?? []) as {
    readonly context: string;
    readonly integration_id?: number | null;
  }[];
  return named.map((one) => ({ context: one.context, appId: one.integration_id ?? null }));
}

function reviewsIn(pulls: readonly Parameters[]): ReviewRules {
  const some = (field: string): boolean => pulls.some((one) => one[field] === true);
  const lists = pulls.map((one) => one.allowed_merge_methods).filter(Array.isArray) as MergeMethod[][];
  const [first, ...others] = lists;
  return {
    approvals: Math.max(0, ...pulls.map((one) => Number(one.required_approving_review_count ?? 0))),
    codeOwners: some("require_code_owner_review"),
    lastPush: some("require_last_push_approval"),
    dismissStale: some("dismiss_stale_reviews_on_push"),
    methods: first?.filter((method) => others.every((list) => list.includes(method))),
  };
}
