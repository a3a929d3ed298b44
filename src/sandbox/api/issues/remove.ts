/** Deletion and transfer of issues: on GitHub a matter of its pages and of GraphQL, here of the sandbox's control. */

import type { Cause, Services } from "../../services.ts";
import { renameEdited } from "../../world/edits.ts";
import { findRepository, fullName } from "../../world/find.ts";
import { addIssueEvent } from "../../world/history.ts";
import { nextId } from "../../world/ids.ts";
import type { Issue, Repository, World } from "../../world/state.ts";
import { presentEventIssue } from "../present/issue.ts";
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

/**
 * Moves an issue to another repository of the same owner: it goes on under a new number and new ids, and the old address
 * answers 301. Comments, history and ties go with it, and labels where the new repository has some of the same names.
 */
export function transferIssue(services: Services, issue: Issue, target: Repository, cause: Cause): Issue {
  const { world, urls, clock } = services;
  if (issue.pullId !== null)
    throw new RangeError(`#${issue.number} is a pull request: GitHub does not transfer those`);
  const from = findRepository(world, issue.repositoryId);
  if (from.ownerId !== target.ownerId)
    throw new RangeError(`no transfer to ${fullName(world, target)}: another owner`);
  const before = presentEventIssue(world, urls, issue);
  const moved = successor(world, issue, target);
  world.transfers.push({ repositoryId: from.id, number: issue.number, issueId: moved.id });
  touch(services, moved);
  addIssueEvent(world, clock.now(), cause.actor, moved, "transferred");
  const changes = {
    new_issue: presentEventIssue(world, urls, moved),
    new_repository: presentRepository(world, urls, target),
  };
  services.emit(
    { event: "issues", action: "transferred", repositoryId: from.id, fields: { issue: before, changes } },
    cause.actor,
  );
  announceIssue(services, moved, cause, "opened", {
    changes: { old_issue: before, old_repository: presentRepository(world, urls, from) },
  });
  return moved;
}

/** The issue as it goes on in its new repository; whatever named the old one names it. */
function successor(world: World, issue: Issue, target: Repository): Issue {
  const labels = findRepository(world, issue.repositoryId).labels;
  const names = issue.labelIds.map((id) => labels.get(id)?.name.toLowerCase());
  const moved: Issue = {
    ...issue,
    id: nextId(world, "issue"),
    repositoryId: target.id,
    number: target.nextNumber,
    labelIds: [...target.labels.values()]
      .filter((label) => names.includes(label.name.toLowerCase()))
      .map((label) => label.id),
  };
  target.nextNumber += 1;
  world.issues.delete(issue.id);
  world.issues.set(moved.id, moved);
  renameIssue(world, issue.id, moved.id);
  return moved;
}

function renameIssue(world: World, from: number, to: number): void {
  const now = (id: number): number => (id === from ? to : id);
  renameEdited(world, "issue", from, to);
  for (const comment of world.comments.values()) comment.issueId = now(comment.issueId);
  for (const event of world.issueEvents.values()) {
    event.issueId = now(event.issueId);
    if (event.otherIssueId !== undefined) event.otherIssueId = now(event.otherIssueId);
  }
  for (const transfer of world.transfers) transfer.issueId = now(transfer.issueId);
  for (const reaction of world.reactions.values())
    if (reaction.on === "issue") reaction.subjectId = now(reaction.subjectId);
  for (const issue of world.issues.values()) {
    issue.subIssueIds = issue.subIssueIds.map(now);
    issue.blockedByIds = issue.blockedByIds.map(now);
    issue.parentIssueId = issue.parentIssueId === null ? null : now(issue.parentIssueId);
  }
}
