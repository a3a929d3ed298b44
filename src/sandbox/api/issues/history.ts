/** History of issues: events and the timeline. */
import type { Urls } from "../../services.ts";
import { commentsOf, eventsOf, findIssue, findRepository, findUser, fullName } from "../../world/find.ts";
import { nodeId } from "../../world/ids.ts";
import type { IssueEvent, World } from "../../world/state.ts";
import { notFound } from "../errors.ts";
import { issueParam, numberParam } from "../input.ts";
import { paginate } from "../paginate.ts";
import { presentViaApp } from "../present/app.ts";
import { presentIssue, presentIssueComment } from "../present/issue.ts";
import { presentMinimalRepository } from "../present/repository.ts";
import { iso } from "../present/time.ts";
import { presentUser } from "../present/user.ts";
import { presentReview } from "../pulls/present.ts";
import { type PermissionNeed, type Route, type RouteContext, type RouteResult, route } from "../router.ts";

const READ: readonly PermissionNeed[] = [{ issues: "read" }, { pull_requests: "read" }];

/** One event of an issue's history. */
export function presentIssueEvent(world: World, urls: Urls, event: IssueEvent) {
  const issue = findIssue(world, event.issueId);
  const name = fullName(world, findRepository(world, issue.repositoryId));
  const user = (id: number) => presentUser(urls, findUser(world, id));
  return {
    id: event.id,
    node_id: nodeId("EV", event.id),
    url: `${urls.api}/repos/${name}/issues/events/${event.id}`,
    actor: user(event.actorId),
    event: event.event,
    commit_id: event.commitId,
    commit_url: event.commitId === null ? null : `${urls.api}/repos/${name}/commits/${event.commitId}`,
    created_at: iso(event.createdAt),
    ...(event.label ? { label: event.label } : {}),
    ...(event.rename ? { rename: event.rename } : {}),
    ...(event.assigneeId === undefined
      ? {}
      : { assignee: user(event.assigneeId), assigner: user(event.actorId) }),
    ...(event.lockReason === undefined ? {} : { lock_reason: event.lockReason }),
    ...(event.requestedReviewerId === undefined
      ? {}
      : { review_requester: user(event.actorId), requested_reviewer: user(event.requestedReviewerId) }),
    ...(event.dismissedReview
      ? {
          dismissed_review: {
            state: event.dismissedReview.state,
            review_id: event.dismissedReview.reviewId,
            dismissal_message: event.dismissedReview.message,
          },
        }
      : {}),
    ...(event.otherIssueId === undefined ? {} : otherIssue(world, urls, event.event, event.otherIssueId)),
    performed_via_github_app: presentViaApp(world, urls, event.viaAppId),
  };
}

/** The other end of a tie, under the name of what was added or removed: `sub_issue`, `parent_issue`, `blocked_by`, `blocking`. */
function otherIssue(world: World, urls: Urls, event: string, id: number) {
  const issue = world.issues.get(id);
  const shown = issue && {
    number: issue.number,
    title: issue.title,
    state: issue.state,
    state_reason: issue.stateReason,
    repository: presentMinimalRepository(world, urls, findRepository(world, issue.repositoryId)),
    issue_type: null,
  };
  return { [event.replace(/_(added|removed)$/, "")]: shown ?? null };
}

/** The same in the timeline, which tells of reasons and does not repeat the actor as the one who assigned. */
function presentTimelineEvent(world: World, urls: Urls, event: IssueEvent) {
  const { assigner: _assigner, ...shown }: { assigner?: unknown } = presentIssueEvent(world, urls, event);
  return { ...shown, ...(event.stateReason === undefined ? {} : { state_reason: event.stateReason }) };
}

function inRepository(context: RouteContext): IssueEvent[] {
  const { world, repository } = context;
  const here = [...world.issueEvents.values()].filter(
    (event) => findIssue(world, event.issueId).repositoryId === repository.id,
  );
  return here.sort((a, b) => b.id - a.id);
}

function oneEvent(context: RouteContext): RouteResult {
  const { world, urls } = context;
  const event = world.issueEvents.get(numberParam(context, "event_id"));
  const issue = event && findIssue(world, event.issueId);
  if (!event || issue?.repositoryId !== context.repository.id) throw notFound();
  return {
    status: 200,
    body: { ...presentIssueEvent(world, urls, event), issue: presentIssue(world, urls, issue) },
  };
}

/** Comments, reviews and events of an issue, by time. */
function timeline(context: RouteContext): RouteResult {
  const issue = issueParam(context);
  const { world, urls, repository } = context;
  const events = eventsOf(world, issue.id).map((event) => ({
    at: event.createdAt,
    shown: presentTimelineEvent(world, urls, event),
  }));
  const comments = commentsOf(world, issue.id).map((comment) => {
    const shown = presentIssueComment(world, urls, repository, issue, comment);
    return { at: comment.createdAt, shown: { ...shown, actor: shown.user, event: "commented" } };
  });
  const pull = world.pulls.get(issue.pullId ?? 0);
  const reviews = [...world.reviews.values()].flatMap((review) => {
    // A pending review is nobody's business but its author's.
    if (pull === undefined || review.pullId !== pull.id || review.submittedAt === null) return [];
    const shown = presentReview(world, urls, pull, review);
    return [
      { at: review.submittedAt, shown: { ...shown, state: shown.state.toLowerCase(), event: "reviewed" } },
    ];
  });
  const all = [...events, ...comments, ...reviews].sort((a, b) => a.at - b.at);
  return paginate(context, all, (entry) => entry.shown);
}

const REPO = "/repos/{owner}/{repo}";

export const historyRoutes: readonly Route[] = [
  route("GET", `${REPO}/issues/events`, { permission: READ }, (context) =>
    paginate(context, inRepository(context), (event) =>
      presentIssueEvent(context.world, context.urls, event),
    ),
  ),
  route("GET", `${REPO}/issues/events/{event_id}`, { permission: READ }, oneEvent),
  route("GET", `${REPO}/issues/{issue_number}/events`, { permission: READ }, (context) =>
    paginate(context, eventsOf(context.world, issueParam(context).id), (event) =>
      presentIssueEvent(context.world, context.urls, event),
    ),
  ),
  route("GET", `${REPO}/issues/{issue_number}/timeline`, { permission: READ }, timeline),
];
