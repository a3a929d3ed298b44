/**
 * All that Cairn asks of GitHub, in one place: reads that may be repeated, writes that may not.
 * The shapes are the few fields that Cairn uses, so that nothing else can creep into a decision.
 * Times are milliseconds since the epoch on GitHub's clock; `readAt` is this process's monotonic clock.
 */
import type { Outcome } from "./outcome.ts";

export type Sha = string;

/**
 * A read value: when the request that was answered was sent (`readAt`, so that the value is not older; of a list,
 * the first such request), and what GitHub's clock said (`Date` header).
 */
export interface Read<T> {
  readonly value: T;
  readonly readAt: number;
  readonly serverTime: number;
}

export interface RepositoryInfo {
  readonly id: number;
  readonly owner: string;
  /** A person's account has no teams. */
  readonly ownerType: "Organization" | "User";
  readonly name: string;
  readonly private: boolean;
  readonly archived: boolean;
  readonly defaultBranch: string;
  /** Its page, without trailing slash. */
  readonly url: string;
}

export interface Account {
  readonly id: number;
  readonly login: string;
  readonly type: "User" | "Bot" | "Organization" | "Mannequin";
}

export interface IssueInfo {
  readonly number: number;
  readonly title: string;
  readonly body: string;
  readonly state: "open" | "closed";
  /** Open again after it was closed. */
  readonly reopened: boolean;
  readonly locked: boolean;
  readonly labels: readonly string[];
  /** GitHub's own count of comments: a list that is shorter is stale. */
  readonly comments: number;
  readonly isPull: boolean;
  readonly author: Account;
  /** Open issues that block it, by GitHub's own count; `null`: this GitHub does not say. */
  readonly blockedBy: number | null;
}

/** An issue's text, and its last edit by GitHub's own record; titles are not in that. */
export interface TextRow {
  readonly title: string;
  readonly body: string;
  /** `null`: nobody ever has. */
  readonly edit: {
    /** By the name that REST has for it. `null`: the account is gone. */
    readonly actor: Pick<Account, "id" | "login"> | null;
    readonly at: number;
  } | null;
}

/** An issue's text as a repository's list shows it. */
export interface IssueText {
  readonly number: number;
  readonly body: string;
  readonly author: Account;
}

/** A comment as a repository's list shows it. */
export interface RepositoryComment {
  readonly id: number;
  /** `null`: it stands on a pull request. */
  readonly issue: number | null;
  /** `null`: it stands on an issue. */
  readonly pull: number | null;
  readonly body: string;
  readonly appId: number | null;
}

/** A comment as it is now, and whether anybody has edited it since it was written: both from one row. */
export interface CommentEdit {
  readonly nodeId: string;
  readonly body: string;
  readonly edited: boolean;
}

/** An issue that another one depends on. */
export interface BlockerInfo {
  /** `owner/name` of its repository. */
  readonly repository: string;
  readonly number: number;
  readonly open: boolean;
}

