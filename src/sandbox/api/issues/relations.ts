/** What sub-issues and dependencies share: both name the other issue by its database id, and both sides hear of it. */
import { reachOf } from "../../world/access.ts";
import { findIssue, findRepository } from "../../world/find.ts";
import { addIssueEvent } from "../../world/history.ts";
import type { Issue, Repository, World } from "../../world/state.ts";
import { ApiError, notFound } from "../errors.ts";
import { issueParam, wrongType } from "../input.ts";
import { paginate } from "../paginate.ts";
import { presentIssue } from "../present/issue.ts";
import { presentRepository } from "../present/repository.ts";
import type { RouteContext, RouteResult } from "../router.ts";
import { touch } from "./change.ts";

/** 422 with a plain message, as both families answer. */
export const refusal = (message: string): ApiError => new ApiError(422, message);

/** The issue of the path. A pull request is none: 404. */
export function plainIssueParam(context: RouteContext): Issue {
  const issue = issueParam(context);
  if (issue.pullId !== null) throw notFound();
  return issue;
}

/** An issue by its database id: 404 unless it is one, belongs to the same owner, and can be seen by the sender. */
export function otherIssue(context: RouteContext, id: unknown, field: string): Issue {
  if (typeof id !== "number" || !Number.isInteger(id)) throw wrongType(field, id, "integer");
  const { world, actor } = context;
  const issue = world.issues.get(id);
  if (!issue || issue.deletedAt !== null || issue.pullId !== null) throw notFound();
  const repository = repositoryOf(world, issue);
  if (repository.ownerId !== context.repository.ownerId) throw notFound();
  if (reachOf(world, repository, actor).kind === "invisible") throw notFound();
  return issue;
}

export const showIssue = (context: RouteContext, issue: Issue) =>
  presentIssue(context.world, context.urls, issue);

/** Those of them that the sender may see. */
export function listIssues(context: RouteContext, ids: readonly number[]): RouteResult {
  const { world, actor } = context;
  const seen = ids
    .map((id) => findIssue(world, id))
    .filter((issue) => reachOf(world, repositoryOf(world, issue), actor).kind !== "invisible");
  return paginate(context, seen, (issue) => showIssue(context, issue));
}

const repositoryOf = (world: World, issue: Issue): Repository => findRepository(world, issue.repositoryId);

/** One end of a tie: its name in the webhook (`sub_issue`, `parent_issue`, …), and what happens to it. */
interface End {
  readonly issue: Issue;
  readonly name: string;
  readonly action: string;
}

/** A tie that came or went: both issues have changed, and each has it in its history and in a webhook of its own. */
export function tellBoth(context: RouteContext, event: string, one: End, other: End): void {
  touch(context.services, one.issue);
  touch(context.services, other.issue);
  tell(context, event, one, other);
  tell(context, event, other, one);
}

/** Only the other side's repository is told of beside the two issues: the own one every webhook has. */
function tell(context: RouteContext, event: string, one: End, other: End): void {
  const { world, urls } = context.services;
  const { issue, action } = one;
  addIssueEvent(world, context.now(), context.actor, issue, action, { otherIssueId: other.issue.id });
  const fields = {
    [`${one.name}_id`]: issue.id,
    [one.name]: presentIssue(world, urls, issue),
    [`${other.name}_id`]: other.issue.id,
    [other.name]: presentIssue(world, urls, other.issue),
    [`${other.name}_repo`]: presentRepository(world, urls, repositoryOf(world, other.issue)),
  };
  context.emit({ event, action, repositoryId: issue.repositoryId, fields });
}

export const ISSUE = "/repos/{owner}/{repo}/issues/{issue_number}";
export const READ = { permission: { issues: "read" } } as const;
/** GitHub's description counts every change of ties as one that notifies people. */
export const WRITE = { permission: { issues: "write" }, role: "triage", contentCreating: "yes" } as const;
