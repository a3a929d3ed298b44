/** Comments on lines of a pull request. */
import { mayWrite } from "../../world/access.ts";
import { actingAppId, actingUserId } from "../../world/actor.ts";
import { forgetEdits, recordEdit } from "../../world/edits.ts";
import { nextId } from "../../world/ids.ts";
import type { PullRequest, Review, ReviewComment } from "../../world/pull-state.ts";
import { isShown, remarksOf } from "../../world/threads.ts";
import { ApiError, notFound } from "../errors.ts";
import { numberParam, requiredString } from "../input.ts";
import { paginate } from "../paginate.ts";
import { type Route, type RouteContext, type RouteResult, route } from "../router.ts";
import { announceReview } from "./announce-review.ts";
import { placeComments } from "./comment-places.ts";
import { causeOf, pullParam } from "./param.ts";
import { presentReviewComment } from "./present.ts";
import { announceComment, type CommentInput, commentIn, createComments } from "./review-comment-input.ts";
import { endThread } from "./threads.ts";

/** Comments of pending reviews are shown to nobody. */
const commentsOf = ({ world }: RouteContext, pull: PullRequest): ReviewComment[] => remarksOf(world, pull.id);

const show = (context: RouteContext, pull: PullRequest, comment: ReviewComment) =>
  presentReviewComment(context.world, context.urls, pull, comment);

/** `since` goes by the last change with the grain of a second; `direction` counts only where an order is asked for. */
function listed(context: RouteContext, comments: readonly [ReviewComment, PullRequest][]): RouteResult {
  const { query } = context;
  const since = Date.parse(query.get("since") ?? "") || 0;
  const key = query.get("sort") === "updated" ? "updatedAt" : "createdAt";
  const sign = query.has("sort") && query.get("direction") === "desc" ? -1 : 1;
  const found = comments
    .filter(([comment]) => Math.floor(comment.updatedAt / 1000) * 1000 >= since)
    .sort(([a], [b]) => sign * (a[key] - b[key] || a.id - b.id));
  return paginate(context, found, ([comment, pull]) => show(context, pull, comment));
}

const withPull = (pull: PullRequest, comments: readonly ReviewComment[]): [ReviewComment, PullRequest][] =>
  comments.map((comment) => [comment, pull]);

function listAll(context: RouteContext): RouteResult {
  const pulls = [...context.world.pulls.values()].filter(
    (pull) => pull.repositoryId === context.repository.id,
  );
  return listed(
    context,
    pulls.flatMap((pull) => withPull(pull, commentsOf(context, pull))),
  );
}

/** Where it answers another, all but the text is passed over, as GitHub does. */
async function postComment(context: RouteContext): Promise<RouteResult> {
  const pull = pullParam(context);
  const { in_reply_to: answered } = context.body;
  if (typeof answered === "number")
    return answerTo(context, pull, context.world.reviewComments.get(answered));
  const commitId = requiredString(context.body, "commit_id");
  const input = await commentIn(context, pull, context.body);
  return created(context, pull, commitId, input, undefined);
}

const reply = (context: RouteContext): Promise<RouteResult> =>
  answerTo(context, pullParam(context), context.world.reviewComments.get(numberParam(context, "comment_id")));

async function answerTo(
  context: RouteContext,
  pull: PullRequest,
  first: ReviewComment | undefined,
): Promise<RouteResult> {
  if (first?.pullId !== pull.id || !isShown(context.world, first)) throw notFound();
  const { path, subject, originalLine, originalStartLine, side, startSide, diffHunk } = first;
  const place = {
    path,
    subject,
    line: originalLine,
    startLine: originalStartLine,
    side,
    startSide,
    diffHunk,
  };
  const body = requiredString(context.body, "body");
  return created(context, pull, first.originalCommitId, { ...place, body }, first);
}

