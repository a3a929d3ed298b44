/** GitHub's objects as the few fields that Cairn uses. */
import type {
  Account,
  BlockerInfo,
  ChangedInfo,
  CheckInfo,
  CommentEdit,
  CommentInfo,
  CommitInfo,
  FileText,
  IssueEventInfo,
  IssueInfo,
  JobInfo,
  LineCommentInfo,
  PullCommitInfo,
  PullInfo,
  RepositoryComment,
  RepositoryInfo,
  ReviewInfo,
  RunInfo,
  TextRow,
} from "./ports.ts";
import type { Shape } from "./shape.ts";

export function account(shape: Shape): Account {
  return {
    id: shape.number("id"),
    login: shape.text("login"),
    type: shape.textOr("type", "User") as Account["type"],
  };
}

/** Accounts that were deleted are null: GitHub shows them as `ghost`. */
const GHOST: Account = { id: 10_137, login: "ghost", type: "User" };

const accountOr = (shape: Shape | undefined): Account => (shape ? account(shape) : GHOST);

const appIdOf = (shape: Shape): number | null =>
  shape.objectOr("performed_via_github_app")?.numberOr("id", null) ?? null;

export function repository(shape: Shape): RepositoryInfo {
  const owner = shape.object("owner");
  return {
    id: shape.number("id"),
    owner: owner.text("login"),
    ownerType: owner.textOr("type", "") === "User" ? "User" : "Organization",
    name: shape.text("name"),
    private: shape.truth("private"),
    archived: shape.truth("archived"),
    defaultBranch: shape.text("default_branch"),
    url: shape.text("html_url"),
  };
}

/** `null`: nothing is said of it. */
export function mergeMethods(shape: Shape): Readonly<Record<"merge" | "squash" | "rebase", boolean>> | null {
  if (typeof shape.fields.allow_merge_commit !== "boolean") return null;
  return {
    merge: shape.truth("allow_merge_commit"),
    squash: shape.truth("allow_squash_merge"),
    rebase: shape.truth("allow_rebase_merge"),
  };
}

export function issue(shape: Shape): IssueInfo {
  return {
    number: shape.number("number"),
    title: shape.text("title"),
    body: shape.textOr("body", ""),
    state: shape.text("state") === "open" ? "open" : "closed",
    reopened: shape.textOr("state_reason", "") === "reopened",
    locked: shape.truth("locked"),
    labels: shape.objects("labels").map((label) => label.text("name")),
    comments: shape.number("comments"),
    isPull: shape.objectOr("pull_request") !== undefined,
    author: accountOr(shape.objectOr("user")),
    blockedBy: shape.objectOr("issue_dependencies_summary")?.numberOr("blocked_by", null) ?? null,
  };
}

export const issueText = (shape: Shape) => ({
  number: shape.number("number"),
  isPull: shape.objectOr("pull_request") !== undefined,
  body: shape.textOr("body", ""),
  author: accountOr(shape.objectOr("user")),
});

/** `undefined`: no such issue. */
export function lastEdit<T>(answer: Shape, found: (row: TextRow) => T): T | undefined {
  const issue = answer.object("data").objectOr("repository")?.objectOr("issue");
  if (!issue) return undefined;
  const wasEdited = issue.textOr("lastEditedAt", null) !== null;
  const edit = wasEdited ? { actor: actor(issue.objectOr("editor")), at: issue.time("lastEditedAt") } : null;
  return found({ title: issue.text("title"), body: issue.text("body"), edit });
}

/** Of accounts of other kinds GraphQL has no number: nobody could ask for their rights. */
export function actor(shape: Shape | undefined): Pick<Account, "id" | "login"> | null {
  const id = shape?.numberOr("databaseId", null) ?? null;
  if (!shape || id === null) return null;
  const login = shape.text("login");
  return { id, login: shape.text("__typename") === "Bot" ? `${login}[bot]` : login };
}

/** Of what is no comment any more the place is empty. */
export const commentEdits = (answer: Shape): readonly CommentEdit[] =>
  answer
    .object("data")
    .places("nodes")
    .flatMap((node) => {
      const nodeId = node?.textOr("id", null);
      if (!node || !nodeId) return [];
      return { nodeId, body: node.text("body"), edited: node.textOr("lastEditedAt", null) !== null };
    });

