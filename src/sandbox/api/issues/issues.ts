/** Issues: list, read, open, change, lock. */
import { mayWrite } from "../../world/access.ts";
import { actingUserId } from "../../world/actor.ts";
import { recordEdit } from "../../world/edits.ts";
import { findUser, issuesOf, labelByName, userByLogin } from "../../world/find.ts";
import { addIssueEvent } from "../../world/history.ts";
import type { Issue, LockReason, StateReason } from "../../world/state.ts";
import { ApiError, validationFailed } from "../errors.ts";
import { issueParam, optionalString, optionalStrings, requiredString } from "../input.ts";
import { paginate } from "../paginate.ts";
import { presentIssue } from "../present/issue.ts";
import { presentUser } from "../present/user.ts";
import { type PermissionNeed, type Route, type RouteContext, type RouteResult, route } from "../router.ts";
import { addLabel, announceIssue, closeIssue, reopenIssue, touch } from "./change.ts";
import { checkBody } from "./comments.ts";
import { labelNamed, labelNames, replaceLabels } from "./labels.ts";
import { newIssue } from "./new.ts";

const READ: readonly PermissionNeed[] = [{ issues: "read" }, { pull_requests: "read" }];
const WRITE: readonly PermissionNeed[] = [{ issues: "write" }, { pull_requests: "write" }];
const LONGEST_TITLE = 256;
const LOCK_REASONS: readonly LockReason[] = ["off-topic", "too heated", "resolved", "spam"];

function listIssues(context: RouteContext): RouteResult {
  const { query, world, repository } = context;
  const state = query.get("state") ?? "open";
  const since = Date.parse(query.get("since") ?? "") || 0;
  const creator = query.get("creator")?.toLowerCase();
  const assignee = query.get("assignee")?.toLowerCase();
  const wanted = (query.get("labels") ?? "")
    .split(",")
    .filter((name) => name !== "")
    .map((name) => labelByName(repository, name)?.id);
  const login = (id: number): string => findUser(world, id).login.toLowerCase();
  const found = issuesOf(world, repository.id).filter(
    (issue) =>
      (state === "all" || issue.state === state) &&
      wanted.every((id) => id !== undefined && issue.labelIds.includes(id)) &&
      Math.floor(issue.updatedAt / 1000) * 1000 >= since &&
      (creator === undefined || login(issue.authorId) === creator) &&
      (assignee === undefined || assignee === "*" || issue.assigneeIds.some((id) => login(id) === assignee)),
  );
  const key = sortKey(context);
  const sign = query.get("direction") === "asc" ? 1 : -1;
  found.sort((a, b) => sign * (key(a) - key(b) || a.number - b.number));
  return paginate(context, found, (issue) => presentIssue(world, context.urls, issue));
}

function sortKey({ query, world }: RouteContext): (issue: Issue) => number {
  switch (query.get("sort")) {
    case "updated":
      return (issue) => issue.updatedAt;
    case "comments":
      return (issue) => [...world.comments.values()].filter((comment) => comment.issueId === issue.id).length;
    default:
      return (issue) => issue.createdAt;
  }
}

/** Opens an issue, without rights or history: for requests and for tests that need one to be there. */
export function createIssue(
  context: Pick<RouteContext, "services" | "repository" | "actor" | "requestId">,
  input: { title: string; body: string | null; labels?: readonly string[]; assigneeIds?: readonly number[] },
): Issue {
  const { services, repository, actor } = context;
  const { world } = services;
  const issue = newIssue(services, repository, actor, { ...input, pullId: null });
  const cause = { actor, requestId: context.requestId };
  services.landed.land("issue.create", String(issue.number), repository.id, cause);
  const labels = (input.labels ?? []).map((name) => labelNamed(world, repository, name));
  // `opened` shows the labels already; then comes one `labeled` for each of them.
  issue.labelIds = labels.map((label) => label.id);
  announceIssue(services, issue, cause, "opened");
  issue.labelIds = [];
  for (const label of labels) addLabel(services, issue, label, cause);
  return issue;
}

