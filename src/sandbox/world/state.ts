/**
 * Everything that a sandbox knows, as plain data (objects, arrays, maps, sets): a snapshot of the world is
 * `structuredClone(world)`, which is how reads are served that lag behind the writes.
 * Times are milliseconds on the sandbox's clock. Ids are database ids, increasing for each kind of thing.
 * Git objects are immutable and live in the stores; refs are kept here too, so that a snapshot has its own.
 */
import type { RunRecord } from "../actions/port.ts";
import type { Sha } from "../git/store.ts";
import type {
  BranchProtection,
  CheckRun,
  CheckSuite,
  CommitComment,
  CommitStatus,
  MergeQueueEntry,
  PullRequest,
  Review,
  ReviewComment,
  ReviewThread,
  Ruleset,
} from "./pull-state.ts";

/** What a person may do in a repository, weakest first. */
export type Role = "none" | "read" | "triage" | "write" | "maintain" | "admin";

/** Permission levels by GitHub's names with underscores (`pull_requests`). */
export type PermissionSet = Readonly<Record<string, "read" | "write" | "admin">>;

export interface User {
  readonly id: number;
  login: string;
  readonly type: "User" | "Bot" | "Organization";
  name: string | null;
  email: string | null;
  readonly createdAt: number;
}

export interface App {
  readonly id: number;
  readonly slug: string;
  readonly name: string;
  readonly ownerId: number;
  readonly clientId: string;
  /** PEM, SPKI. GitHub too keeps only the public half. */
  readonly publicKey: string;
  webhookUrl: string | null;
  webhookSecret: string;
  readonly permissions: PermissionSet;
  readonly events: readonly string[];
  /** Account that acts for it: `<slug>[bot]`. */
  readonly botId: number;
  readonly createdAt: number;
}

export interface Installation {
  readonly id: number;
  readonly appId: number;
  readonly accountId: number;
  repositorySelection: "all" | "selected";
  /** Counts only for `selected`. */
  repositoryIds: number[];
  permissions: PermissionSet;
  events: readonly string[];
  readonly createdAt: number;
  updatedAt: number;
  suspendedAt: number | null;
}

export type Token =
  | { readonly kind: "user"; readonly token: string; readonly userId: number }
  | {
      readonly kind: "installation";
      readonly token: string;
      readonly installationId: number;
      readonly permissions: PermissionSet;
      /** `null`: every repository of the installation. */
      readonly repositoryIds: readonly number[] | null;
      readonly expiresAt: number;
    }
  | {
      readonly kind: "job";
      readonly token: string;
      readonly repositoryId: number;
      readonly permissions: PermissionSet;
      readonly runId: number;
      readonly jobId: number;
      readonly expiresAt: number;
    };

export interface Repository {
  readonly id: number;
  ownerId: number;
  name: string;
  private: boolean;
  description: string | null;
  archived: boolean;
  defaultBranch: string;
  readonly createdAt: number;
  updatedAt: number;
  pushedAt: number;
  allowMergeCommit: boolean;
  allowSquashMerge: boolean;
  allowRebaseMerge: boolean;
  allowAutoMerge: boolean;
  allowUpdateBranch: boolean;
  mergeWords: MergeWords;
  deleteBranchOnMerge: boolean;
  /** "Allow GitHub Actions to create and approve pull requests". */
  actionsMayWritePulls: boolean;
  /** By user id; the owner is not among them. */
  readonly collaborators: Map<number, Role>;
  readonly labels: Map<number, Label>;
  /** Full ref name to object: what the API reads. Moved only by `refs.ts`. */
  readonly refs: Map<string, Sha>;
  /** Who moved a branch last, by its full ref; branches that the sandbox was set up with are not among them. */
  readonly pushers: Map<string, number>;
  /** Commits that GitHub signed for an app. */
  readonly verifiedCommits: Set<Sha>;
  /** Next number of an issue or pull request. */
  nextNumber: number;
  readonly protections: Map<string, BranchProtection>;
  readonly secrets: Map<string, string>;
  readonly variables: Map<string, string>;
}

/** Where the words of merge and squash commits come from: GitHub's settings of the same names. */
export interface MergeWords {
  readonly mergeCommitTitle: "MERGE_MESSAGE" | "PR_TITLE";
  readonly mergeCommitMessage: "PR_TITLE" | "PR_BODY" | "BLANK";
  readonly squashMergeCommitTitle: "COMMIT_OR_PR_TITLE" | "PR_TITLE";
  readonly squashMergeCommitMessage: "COMMIT_MESSAGES" | "PR_BODY" | "BLANK";
}

export interface Label {
  readonly id: number;
  name: string;
  /** Six hexadecimal digits. */
  color: string;
  description: string | null;
  readonly default: boolean;
}

export type LockReason = "off-topic" | "too heated" | "resolved" | "spam";
export type StateReason = "completed" | "not_planned" | "duplicate" | "reopened";

/** An issue, or the issue side of a pull request (`pullId` set): both share numbers, labels and comments. */
export interface Issue {
  readonly id: number;
  repositoryId: number;
  number: number;
  title: string;
  body: string | null;
  state: "open" | "closed";
  stateReason: StateReason | null;
  readonly authorId: number;
  readonly viaAppId: number | null;
  readonly pullId: number | null;
  /** Label ids in the order in which they were set. */
  labelIds: number[];
  assigneeIds: number[];
  locked: boolean;
  lockReason: LockReason | null;
  readonly createdAt: number;
  updatedAt: number;
  closedAt: number | null;
  closedById: number | null;
  /** Deleted: 410. */
  deletedAt: number | null;
  parentIssueId: number | null;
  subIssueIds: number[];
  blockedByIds: number[];
}