/** A comment that belongs to no review gets one of its own, as on GitHub. */
async function created(
  context: RouteContext,
  pull: PullRequest,
  commitId: string,
  input: CommentInput,
  first: ReviewComment | undefined,
): Promise<RouteResult> {
  const { world } = context;
  const at = context.now();
  const review: Review = {
    id: nextId(world, "review"),
    pullId: pull.id,
    authorId: actingUserId(context.actor),
    viaAppId: actingAppId(context.actor),
    state: "COMMENTED",
    body: "",
    commitId,
    submittedAt: at,
    createdAt: at,
    updatedAt: at,
  };
  world.reviews.set(review.id, review);
  context.land("review.post", `pull/${pull.number}@${commitId}`);
  const [comment] = createComments(context, pull, review, [input], first);
  announceReview(context.services, pull, review, causeOf(context), "submitted");
  if (!comment) throw new TypeError("no comment was made");
  await placeComments(context.services, pull);
  const shown = show(context, pull, comment);
  return { status: 201, body: shown, headers: { location: shown.url } };
}

function commentParam(context: RouteContext): { comment: ReviewComment; pull: PullRequest } {
  const { world, repository } = context;
  const comment = world.reviewComments.get(numberParam(context, "comment_id"));
  const pull = comment && world.pulls.get(comment.pullId);
  if (!comment || pull?.repositoryId !== repository.id || !isShown(world, comment)) throw notFound();
  return { comment, pull };
}

/** The author, and anybody who may write. */
function checkMayChange({ world, repository, actor }: RouteContext, comment: ReviewComment): void {
  if (comment.authorId !== actingUserId(actor) && !mayWrite(world, repository, actor, "write", "contents"))
    throw new ApiError(403, "Must have admin rights to Repository.");
}

function editComment(context: RouteContext): RouteResult {
  const { comment, pull } = commentParam(context);
  checkMayChange(context, comment);
  const body = requiredString(context.body, "body");
  const from = comment.body;
  recordEdit(context.world, context.now(), context.actor, "reviewComment", comment, body);
  comment.body = body;
  comment.updatedAt = context.now();
  if (from !== body) announceComment(context, pull, comment, "edited", { changes: { body: { from } } });
  return { status: 200, body: show(context, pull, comment) };
}

function deleteComment(context: RouteContext): RouteResult {
  const { comment, pull } = commentParam(context);
  checkMayChange(context, comment);
  context.world.reviewComments.delete(comment.id);
  forgetEdits(context.world, "reviewComment", new Set([comment.id]));
  endThread(context.world, comment.threadId);
  announceComment(context, pull, comment, "deleted");
  return { status: 204 };
}

const PULLS = "/repos/{owner}/{repo}/pulls";
const ONE = `${PULLS}/{pull_number}`;
const COMMENT = `${PULLS}/comments/{comment_id}`;
const READ = { permission: { pull_requests: "read" } } as const;
const CREATE = { permission: { pull_requests: "write" }, role: "read", contentCreating: "yes" } as const;
const CHANGE = { permission: { pull_requests: "write" }, role: "read" } as const;

export const reviewCommentRoutes: readonly Route[] = [
  route("GET", `${ONE}/comments`, READ, (context) => {
    const pull = pullParam(context);
    return listed(context, withPull(pull, commentsOf(context, pull)));
  }),
  route("POST", `${ONE}/comments`, CREATE, postComment),
  route("POST", `${ONE}/comments/{comment_id}/replies`, CREATE, reply),
  route("GET", `${ONE}/reviews/{review_id}/comments`, READ, (context) => {
    const pull = pullParam(context);
    const id = numberParam(context, "review_id");
    const own = commentsOf(context, pull).filter((one) => one.reviewId === id);
    return listed(context, withPull(pull, own));
  }),
  route("GET", `${PULLS}/comments`, READ, listAll),
  route("GET", COMMENT, READ, (context) => {
    const { comment, pull } = commentParam(context);
    return { status: 200, body: show(context, pull, comment) };
  }),
  route("PATCH", COMMENT, CHANGE, editComment),
  route("DELETE", COMMENT, CHANGE, deleteComment),
];
