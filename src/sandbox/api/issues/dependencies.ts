/** What blocks what. Kept at the blocked issue. */
import { findIssue } from "../../world/find.ts";
import type { Issue, World } from "../../world/state.ts";
import { notFound } from "../errors.ts";
import { numberParam } from "../input.ts";
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

/** GitHub refuses with 422 here; the words are the sandbox's own, since GitHub's are not published. */
function add(context: RouteContext): RouteResult {
  const blocked = plainIssueParam(context);
  const blocker = otherIssue(context, context.body.issue_id, "issue_id");
  if (blocker === blocked) throw refusal("An issue cannot be blocked by itself");
  if (blocked.blockedByIds.includes(blocker.id)) throw refusal("The dependency exists already");
  if (blocks(context.world, blocked, blocker)) throw refusal("The dependency would make a circle");
  blocked.blockedByIds.push(blocker.id);
  announce(context, "added", blocked, blocker);
  const shown = showIssue(context, blocker);
  return { status: 201, body: shown, headers: { location: shown.url } };
}

/** Does `one` block `other`, directly or through others? */
function blocks(world: World, one: Issue, other: Issue): boolean {
  return other.blockedByIds.some((id) => id === one.id || blocks(world, one, findIssue(world, id)));
}

function remove(context: RouteContext): RouteResult {
  const blocked = plainIssueParam(context);
  const blocker = otherIssue(context, numberParam(context, "issue_id"), "issue_id");
  if (!blocked.blockedByIds.includes(blocker.id)) throw notFound();
  blocked.blockedByIds = blocked.blockedByIds.filter((id) => id !== blocker.id);
  announce(context, "removed", blocked, blocker);
  return { status: 200, body: showIssue(context, blocker) };
}

function announce(context: RouteContext, what: "added" | "removed", blocked: Issue, blocker: Issue): void {
  tellBoth(
    context,
    "issue_dependencies",
    { issue: blocked, name: "blocked_issue", action: `blocked_by_${what}` },
    { issue: blocker, name: "blocking_issue", action: `blocking_${what}` },
  );
}

function blockedBy({ world }: RouteContext, issue: Issue): number[] {
  return [...world.issues.values()]
    .filter((other) => other.blockedByIds.includes(issue.id))
    .map((other) => other.id);
}

export const dependencyRoutes: readonly Route[] = [
  route("GET", `${ISSUE}/dependencies/blocked_by`, READ, (context) =>
    listIssues(context, plainIssueParam(context).blockedByIds),
  ),
  route("POST", `${ISSUE}/dependencies/blocked_by`, WRITE, add),
  route("DELETE", `${ISSUE}/dependencies/blocked_by/{issue_id}`, WRITE, remove),
  route("GET", `${ISSUE}/dependencies/blocking`, READ, (context) =>
    listIssues(context, blockedBy(context, plainIssueParam(context))),
  ),
];
