/**
 * The merge gate: one snapshot of facts, bound to one head; all of it holds, or the nearest condition that does
 * not is named. Pure; the facts are read by whoever asks: the app before it declares, the run before it merges.
 */
import type { GateView } from "../core/snapshot.ts";
import type { WaitCode } from "../core/waits.ts";
import type {
  CheckInfo,
  Permission,
  PullCommitInfo,
  PullInfo,
  RequiredCheck,
  ReviewInfo,
} from "../github/ports.ts";
import { mayWrite } from "./authority.ts";
import type { Config } from "./config/index.ts";

export interface GateFacts {
  readonly config: Config;
  readonly base: string;
  readonly repository: number;
  readonly pull: PullInfo;
  readonly reviews: readonly ReviewInfo[];
  readonly required: readonly RequiredCheck[];
  readonly checks: readonly CheckInfo[];
  readonly commits: readonly PullCommitInfo[];
  /** Permission of each account that approved, by login. */
  readonly permissions: ReadonlyMap<string, Permission>;
  /** GitHub's clock, ms. */
  readonly now: number;
  /** Conditions that two people have set aside for this head. */
  readonly aside?: ReadonlySet<string>;
}

/** Milliseconds after which GitHub is asked again for what it is still computing. */
const SOON = 1_500;

export function judgeMerge(facts: GateFacts): GateView {
  const { pull, config } = facts;
  const head = pull.headSha;
  const waits = (code: WaitCode, what: string, again: number | null = null): GateView => ({
    kind: "waits",
    head,
    code,
    for: what,
    again,
  });
  if (pull.draft) return waits("pull-draft", `#${pull.number} to leave draft`);
  if (pull.baseRef !== facts.base)
    return waits("pull-moved", `#${pull.number} to be based on ${facts.base} again`);
  if (pull.headRepositoryId !== facts.repository)
    return waits("pull-moved", `the head of #${pull.number} to be in this repository`);
  const review = judgeReviews(facts);
  if (review.kind === "changes") {
    return {
      kind: "refused",
      head,
      reason: "changes-requested",
      detail: `by @${review.by} on #${pull.number}`,
    };
  }
  const checks = judgeChecks(facts);
  if (checks.kind === "failed") {
    return {
      kind: "refused",
      head,
      reason: "check-failed",
      detail: `${checks.name} (${checks.conclusion}) on ${head}`,
    };
  }
  if (pull.mergeable === false) {
    return {
      kind: "refused",
      head,
      reason: "conflict",
      detail: `#${pull.number} conflicts with ${pull.baseRef}`,
    };
  }
  if (checks.kind === "pending")
    return waits("check-pending", `the required check ${checks.name} on ${head.slice(0, 12)}`);
  if (checks.kind === "none")
    return waits("check-missing", "a required check to exist on the base branch (or `checks: allow-none`)");
  if (review.kind === "missing")
    return waits("review-missing", `a review of ${head.slice(0, 12)} by somebody with write access`);
  if (pull.mergeable === null)
    return waits("mergeable-unknown", "GitHub to compute whether it can be merged", facts.now + SOON);
  if (config.merge === "never")
    return waits("merge-by-people", `a person to merge #${pull.number} (\`merge: never\`)`);
  return { kind: "open", head, pull: pull.number };
}

type Reviews =
  | { readonly kind: "approved" }
  | { readonly kind: "changes"; readonly by: string }
  | { readonly kind: "missing" };

/** The last word of each person counts; comments are no word. */
function judgeReviews({ pull, reviews, commits, permissions, aside }: GateFacts): Reviews {
  const last = lastWords(reviews);
  const changes = last.find((review) => review.state === "CHANGES_REQUESTED" && writes(review));
  if (changes && !aside?.has("changes-requested"))
    return { kind: "changes", by: changes.author?.login ?? "somebody" };
  const made = new Set(commits.flatMap((commit) => [commit.authorId, commit.committerId]));
  const approved = last.some(
    (review) =>
      review.state === "APPROVED" &&
      review.commitId === pull.headSha &&
      review.author?.type === "User" &&
      review.author.id !== pull.author.id &&
      !made.has(review.author.id) &&
      writes(review),
  );
  return approved || aside?.has("review-missing") ? { kind: "approved" } : { kind: "missing" };

  function writes(review: ReviewInfo): boolean {
    return mayWrite(permissions.get(review.author?.login ?? "") ?? "none");
  }
}

/** The latest approval, request for changes or dismissal of each account, oldest first. */
export function lastWords(reviews: readonly ReviewInfo[]): readonly ReviewInfo[] {
  const words = new Map<number, ReviewInfo>();
  for (const review of reviews) {
    const counts = review.state !== "COMMENTED" && review.state !== "PENDING";
    if (counts && review.author) words.set(review.author.id, review);
  }
  return [...words.values()];
}

type Checks =
  | { readonly kind: "green" }
  | { readonly kind: "none" }
  | { readonly kind: "pending"; readonly name: string }
  | { readonly kind: "failed"; readonly name: string; readonly conclusion: string };

/** Green is `success`, nothing else: neutral and skipped say that nobody looked. */
function judgeChecks({ required, checks, config, aside }: GateFacts): Checks {
  const unneeded = config.checks === "allow-none" || aside?.has("check-missing");
  if (required.length === 0) return unneeded ? { kind: "green" } : { kind: "none" };
  let pending: Checks | undefined;
  for (const need of required) {
    const reported = checks.filter(
      (check) => check.name === need.name && (need.appId === null || check.appId === need.appId),
    );
    const bad = reported.find((check) => check.status === "completed" && check.conclusion !== "success");
    if (bad && aside?.has("check-failed")) continue;
    if (bad) return { kind: "failed", name: need.name, conclusion: bad.conclusion ?? "none" };
    const green = reported.length > 0 && reported.every((check) => check.conclusion === "success");
    if (!green && !aside?.has("check-pending")) pending ??= { kind: "pending", name: need.name };
  }
  return pending ?? { kind: "green" };
}
