/** Entities around pull requests: reviews, checks, statuses and the rules that gate a merge. Plain data, as in `state.ts`. */
import type { Annotation } from "../actions/port.ts";
import type { MergeMethod, Sha } from "../git/store.ts";

/** Size of a pull request: what its head has and its base lacks. */
export interface PullCounts {
  readonly commits: number;
  readonly additions: number;
  readonly deletions: number;
  readonly changedFiles: number;
  /** Commits that the base has and the head lacks. */
  readonly behind: number;
}

/** Owners of some changed files, by `CODEOWNERS` of the base: one of them must approve where a rule wants that. */
export interface OwnedPart {
  /** Users with write access. */
  readonly userIds: readonly number[];
  /** `organization/team`. Teams have no repositories here: these only stand in refusals. */
  readonly teams: readonly string[];
}

export interface PullRequest {
  readonly id: number;
  /** The issue with the same number: title, body, state, labels, comments. */
  readonly issueId: number;
  repositoryId: number;
  number: number;
  /** `null` when the fork is gone. */
  headRepositoryId: number | null;
  /** Branch name, without `refs/heads/`. */
  headRef: string;
  headSha: Sha;
  baseRef: string;
  baseSha: Sha;
  draft: boolean;
  maintainerCanModify: boolean;
  merged: boolean;
  mergedAt: number | null;
  mergedById: number | null;
  /** The trial merge while open, the merge commit afterwards. */
  mergeCommitSha: Sha | null;
  /** `null`: not computed yet for this head and base. */
  mergeable: boolean | null;
  rebaseable: boolean | null;
  /** As of the present head and base. */
  counts: PullCounts;
  /** As of the present head and base. */
  codeOwners: readonly OwnedPart[];
  requestedReviewerIds: number[];
  requestedTeams: string[];
  autoMerge: {
    readonly enabledById: number;
    readonly method: MergeMethod;
    readonly title: string | null;
    readonly message: string | null;
  } | null;
}

export type ReviewState = "APPROVED" | "CHANGES_REQUESTED" | "COMMENTED" | "DISMISSED" | "PENDING";

export interface Review {
  readonly id: number;
  readonly pullId: number;
  readonly authorId: number;
  readonly viaAppId: number | null;
  state: ReviewState;
  body: string;
  readonly commitId: Sha;
  submittedAt: number | null;
  readonly createdAt: number;
  updatedAt: number;
}

export type DiffSide = "LEFT" | "RIGHT";

/** A conversation on a line or file: what belongs to it says so (`threadId`). It ends with its last comment. */
export interface ReviewThread {
  readonly id: number;
  readonly pullId: number;
  /** `null`: it is not resolved. */
  resolvedById: number | null;
}

export interface ReviewComment {
  readonly id: number;
  readonly pullId: number;
  readonly reviewId: number | null;
  readonly authorId: number;
  readonly viaAppId: number | null;
  body: string;
  readonly path: string;
  readonly diffHunk: string;
  readonly subject: "line" | "file";
  readonly originalCommitId: Sha;
  readonly originalLine: number | null;
  readonly originalStartLine: number | null;
  readonly side: DiffSide;
  readonly startSide: DiffSide | null;
  /** The newest head that it still stands in, and where; a line that has changed since is `null`. */
  commitId: Sha;
  line: number | null;
  startLine: number | null;
  outdated: boolean;
  readonly threadId: number;
  /** The first comment of its thread, also where that is gone. */
  readonly inReplyToId: number | null;
  readonly createdAt: number;
  updatedAt: number;
}

/** The trial of an entry: what the base will be with it and all ahead of it. */
export interface QueueBuild {
  /** Head of the base, or of the entry ahead. */
  readonly baseSha: Sha;
  readonly headSha: Sha;
  /** Full name of its branch, `refs/heads/gh-readonly-queue/…`. */
  readonly ref: string;
  readonly requestedAt: number;
}

export type QueueState = "QUEUED" | "AWAITING_CHECKS" | "MERGEABLE" | "LOCKED";

/** A pull request in the merge queue of its base. */
export interface MergeQueueEntry {
  readonly id: number;
  readonly repositoryId: number;
  readonly branch: string;
  readonly pullId: number;
  /** Head that was put into the queue: another one takes it out. */
  readonly pullSha: Sha;
  readonly enqueuerId: number;
  readonly enqueuedAt: number;
  /** Before all that did not jump. */
  readonly jump: boolean;
  state: QueueState;
  build: QueueBuild | null;
}

export interface CommitComment {
  readonly id: number;
  readonly repositoryId: number;
  readonly sha: Sha;
  body: string;
  readonly authorId: number;
  readonly createdAt: number;
  updatedAt: number;
}

export type CheckStatus = "queued" | "in_progress" | "completed" | "waiting" | "requested" | "pending";
export type CheckConclusion =
  | "success"
  | "failure"
  | "neutral"
  | "cancelled"
  | "skipped"
  | "timed_out"
  | "action_required"
  | "stale"
  | "startup_failure";

export interface CheckSuite {
  readonly id: number;
  readonly repositoryId: number;
  readonly appId: number;
  readonly headBranch: string | null;
  readonly headSha: Sha;
  status: CheckStatus;
  conclusion: CheckConclusion | null;
  /** Workflow run that it shows; `null` for the suites of other apps. */
  readonly runId: number | null;
  readonly createdAt: number;
  updatedAt: number;
}

export interface CheckRun {
  readonly id: number;
  readonly suiteId: number;
  readonly repositoryId: number;
  readonly appId: number;
  name: string;
  readonly headSha: Sha;
  status: CheckStatus;
  conclusion: CheckConclusion | null;
  startedAt: number | null;
  completedAt: number | null;
  output: { title: string | null; summary: string | null; text: string | null };
  externalId: string;
  detailsUrl: string | null;
  /** Job of a workflow run that it shows. */
  readonly jobId: number | null;
  /** Of a job; those of other check runs are not kept. */
  annotations: readonly Annotation[];
}

export type StatusState = "error" | "failure" | "pending" | "success";

export interface CommitStatus {
  readonly id: number;
  readonly repositoryId: number;
  readonly sha: Sha;
  readonly context: string;
  readonly state: StatusState;
  readonly description: string | null;
  readonly targetUrl: string | null;
  readonly creatorId: number;
  /** App whose token set it. */
  readonly viaAppId: number | null;
  readonly createdAt: number;
}

export interface RequiredCheck {
  readonly context: string;
  /** App that must have set it; `null`: any. */
  readonly appId: number | null;
}

/** Classic branch protection of one branch. */
export interface BranchProtection {
  /** Branch name, or a pattern with `*`. */
  readonly pattern: string;
  requiredChecks: { strict: boolean; checks: RequiredCheck[] } | null;
  requiredReviews: {
    count: number;
    dismissStale: boolean;
    requireCodeOwners: boolean;
    requireLastPushApproval: boolean;
  } | null;
  enforceAdmins: boolean;
  requiredLinearHistory: boolean;
  allowForcePushes: boolean;
  allowDeletions: boolean;
  requiredConversationResolution: boolean;
}

export interface Ruleset {
  readonly id: number;
  readonly repositoryId: number;
  name: string;
  readonly target: "branch" | "tag";
  enforcement: "active" | "disabled" | "evaluate";
  /** Ref patterns: `refs/heads/main`, `~DEFAULT_BRANCH`, `~ALL`. */
  include: string[];
  exclude: string[];
  rules: { readonly type: string; readonly parameters?: Readonly<Record<string, unknown>> }[];
  readonly createdAt: number;
  updatedAt: number;
}