function postIssue(context: RouteContext): RouteResult {
  const title = checkTitle(requiredString(context.body, "title"));
  const body = optionalString(context.body, "body") ?? null;
  if (body !== null) checkBody("Issue", body);
  // Labels and assignees of those without the right to set them are passed over in silence, as GitHub does.
  const maySet = mayWrite(context.world, context.repository, context.actor, "triage", "issues");
  const labels = maySet ? labelNames(context) : undefined;
  const assigneeIds = maySet ? assigneeIdsOf(context) : undefined;
  const issue = createIssue(context, { title, body, labels: [...new Set(labels)], assigneeIds });
  const shown = presentIssue(context.world, context.urls, issue);
  return { status: 201, body: shown, headers: { location: shown.url } };
}

function checkTitle(title: string): string {
  if (title.trim() === "")
    throw validationFailed({ resource: "Issue", code: "missing_field", field: "title" });
  if (title.length > LONGEST_TITLE) {
    const message = `title is too long (maximum is ${LONGEST_TITLE} characters)`;
    throw validationFailed({ resource: "Issue", code: "custom", field: "title", message });
  }
  return title;
}

/** The list, or the single one of old clients; its `null` or empty text takes everybody away. */
function assigneeLogins({ body }: RouteContext): readonly string[] | undefined {
  const list = optionalStrings(body, "assignees");
  const single = optionalString(body, "assignee");
  if (list !== undefined || single === undefined) return list;
  return single ? [single] : [];
}

function assigneeIdsOf(context: RouteContext): number[] | undefined {
  return assigneeLogins(context)?.map((login) => {
    const user = userByLogin(context.world, login);
    if (!user)
      throw validationFailed({ resource: "Issue", code: "invalid", field: "assignees", value: login });
    return user.id;
  });
}

function patchIssue(context: RouteContext): RouteResult {
  const issue = issueParam(context);
  const { world, repository, actor, body } = context;
  const own = issue.authorId === actingUserId(actor);
  const triage = mayWrite(
    world,
    repository,
    actor,
    "triage",
    issue.pullId === null ? "issues" : "pull_requests",
  );
  if (!own && !triage && !mayWrite(world, repository, actor, "triage", "issues")) {
    throw new ApiError(403, "Must have admin rights to Repository.");
  }
  const state = checkState(optionalString(body, "state"));
  const reason = checkReason(optionalString(body, "state_reason"));
  changeText(context, issue);
  const labels = labelNames(context);
  if (labels) replaceLabels(context, issue, labels);
  changeAssignees(context, issue);
  const cause = { actor, requestId: context.requestId };
  if (state === "closed") closeIssue(context.services, issue, cause, { reason });
  if (state === "open") reopenIssue(context.services, issue, cause);
  return { status: 200, body: presentIssue(world, context.urls, issue) };
}

function checkState(state: string | null | undefined): "open" | "closed" | undefined {
  if (state === undefined || state === null || state === "open" || state === "closed")
    return state ?? undefined;
  throw validationFailed({ resource: "Issue", code: "invalid", field: "state", value: state });
}

function checkReason(reason: string | null | undefined): StateReason | null | undefined {
  if (reason === undefined || reason === null) return reason;
  if (["completed", "not_planned", "duplicate", "reopened"].includes(reason)) return reason as StateReason;
  throw validationFailed({ resource: "Issue", code: "invalid", field: "state_reason", value: reason });
}

function changeText(context: RouteContext, issue: Issue): void {
  const { services, actor } = context;
  const cause = { actor, requestId: context.requestId };
  const title = optionalString(context.body, "title") ?? issue.title;
  const given = optionalString(context.body, "body");
  const body = given === undefined ? issue.body : given;
  checkTitle(title);
  if (body !== null) checkBody("Issue", body);
  if (title === issue.title && body === issue.body) return;
  const changes = {
    ...(title === issue.title ? {} : { title: { from: issue.title } }),
    ...(body === issue.body ? {} : { body: { from: issue.body ?? "" } }),
  };
  if (title !== issue.title) {
    addIssueEvent(services.world, context.now(), actor, issue, "renamed", {
      rename: { from: issue.title, to: title },
    });
  }
  recordEdit(services.world, context.now(), actor, "issue", issue, body);
  issue.title = title;
  issue.body = body;
  touch(services, issue);
  announceIssue(services, issue, cause, "edited", { changes });
}

