/** Comments of issues and pull requests. */
import { mayWrite } from "../../world/access.ts";
import { actingAppId, actingUserId } from "../../world/actor.ts";
import { forgetEdits, recordEdit } from "../../world/edits.ts";
import { commentsOf, findIssue } from "../../world/find.ts";
import { nextId } from "../../world/ids.ts";
import type { Issue, IssueComment } from "../../world/state.ts";
import { ApiError, notFound, validationFailed } from "../errors.ts";
import { issueParam, numberParam, requiredString } from "../input.ts";
import { paginate } from "../paginate.ts";
import { presentEventIssue, presentIssueComment } from "../present/issue.ts";
import { type PermissionNeed, type Route, type RouteContext, type RouteResult, route } from "../router.ts";

const READ: readonly PermissionNeed[] = [{ issues: "read" }, { pull_requests: "read" }];
const WRITE: readonly PermissionNeed[] = [{ issues: "write" }, { pull_requests: "write" }];
const LONGEST_BODY = 65_536;
/** An issue takes no more than this, for ever. */
const MOST_COMMENTS = 2500;

/** Checks the text of an issue or comment: 422 with GitHub's words where it is too long. */
export function checkBody(resource: "Issue" | "IssueComment", body: string): void {
  if ([...body].length <= LONGEST_BODY) return;
  const message = `Body is too long (maximum is ${LONGEST_BODY} characters)`;
  throw new ApiError(422, message, [
    { resource, code: "custom", field: "body", message: message.replace("Body", "body") },
  ]);
}

function commentBody(context: RouteContext): string {
  const body = requiredString(context.body, "body");
  if (body.trim() === "")
    throw validationFailed({ resource: "IssueComment", code: "missing_field", field: "body" });
  checkBody("IssueComment", body);
  return body;
}

function commentParam(context: RouteContext): { comment: IssueComment; issue: Issue } {
  const comment = context.world.comments.get(numberParam(context, "comment_id"));
  // An old view of a comment names the issue as it was before it was transferred, which got another id.
  const issue = comment && context.world.issues.get(comment.issueId);
  if (!comment || !issue || issue.repositoryId !== context.repository.id || issue.deletedAt !== null)
    throw notFound();
  return { comment, issue };
}

const show = (context: RouteContext, issue: Issue) => (comment: IssueComment) =>
  presentIssueComment(context.world, context.urls, context.repository, issue, comment);

function since(context: RouteContext): number {
  const text = context.query.get("since");
  return text === null ? 0 : Date.parse(text) || 0;
}

/** `since` filters by the last change, with the grain of a second. */
const changedSince = (from: number) => (comment: IssueComment) =>
  Math.floor(comment.updatedAt / 1000) * 1000 >= from;

function listIssueComments(context: RouteContext): RouteResult {
  const issue = issueParam(context);
  const comments = commentsOf(context.world, issue.id).filter(changedSince(since(context)));
  return paginate(context, comments, show(context, issue));
}

function listRepositoryComments(context: RouteContext): RouteResult {
  const { world, repository } = context;
  const inRepository = (comment: IssueComment): boolean => {
    // An old view of a comment names an issue that has got another id since, by its transfer.
    const issue = world.issues.get(comment.issueId);
    return issue?.repositoryId === repository.id && issue.deletedAt === null;
  };
  const comments = [...world.comments.values()].filter(inRepository).filter(changedSince(since(context)));
  const key = context.query.get("sort") === "updated" ? "updatedAt" : "id";
  const sign = context.query.get("direction") === "desc" ? -1 : 1;
  comments.sort((a, b) => sign * (a[key] - b[key] || a.id - b.id));
  return paginate(context, comments, (comment) => show(context, findIssue(world, comment.issueId))(comment));
}

const kept = ({ services }: RouteContext, body: string): string =>
  services.facts["comments-kept"] ? body : body.replaceAll(/<!--.*?-->/gs, "");

function createComment(context: RouteContext): RouteResult {
  const issue = issueParam(context);
  const { world, actor, repository, services } = context;
  const body = kept(context, commentBody(context));
  const permissions = issue.pullId === null ? ["issues"] : ["issues", "pull_requests"];
  if (issue.locked && !permissions.some((name) => mayWrite(world, repository, actor, "write", name))) {
    throw new ApiError(403, "Unable to create comment because issue is locked.");
  }
  if (commentsOf(world, issue.id).length >= MOST_COMMENTS) {
    throw new ApiError(403, "Commenting is disabled on issues with more than 2500 comments");
  }
  const at = context.now();
  const author = {
    authorId: actingUserId(actor),
    viaAppId: services.facts["app-named"] ? actingAppId(actor) : null,
  };
  const comment: IssueComment = {
    id: nextId(world, "comment"),
    issueId: issue.id,
    body,
    ...author,
    createdAt: at,
    updatedAt: at,
  };
  world.comments.set(comment.id, comment);
  issue.updatedAt = at;
  announceComment(context, "created", issue, comment);
  const shown = show(context, issue)(comment);
  return { status: 201, body: shown, headers: { location: shown.url } };
}

/** The author, and anybody who may write: both can change a comment. */
function checkMayChange(context: RouteContext, comment: IssueComment): void {
  const { world, repository, actor } = context;
  if (comment.authorId === actingUserId(actor)) return;
  if (!mayWrite(world, repository, actor, "write", "issues"))
    throw new ApiError(403, "Must have admin rights to Repository.");
}

function updateComment(context: RouteContext): RouteResult {
  const { comment, issue } = commentParam(context);
  checkMayChange(context, comment);
  const body = commentBody(context);
  const from = comment.body;
  recordEdit(context.world, context.now(), context.actor, "comment", comment, body);
  comment.body = body;
  comment.updatedAt = context.now();
  if (from !== body) announceComment(context, "edited", issue, comment, { changes: { body: { from } } });
  return { status: 200, body: show(context, issue)(comment) };
}

function deleteComment(context: RouteContext): RouteResult {
  const { comment, issue } = commentParam(context);
  checkMayChange(context, comment);
  context.world.comments.delete(comment.id);
  forgetEdits(context.world, "comment", new Set([comment.id]));
  issue.updatedAt = context.now();
  announceComment(context, "deleted", issue, comment);
  return { status: 204 };
}

function announceComment(
  context: RouteContext,
  action: string,
  issue: Issue,
  comment: IssueComment,
  more = {},
): void {
  const { world, urls } = context.services;
  const fields = {
    issue: presentEventIssue(world, urls, issue),
    comment: presentIssueComment(world, urls, context.repository, issue, comment),
    ...more,
  };
  context.emit({
    event: "issue_comment",
    action,
    repositoryId: issue.repositoryId,
    fields,
    workflows: "default-branch",
  });
}

const REPO = "/repos/{owner}/{repo}";
const ONE = `${REPO}/issues/comments/{comment_id}`;

export const commentRoutes: readonly Route[] = [
  route("GET", `${REPO}/issues/comments`, { permission: READ }, listRepositoryComments),
  route("GET", ONE, { permission: READ }, (context) => {
    const { comment, issue } = commentParam(context);
    return { status: 200, body: show(context, issue)(comment) };
  }),
  route("PATCH", ONE, { permission: WRITE, role: "read" }, updateComment),
  route("DELETE", ONE, { permission: WRITE, role: "read" }, deleteComment),
  route("GET", `${REPO}/issues/{issue_number}/comments`, { permission: READ }, listIssueComments),
  route(
    "POST",
    `${REPO}/issues/{issue_number}/comments`,
    { permission: WRITE, role: "read", contentCreating: "yes" },
    createComment,
  ),
];
