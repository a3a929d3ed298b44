/** Global ids: from the `node_id` that REST shows to the thing itself. */
import { actingUserId } from "../../world/actor.ts";
import { findRepository } from "../../world/find.ts";
import { numberInNodeId } from "../../world/ids.ts";
import type { PullRequest } from "../../world/pull-state.ts";
import type { ContentEdit, Issue, Repository } from "../../world/state.ts";
import { isShown } from "../../world/threads.ts";
import { checkRead, type GraphqlContext, isVisible } from "./context.ts";
import { notHere, notResolved } from "./errors.ts";
import { actorObject } from "./objects/actor.ts";
import { commentObject } from "./objects/comment.ts";
import { editObject } from "./objects/edit.ts";
import { issueObject } from "./objects/issue.ts";
import { labelObject } from "./objects/label.ts";
import { pullObject } from "./objects/pull.ts";
import { entryObject, queueByNodeId } from "./objects/queue.ts";
import { repositoryObject } from "./objects/repository.ts";
import { maySeeReview, reviewObject } from "./objects/review.ts";
import { conversationWith, remarkObject, threadObject } from "./objects/thread.ts";

interface Found {
  /** Absent for accounts, which everybody sees. */
  readonly repository?: Repository;
  /** Any of these permissions; none: the repository's own. */
  readonly permissions: readonly string[];
  readonly show: () => unknown;
}

type Finder = (context: GraphqlContext, id: number) => Found | undefined;

const account: Finder = (context, id) =>
  context.world.users.has(id) ? { permissions: [], show: () => actorObject(context, id) } : undefined;

const permissionsOf = (issue: Issue): readonly string[] =>
  issue.pullId === null ? ["issues"] : ["issues", "pull_requests"];

const ofPull = ({ world }: GraphqlContext, pull: PullRequest, show: Found["show"]): Found => ({
  repository: findRepository(world, pull.repositoryId),
  permissions: ["pull_requests"],
  show,
});

/** By the letters before the id's underscore. */
const FINDERS: Readonly<Record<string, Finder>> = {
  U: account,
  BOT: account,
  O: account,
  R(context, id) {
    const repository = context.world.repositories.get(id);
    return repository && { repository, permissions: [], show: () => repositoryObject(context, repository) };
  },
  LA(context, id) {
    for (const repository of context.world.repositories.values()) {
      const label = repository.labels.get(id);
      if (label)
        return {
          repository,
          permissions: ["issues", "pull_requests"],
          show: () => labelObject(context, repository, label),
        };
    }
    return undefined;
  },
  I(context, id) {
    const issue = context.world.issues.get(id);
    if (!issue || issue.deletedAt !== null) return undefined;
    const repository = findRepository(context.world, issue.repositoryId);
    return { repository, permissions: ["issues"], show: () => issueObject(context, issue) };
  },
  IC(context, id) {
    const comment = context.world.comments.get(id);
    // A read that lags may show a comment as it was before its issue was transferred, and that issue no more.
    const issue = comment && context.world.issues.get(comment.issueId);
    if (!issue || issue.deletedAt !== null) return undefined;
    const repository = findRepository(context.world, issue.repositoryId);
    return { repository, permissions: permissionsOf(issue), show: () => commentObject(context, comment) };
  },
  UCE(context, id) {
    const edit = context.world.contentEdits.get(id);
    const subject = edit && subjectOf(context, edit);
    return subject && { ...subject, show: () => editObject(context, edit) };
  },
  PR(context, id) {
    const pull = context.world.pulls.get(id);
    return pull && ofPull(context, pull, () => pullObject(context, pull));
  },
  PRR(context, id) {
    const review = context.world.reviews.get(id);
    const pull = context.world.pulls.get(review?.pullId ?? 0);
    if (!review || !pull || !maySeeReview(context, review)) return undefined;
    return ofPull(context, pull, () => reviewObject(context, pull, review));
  },
  PRRC(context, id) {
    const comment = context.world.reviewComments.get(id);
    const pull = context.world.pulls.get(comment?.pullId ?? 0);
    if (!comment || !pull || !isShown(context.world, comment, actingUserId(context.actor))) return undefined;
    return ofPull(context, pull, () => remarkObject(context, pull, comment));
  },
  MQE(context, id) {
    const entry = context.world.mergeQueueEntries.get(id);
    const pull = context.world.pulls.get(entry?.pullId ?? 0);
    return entry && pull && ofPull(context, pull, () => entryObject(context, entry));
  },
  PRRT(context, id) {
    const pull = context.world.pulls.get(context.world.reviewThreads.get(id)?.pullId ?? 0);
    const conversation = pull && conversationWith(context, context.world, pull.id, id);
    return conversation && ofPull(context, pull, () => threadObject(context, pull, conversation));
  },
};

/** An edit is seen by those who see what was edited. */
function subjectOf(context: GraphqlContext, { on, subjectId }: ContentEdit): Found | undefined {
  switch (on) {
    case "issue": {
      const pullId = context.world.issues.get(subjectId)?.pullId ?? null;
      return pullId === null ? FINDERS.I?.(context, subjectId) : FINDERS.PR?.(context, pullId);
    }
    case "comment":
      return FINDERS.IC?.(context, subjectId);
    case "review":
      return FINDERS.PRR?.(context, subjectId);
    case "reviewComment":
      return FINDERS.PRRC?.(context, subjectId);
  }
}

/** The row of a kind that a global id names; `undefined` where it is the id of something else. */
export function numberOf(id: string, prefix: string): number | undefined {
  const [kind, number] = numberInNodeId(id) ?? [];
  return kind === prefix ? number : undefined;
}

/** Refuses with GitHub's words what there is not and what the token may not see. */
export function nodeObject(context: GraphqlContext, id: string): unknown {
  const queue = queueByNodeId(context, id);
  if (queue) return queue;
  const [prefix = "", number] = numberInNodeId(id) ?? [];
  const finder = FINDERS[prefix];
  if (number !== undefined && !finder && OTHERS.includes(prefix))
    throw notHere(`nodes with ids like ${prefix}_…`);
  const found = number === undefined ? undefined : finder?.(context, number);
  if (!found || (found.repository && !isVisible(context, found.repository)))
    throw notResolved(`a node with the global id of '${id}'`);
  if (found.repository && found.permissions.length > 0)
    checkRead(context, found.repository, ...found.permissions);
  return found.show();
}

/** What REST shows ids of and GraphQL here does not know. */
const OTHERS: readonly string[] = [
  "A",
  "B",
  "C",
  "CR",
  "CS",
  "EV",
  "J",
  "REA",
  "REF",
  "RRS",
  "SC",
  "TA",
  "W",
  "WFR",
];