export interface CommentInfo {
  readonly id: number;
  /** Its id for GraphQL; empty where GitHub does not say. */
  readonly nodeId: string;
  readonly body: string;
  readonly author: Account;
  /** Numeric id of the app that wrote it, if one did. */
  readonly appId: number | null;
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** One entry of `GET /issues/{n}/events`, of the kinds that Cairn reads. */
export interface IssueEventInfo {
  readonly id: number;
  readonly event: string;
  readonly actor: Account | null;
  readonly appId: number | null;
  readonly label: string | null;
  /** Login of the person whose review was asked for. */
  readonly reviewer: string | null;
  /** The title that the issue got. */
  readonly title: string | null;
  readonly createdAt: number;
}

export interface CommitInfo {
  readonly sha: Sha;
  readonly message: string;
  readonly tree: Sha;
  readonly parents: readonly Sha[];
  /** GitHub's `verification.verified`. */
  readonly verified: boolean;
  readonly authorEmail: string;
  readonly committerEmail: string;
  readonly authorDate: number;
}

export type Permission = "none" | "read" | "triage" | "write" | "maintain" | "admin";

/** Whether GitHub shows a team. */
export type TeamSeen =
  | "seen"
  /** The token may not read the organization's members. */
  | "forbidden"
  /** There is no such team, or the token may not read members. */
  | "unseen";

/** Whether somebody is in a team, by themselves or by a team below it, as far as it is shown. */
export type TeamMembership =
  | "active"
  /** Invited, and not there yet. */
  | "pending"
  | "none"
  | Exclude<TeamSeen, "seen">;

/** An issue or a pull request that changed, as a repository's list shows it. */
export interface ChangedInfo {
  readonly number: number;
  readonly isPull: boolean;
  /** When it changed last. */
  readonly updatedAt: number;
  /** GitHub's own count of the comments below it: those on lines of a pull request are none of them. */
  readonly comments: number;
  readonly authorId: number;
}

export interface PullInfo {
  readonly number: number;
  /** Its name in GraphQL. */
  readonly nodeId: string;
  readonly state: "open" | "closed";
  readonly draft: boolean;
  readonly merged: boolean;
  /** `null` where GitHub has not computed it yet, and in lists, which never say. */
  readonly mergeable: boolean | null;
  readonly mergeableState: string | null;
  readonly mergeCommitSha: Sha | null;
  readonly title: string;
  readonly body: string;
  readonly author: Account;
  readonly headRef: string;
  readonly headSha: Sha;
  readonly headRepositoryId: number | null;
  readonly baseRef: string;
  readonly baseSha: Sha;
  readonly requestedReviewers: readonly string[];
  readonly labels: readonly string[];
  /** GitHub's own count, by which a list of them is known to be whole; `null` in lists, which never say. */
  readonly changedFiles: number | null;
  /** GitHub's own count of the comments below it, those on lines left out; `null` in lists, which never say. */
  readonly comments: number | null;
  /** `null`: it is not merged. */
  readonly mergedAt: number | null;
  /** `null`: it is open. */
  readonly closedAt: number | null;
  readonly createdAt: number;
}

export interface QueuePlace {
  /** 1 is next; `null`: it is in none. */
  readonly position: number | null;
  /** When it went in and came out, oldest first, the last ten. */
  readonly history: readonly QueueEvent[];
}

export interface QueueEvent {
  readonly kind: "added" | "removed";
  readonly at: number;
  /** Id of the account that did so, an App's bot among them; `null`: it is gone. */
  readonly by: number | null;
  /** GitHub's word for why it came out: `failed_checks`, `merged`, `manual`, …; `null`: none. */
  readonly reason: string | null;
}

export interface ReviewInfo {
  readonly id: number;
  readonly author: Account | null;
  readonly state: "APPROVED" | "CHANGES_REQUESTED" | "COMMENTED" | "DISMISSED" | "PENDING";
  readonly commitId: Sha | null;
  readonly submittedAt: number | null;
  readonly body: string;
}

/** A comment on a line of a pull request. */
export interface LineCommentInfo {
  readonly path: string;
  /** `null`: of the file as a whole, or of lines that are gone. */
  readonly line: number | null;
  readonly author: Account | null;
  /** The head that it was written on. */
  readonly commitId: Sha;
  readonly body: string;
}

export interface PullCommitInfo {
  readonly sha: Sha;
  /** Accounts that GitHub knows by the commit's e-mail addresses; `null`: none. */
  readonly authorId: number | null;
  readonly authorLogin: string | null;
  readonly committerId: number | null;
  /** GitHub's `verification.verified`: of a commit of the app's, that GitHub made it for the app. */
  readonly verified: boolean;
}

/** One reported check: a check run, or a commit status (`appId` null). */
export interface CheckInfo {
  readonly name: string;
  readonly appId: number | null;
  readonly status: "pending" | "completed";
  /** `success`, `failure`, `neutral`, `skipped`, …; `null` while pending. A status's `error` counts as `failure`. */
  readonly conclusion: string | null;
  /** Of a check run: its number, and what its app left there for itself; `null` of a status. */
  readonly run: {
    readonly id: number;
    readonly externalId: string;
    /** What its app says of it. */
    readonly title: string;
    readonly summary: string;
    readonly completedAt: number | null;
    /** Name of its app in the app's address on GitHub. */
    readonly appSlug: string;
  } | null;
}

export interface RequiredCheck {
  readonly name: string;
  /** App that must report it; `null`: any. */
  readonly appId: number | null;
}

/** What a branch's rules ask of a merge into it, as far as they may be read without administration rights. */
export interface BranchRules {
  /** From branch protection and from rulesets. */
  readonly checks: readonly RequiredCheck[];
  /** Of rulesets alone, from here on: classic protection tells the like to administrators. */
  /** The head must be up to date with the base. */
  readonly strict: boolean;
  /** Approvals that are needed; 0: none. */
  readonly approvals: number;
  /** Conversations must be resolved. */
  readonly conversations: boolean;
  /** Merges go through a queue. */
  readonly queue: boolean;
  /** Nobody may update the branch. */
  readonly locked: boolean;
}

export interface RunInfo {
  readonly id: number;
  readonly attempt: number;
  readonly status: "queued" | "pending" | "waiting" | "requested" | "in_progress" | "completed";
  readonly conclusion: string | null;
  readonly event: string;
  readonly headBranch: string | null;
  /** Path of the workflow file, without `@ref`. */
  readonly path: string;
  readonly displayTitle: string;
  readonly actorId: number;
  readonly repositoryId: number;
  readonly createdAt: number;
  /** When this attempt was asked for. */
  readonly startedAt: number;
  readonly updatedAt: number;
  readonly htmlUrl: string;
}

export interface JobInfo {
  readonly id: number;
  readonly name: string;
  /** Attempt of the run that the job belongs to. */
  readonly attempt: number;
  /** When a machine took it, and when it ended; `null`: not yet, or skipped. */
  readonly startedAt: number | null;
  readonly completedAt: number | null;
}

/** What stands at a file's path: its text, or why it has none that could be read: `a folder`. */
export type FileText = string | { readonly flaw: string };

export interface FileInfo {
  readonly path: string;
  readonly text: FileText;
  readonly sha: Sha;
}

/**
 * A whole list, proven complete as far as GitHub lets one prove it (I6): all pages, read from the last to the
 * first so that nothing moves past the reader, and no shorter than the count that GitHub gives.
 */
export type Complete<T> =
  | { readonly kind: "complete"; readonly items: readonly T[] }
  | { readonly kind: "short"; readonly items: readonly T[]; readonly expected: number };

/**
 * Reads: GET only, retried and throttled, safe to repeat. `undefined`: 404 or 410, not there or not visible.
 * Every method throws `GitHubError` (see errors.ts) when GitHub does not answer or refuses.
 */
export interface GitHubReads {
  repository(): Promise<Read<RepositoryInfo>>;
  /** How pull requests may be merged; `null`: GitHub does not say, as it does to those who may write contents. */
  mergeMethods(): Promise<Read<Readonly<Record<"merge" | "squash" | "rebase", boolean>> | null>>;
  issue(number: number): Promise<Read<IssueInfo> | undefined>;
  /** Ascending by id. `expected`: the issue's own count. */
  comments(number: number, expected: number): Promise<Read<Complete<CommentInfo>>>;
  comment(id: number): Promise<Read<CommentInfo> | undefined>;
  /** Of all issues and pull requests, those that changed at or after `since` (ms). */
  commentsSince(since: number): Promise<Read<readonly RepositoryComment[]>>;
  /** The same, those that were written last first, and at most so many pages of 100. */
  newestComments(since: number, most: number): Promise<Read<readonly RepositoryComment[]>>;
  /** Numbers of the open issues (no pull requests) that carry this label. */
  issuesLabelled(label: string): Promise<Read<readonly number[]>>;
  /** Issues in any state that changed at or after `since` (ms), and pull requests that somebody has commented on. */
  issuesChanged(since: number): Promise<Read<readonly ChangedInfo[]>>;
  /** Texts of the issues in any state (no pull requests) that changed at or after `since` (ms). */
  issueTextsSince(since: number): Promise<Read<readonly IssueText[]>>;
  /** GitHub's own dependencies: what this issue is blocked by, open or not. */
  blockers(number: number): Promise<Read<readonly BlockerInfo[]>>;
  /** The issue's text and who edited it last, of one row. `undefined`: there is no such issue. */
  lastEdit(number: number): Promise<Read<TextRow> | undefined>;
  /** At most 100, by node id. Those that are gone, or cannot be seen, are missing. */
  commentEdits(nodeIds: readonly string[]): Promise<Read<readonly CommentEdit[]>>;
  issueEvents(number: number): Promise<Read<readonly IssueEventInfo[]>>;
  /** `ref` without `refs/`: `heads/main`, `cairn/12`. */
  ref(ref: string): Promise<Read<Sha> | undefined>;
  /** All refs that begin with this: `cairn/`. Full names (`refs/cairn/12`). */
  matchingRefs(prefix: string): Promise<Read<readonly { readonly ref: string; readonly sha: Sha }[]>>;
  commit(sha: Sha): Promise<Read<CommitInfo> | undefined>;
  /**
   * Text of a file at a commit, or at a branch's tip. `undefined`: there is none, as its folder was seen without it.
   */
  file(path: string, commit: Sha): Promise<Read<FileInfo> | undefined>;
  /** Whether `ancestor` is in the history of `descendant`. */
  isAncestor(ancestor: Sha, descendant: Sha): Promise<boolean>;
  permission(login: string): Promise<Read<Permission>>;
  /** In a team (its slug) of the organization that the repository belongs to, and of no other. */
  teamMembership(team: string, login: string): Promise<Read<TeamMembership>>;
  teamSeen(team: string): Promise<Read<TeamSeen>>;
  pull(number: number): Promise<Read<PullInfo> | undefined>;
  /** Every pull request of this head branch of the repository itself, in any state, all pages. */
  pullsOfHead(branch: string): Promise<Read<readonly PullInfo[]>>;
  /** The hundred that were closed or merged, and changed last, of the whole repository. */
  closedPulls(): Promise<Read<readonly PullInfo[]>>;
  /** Messages of a branch's commits since a time (ms), merges' own among them. */
  messagesSince(branch: string, since: number): Promise<Read<readonly string[]>>;
  /** Where a pull request stands in the merge queue of its base. `undefined`: there is no such pull request. */
  queuePlace(pull: number): Promise<Read<QueuePlace> | undefined>;
  reviews(pull: number): Promise<Read<readonly ReviewInfo[]>>;
  /** Comments on lines, oldest first. */
  lineComments(pull: number): Promise<Read<readonly LineCommentInfo[]>>;
  pullCommits(pull: number): Promise<Read<readonly PullCommitInfo[]>>;
  /** Check runs and statuses of a commit together, the latest of each name and app. */
  checks(sha: Sha): Promise<Read<readonly CheckInfo[]>>;
  branchRules(branch: string): Promise<Read<BranchRules>>;
  /** Paths that a pull request touches, those that it moves away from among them. GitHub lists 3,000 files at most. */
  pullFiles(pull: number): Promise<Read<{ readonly files: number; readonly paths: readonly string[] }>>;
  /** Conversations on a pull request that are not resolved. `undefined`: there is no such pull request. */
  openThreads(pull: number): Promise<Read<number> | undefined>;
  /** Runs of one workflow file (`cairn.yml`) that were started by `workflow_dispatch`, newest first, first page of 100. */
  dispatchedRuns(workflowFile: string): Promise<Read<readonly RunInfo[]> | undefined>;
  /** `active`, `disabled_manually`, `disabled_inactivity`, …; `undefined`: no such workflow. */
  workflowState(workflowFile: string): Promise<Read<string> | undefined>;
  /** Jobs of a run, of all its attempts. */
  jobs(runId: number): Promise<Read<readonly JobInfo[]>>;
  /** What a job printed; a check run of GitHub Actions has its job's id. `undefined`: there is none, or it was deleted. */
  jobLog(jobId: number): Promise<Read<string> | undefined>;
  runAttempt(runId: number, attempt: number): Promise<Read<RunInfo> | undefined>;
}

export interface NewFile {
  readonly path: string;
  readonly mode: "100644" | "100755" | "120000";
  /** UTF-8 text inline, or the sha of a blob that was created before; neither: the file is removed. */
  readonly content?: string;
  readonly blob?: Sha;
}

/** What a check run says; without a conclusion it is not completed. */
export interface CheckContent {
  readonly conclusion: "success" | "neutral" | "failure" | "action_required" | null;
  readonly title: string;
  readonly summary: string;
  readonly externalId: string;
}

/**
 * Writes: sent at most once each (I3), through the governor, and classified. Nothing here repeats anything. Every
 * method throws `GitHubError` where nothing was sent: a limit has not ended, or no token is to be had. What has
 * waited too long behind the read that permits it is not sent, and ends as refused and `rate-limited` (I1).
 */
export interface GitHubWrites {
  /** A commit of the empty tree on `parents`; without author and committer, so that GitHub signs it. */
  createCommit(input: {
    readonly message: string;
    readonly tree: Sha;
    readonly parents: readonly Sha[];
  }): Promise<Outcome<CommitInfo>>;
  /** For content that is not UTF-8 text. */
  createBlob(content: Buffer): Promise<Outcome<{ readonly sha: Sha }>>;
  createTree(input: {
    readonly baseTree: Sha;
    readonly files: readonly NewFile[];
  }): Promise<Outcome<{ readonly sha: Sha }>>;
  /** `ref` in full: `refs/cairn/12`. */
  createRef(ref: string, sha: Sha): Promise<Outcome<{ readonly sha: Sha }>>;
  /** Never forced: GitHub refuses what does not descend from what is there. */
  updateRef(ref: string, sha: Sha): Promise<Outcome<{ readonly sha: Sha }>>;
  /** For comments that carry a marker. */
  createComment(issue: number, body: string): Promise<Outcome<{ readonly id: number }>>;
  /** For a comment that only shows a state: behind all else (I11). */
  createShownComment(issue: number, body: string): Promise<Outcome<{ readonly id: number }>>;
  editComment(id: number, body: string): Promise<Outcome<null>>;
  /** 404 (gone) counts as applied. */
  deleteComment(id: number): Promise<Outcome<null>>;
  /** On a comment of an issue. One that is there counts as applied. */
  addReaction(comment: number, content: string): Promise<Outcome<null>>;
  addLabels(issue: number, labels: readonly string[]): Promise<Outcome<null>>;
  /** 404 (not set) counts as applied. */
  removeLabel(issue: number, label: string): Promise<Outcome<null>>;
  createCheck(
    input: { readonly name: string; readonly head: Sha } & CheckContent,
  ): Promise<Outcome<{ readonly id: number }>>;
  updateCheck(id: number, content: CheckContent): Promise<Outcome<{ readonly id: number }>>;
  closeIssue(issue: number, reason: "completed" | "not_planned"): Promise<Outcome<null>>;
  dispatchWorkflow(input: {
    readonly workflowFile: string;
    readonly ref: string;
    readonly inputs: Readonly<Record<string, string>>;
  }): Promise<Outcome<null>>;
  cancelRun(runId: number): Promise<Outcome<null>>;
  createPull(input: {
    readonly title: string;
    readonly body: string;
    readonly head: string;
    readonly base: string;
    readonly draft?: true;
  }): Promise<Outcome<{ readonly number: number }>>;
  editPull(number: number, body: string): Promise<Outcome<null>>;
  closePull(number: number): Promise<Outcome<null>>;
  requestReviewers(pull: number, logins: readonly string[]): Promise<Outcome<null>>;
  /** A comment on the pull request as a whole, bound to this commit: neither an approval nor a request. */
  createReview(input: {
    readonly pull: number;
    readonly head: Sha;
    readonly body: string;
  }): Promise<Outcome<{ readonly id: number }>>;
  /** Into the merge queue of its base, with this very head. `nodeId`: of the pull request. */
  enqueuePull(nodeId: string, head: Sha): Promise<Outcome<null>>;
  dequeuePull(nodeId: string): Promise<Outcome<null>>;
  mergePull(input: {
    readonly number: number;
    readonly sha: Sha;
    readonly method: "merge" | "squash" | "rebase";
    /** Of the commit that GitHub makes; what is rebased keeps the messages that it has. */
    readonly title: string;
    readonly message: string;
  }): Promise<Outcome<{ readonly sha: Sha }>>;
  /** Merges the base branch into the head branch of a pull request; `expectedHeadSha` guards it. */
  updatePullBranch(pull: number, expectedHeadSha: Sha): Promise<Outcome<null>>;
  createIssue(input: {
    readonly title: string;
    readonly body: string;
  }): Promise<Outcome<{ readonly number: number }>>;
}
