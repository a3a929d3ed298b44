/** Conversations that are resolved, taken up again, and gone with their last comment. */
import { type Cause, gateChanged, type Services } from "../../services.ts";
import { actingUserId } from "../../world/actor.ts";
import { nodeId } from "../../world/ids.ts";
import type { PullRequest } from "../../world/pull-state.ts";
import type { World } from "../../world/state.ts";
import type { Conversation } from "../../world/threads.ts";
import { iso } from "../present/time.ts";
import { presentPull, presentReviewComment } from "./present.ts";

/** One that is as it should be stays so, and nobody is told. */
export function setResolved(
  services: Services,
  pull: PullRequest,
  { thread, comments }: Conversation,
  state: "resolved" | "unresolved",
  cause: Cause,
): void {
  const { world, urls, clock } = services;
  if ((thread.resolvedById !== null) === (state === "resolved")) return;
  thread.resolvedById = state === "resolved" ? actingUserId(cause.actor) : null;
  gateChanged(services, pull.repositoryId);
  const shown = comments.map((comment) => presentReviewComment(world, urls, pull, comment));
  services.emit(
    {
      event: "pull_request_review_thread",
      action: state,
      repositoryId: pull.repositoryId,
      fields: {
        thread: { node_id: nodeId("PRRT", thread.id), comments: shown },
        pull_request: presentPull(world, urls, pull),
        updated_at: iso(clock.now()),
      },
    },
    cause.actor,
  );
}

/** After a comment of it was deleted. */
export function endThread(world: World, id: number): void {
  const pullId = world.reviewThreads.get(id)?.pullId ?? 0;
  const left = [...world.reviewComments.values()].some((one) => one.pullId === pullId && one.threadId === id);
  if (!left) world.reviewThreads.delete(id);
}
