/** Comments on lines of a pull request: reading them out of a request, and putting them into the world. */
import { actingAppId, actingUserId } from "../../world/actor.ts";
import { nextId } from "../../world/ids.ts";
import type { DiffSide, PullRequest, Review, ReviewComment } from "../../world/pull-state.ts";
import type { World } from "../../world/state.ts";
import { validationFailed } from "../errors.ts";
import { optionalString, requiredString, wrongType } from "../input.ts";
import type { JsonObject, RouteContext } from "../router.ts";
import { pullWorkflows } from "./announce.ts";
import { filesOf } from "./counts.ts";
import { presentPull, presentReviewComment } from "./present.ts";

export interface CommentInput {
  readonly path: string;
  readonly body: string;
  readonly subject: "line" | "file";
  readonly line: number | null;
  readonly startLine: number | null;
  readonly side: DiffSide;
  readonly startSide: DiffSide | null;
  readonly diffHunk: string;
}

/** Comments of a review that is being made. 422 where one names a file that the pull request does not change. */
export async function commentsIn(context: RouteContext, pull: PullRequest): Promise<readonly CommentInput[]> {
  const given = context.body.comments ?? [];
  if (!Array.isArray(given)) throw wrongType("comments", given, "array");
  const found: CommentInput[] = [];
  for (const one of given as JsonObject[]) found.push(await commentIn(context, pull, one));
  return found;
}

/** One comment out of a body. */
export async function commentIn(
  context: RouteContext,
  pull: PullRequest,
  given: JsonObject,
): Promise<CommentInput> {
  const path = requiredString(given, "path");
  const body = requiredString(given, "body");
  const file = (await filesOf(context.services, pull)).find((one) => one.path === path);
  if (!file) {
    const field = "pull_request_review_thread.path";
    throw validationFailed({ resource: "PullRequestReviewComment", code: "invalid", field });
  }
  const side = sideIn(given, "side") ?? "RIGHT";
  const common = { path, body, side, diffHunk: hunkOf(file.patch) };
  if (optionalString(given, "subject_type") === "file")
    return { ...common, subject: "file", line: null, startLine: null, startSide: null };
  const line = numberIn(given, "line") ?? numberIn(given, "position");
  const startLine = numberIn(given, "start_line");
  const startSide = startLine === null ? null : (sideIn(given, "start_side") ?? side);
  return { ...common, subject: "line", line, startLine, startSide };
}

function sideIn(given: JsonObject, field: string): DiffSide | undefined {
  const side = optionalString(given, field);
  return side === "LEFT" || side === "RIGHT" ? side : undefined;
}

function numberIn(given: JsonObject, field: string): number | null {
  const value = given[field];
  if (value === undefined || value === null) return null;
  if (typeof value !== "number") throw wrongType(field, value, "integer");
  return value;
}

const hunkOf = (patch = ""): string => patch.split("\n").slice(0, 5).join("\n");

/** Puts them into the world, and tells of each unless the review is still pending. */
export function createComments(
  context: RouteContext,
  pull: PullRequest,
  review: Review,
  inputs: readonly CommentInput[],
  first?: ReviewComment,
): readonly ReviewComment[] {
  return inputs.map(({ line, startLine, ...input }) => {
    const { world } = context;
    const at = context.now();
    const comment: ReviewComment = {
      id: nextId(world, "reviewComment"),
      pullId: pull.id,
      reviewId: review.id,
      authorId: actingUserId(context.actor),
      viaAppId: actingAppId(context.actor),
      ...input,
      commitId: review.commitId,
      originalCommitId: review.commitId,
      line,
      startLine,
      originalLine: line,
      originalStartLine: startLine,
      outdated: false,
      threadId: first?.threadId ?? beginThread(world, pull),
      inReplyToId: first ? (first.inReplyToId ?? first.id) : null,
      createdAt: at,
      updatedAt: at,
    };
    world.reviewComments.set(comment.id, comment);
    if (review.state !== "PENDING") announceComment(context, pull, comment, "created");
    return comment;
  });
}

function beginThread(world: World, pull: PullRequest): number {
  const id = nextId(world, "reviewThread");
  world.reviewThreads.set(id, { id, pullId: pull.id, resolvedById: null });
  return id;
}

export function announceComment(
  context: RouteContext,
  pull: PullRequest,
  comment: ReviewComment,
  action: "created" | "edited" | "deleted",
  fields: Readonly<Record<string, unknown>> = {},
): void {
  const { world, urls } = context.services;
  context.emit({
    event: "pull_request_review_comment",
    action,
    repositoryId: pull.repositoryId,
    fields: {
      comment: presentReviewComment(world, urls, pull, comment),
      pull_request: presentPull(world, urls, pull),
      ...fields,
    },
    ...pullWorkflows(context.services, pull),
  });
}
