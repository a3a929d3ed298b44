/** Merge queues: of what they hold and how it left GraphQL alone tells, and by it alone they are entered. */

import type { Address } from "./address.ts";
import type { Client, Reader } from "./client.ts";
import type { Outcome } from "./outcome.ts";
import type { QueueEvent, QueuePlace, Read, Sha } from "./ports.ts";
import { actor } from "./present.ts";
import { Shape } from "./shape.ts";

const PLACE = `query queuePlace($owner: String!, $repo: String!, $number: Int!) {
  repository(owner: $owner, name: $repo) {
    pullRequest(number: $number) {
      mergeQueueEntry { position }
      timelineItems(last: 10, itemTypes: [ADDED_TO_MERGE_QUEUE_EVENT, REMOVED_FROM_MERGE_QUEUE_EVENT]) {
        nodes {
          __typename
          ... on AddedToMergeQueueEvent { createdAt actor { ...who } }
          ... on RemovedFromMergeQueueEvent { createdAt reason actor { ...who } }
        }
      }
    }
  }
}
fragment who on Actor { __typename login ... on User { databaseId } ... on Bot { databaseId } }`;

/** `undefined`: no such pull request. Throws `GitHubError`. */
export async function queuePlace(
  client: Client,
  address: Address,
  number: number,
): Promise<Read<QueuePlace> | undefined> {
  const { data, readAt, serverTime } = await client.query(PLACE, { ...address, number });
  const pull = new Shape("graphql", data).object("data").objectOr("repository")?.objectOr("pullRequest");
  if (!pull) return undefined;
  const position = pull.objectOr("mergeQueueEntry")?.number("position") ?? null;
  const history = pull.object("timelineItems").objects("nodes").map(event);
  return { value: { position, history }, readAt, serverTime };
}

function event(node: Shape): QueueEvent {
  const removed = node.text("__typename") === "RemovedFromMergeQueueEvent";
  return {
    kind: removed ? "removed" : "added",
    at: node.time("createdAt"),
    by: actor(node.objectOr("actor"))?.id ?? null,
    reason: removed ? node.textOr("reason", null) : null,
  };
}

const ENQUEUE = `mutation enqueue($pullRequestId: ID!, $expectedHeadOid: GitObjectID!) {
  enqueuePullRequest(input: { pullRequestId: $pullRequestId, expectedHeadOid: $expectedHeadOid }) { mergeQueueEntry { id } }
}`;

const DEQUEUE = `mutation dequeue($id: ID!) {
  dequeuePullRequest(input: { id: $id }) { mergeQueueEntry { id } }
}`;

/** An answer without what was changed leaves open what became of it. */
const changed =
  (mutation: string): Reader<null> =>
  (data) => {
    const payload = (data as { readonly data?: Readonly<Record<string, unknown>> | null } | null)?.data;
    return payload?.[mutation] ? null : undefined;
  };

/** Puts it into the queue of its base with exactly this head. `pullRequestId`: the pull request's node id. */
export const enqueue = (
  client: Client,
  pullRequestId: string,
  expectedHeadOid: Sha,
): Promise<Outcome<null>> =>
  client.mutate("content", ENQUEUE, { pullRequestId, expectedHeadOid }, changed("enqueuePullRequest"));

/** Takes it out again, whoever put it in. */
export const dequeue = (client: Client, id: string): Promise<Outcome<null>> =>
  client.mutate("write", DEQUEUE, { id }, changed("dequeuePullRequest"));
