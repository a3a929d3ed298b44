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

/** One side of a tie: its line in the history, and the webhook that its repository hears. */
export interface Side {
  readonly event: "sub_issues" | "issue_dependencies";
  /** Name of the event and of the webhook's action. */
  readonly action: string;
  readonly issue: Issue;
  /** The issue at the other end, and the names of both in the webhook (`sub_issue`, `parent_issue`, …). */
  readonly other: Issue;
  readonly names: { readonly issue: string; readonly other: string };
}

/** Only the other side's repository is told of beside the two issues: the own one every webhook has. */
export function tell(context: RouteContext, { event, action, issue, other, names }: Side): void {
  const { world, urls } = context.services;
  addIssueEvent(world, context.now(), context.actor, issue, action, { otherIssueId: other.id });
  const fields = {
    [`${names.issue}_id`]: issue.id,
    [names.issue]: presentIssue(world, urls, issue),
    [`${names.other}_id`]: other.id,
    [names.other]: presentIssue(world, urls, other),
    [`${names.other}_repo`]: presentRepository(world, urls, repositoryOf(world, other)),
  };
  context.emit({ event, action, repositoryId: issue.repositoryId, fields });
}

export const ISSUE = "/repos/{owner}/{repo}/issues/{issue_number}";
export const READ = { permission: { issues: "read" } } as const;
/** GitHub's description counts every change of ties as one that notifies people. */
export const WRITE = { permission: { issues: "write" }, role: "triage", contentCreating: "yes" } as const;
