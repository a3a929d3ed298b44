/** Reviews, and requests for them. */
import { atLeast, roleOf } from "../../world/access.ts";
import { actingAppId, actingUserId } from "../../world/actor.ts";
import { findIssue, findUser, userByLogin } from "../../world/find.ts";
import { addIssueEvent } from "../../world/history.ts";
import { nextId } from "../../world/ids.ts";
import type { PullRequest, Review, ReviewState } from "../../world/pull-state.ts";
import type { User } from "../../world/state.ts";
import { ApiError, notFound } from "../errors.ts";
import { numberParam, optionalString, optionalStrings, requiredString } from "../input.ts";
import { paginate } from "../paginate.ts";
import { presentUser } from "../present/user.ts";
import { type Route, type RouteContext, type RouteResult, route } from "../router.ts";
import { announcePull } from "./announce.ts";
import { countsOf } from "./counts.ts";
import { presentFullPull, presentPull, presentReview } from "./present.ts";
import { causeOf, pullParam } from "./pulls.ts";

const STATES = { APPROVE: "APPROVED", REQUEST_CHANGES: "CHANGES_REQUESTED", COMMENT: "COMMENTED" } as const;

const reviewsOf = (context: RouteContext, pull: PullRequest): Review[] =>
  [...context.world.reviews.values()]
    .filter((review) => review.pullId === pull.id)
    .sort((a, b) => a.id - b.id);

function reviewParam(context: RouteContext, pull: PullRequest): Review {
  const review = context.world.reviews.get(numberParam(context, "review_id"));
  if (review?.pullId !== pull.id) throw notFound();
  return review;
}

async function createReview(context: RouteContext): Promise<RouteResult> {
  const pull = pullParam(context);
  const { body, world } = context;
  const event = optionalString(body, "event");
  const text = optionalString(body, "body") ?? "";
  const state = stateOf(event);
  checkReview(context, pull, state, text);
  const commitId = optionalString(body, "commit_id") ?? pull.headSha;
  if (!/^[0-9a-f]{40}$/.test(commitId))
    throw new ApiError(422, "Unprocessable Entity", ["commit_id is not part of the pull request"]);
  const at = context.now();
  const review: Review = {
    id: nextId(world, "review"),
    pullId: pull.id,
    authorId: actingUserId(context.actor),
    viaAppId: actingAppId(context.actor),
    state,
    body: text,
    commitId,
    submittedAt: state === "PENDING" ? null : at,
    createdAt: at,
    updatedAt: at,
  };
  world.reviews.set(review.id, review);
  if (state !== "PENDING") await submitted(context, pull, review);
  return { status: 200, body: presentReview(world, context.urls, pull, review) };
}

function stateOf(event: string | null | undefined): ReviewState {
  if (!event) return "PENDING";
  const state = STATES[event as keyof typeof STATES];
  if (!state)
    throw new ApiError(422, "Unprocessable Entity", [
      "Variable $event of type PullRequestReviewEvent was provided invalid value",
    ]);
  return state;
}

function checkReview(context: RouteContext, pull: PullRequest, state: ReviewState, text: string): void {
  const own = findIssue(context.world, pull.issueId).authorId === actingUserId(context.actor);
  const refuse = (why: string): never => {
    throw new ApiError(422, "Unprocessable Entity", [why]);
  };
  if (own && state === "APPROVED") refuse("Can not approve your own pull request");
  if (own && state === "CHANGES_REQUESTED") refuse("Can not request changes on your own pull request");
  if (state === "CHANGES_REQUESTED" && text === "") refuse("Body can't be blank");
  if (context.actor.kind === "job" && state === "APPROVED" && !context.repository.actionsMayWritePulls) {
    refuse("GitHub Actions is not permitted to approve pull requests.");
  }
}

/** A review answers the request for it. */
async function submitted(context: RouteContext, pull: PullRequest, review: Review): Promise<void> {
  pull.requestedReviewerIds = pull.requestedReviewerIds.filter((id) => id !== review.authorId);
  findIssue(context.world, pull.issueId).updatedAt = context.now();
  context.land("review.post", `pull/${pull.number}@${review.commitId}`);
  await announceReview(context, pull, review, "submitted");
}

async function announceReview(
  context: RouteContext,
  pull: PullRequest,
  review: Review,
  action: string,
): Promise<void> {
  const { services } = context;
  const shown = presentReview(services.world, services.urls, pull, review);
  context.emit({
    event: "pull_request_review",
    action,
    repositoryId: context.repository.id,
    fields: {
      review: { ...shown, state: review.state.toLowerCase() },
      pull_request: presentPull(services.world, services.urls, pull),
    },
  });
}

