/** Conversations on a pull request's lines and files, out of the comments that they consist of. */
import type { ReviewComment, ReviewThread } from "./pull-state.ts";
import type { World } from "./state.ts";

/** Of a pull request, ascending by id. `viewerId`: a pending review's comments are shown to its author alone. */
export function remarksOf(world: World, pullId: number, viewerId?: number): ReviewComment[] {
  return [...world.reviewComments.values()]
    .filter((comment) => comment.pullId === pullId && isShown(world, comment, viewerId))
    .sort((a, b) => a.id - b.id);
}

export function isShown(world: World, comment: ReviewComment, viewerId?: number): boolean {
  return comment.authorId === viewerId || world.reviews.get(comment.reviewId ?? 0)?.state !== "PENDING";
}

export interface Conversation {
  readonly thread: ReviewThread;
  /** Never empty; ascending by id. */
  readonly comments: readonly [ReviewComment, ...ReviewComment[]];
}

/** In the order in which they were begun. */
export function conversationsOf(world: World, pullId: number, viewerId?: number): Conversation[] {
  const found = new Map<number, [ReviewComment, ...ReviewComment[]]>();
  for (const comment of remarksOf(world, pullId, viewerId)) {
    const comments = found.get(comment.threadId);
    if (comments) comments.push(comment);
    else found.set(comment.threadId, [comment]);
  }
  return [...found]
    .sort(([a], [b]) => a - b)
    .flatMap(([id, comments]) => {
      const thread = world.reviewThreads.get(id);
      return thread ? [{ thread, comments }] : [];
    });
}

/** Whether one waits to be resolved, outdated or not. */
export const hasOpenConversation = (world: World, pullId: number): boolean =>
  conversationsOf(world, pullId).some(({ thread }) => thread.resolvedById === null);