/** An issue says where it is by its repository's address alone. */
export function blocker(shape: Shape): BlockerInfo {
  const [, repository = ""] = /\/repos\/([^/]+\/[^/]+)$/.exec(shape.text("repository_url")) ?? [];
  return { repository, number: shape.number("number"), open: shape.text("state") === "open" };
}

export const listed = (shape: Shape): ChangedInfo => ({
  number: shape.number("number"),
  isPull: shape.objectOr("pull_request") !== undefined,
  updatedAt: shape.time("updated_at"),
  comments: shape.numberOr("comments", 0),
  authorId: accountOr(shape.objectOr("user")).id,
});

export function comment(shape: Shape): CommentInfo {
  return {
    id: shape.number("id"),
    nodeId: shape.textOr("node_id", ""),
    body: shape.textOr("body", ""),
    author: accountOr(shape.objectOr("user")),
    appId: appIdOf(shape),
    createdAt: shape.time("created_at"),
    updatedAt: shape.time("updated_at"),
  };
}

/** The address of its page tells an issue's comment from a pull request's. */
export function repositoryComment(shape: Shape): RepositoryComment {
  const [, page, digits] = /\/(issues|pull)\/(\d+)#/.exec(shape.text("html_url")) ?? [];
  const number = digits === undefined ? null : Number(digits);
  const issue = page === "issues" ? number : null;
  const pull = page === "pull" ? number : null;
  return { id: shape.number("id"), issue, pull, body: shape.textOr("body", ""), appId: appIdOf(shape) };
}

export function issueEvent(shape: Shape): IssueEventInfo {
  const actor = shape.objectOr("actor");
  return {
    id: shape.number("id"),
    event: shape.text("event"),
    actor: actor ? account(actor) : null,
    appId: appIdOf(shape),
    label: shape.objectOr("label")?.textOr("name", null) ?? null,
    reviewer: shape.objectOr("requested_reviewer")?.textOr("login", null) ?? null,
    title: shape.objectOr("rename")?.textOr("to", null) ?? null,
    createdAt: shape.time("created_at"),
  };
}

export function commit(shape: Shape): CommitInfo {
  const author = shape.object("author");
  return {
    sha: shape.text("sha"),
    message: shape.text("message"),
    tree: shape.object("tree").text("sha"),
    parents: shape.objects("parents").map((parent) => parent.text("sha")),
    verified: shape.object("verification").truth("verified"),
    authorEmail: author.text("email"),
    committerEmail: shape.object("committer").text("email"),
    authorDate: author.time("date"),
  };
}

export function pull(shape: Shape): PullInfo {
  const head = shape.object("head");
  const base = shape.object("base");
  const mergeable = shape.fields.mergeable;
  return {
    number: shape.number("number"),
    nodeId: shape.textOr("node_id", ""),
    state: shape.text("state") === "open" ? "open" : "closed",
    draft: shape.truth("draft"),
    // Lists give no `merged`, only the time.
    merged: shape.truth("merged") || typeof shape.fields.merged_at === "string",
    mergeable: typeof mergeable === "boolean" ? mergeable : null,
    mergeableState: shape.textOr("mergeable_state", null),
    mergeCommitSha: shape.textOr("merge_commit_sha", null),
    title: shape.text("title"),
    body: shape.textOr("body", ""),
    author: accountOr(shape.objectOr("user")),
    headRef: head.text("ref"),
    headSha: head.text("sha"),
    headRepositoryId: head.objectOr("repo")?.number("id") ?? null,
    baseRef: base.text("ref"),
    baseSha: base.text("sha"),
    requestedReviewers: shape.objectsOr("requested_reviewers").map((user) => user.text("login")),
    labels: shape.objectsOr("labels").map((label) => label.text("name")),
    changedFiles: shape.numberOr("changed_files", null),
    comments: shape.numberOr("comments", null),
    mergedAt: shape.timeOr("merged_at", null),
    closedAt: shape.timeOr("closed_at", null),
    createdAt: shape.time("created_at"),
  };
}

