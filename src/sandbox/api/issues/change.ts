/** Changes of issues, each with its line in the history and its webhook. Pull requests share all but their webhooks' name. */
import type { Cause, Services } from "../../services.ts";
import { actingUserId } from "../../world/actor.ts";
import { findRepository } from "../../world/find.ts";
import { addIssueEvent } from "../../world/history.ts";
import type { Issue, Label, StateReason } from "../../world/state.ts";
import { presentEventIssue, presentLabel } from "../present/issue.ts";

/** Sends `issues` (or what pull requests have in its place) with this action. */
export function announceIssue(
  services: Services,
  issue: Issue,
  cause: Cause,
  action: string,
  fields: Readonly<Record<string, unknown>> = {},
): void {
  if (issue.pullId !== null) {
    for (const hook of services.hooks.pullChanged) hook(issue, cause, action, fields);
    return;
  }
  const shown = presentEventIssue(services.world, services.urls, issue);
  const event = {
    event: "issues",
    action,
    repositoryId: issue.repositoryId,
    workflows: "default-branch",
  } as const;
  services.emit({ ...event, fields: { issue: shown, ...fields } }, cause.actor);
}

export function touch(services: Services, issue: Issue): void {
  issue.updatedAt = services.clock.now();
}

/** Closes an issue; of a closed one only the reason changes. `commitId`: the commit whose message said so. */
export function closeIssue(
  services: Services,
  issue: Issue,
  cause: Cause,
  details: { readonly reason?: StateReason | null; readonly commitId?: string } = {},
): void {
  const { world, clock } = services;
  const reason = issue.pullId === null ? (details.reason ?? "completed") : null;
  if (issue.state === "closed") {
    issue.stateReason = details.reason === undefined ? issue.stateReason : reason;
    return;
  }
  issue.state = "closed";
  issue.stateReason = reason;
  issue.closedAt = clock.now();
  issue.closedById = actingUserId(cause.actor);
  touch(services, issue);
  const commitId = details.commitId ?? null;
  addIssueEvent(world, clock.now(), cause.actor, issue, "closed", { commitId, stateReason: reason });
  announceIssue(services, issue, cause, "closed");
}

/** Opens a closed issue again; an open one stays as it is. */
export function reopenIssue(services: Services, issue: Issue, cause: Cause): void {
  if (issue.state === "open") return;
  issue.state = "open";
  issue.stateReason = issue.pullId === null ? "reopened" : null;
  issue.closedAt = null;
  issue.closedById = null;
  touch(services, issue);
  addIssueEvent(services.world, services.clock.now(), cause.actor, issue, "reopened");
  announceIssue(services, issue, cause, "reopened");
}

/** Sets a label; one that is there already changes nothing and sends nothing. */
export function addLabel(services: Services, issue: Issue, label: Label, cause: Cause): void {
  if (issue.labelIds.includes(label.id)) return;
  issue.labelIds.push(label.id);
  recordLabel(services, issue, label, cause, "labeled");
}

/** Takes a label off. `false`: it was not there. */
export function removeLabel(services: Services, issue: Issue, label: Label, cause: Cause): boolean {
  if (!issue.labelIds.includes(label.id)) return false;
  issue.labelIds = issue.labelIds.filter((id) => id !== label.id);
  recordLabel(services, issue, label, cause, "unlabeled");
  return true;
}

function recordLabel(
  services: Services,
  issue: Issue,
  label: Label,
  cause: Cause,
  event: "labeled" | "unlabeled",
): void {
  const { world, clock, urls } = services;
  touch(services, issue);
  const { name, color } = label;
  addIssueEvent(world, clock.now(), cause.actor, issue, event, { label: { name, color } });
  const repository = findRepository(world, issue.repositoryId);
  announceIssue(services, issue, cause, event, { label: presentLabel(world, urls, repository, label) });
}
