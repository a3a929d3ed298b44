/** What GraphQL changes. Each answers with the things that it changed, as they are afterwards. */
import { findIssue, findRepository } from "../../world/find.ts";
import { setResolved } from "../pulls/threads.ts";
import { causeIn, checkWrite, type GraphqlContext, isVisible } from "./context.ts";
import { notResolved } from "./errors.ts";
import { numberOf } from "./nodes.ts";
import { conversationWith, threadObject } from "./objects/thread.ts";

interface Mutation<T> {
  readonly input: T & { readonly clientMutationId?: string | null };
}

/** Mutations that notify people count as content-creating. */
export const CONTENT_CREATING: readonly string[] = [];

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
  };
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
