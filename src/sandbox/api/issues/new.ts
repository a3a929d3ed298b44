/** A new issue, or the issue side of a new pull request: both take the next number of the repository. */
import type { Services } from "../../services.ts";
import { type Actor, actingAppId, actingUserId } from "../../world/actor.ts";
import { nextId } from "../../world/ids.ts";
import type { Issue, Repository } from "../../world/state.ts";

export interface NewIssue {
  readonly title: string;
  readonly body: string | null;
  readonly pullId: number | null;
  readonly assigneeIds?: readonly number[];
}

/** Adds it to the world. Tells nobody. */
export function newIssue(
  { world, clock }: Services,
  repository: Repository,
  actor: Actor,
  input: NewIssue,
): Issue {
  const at = clock.now();
  const issue: Issue = {
    id: nextId(world, "issue"),
    repositoryId: repository.id,
    number: repository.nextNumber,
    title: input.title,
    body: input.body,
    state: "open",
    stateReason: null,
    authorId: actingUserId(actor),
    viaAppId: actingAppId(actor),
    pullId: input.pullId,
    labelIds: [],
    assigneeIds: [...(input.assigneeIds ?? [])],
    locked: false,
    lockReason: null,
    createdAt: at,
    updatedAt: at,
    closedAt: null,
    closedById: null,
    deletedAt: null,
    parentIssueId: null,
    subIssueIds: [],
    blockedByIds: [],
  };
  repository.nextNumber += 1;
  world.issues.set(issue.id, issue);
  return issue;
}
