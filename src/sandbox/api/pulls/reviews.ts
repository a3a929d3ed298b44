/** Reviews: what people say of a pull request, bound to the commit that they saw. */
import type { Sha } from "../../git/store.ts";
import { mayWrite } from "../../world/access.ts";
import { actingAppId, actingUserId } from "../../world/actor.ts";
import { recordEdit } from "../../world/edits.ts";
import { findIssue } from "../../world/find.ts";
import { nextId } from "../../world/ids.ts";
import type { PullRequest, Review, ReviewState } from "../../world/pull-state.ts";
import { ApiError, notFound } from "../errors.ts";
import { numberParam, optionalString, requiredString } from "../input.ts";
import { paginate } from "../paginate.ts";
import { type Route, type RouteContext, type RouteResult, route } from "../router.ts";
import { announceReview } from "./announce-review.ts";
import { placeComments } from "./comment-places.ts";
import { causeOf, pullParam } from "./param.ts";
import { presentReview } from "./present.ts";
import { announceComment, type CommentInput, commentsIn, createComments } from "./review-comment-input.ts";
import { dismissReview } from "./stale-reviews.ts";
import { endThread } from "./threads.ts";

const STATES = { APPROVE: "APPROVED", REQUEST_CHANGES: "CHANGES_REQUESTED", COMMENT: "COMMENTED" } as const;

const unprocessable = (why: string): ApiError => new ApiError(422, "Unprocessable Entity", [why]);

/** A pending review is its author's own business. */
const maySee = ({ actor }: RouteContext, review: Review): boolean =>
  review.state !== "PENDING" || (actor.kind !== "anonymous" && actor.userId === review.authorId);

function reviewsOf(context: RouteContext, pull: PullRequest): Review[] {
  const all = [...context.world.reviews.values()];
  return all
    .filter((review) => review.pullId === pull.id && maySee(context, review))
    .sort((a, b) => a.id - b.id);
}

function reviewParam(context: RouteContext, pull: PullRequest): Review {
  const review = context.world.reviews.get(numberParam(context, "review_id"));
  if (review?.pullId !== pull.id || !maySee(context, review)) throw notFound();
  return review;
}

const show = (context: RouteContext, pull: PullRequest, review: Review) =>
  presentReview(context.world, context.urls, pull, review);

async function createReview(context: RouteContext): Promise<RouteResult> {
  const pull = pullParam(context);
  const { body, world } = context;
  const text = optionalString(body, "body") ?? "";
  const state = stateOf(optionalString(body, "event"));
  const commitId = await commitOf(context, pull);
  const comments = await commentsIn(context, pull);
  checkVerdict(context, pull, state, text, comments);
  const pending = reviewsOf(context, pull).some((one) => one.state === "PENDING" && mine(context, one));
  if (pending) throw unprocessable("User can only have one pending review per pull request");
  const at = context.now();
  const review: Review = {
    id: nextId(world, "review"),
    pullId: pull.id,
    authorId: actingUserId(context.actor),
    viaAppId: actingAppId(context.actor),
    state,
    body: text,
    commitId,
    submittedAt: null,
    createdAt: at,
    updatedAt: at,
  };
  world.reviews.set(review.id, review);
  if (state !== "PENDING") submitted(context, pull, review);
  createComments(context, pull, review, comments);
  await placeComments(context.services, pull);
  return { status: 200, body: show(context, pull, review) };
}

const mine = ({ actor }: RouteContext, review: Review): boolean => review.authorId === actingUserId(actor);

function stateOf(event: string | null | undefined): ReviewState {
  if (!event) return "PENDING";
  const state = STATES[event as keyof typeof STATES];
  if (!state)
    throw unprocessable("Variable $event of type PullRequestReviewEvent was provided invalid value");
  return state;
}

/** The commit that the review speaks of: the head, or one that the pull request has or had. */
async function commitOf({ body, store }: RouteContext, pull: PullRequest): Promise<Sha> {
  const asked = optionalString(body, "commit_id");
  if (!asked) return pull.headSha;
  if (!/^[0-9a-f]{40}$/.test(asked)) {
    throw unprocessable("Variable $commitOID of type GitObjectID was provided invalid value");
  }
  const known = (await store.objectType(asked)) === "commit";
  const within = known && (asked === pull.headSha || !(await store.isAncestor(asked, pull.baseSha)));
  if (!within) throw unprocessable("Commit is not part of the pull request");
  return asked;
}