export function review(shape: Shape): ReviewInfo {
  const author = shape.objectOr("user");
  const submitted = shape.textOr("submitted_at", undefined);
  return {
    id: shape.number("id"),
    author: author ? account(author) : null,
    state: shape.text("state") as ReviewInfo["state"],
    commitId: shape.textOr("commit_id", null),
    submittedAt: submitted === undefined ? null : Date.parse(submitted),
    body: shape.textOr("body", ""),
  };
}

export function lineComment(shape: Shape): LineCommentInfo {
  const author = shape.objectOr("user");
  return {
    path: shape.text("path"),
    line: shape.numberOr("line", null),
    author: author ? account(author) : null,
    commitId: shape.text("original_commit_id"),
    body: shape.text("body"),
  };
}

export function run(shape: Shape): RunInfo {
  return {
    id: shape.number("id"),
    attempt: shape.numberOr("run_attempt", 1),
    status: shape.text("status") as RunInfo["status"],
    conclusion: shape.textOr("conclusion", null),
    event: shape.text("event"),
    headBranch: shape.textOr("head_branch", null),
    path: shape.text("path").split("@")[0] ?? "",
    displayTitle: shape.textOr("display_title", ""),
    actorId: shape.objectOr("actor")?.number("id") ?? 0,
    repositoryId: shape.object("repository").number("id"),
    createdAt: shape.time("created_at"),
    startedAt: shape.timeOr("run_started_at", shape.time("created_at")),
    updatedAt: shape.time("updated_at"),
    htmlUrl: shape.text("html_url"),
  };
}

/** A job that was skipped, or waits, has a start in GitHub's answers all the same: it does not count. */
export function job(shape: Shape): JobInfo {
  const begun =
    shape.text("status") !== "queued" &&
    shape.text("status") !== "waiting" &&
    shape.textOr("conclusion", "") !== "skipped";
  return {
    id: shape.number("id"),
    name: shape.text("name"),
    attempt: shape.numberOr("run_attempt", 1),
    startedAt: begun ? shape.timeOr("started_at", null) : null,
    completedAt: begun ? shape.timeOr("completed_at", null) : null,
  };
}

export function checkRun(shape: Shape): CheckInfo {
  return {
    name: shape.text("name"),
    appId: shape.objectOr("app")?.numberOr("id", null) ?? null,
    status: shape.text("status") === "completed" ? "completed" : "pending",
    conclusion: shape.textOr("conclusion", null),
    run: {
      id: shape.number("id"),
      externalId: shape.textOr("external_id", ""),
      title: shape.objectOr("output")?.textOr("title", "") ?? "",
      summary: shape.objectOr("output")?.textOr("summary", "") ?? "",
      completedAt: shape.timeOr("completed_at", null),
      appSlug: shape.objectOr("app")?.textOr("slug", "") ?? "",
    },
  };
}

export function commitStatus(shape: Shape): CheckInfo {
  const state = shape.text("state");
  const name = shape.text("context");
  const none = { name, appId: null, run: null };
  if (state === "pending") return { ...none, status: "pending", conclusion: null };
  return { ...none, status: "completed", conclusion: state === "success" ? "success" : "failure" };
}

export function pullCommit(shape: Shape): PullCommitInfo {
  const author = shape.objectOr("author");
  return {
    sha: shape.text("sha"),
    authorId: author?.numberOr("id", null) ?? null,
    authorLogin: author?.textOr("login", null) ?? null,
    committerId: shape.objectOr("committer")?.numberOr("id", null) ?? null,
    verified: shape.object("commit").objectOr("verification")?.truth("verified") ?? false,
  };
}

/** Above 1 MB GitHub leaves the content out (`encoding: none`): that is not an empty file. Throws `malformed`. */
/** At a path there can be more than a plain file. Over 1 MB GitHub gives its size and no text. */
export function fileText(shape: Shape): FileText {
  const type = shape.text("type");
  if (type === "symlink") return { flaw: `a link to ${shape.textOr("target", "something")}` };
  if (type === "submodule") return { flaw: "a submodule" };
  shape.literal("type", "file");
  if (shape.textOr("encoding", "") === "none") return { flaw: `a file of ${shape.number("size")} bytes` };
  shape.literal("encoding", "base64");
  return Buffer.from(shape.text("content"), "base64").toString("utf8");
}
