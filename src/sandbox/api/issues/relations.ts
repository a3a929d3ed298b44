/** Ties between issues: sub-issues, and what blocks what. Both name the other issue by its database id. */

import { findIssue, findRepository } from "../../world/find.ts";
import type { Issue } from "../../world/state.ts";
import { type ApiError, notFound, validationFailed } from "../errors.ts";
import { issueParam } from "../input.ts";
import { paginate } from "../paginate.ts";
import { presentIssue } from "../present/issue.ts";
import { presentRepository } from "../present/repository.ts";
import { type JsonObject, type Route, type RouteContext, type RouteResult, route } from "../router.ts";
import { touch } from "./change.ts";

/** Closed ones count too. */
const MOST_SUB_ISSUES = 100;

function otherIssue(context: RouteContext, body: JsonObject, field: string): Issue {
  const id = body[field];
  const issue = typeof id === "number" ? context.world.issues.get(id) : undefined;
  if (!issue || issue.deletedAt !== null) throw notFound();
  const owner = findRepository(context.world, issue.repositoryId).ownerId;
  if (owner !== context.repository.ownerId) throw notFound();
  return issue;
}

const show = (context: RouteContext, issue: Issue) => presentIssue(context.world, context.urls, issue);

function listOf(context: RouteContext, ids: readonly number[]): RouteResult {
  return paginate(
    context,
    ids.map((id) => findIssue(context.world, id)),
    (issue) => show(context, issue),
  );
}

function addSubIssue(context: RouteContext): RouteResult {
  const parent = issueParam(context);
  const child = otherIssue(context, context.body, "sub_issue_id");
  if (child.parentIssueId === parent.id) throw refused("Sub-issue already exists on this parent");
  if (child.parentIssueId !== null && context.body.replace_parent !== true)
    throw refused("Sub issue may only have one parent");
  if (isAncestor(context, child, parent)) throw refused("Sub issue cannot be an ancestor of its parent");
  if (parent.subIssueIds.length >= MOST_SUB_ISSUES)
    throw refused("Parent cannot have more than 100 sub-issues");
  const old = child.parentIssueId === null ? undefined : findIssue(context.world, child.parentIssueId);
  if (old) old.subIssueIds = old.subIssueIds.filter((id) => id !== child.id);
  parent.subIssueIds.push(child.id);
  child.parentIssueId = parent.id;
  touch(context.services, parent);
  announce(context, "sub_issue_added", parent, child);
  return { status: 201, body: show(context, parent) };
}

function isAncestor(context: RouteContext, candidate: Issue, of: Issue): boolean {
  for (
    let at: Issue | undefined = of;
    at;
    at = at.parentIssueId === null ? undefined : findIssue(context.world, at.parentIssueId)
  ) {
    if (at.id === candidate.id) return true;
  }
  return false;
}

const refused = (message: string): ApiError =>
  validationFailed({ resource: "SubIssue", code: "custom", field: "sub_issue_id", message });

function removeSubIssue(context: RouteContext): RouteResult {
  const parent = issueParam(context);
  const child = otherIssue(context, context.body, "sub_issue_id");
  if (child.parentIssueId !== parent.id) throw notFound();
  parent.subIssueIds = parent.subIssueIds.filter((id) => id !== child.id);
  child.parentIssueId = null;
  touch(context.services, parent);
  announce(context, "sub_issue_removed", parent, child);
  return { status: 200, body: show(context, parent) };
}

function announce(context: RouteContext, action: string, parent: Issue, child: Issue): void {
  const { world, urls } = context.services;
  const fields = {
    parent_issue_id: parent.id,
    parent_issue: presentIssue(world, urls, parent),
    parent_issue_repo: presentRepository(world, urls, findRepository(world, parent.repositoryId)),
    sub_issue_id: child.id,
    sub_issue: presentIssue(world, urls, child),
  };
  context.emit({ event: "sub_issues", action, repositoryId: parent.repositoryId, fields });
}

function addBlocker(context: RouteContext): RouteResult {
  const blocked = issueParam(context);
  const blocker = otherIssue(context, context.body, "issue_id");
  const known = blocked.blockedByIds.includes(blocker.id);
  if (known || blocker.id === blocked.id) {
    const message = known ? "Dependency already exists" : "An issue cannot block itself";
    throw validationFailed({ resource: "IssueDependency", code: "custom", field: "issue_id", message });
  }
  blocked.blockedByIds.push(blocker.id);
  touch(context.services, blocked);
  return { status: 201, body: show(context, blocker) };
}

function removeBlocker(context: RouteContext): RouteResult {
  const blocked = issueParam(context);
  const id = Number(context.params.issue_id);
  if (!blocked.blockedByIds.includes(id)) throw notFound();
  blocked.blockedByIds = blocked.blockedByIds.filter((one) => one !== id);
  touch(context.services, blocked);
  return { status: 200, body: show(context, findIssue(context.world, id)) };
}

const ISSUE = "/repos/{owner}/{repo}/issues/{issue_number}";
const READ = { permission: { issues: "read" } } as const;
const WRITE = { permission: { issues: "write" }, role: "triage" } as const;

export const relationRoutes: readonly Route[] = [
  route("GET", `${ISSUE}/sub_issues`, READ, (context) => listOf(context, issueParam(context).subIssueIds)),
  route("POST", `${ISSUE}/sub_issues`, { ...WRITE, contentCreating: "yes" }, addSubIssue),
  route("DELETE", `${ISSUE}/sub_issue`, WRITE, removeSubIssue),
  route("GET", `${ISSUE}/parent`, READ, (context) => {
    const { parentIssueId } = issueParam(context);
    if (parentIssueId === null) throw notFound();
    return { status: 200, body: show(context, findIssue(context.world, parentIssueId)) };
  }),
  route("GET", `${ISSUE}/dependencies/blocked_by`, READ, (context) =>
    listOf(context, issueParam(context).blockedByIds),
  ),
  route("POST", `${ISSUE}/dependencies/blocked_by`, WRITE, addBlocker),
  route("DELETE", `${ISSUE}/dependencies/blocked_by/{issue_id}`, WRITE, removeBlocker),
];