async function dismiss(context: RouteContext): Promise<RouteResult> {
  const pull = pullParam(context);
  const review = reviewParam(context, pull);
  const message = requiredString(context.body, "message");
  if (review.state !== "APPROVED" && review.state !== "CHANGES_REQUESTED") {
    throw new ApiError(422, "Unprocessable Entity", ["Can not dismiss a commented pull request review"]);
  }
  const dismissedReview = { reviewId: review.id, state: review.state.toLowerCase(), message };
  review.state = "DISMISSED";
  review.updatedAt = context.now();
  const issue = findIssue(context.world, pull.issueId);
  addIssueEvent(context.world, context.now(), context.actor, issue, "review_dismissed", { dismissedReview });
  await announceReview(context, pull, review, "dismissed");
  return { status: 200, body: presentReview(context.world, context.urls, pull, review) };
}

async function requestReviewers(context: RouteContext): Promise<RouteResult> {
  const pull = pullParam(context);
  const users = (optionalStrings(context.body, "reviewers") ?? []).map((login) =>
    reviewer(context, pull, login),
  );
  const issue = findIssue(context.world, pull.issueId);
  if (users.length > 0) {
    const names = users.map((user) => user.login).sort();
    context.land("review.request", `pull/${pull.number}@${names.join(",")}`);
  }
  for (const user of users) {
    if (pull.requestedReviewerIds.includes(user.id)) continue;
    pull.requestedReviewerIds.push(user.id);
    addIssueEvent(context.world, context.now(), context.actor, issue, "review_requested", {
      requestedReviewerId: user.id,
    });
    const fields = { requested_reviewer: presentUser(context.services.urls, user) };
    await announcePull(context.services, pull, causeOf(context), "review_requested", fields);
  }
  return { status: 201, body: await full(context, pull) };
}

const full = async (context: RouteContext, pull: PullRequest) =>
  presentFullPull(context.world, context.urls, pull, await countsOf(context.services, pull));

function reviewer(context: RouteContext, pull: PullRequest, login: string): User {
  const { world, repository } = context;
  const user = userByLogin(world, login);
  if (user && findIssue(world, pull.issueId).authorId === user.id) {
    throw new ApiError(422, "Review cannot be requested from pull request author.");
  }
  if (!user || !atLeast(roleOf(world, repository, user.id), "read")) {
    throw new ApiError(
      422,
      "Reviews may only be requested from collaborators. One or more of the users or teams you specified is not a collaborator of the " +
        `${findUser(world, repository.ownerId).login}/${repository.name} repository.`,
    );
  }
  return user;
}

async function removeReviewers(context: RouteContext): Promise<RouteResult> {
  const pull = pullParam(context);
  for (const login of optionalStrings(context.body, "reviewers") ?? []) {
    const user = userByLogin(context.world, login);
    if (!user || !pull.requestedReviewerIds.includes(user.id)) continue;
    pull.requestedReviewerIds = pull.requestedReviewerIds.filter((id) => id !== user.id);
    const fields = { requested_reviewer: presentUser(context.services.urls, user) };
    await announcePull(context.services, pull, causeOf(context), "review_request_removed", fields);
  }
  return { status: 200, body: await full(context, pull) };
}

const ONE = "/repos/{owner}/{repo}/pulls/{pull_number}";
const READ = { permission: { pull_requests: "read" } } as const;
const WRITE = { permission: { pull_requests: "write" } } as const;

export const reviewRoutes: readonly Route[] = [
  route("GET", `${ONE}/reviews`, READ, (context) => {
    const pull = pullParam(context);
    return paginate(context, reviewsOf(context, pull), (review) =>
      presentReview(context.world, context.urls, pull, review),
    );
  }),
  route("POST", `${ONE}/reviews`, { ...WRITE, role: "read", contentCreating: "yes" }, createReview),
  route("GET", `${ONE}/reviews/{review_id}`, READ, (context) => {
    const pull = pullParam(context);
    return {
      status: 200,
      body: presentReview(context.world, context.urls, pull, reviewParam(context, pull)),
    };
  }),
  route("PUT", `${ONE}/reviews/{review_id}/dismissals`, WRITE, dismiss),
  route("GET", `${ONE}/requested_reviewers`, READ, (context) => {
    const users = pullParam(context).requestedReviewerIds.map((id) =>
      presentUser(context.urls, findUser(context.world, id)),
    );
    return { status: 200, body: { users, teams: [] } };
  }),
  route("POST", `${ONE}/requested_reviewers`, { ...WRITE, contentCreating: "yes" }, requestReviewers),
  route("DELETE", `${ONE}/requested_reviewers`, WRITE, removeReviewers),
];
