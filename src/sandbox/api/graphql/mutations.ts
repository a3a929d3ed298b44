/** What GraphQL changes. Each answers with the things that it changed, as they are afterwards. */
import { findIssue, findRepository } from "../../world/find.ts";
import { entryOf } from "../../world/merge-queue.ts";
import type { PullRequest } from "../../world/pull-state.ts";
import { setResolved } from "../pulls/threads.ts";
import { dequeue, enqueue } from "../queue/index.ts";
import { causeIn, checkWrite, type GraphqlContext, isVisible } from "./context.ts";
import { GraphqlRefusal, notResolved } from "./errors.ts";
import { numberOf } from "./nodes.ts";
import { entryObject } from "./objects/queue.ts";
import { conversationWith, threadObject } from "./objects/thread.ts";

interface Mutation<T> {
  readonly input: T & { readonly clientMutationId?: string | null };
}

/** Mutations that notify people count as content-creating; of GraphQL nobody has told which, so merges do as by REST. */
export const CONTENT_CREATING: readonly string[] = ["enqueuePullRequest"];

export function mutationRoot(context: GraphqlContext) {
  return {
    resolveReviewThread: ({ input }: Mutation<{ threadId: string }>) => ({
      clientMutationId: input.clientMutationId ?? null,
      thread: turnThread(context, input.threadId, "resolved"),
    }),
    unresolveReviewThread: ({ input }: Mutation<{ threadId: string }>) => ({
      clientMutationId: input.clientMutationId ?? null,
      thread: turnThread(context, input.threadId, "unresolved"),
    }),
    enqueuePullRequest: ({ input }: Mutation<EnqueueInput>) => {
      const pull = pullIn(context, input.pullRequestId, "EnqueuePullRequest");
      const { expectedHeadOid: expectedHead, jump } = input;
      const outcome = enqueue(context.services, pull, { expectedHead, jump }, causeIn(context));
      if (outcome.kind === "refused") throw new GraphqlRefusal("UNPROCESSABLE", outcome.message);
      return {
        clientMutationId: input.clientMutationId ?? null,
        mergeQueueEntry: entryObject(context, outcome.entry),
      };
    },
    dequeuePullRequest: ({ input }: Mutation<{ id: string }>) => {
      const pull = pullIn(context, input.id, "DequeuePullRequest");
      // As it stood in the queue.
      const before = entryOf(context.world, pull.id);
      const shown = before && entryObject(context, { ...before });
      const outcome = dequeue(context.services, pull, causeIn(context));
      if (outcome.kind === "refused") throw new GraphqlRefusal("UNPROCESSABLE", outcome.message);
      return { clientMutationId: input.clientMutationId ?? null, mergeQueueEntry: shown ?? null };
    },
  };
}

interface EnqueueInput {
  readonly pullRequestId: string;
  readonly expectedHeadOid?: string | null;
  readonly jump?: boolean | null;
}

/** The pull request that is to be put into the queue or taken out, by one who may merge. */
function pullIn(context: GraphqlContext, nodeId: string, mutation: string): PullRequest {
  const pull = context.world.pulls.get(numberOf(nodeId, "PR") ?? 0);
  const repository = pull && findRepository(context.world, pull.repositoryId);
  if (!repository || !isVisible(context, repository))
    throw notResolved(`a node with the global id of '${nodeId}'`);
  checkWrite(context, repository, { mutation, role: "write", permissions: ["contents", "pull_requests"] });
  return pull;
}

/**
 * By who opened the pull request and who may write (docs: "Commenting on a pull request"); an App needs to write contents,
 * too (reported).
 */
function turnThread(context: GraphqlContext, threadId: string, state: "resolved" | "unresolved") {
  const { world, services } = context;
  const id = numberOf(threadId, "PRRT") ?? 0;
  const pull = world.pulls.get(world.reviewThreads.get(id)?.pullId ?? 0);
  const conversation = pull && conversationWith(context, world, pull.id, id);
  const repository = pull && findRepository(world, pull.repositoryId);
  if (!conversation || !repository || !isVisible(context, repository))
    throw notResolved(`a node with the global id of '${threadId}'`);
  checkWrite(context, repository, {
    mutation: state === "resolved" ? "ResolveReviewThread" : "UnresolveReviewThread",
    role: "write",
    permissions: ["contents", "pull_requests"],
    ownerId: findIssue(world, pull.issueId).authorId,
  });
  setResolved(services, pull, conversation, state, causeIn(context));
  return threadObject(context, pull, conversation);
}