function changeAssignees(context: RouteContext, issue: Issue): void {
  const wanted = assigneeIdsOf(context);
  if (!wanted) return;
  for (const id of issue.assigneeIds.filter((id) => !wanted.includes(id)))
    assign(context, issue, id, "unassigned");
  for (const id of wanted.filter((id) => !issue.assigneeIds.includes(id)))
    assign(context, issue, id, "assigned");
}

function assign(context: RouteContext, issue: Issue, userId: number, event: "assigned" | "unassigned"): void {
  const { services, actor } = context;
  if (event === "assigned") issue.assigneeIds.push(userId);
  else issue.assigneeIds = issue.assigneeIds.filter((id) => id !== userId);
  touch(services, issue);
  addIssueEvent(services.world, context.now(), actor, issue, event, { assigneeId: userId });
  const assignee = presentUser(services.urls, findUser(services.world, userId));
  announceIssue(services, issue, { actor, requestId: context.requestId }, event, { assignee });
}

function changeAssigneesBy(context: RouteContext, event: "assigned" | "unassigned"): RouteResult {
  const issue = issueParam(context);
  for (const id of assigneeIdsOf(context) ?? []) {
    if (issue.assigneeIds.includes(id) !== (event === "assigned")) assign(context, issue, id, event);
  }
  const status = event === "assigned" ? 201 : 200;
  return { status, body: presentIssue(context.world, context.urls, issue) };
}

function lockReasonIn({ body }: RouteContext): LockReason | null {
  const reason = optionalString(body, "lock_reason") ?? null;
  const known = LOCK_REASONS.find((one) => one === reason);
  if (reason !== null && known === undefined)
    throw validationFailed({ resource: "Issue", code: "invalid", field: "lock_reason", value: reason });
  return known ?? null;
}

function setLock(context: RouteContext, lock: "locked" | "unlocked"): RouteResult {
  const issue = issueParam(context);
  const reason = lockReasonIn(context);
  const changed = issue.locked !== (lock === "locked");
  issue.locked = lock === "locked";
  issue.lockReason = issue.locked ? reason : null;
  if (changed) {
    touch(context.services, issue);
    addIssueEvent(context.world, context.now(), context.actor, issue, lock, { lockReason: issue.lockReason });
    announceIssue(context.services, issue, { actor: context.actor, requestId: context.requestId }, lock);
  }
  return { status: 204 };
}

const REPO = "/repos/{owner}/{repo}";
const ONE = `${REPO}/issues/{issue_number}`;

export const issueRoutes: readonly Route[] = [
  route("GET", `${REPO}/issues`, { permission: READ }, listIssues),
  route(
    "POST",
    `${REPO}/issues`,
    { permission: { issues: "write" }, role: "read", contentCreating: "yes" },
    postIssue,
  ),
  route("GET", ONE, { permission: READ }, (context) => ({
    status: 200,
    body: presentIssue(context.world, context.urls, issueParam(context)),
  })),
  route("PATCH", ONE, { permission: WRITE, role: "read" }, patchIssue),
  route("POST", `${ONE}/assignees`, { permission: WRITE, role: "triage" }, (context) =>
    changeAssigneesBy(context, "assigned"),
  ),
  route("DELETE", `${ONE}/assignees`, { permission: WRITE, role: "triage" }, (context) =>
    changeAssigneesBy(context, "unassigned"),
  ),
  route("PUT", `${ONE}/lock`, { permission: WRITE }, (context) => setLock(context, "locked")),
  route("DELETE", `${ONE}/lock`, { permission: WRITE }, (context) => setLock(context, "unlocked")),
];
