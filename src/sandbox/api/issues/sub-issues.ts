/** Sub-issues: one parent each, in an order that the parent keeps. */
import { findIssue } from "../../world/find.ts";
import type { Issue, World } from "../../world/state.ts";
import { ApiError, notFound } from "../errors.ts";
import { optionalBoolean } from "../input.ts";
import { type Route, type RouteContext, type RouteResult, route } from "../router.ts";
import {
  ISSUE,
  listIssues,
  otherIssue,
  plainIssueParam,
  READ,
  refusal,
  showIssue,
  tellBoth,
  WRITE,
} from "./relations.ts";

/** Closed ones count too. */
const MOST_SUB_ISSUES = 100;
/** Issues from the topmost one down to the lowest (docs: "Adding sub-issues"). */
const MOST_LEVELS = 8;

const cannotAdd = (why: string): ApiError =>
  refusal(`An error occurred while adding the sub-issue to the parent issue. ${why}`);

function add(context: RouteContext): RouteResult {
  const parent = plainIssueParam(context);
  const child = otherIssue(context, context.body.sub_issue_id, "sub_issue_id");
  const replace = optionalBoolean(context.body, "replace_parent") ?? false;
  if (child.parentIssueId === parent.id)
    throw cannotAdd("Issue may not contain duplicate sub-issues and Sub issue may only have one parent");
  if (child.parentIssueId !== null && !replace) throw cannotAdd("Sub issue may only have one parent");
  const above = ancestors(context.world, parent);
  if (above.includes(child)) throw cannotAdd("Sub issue cannot be an ancestor of its parent");
  if (above.length + height(context.world, child) > MOST_LEVELS) {
    throw cannotAdd(
      `You cannot add more than ${MOST_LEVELS - 1} layers of sub-issues. To add a sub-issue, remove a parent issue at any level.`,
    );
  }
  if (parent.subIssueIds.length >= MOST_SUB_ISSUES)
    throw cannotAdd(`Parent cannot have more than ${MOST_SUB_ISSUES} sub-issues`);
  if (child.parentIssueId !== null) detach(context, findIssue(context.world, child.parentIssueId), child);
  parent.subIssueIds.push(child.id);
  child.parentIssueId = parent.id;
  announce(context, "added", parent, child);
  const shown = showIssue(context, parent);
  return { status: 201, body: shown, headers: { location: shown.url } };
}

/** The issue itself, its parent, and so on upwards. */
function ancestors(world: World, issue: Issue): Issue[] {
  if (issue.parentIssueId === null) return [issue];
  return [issue, ...ancestors(world, findIssue(world, issue.parentIssueId))];
}

/** Levels from the issue down to its lowest sub-issue, itself included. */
function height(world: World, issue: Issue): number {
  return 1 + Math.max(0, ...issue.subIssueIds.map((id) => height(world, findIssue(world, id))));
}

function detach(context: RouteContext, parent: Issue, child: Issue): void {
  parent.subIssueIds = parent.subIssueIds.filter((id) => id !== child.id);
  child.parentIssueId = null;
  announce(context, "removed", parent, child);
}

function remove(context: RouteContext): RouteResult {
  const parent = plainIssueParam(context);
  const child = otherIssue(context, context.body.sub_issue_id, "sub_issue_id");
  if (child.parentIssueId !== parent.id) throw notFound();
  detach(context, parent, child);
  return { status: 200, body: showIssue(context, parent) };
}

function announce(context: RouteContext, what: "added" | "removed", parent: Issue, child: Issue): void {
  tellBoth(
    context,
    "sub_issues",
    { issue: parent, name: "parent_issue", action: `sub_issue_${what}` },
    { issue: child, name: "sub_issue", action: `parent_issue_${what}` },
  );
}

/** Puts a sub-issue right after or right before another one. GitHub sends nothing for it. */
function reprioritize(context: RouteContext): RouteResult {
  const parent = plainIssueParam(context);
  const { sub_issue_id, after_id, before_id } = context.body;
  const child = otherIssue(context, sub_issue_id, "sub_issue_id");
  if ((after_id === undefined) === (before_id === undefined))
    throw refusal("Either after_id or before_id must be specified, but not both.");
  const neighbour = otherIssue(
    context,
    after_id ?? before_id,
    after_id === undefined ? "before_id" : "after_id",
  );
  if (child.parentIssueId !== parent.id || neighbour.parentIssueId !== parent.id || child === neighbour)
    throw notFound();
  const others = parent.subIssueIds.filter((id) => id !== child.id);
  const at = others.indexOf(neighbour.id) + (after_id === undefined ? 0 : 1);
  parent.subIssueIds = others.toSpliced(at, 0, child.id);
  return { status: 200, body: showIssue(context, parent) };
}

export const subIssueRoutes: readonly Route[] = [
  route("GET", `${ISSUE}/sub_issues`, READ, (context) =>
    listIssues(context, plainIssueParam(context).subIssueIds),
  ),
  route("POST", `${ISSUE}/sub_issues`, WRITE, add),
  route("DELETE", `${ISSUE}/sub_issue`, WRITE, remove),
  route("PATCH", `${ISSUE}/sub_issues/priority`, WRITE, reprioritize),
  route("GET", `${ISSUE}/parent`, READ, (context) => {
    const { parentIssueId } = plainIssueParam(context);
    if (parentIssueId === null) throw new ApiError(404, "No parent issue found");
    return { status: 200, body: showIssue(context, findIssue(context.world, parentIssueId)) };
  }),
];
