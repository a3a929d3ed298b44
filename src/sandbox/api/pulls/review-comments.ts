/** Comments on lines of a pull request. */
import { actingAppId, actingUserId } from "../../world/actor.ts";
import { nextId } from "../../world/ids.ts";
import type { PullRequest, Review, ReviewComment } from "../../world/pull-state.ts";
import { notFound } from "../errors.ts";
import { numberParam, requiredString } from "../input.ts";
import { paginate } from "../paginate.ts";
import { type Route, type RouteContext, type RouteResult, route } from "../router.ts";
import { announceReview } from "./announce-review.ts";
import { causeOf, pullParam } from "./param.ts";
import { presentReviewComment } from "./present.ts";
import { type CommentInput, commentIn, createComments } from "./review-comment-input.ts";

/** Comments of pending reviews are shown to nobody. */
function commentsOf({ world }: RouteContext, pull: PullRequest): ReviewComment[] {
  return [...world.reviewComments.values()]
    .filter((one) => one.pullId === pull.id && world.reviews.get(one.reviewId ?? 0)?.state !== "PENDING")
    .sort((a, b) => a.id - b.id);
}

const show = (context: RouteContext, pull: PullRequest, comment: ReviewComment) =>
  presentReviewComment(context.world, context.urls, pull, comment);

function listed(context: RouteContext, pull: PullRequest, comments: readonly ReviewComment[]): RouteResult {
  return paginate(context, comments, (comment) => show(context, pull, comment));
}

async function postComment(context: RouteContext): Promise<RouteResult> {
  const pull = pullParam(context);
  const commitId = requiredString(context.body, "commit_id");
  const input = await commentIn(context, pull, context.body);
  return created(context, pull, commitId, input, null);
}

function reply(context: RouteContext): RouteResult {
  const pull = pullParam(context);
  const first = context.world.reviewComments.get(numberParam(context, "comment_id"));
  if (first?.pullId !== pull.id) throw notFound();
  const input = { ...first, body: requiredString(context.body, "body") };
  return created(context, pull, first.commitId, input, first.inReplyToId ?? first.id);
}

/** A comment that belongs to no review gets one of its own, as on GitHub. */
function created(
  context: RouteContext,
  pull: PullRequest,
  commitId: string,
  input: CommentInput,
  inReplyToId: number | null,
): RouteResult {
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
  const { path, body, line, startLine, side, diffHunk } = input;
  const own: CommentInput = { path, body, line, startLine, side, diffHunk };
  const [comment] = createComments(context, pull, review, [own], inReplyToId);
  announceReview(context.services, pull, review, causeOf(context), "submitted");
  if (!comment) throw new TypeError("no comment was made");
  const shown = show(context, pull, comment);
  return { status: 201, body: shown, headers: { location: shown.url } };
}

const PULLS = "/repos/{owner}/{repo}/pulls";
const ONE = `${PULLS}/{pull_number}`;
const READ = { permission: { pull_requests: "read" } } as const;
const CREATE = { permission: { pull_requests: "write" }, role: "read", contentCreating: "yes" } as const;

export const reviewCommentRoutes: readonly Route[] = [
  route("GET", `${ONE}/comments`, READ, (context) => {
    const pull = pullParam(context);
    return listed(context, pull, commentsOf(context, pull));
  }),
  route("POST", `${ONE}/comments`, CREATE, postComment),
  route("POST", `${ONE}/comments/{comment_id}/replies`, CREATE, reply),
  route("GET", `${ONE}/reviews/{review_id}/comments`, READ, (context) => {
    const pull = pullParam(context);
    const id = numberParam(context, "review_id");
    return listed(
      context,
      pull,
      commentsOf(context, pull).filter((one) => one.reviewId === id),
    );
  }),
  route("GET", `${PULLS}/comments/{comment_id}`, READ, (context) => {
    const comment = context.world.reviewComments.get(numberParam(context, "comment_id"));
    const pull = comment && context.world.pulls.get(comment.pullId);
    if (!comment || pull?.repositoryId !== context.repository.id) throw notFound();
    return { status: 200, body: show(context, pull, comment) };
  }),
];