/** Where an issue went that was moved to another repository: 301. An issue that moves goes on under a new id. */
export interface Transfer {
  readonly repositoryId: number;
  readonly number: number;
  issueId: number;
}

export interface IssueComment {
  readonly id: number;
  issueId: number;
  body: string;
  readonly authorId: number;
  readonly viaAppId: number | null;
  readonly createdAt: number;
  updatedAt: number;
}

export type ReactionContent = "+1" | "-1" | "laugh" | "confused" | "heart" | "hooray" | "rocket" | "eyes";

export interface Reaction {
  readonly id: number;
  readonly on: "issue" | "comment";
  /** Issue id or comment id. */
  subjectId: number;
  readonly userId: number;
  readonly content: ReactionContent;
  readonly createdAt: number;
}

/** What is edited: `issue` is the text of a pull request, too. */
export type EditedKind = "issue" | "comment" | "review" | "reviewComment";

/** One state of a text, and who brought it about. A text that nobody has edited has none. */
export interface ContentEdit {
  readonly id: number;
  readonly on: EditedKind;
  readonly subjectId: number;
  readonly editorId: number;
  readonly editedAt: number;
  /** The whole text from then on. */
  readonly body: string;
}

/** One line of an issue's history (`/issues/{n}/events`); fields beyond the first are set where the event has them. */
export interface IssueEvent {
  readonly id: number;
  issueId: number;
  readonly event: string;
  readonly actorId: number;
  readonly viaAppId: number | null;
  readonly createdAt: number;
  readonly commitId: Sha | null;
  readonly label?: { readonly name: string; readonly color: string };
  readonly rename?: { readonly from: string; readonly to: string };
  readonly assigneeId?: number;
  readonly lockReason?: LockReason | null;
  readonly stateReason?: StateReason | null;
  readonly requestedReviewerId?: number;
  /** Of `added_to_merge_queue` and `removed_from_merge_queue`; `beforeSha`: the trial's head. */
  readonly queue?: {
    readonly enqueuerId: number;
    readonly branch: string;
    readonly reason: string | null;
    readonly beforeSha: Sha | null;
  };
  /** The issue at the other end of a tie (`sub_issue_added`, `blocked_by_added`, …). */
  otherIssueId?: number;
  readonly dismissedReview?: {
    readonly reviewId: number;
    readonly state: string;
    readonly message: string | null;
  };
}

/** Somebody's place in a team. `pending`: invited, and not there yet. */
export interface TeamMember {
  readonly role: "member" | "maintainer";
  readonly state: "active" | "pending";
}

/** A team of an organization. It gives nobody access to repositories here. */
export interface Team {
  readonly id: number;
  readonly organizationId: number;
  /** As in `@organization/slug`. */
  readonly slug: string;
  readonly name: string;
  /** `secret`: only its own people and the organization's owners see it. */
  readonly privacy: "closed" | "secret";
  /** The team that this one is below of. */
  readonly parentId: number | null;
  /** By user id. */
  readonly members: Map<number, TeamMember>;
  readonly createdAt: number;
}

export interface World {
  /** Last id given out, by kind. */
  readonly ids: Map<string, number>;
  readonly users: Map<number, User>;
  /** Members of organizations: organization id → user id → role. */
  readonly members: Map<number, Map<number, "admin" | "member">>;
  readonly teams: Map<number, Team>;
  readonly apps: Map<number, App>;
  readonly installations: Map<number, Installation>;
  /** By the token itself. */
  readonly tokens: Map<string, Token>;
  readonly repositories: Map<number, Repository>;
  /** Old `owner/name` in lower case → repository id. */
  readonly renames: Map<string, number>;
  readonly issues: Map<number, Issue>;
  readonly transfers: Transfer[];
  readonly comments: Map<number, IssueComment>;
  readonly reactions: Map<number, Reaction>;
  readonly contentEdits: Map<number, ContentEdit>;
  readonly issueEvents: Map<number, IssueEvent>;
  readonly pulls: Map<number, PullRequest>;
  readonly reviews: Map<number, Review>;
  readonly reviewComments: Map<number, ReviewComment>;
  readonly reviewThreads: Map<number, ReviewThread>;
  readonly commitComments: Map<number, CommitComment>;
  readonly checkSuites: Map<number, CheckSuite>;
  readonly checkRuns: Map<number, CheckRun>;
  readonly statuses: Map<number, CommitStatus>;
  readonly rulesets: Map<number, Ruleset>;
  readonly mergeQueueEntries: Map<number, MergeQueueEntry>;
  /** Copies of the engine's runs as of their last change, for reads that lag. */
  readonly runs: Map<number, RunRecord>;
  /** World to count in (`comments` of an issue, `total_count`), where counts are read with a lag of their own. */
  readonly counted?: World;
}

/** A world with nothing in it. */
export function emptyWorld(): World {
  return {
    ids: new Map(),
    users: new Map(),
    members: new Map(),
    teams: new Map(),
    apps: new Map(),
    installations: new Map(),
    tokens: new Map(),
    repositories: new Map(),
    renames: new Map(),
    issues: new Map(),
    transfers: [],
    comments: new Map(),
    reactions: new Map(),
    contentEdits: new Map(),
    issueEvents: new Map(),
    pulls: new Map(),
    reviews: new Map(),
    reviewComments: new Map(),
    reviewThreads: new Map(),
    commitComments: new Map(),
    checkSuites: new Map(),
    checkRuns: new Map(),
    statuses: new Map(),
    rulesets: new Map(),
    mergeQueueEntries: new Map(),
    runs: new Map(),
  };
}
