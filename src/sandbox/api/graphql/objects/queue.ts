/** The merge queue of a branch, its entries, and what a pull request's history tells of it. */
import { findRepository, fullName } from "../../../world/find.ts";
import { nodeId } from "../../../world/ids.ts";
import { entriesOf, entryOf, type QueueRule, queueRuleOf } from "../../../world/merge-queue.ts";
import type { MergeQueueEntry, PullRequest } from "../../../world/pull-state.ts";
import type { IssueEvent, Repository, World } from "../../../world/state.ts";
import { iso } from "../../present/time.ts";
import { connection } from "../connection.ts";
import { type Answer, checkRead, type GraphqlContext, isVisible } from "../context.ts";
import { notHere } from "../errors.ts";
import { actorObject, userObject } from "./actor.ts";
import { commitObject } from "./commit.ts";
import { pullObject } from "./pull.ts";
import { repositoryObject } from "./repository.ts";

/** `null` where the branch has none. An App's token needs its own permission (nobody has told; see docs/github.md). */
export function queueObject(context: GraphqlContext, repository: Repository, branch: string): Answer | null {
  const { world, urls } = context;
  checkRead(context, repository, "merge_queues");
  const rule = queueRuleOf(world, repository, branch);
  if (!rule) return null;
  const path = `/${fullName(world, repository)}/queue/${branch}`;
  return {
    __typename: "MergeQueue",
    id: queueNodeId(repository, branch),
    configuration: () => configurationObject(rule),
    entries: connection<MergeQueueEntry>({
      rows: (seen) => entriesOf(seen, repository.id, branch),
      key: (entry) => entry.id,
      show: (entry) => entryObject(context, entry),
    }),
    repository: () => repositoryObject(context, repository),
    resourcePath: path,
    url: `${urls.html}${path}`,
  };
}

/** A queue is not a row of its own: its repository and branch name it. */
const queueNodeId = (repository: Repository, branch: string): string =>
  `MQ_${Buffer.from(`${repository.id}:${branch}`).toString("base64url")}`;

/** `undefined`: it is no queue's id, or of none that the viewer sees. */
export function queueByNodeId(context: GraphqlContext, id: string): Answer | undefined {
  const encoded = /^MQ_(.+)$/.exec(id)?.[1] ?? "";
  const [, number, branch] = /^(\d+):(.+)$/.exec(Buffer.from(encoded, "base64url").toString("utf8")) ?? [];
  const repository = context.world.repositories.get(Number(number));
  if (!repository || branch === undefined || !isVisible(context, repository)) return undefined;
  return queueObject(context, repository, branch) ?? undefined;
}

const configurationObject = (rule: QueueRule) => ({
  checkResponseTimeout: rule.checkTimeout,
  maximumEntriesToBuild: rule.mostBuilds,
  maximumEntriesToMerge: rule.mostMerges,
  mergeMethod: rule.method.toUpperCase(),
  mergingStrategy: rule.strategy,
  minimumEntriesToMerge: rule.leastMerges,
  minimumEntriesToMergeWaitTime: rule.leastWait,
});

const positionOf = (world: World, entry: MergeQueueEntry): number =>
  entriesOf(world, entry.repositoryId, entry.branch).findIndex(({ id }) => id === entry.id) + 1;

export function entryObject(context: GraphqlContext, entry: MergeQueueEntry): Answer {
  const { world } = context;
  const repository = findRepository(world, entry.repositoryId);
  return {
    __typename: "MergeQueueEntry",
    id: nodeId("MQE", entry.id),
    position: positionOf(world, entry),
    state: entry.state,
    enqueuedAt: iso(entry.enqueuedAt),
    enqueuer: () => actorObject(context, entry.enqueuerId),
    jump: entry.jump,
    // To be merged alone: nobody can ask for that here.
    solo: false,
    headCommit: () => commitObject(context, repository, entry.build?.headSha ?? null),
    baseCommit: () => commitObject(context, repository, entry.build?.baseSha ?? null),
    mergeQueue: () => queueObject(context, repository, entry.branch),
    pullRequest: () => {
      const pull = world.pulls.get(entry.pullId);
      return pull ? pullObject(context, pull) : null;
    },
  };
}

/** What a pull request tells of it. */
export function queueFields(context: GraphqlContext, repository: Repository, pull: PullRequest) {
  const { world } = context;
  return {
    isMergeQueueEnabled: queueRuleOf(world, repository, pull.baseRef) !== undefined,
    isInMergeQueue: entryOf(world, pull.id) !== undefined,
    mergeQueue: () => queueObject(context, repository, pull.baseRef),
    mergeQueueEntry: () => {
      const entry = entryOf(world, pull.id);
      return entry ? entryObject(context, entry) : null;
    },
    timelineItems: timelineField(context, pull),
  };
}

const EVENTS: Readonly<Record<string, string>> = {
  ADDED_TO_MERGE_QUEUE_EVENT: "added_to_merge_queue",
  REMOVED_FROM_MERGE_QUEUE_EVENT: "removed_from_merge_queue",
};

type PageOf = Parameters<ReturnType<typeof connection>>;

/** Of the whole history only the queue's events; to ask for all of it is refused. */
const timelineField =
  (context: GraphqlContext, pull: PullRequest) =>
  (
    { itemTypes, ...page }: PageOf[0] & { readonly itemTypes?: readonly string[] | null },
    ...rest: [GraphqlContext, PageOf[2]]
  ) => {
    if (!itemTypes) throw notHere("PullRequest.timelineItems without itemTypes");
    const kinds = itemTypes.map((type) => EVENTS[type]);
    return connection<IssueEvent>({
      rows: (world) =>
        [...world.issueEvents.values()]
          .filter((event) => event.issueId === pull.issueId && kinds.includes(event.event))
          .sort((a, b) => a.id - b.id),
      key: (event) => event.id,
      show: (event) => queueEventObject(context, pull, event),
    })(page, ...rest);
  };

function queueEventObject(context: GraphqlContext, pull: PullRequest, event: IssueEvent): Answer {
  const repository = findRepository(context.world, pull.repositoryId);
  const { queue } = event;
  const added = event.event === "added_to_merge_queue";
  return {
    __typename: added ? "AddedToMergeQueueEvent" : "RemovedFromMergeQueueEvent",
    id: nodeId("EV", event.id),
    createdAt: iso(event.createdAt),
    actor: () => actorObject(context, event.actorId),
    enqueuer: () => (queue ? userObject(context, queue.enqueuerId) : null),
    mergeQueue: () => queueObject(context, repository, queue?.branch ?? pull.baseRef),
    pullRequest: () => pullObject(context, pull),
    ...(added
      ? {}
      : {
          reason: queue?.reason ?? null,
          beforeCommit: () => commitObject(context, repository, queue?.beforeSha ?? null),
        }),
  };
}