function checkVerdict(
  context: RouteContext,
  pull: PullRequest,
  state: ReviewState,
  text: string,
  comments: readonly CommentInput[],
): void {
  const own = findIssue(context.world, pull.issueId).authorId === actingUserId(context.actor);
  if (own && state === "APPROVED") throw unprocessable("Can not approve your own pull request");
  if (own && state === "CHANGES_REQUESTED")
    throw unprocessable("Can not request changes on your own pull request");
  const needsText = state === "CHANGES_REQUESTED" || (state === "COMMENTED" && comments.length === 0);
  if (needsText && text.trim() === "") throw unprocessable("Body can't be blank");
  if (context.actor.kind === "job" && state === "APPROVED" && !context.repository.actionsMayWritePulls) {
    throw unprocessable("GitHub Actions is not permitted to approve pull requests.");
  }
}

/** A review answers the request for it. */
function submitted(context: RouteContext, pull: PullRequest, review: Review): void {
  review.submittedAt = context.now();
  review.updatedAt = context.now();
  pull.requestedReviewerIds = pull.requestedReviewerIds.filter((id) => id !== review.authorId);
  findIssue(context.world, pull.issueId).updatedAt = context.now();
  context.land("review.post", `pull/${pull.number}@${review.commitId}`);
  announceReview(context.services, pull, review, causeOf(context), "submitted");
}

/** Submits a review that was left pending. */
function submitReview(context: RouteContext): RouteResult {
  const pull = pullParam(context);
  const review = reviewParam(context, pull);
  const state = stateOf(requiredString(context.body, "event"));
  if (!mine(context, review)) throw notFound();
  if (review.state !== "PENDING") throw unprocessable("Can not submit a review that is not pending");
  const text = optionalString(context.body, "body") ?? review.body;
  const comments = [...context.world.reviewComments.values()].filter((one) => one.reviewId === review.id);
  checkVerdict(context, pull, state, text, comments);
  review.state = state;
  review.body = text;
  submitted(context, pull, review);
  for (const comment of comments) announceComment(context, pull, comment, "created");
  return { status: 200, body: show(context, pull, review) };
}

function editReview(context: RouteContext): RouteResult {
  const pull = pullParam(context);
  const review = reviewParam(context, pull);
  const text = requiredString(context.body, "body");
  if (
    !mine(context, review) &&
    !mayWrite(context.world, context.repository, context.actor, "write", "contents")
  )
    throw new ApiError(403, "Must have admin rights to Repository.");
  const changes = review.body === text ? {} : { body: { from: review.body } };
  if (review.state !== "PENDING")
    recordEdit(context.world, context.now(), context.actor, "review", review, text);
  review.body = text;
  review.updatedAt = context.now();
  if (review.state !== "PENDING")
    announceReview(context.services, pull, review, causeOf(context), "edited", { changes });
  return { status: 200, body: show(context, pull, review) };
}

function deletePending(context: RouteContext): RouteResult {
  const pull = pullParam(context);
  const review = reviewParam(context, pull);
  if (review.state !== "PENDING") throw unprocessable("Can not delete a non-pending pull request review");
  const shown = show(context, pull, review);
  context.world.reviews.delete(review.id);
  for (const [id, comment] of context.world.reviewComments)
    if (comment.reviewId === review.id) {
      context.world.reviewComments.delete(id);
      endThread(context.world, comment.threadId);
    }
  return { status: 200, body: shown };
}

function dismiss(context: RouteContext): RouteResult {
  const pull = pullParam(context);
  const review = reviewParam(context, pull);
  const message = requiredString(context.body, "message");
  if (review.state !== "APPROVED" && review.state !== "CHANGES_REQUESTED") {
    throw unprocessable(`Can not dismiss a ${review.state.toLowerCase()} pull request review`);
  }
  dismissReview(context.services, pull, review, causeOf(context), message);
  return { status: 200, body: show(context, pull, review) };
}

const ALL = "/repos/{owner}/{repo}/pulls/{pull_number}/reviews";
const ONE = `${ALL}/{review_id}`;
const READ = { permission: { pull_requests: "read" } } as const;
const WRITE = { permission: { pull_requests: "write" } } as const;

export const reviewRoutes: readonly Route[] = [
  route("GET", ALL, READ, (context) => {
    const pull = pullParam(context);
    return paginate(context, reviewsOf(context, pull), (review) => show(context, pull, review));
  }),
  route("POST", ALL, { ...WRITE, role: "read", contentCreating: "yes" }, createReview),
  route("GET", ONE, READ, (context) => {
    const pull = pullParam(context);
    return { status: 200, body: show(context, pull, reviewParam(context, pull)) };
  }),
  route("PUT", ONE, { ...WRITE, role: "read" }, editReview),
  route("DELETE", ONE, { ...WRITE, role: "read" }, deletePending),
  route("POST", `${ONE}/events`, { ...WRITE, role: "read", contentCreating: "yes" }, submitReview),
  route("PUT", `${ONE}/dismissals`, WRITE, dismiss),
];
