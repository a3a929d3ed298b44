/** Requests for reviews. */
import { atLeast, roleOf } from "../../world/access.ts";
import { findIssue, findUser, fullName, userByLogin } from "../../world/find.ts";
import { addIssueEvent } from "../../world/history.ts";
import type { PullRequest } from "../../world/pull-state.ts";
import type { User } from "../../world/state.ts";
import { ApiError } from "../errors.ts";
import { optionalStrings } from "../input.ts";
import { presentUser } from "../present/user.ts";
import { type Route, type RouteContext, type RouteResult, route } from "../router.ts";
import { announcePull } from "./announce.ts";
import { causeOf, pullParam } from "./param.ts";
import { presentPull } from "./present.ts";

function requestReviewers(context: RouteContext): RouteResult {
  const pull = pullParam(context);
  checkTeams(context);
  const users = (optionalStrings(context.body, "reviewers") ?? []).map((login) =>
    reviewer(context, pull, login),
  );
  if (users.length > 0) {
    const names = users.map((user) => user.login).sort();
    context.land("review.request", `pull/${pull.number}@${names.join(",")}`);
  }
  for (const user of users) requestReview(context, pull, user);
  return { status: 201, body: presentPull(context.world, context.urls, pull) };
}

/** Who is asked already is not asked again. */
function requestReview(context: RouteContext, pull: PullRequest, user: User): void {
  if (pull.requestedReviewerIds.includes(user.id)) return;
  pull.requestedReviewerIds.push(user.id);
  record(context, pull, user, "review_requested");
}

/** Owners of the changed files are asked when a pull request opens that is no draft; its author is not. */
export function requestCodeOwners(context: RouteContext, pull: PullRequest): void {
  if (pull.draft) return;
  const { authorId } = findIssue(context.world, pull.issueId);
  const ids = new Set(pull.codeOwners.flatMap((part) => part.userIds));
  ids.delete(authorId);
  for (const id of ids) requestReview(context, pull, findUser(context.world, id));
}

/** Teams have no repositories here, so that none is a collaborator. */
function checkTeams(context: RouteContext): void {
  if ((optionalStrings(context.body, "team_reviewers") ?? []).length > 0) throw notCollaborator(context);
}

function notCollaborator({ world, repository }: RouteContext): ApiError {
  return new ApiError(
    422,
    "Reviews may only be requested from collaborators. One or more of the users or teams you specified is not a collaborator of the " +
      `${fullName(world, repository)} repository.`,
  );
}

function reviewer(context: RouteContext, pull: PullRequest, login: string): User {
  const { world } = context;
  const user = userByLogin(world, login);
  if (user && findIssue(world, pull.issueId).authorId === user.id) {
    throw new ApiError(422, "Review cannot be requested from pull request author.");
  }
  if (!user || !isCollaborator(context, user)) throw notCollaborator(context);
  return user;
}

/** That everybody can read a public repository makes nobody a collaborator. */
function isCollaborator({ world, repository }: RouteContext, user: User): boolean {
  const member = world.members.get(repository.ownerId)?.has(user.id) ?? false;
  const invited = repository.ownerId === user.id || member || repository.collaborators.has(user.id);
  return invited && atLeast(roleOf(world, repository, user.id), "read");
}

function removeReviewers(context: RouteContext): RouteResult {
  const pull = pullParam(context);
  for (const login of optionalStrings(context.body, "reviewers") ?? []) {
    const user = userByLogin(context.world, login);
    if (!user || !pull.requestedReviewerIds.includes(user.id)) continue;
    pull.requestedReviewerIds = pull.requestedReviewerIds.filter((id) => id !== user.id);
    record(context, pull, user, "review_request_removed");
  }
  return { status: 200, body: presentPull(context.world, context.urls, pull) };
}

function record(
  context: RouteContext,
  pull: PullRequest,
  user: User,
  action: "review_requested" | "review_request_removed",
): void {
  const { services, world, actor } = context;
  const issue = findIssue(world, pull.issueId);
  issue.updatedAt = context.now();
  addIssueEvent(world, context.now(), actor, issue, action, { requestedReviewerId: user.id });
  const fields = { requested_reviewer: presentUser(services.urls, user) };
  announcePull(services, pull, causeOf(context), action, fields);
}

const REVIEWERS = "/repos/{owner}/{repo}/pulls/{pull_number}/requested_reviewers";
const WRITE = { permission: { pull_requests: "write" } } as const;

export const requestedReviewerRoutes: readonly Route[] = [
  route("GET", REVIEWERS, { permission: { pull_requests: "read" } }, (context) => {
    const users = pullParam(context).requestedReviewerIds.map((id) =>
      presentUser(context.urls, findUser(context.world, id)),
    );
    return { status: 200, body: { users, teams: [] } };
  }),
  route("POST", REVIEWERS, { ...WRITE, contentCreating: "yes" }, requestReviewers),
  route("DELETE", REVIEWERS, WRITE, removeReviewers),
];
