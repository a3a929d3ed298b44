/** Conversations on a pull request's lines and files, and the comments in them. */
import { actingUserId } from "../../../world/actor.ts";
import { findIssue, findRepository, fullName } from "../../../world/find.ts";
import { nodeId } from "../../../world/ids.ts";
import type { PullRequest, ReviewComment } from "../../../world/pull-state.ts";
import type { World } from "../../../world/state.ts";
import { type Conversation, conversationsOf, remarksOf } from "../../../world/threads.ts";
import { isoOrNull } from "../../present/time.ts";
import { connection } from "../connection.ts";
import { type Answer, type GraphqlContext, isViewer, viewerMay } from "../context.ts";
import { userObject } from "./actor.ts";
import { writtenFields } from "./comment.ts";
import { commitObject } from "./commit.ts";
import { pullObject } from "./pull.ts";
import { repositoryObject } from "./repository.ts";
import { reviewObject } from "./review.ts";

/** Of those whom the viewer sees. */
export const conversationWith = (
  context: GraphqlContext,
  world: World,
  pullId: number,
  threadId: number,
): Conversation | undefined =>
  conversationsOf(world, pullId, actingUserId(context.actor)).find(({ thread }) => thread.id === threadId);

export function threadObject(context: GraphqlContext, pull: PullRequest, conversation: Conversation): Answer {
  const { thread, comments } = conversation;
  const [first] = comments;
  const repository = findRepository(context.world, pull.repositoryId);
  const { authorId } = findIssue(context.world, pull.issueId);
  const isResolved = thread.resolvedById !== null;
  const may = isViewer(context, authorId) || viewerMay(context, repository, "write", "contents");
  return {
    __typename: "PullRequestReviewThread",
    id: nodeId("PRRT", thread.id),
    isResolved,
    isOutdated: first.outdated,
    resolvedBy: () => (thread.resolvedById === null ? null : userObject(context, thread.resolvedById)),
    path: first.path,
    line: first.line,
    startLine: first.startLine,
    originalLine: first.originalLine,
    originalStartLine: first.originalStartLine,
    diffSide: first.side,
    startDiffSide: first.startSide,
    subjectType: first.subject.toUpperCase(),
    comments: connection<ReviewComment>({
      rows: (world) => conversationWith(context, world, pull.id, thread.id)?.comments ?? [],
      key: (comment) => comment.id,
      show: (comment) => remarkObject(context, pull, comment),
    }),
    pullRequest: () => pullObject(context, pull),
    repository: () => repositoryObject(context, repository),
    viewerCanReply: viewerMay(context, repository, "read", "pull_requests"),
    viewerCanResolve: may && !isResolved,
    viewerCanUnresolve: may && isResolved,
  };
}

export const threadsField = (context: GraphqlContext, pull: PullRequest) =>
  connection<Conversation>({
    rows: (world) => conversationsOf(world, pull.id, actingUserId(context.actor)),
    key: ({ thread }) => thread.id,
    show: (conversation) => threadObject(context, pull, conversation),
  });

/** A comment on a line or file. */
export function remarkObject(context: GraphqlContext, pull: PullRequest, comment: ReviewComment): Answer {
  const { world } = context;
  const repository = findRepository(world, pull.repositoryId);
  const path = `/${fullName(world, repository)}/pull/${pull.number}#discussion_r${comment.id}`;
  const review = world.reviews.get(comment.reviewId ?? 0);
  const first = world.reviewComments.get(comment.inReplyToId ?? 0);
  const mayChange =
    isViewer(context, comment.authorId) || viewerMay(context, repository, "write", "contents");
  return {
    __typename: "PullRequestReviewComment",
    id: nodeId("PRRC", comment.id),
    fullDatabaseId: String(comment.id),
    ...writtenFields(context, repository, "reviewComment", comment),
    publishedAt: isoOrNull(review?.submittedAt ?? null),
    state: review?.state === "PENDING" ? "PENDING" : "SUBMITTED",
    path: comment.path,
    diffHunk: comment.diffHunk,
    line: comment.line,
    startLine: comment.startLine,
    originalLine: comment.originalLine,
    originalStartLine: comment.originalStartLine,
    outdated: comment.outdated,
    subjectType: comment.subject.toUpperCase(),
    commit: () => commitObject(context, repository, comment.commitId),
    originalCommit: () => commitObject(context, repository, comment.originalCommitId),
    pullRequest: () => pullObject(context, pull),
    pullRequestReview: () => (review ? reviewObject(context, pull, review) : null),
    replyTo: () => (first ? remarkObject(context, pull, first) : null),
    resourcePath: path,
    url: `${context.urls.html}${path}`,
    viewerCanUpdate: mayChange,
    viewerCanDelete: mayChange,
  };
}

/** Of one review. */
export const remarksField = (context: GraphqlContext, pull: PullRequest, reviewId: number) =>
  connection<ReviewComment>({
    rows: (world) =>
      remarksOf(world, pull.id, actingUserId(context.actor)).filter(
        (comment) => comment.reviewId === reviewId,
      ),
    key: (comment) => comment.id,
    show: (comment) => remarkObject(context, pull, comment),
  });
