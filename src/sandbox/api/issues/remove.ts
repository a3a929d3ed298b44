/** Deletion and transfer of issues: on GitHub a matter of its pages and of GraphQL, here of the sandbox's control. */

import type { Cause, Services } from "../../services.ts";
import { fullName } from "../../world/find.ts";
import { addIssueEvent } from "../../world/history.ts";
import type { Issue, Repository } from "../../world/state.ts";
import { presentIssue } from "../present/issue.ts";
import { presentRepository } from "../present/repository.ts";
import { announceIssue, touch } from "./change.ts";

/** Deletes an issue: from now on 410. Its ties to others are gone with it. */
export function deleteIssue(services: Services, issue: Issue, cause: Cause): void {
  if (issue.pullId !== null)
    throw new RangeError(`#${issue.number} is a pull request: GitHub does not delete those`);
  announceIssue(services, issue, cause, "deleted");
  issue.deletedAt = services.clock.now();
  Object.assign(issue, { parentIssueId: null, subIssueIds: [], blockedByIds: [] });
  for (const other of services.world.issues.values()) {
    if (other.parentIssueId === issue.id) other.parentIssueId = null;
    other.subIssueIds = other.subIssueIds.filter((id) => id !== issue.id);
    other.blockedByIds = other.blockedByIds.filter((id) => id !== issue.id);
  }
}

/** Moves an issue to another repository of the same owner, under a new number: the old address answers 301. */
export function transferIssue(services: Services, issue: Issue, target: Repository, cause: Cause): void {
  const { world, urls, clock } = services;
  if (issue.pullId !== null)
    throw new RangeError(`#${issue.number} is a pull request: GitHub does not transfer those`);
  const from = world.repositories.get(issue.repositoryId);
  if (!from || from.ownerId !== target.ownerId)
    throw new RangeError(`no transfer to ${fullName(world, target)}: another owner`);
  const before = presentIssue(world, urls, issue);
  const oldNumber = issue.number;
  const names = issue.labelIds.map((id) => from.labels.get(id)?.name.toLowerCase());
  issue.repositoryId = target.id;
  issue.number = target.nextNumber;
  target.nextNumber += 1;
  // Labels move along where the new repository has one of the same name.
  issue.labelIds = [...target.labels.values()]
    .filter((label) => names.includes(label.name.toLowerCase()))
    .map((label) => label.id);
  world.transfers.push({ repositoryId: from.id, number: oldNumber, issueId: issue.id });
  touch(services, issue);
  addIssueEvent(world, clock.now(), cause.actor, issue, "transferred");
  const changes = {
    new_issue: presentIssue(world, urls, issue),
    new_repository: presentRepository(world, urls, target),
  };
  services.emit(
    { event: "issues", action: "transferred", repositoryId: from.id, fields: { issue: before, changes } },
    cause.actor,
  );
  announceIssue(services, issue, cause, "opened", {
    changes: { old_issue: before, old_repository: presentRepository(world, urls, from) },
  });
}
