/** Changes of pull requests: text, base, closing and reopening. */
import { mayWrite } from "../../world/access.ts";
import { actingUserId } from "../../world/actor.ts";
import { recordEdit } from "../../world/edits.ts";
import { findIssue } from "../../world/find.ts";
import { addIssueEvent } from "../../world/history.ts";
import type { PullRequest } from "../../world/pull-state.ts";
import { ApiError, validationFailed } from "../errors.ts";
import { optionalBoolean, optionalString } from "../input.ts";
import { announceIssue, closeIssue, reopenIssue, touch } from "../issues/change.ts";
import { checkBody } from "../issues/comments.ts";
import { type Route, type RouteContext, type RouteResult, route } from "../router.ts";
import { checkTwin, invalidPull } from "./create.ts";
import { recompute, setRef } from "./mergeability.ts";
import { causeOf, pullParam } from "./param.ts";
import { presentFullPull } from "./present.ts";

async function updatePull(context: RouteContext): Promise<RouteResult> {
  const pull = pullParam(context);
  const { world, repository, actor, body } = context;
  const own = findIssue(world, pull.issueId).authorId === actingUserId(actor);
  if (!own && !mayWrite(world, repository, actor, "write", "pull_requests"))
    throw new ApiError(403, "Must have admin rights to Repository.");
  const state = optionalString(body, "state");
  if (state && state !== "open" && state !== "closed") throw invalidPull("state");
  pull.maintainerCanModify = optionalBoolean(body, "maintainer_can_modify") ?? pull.maintainerCanModify;
  await changeText(context, pull);
  const issue = findIssue(world, pull.issueId);
  if (state === "closed") closePull(context, pull);
  if (state === "open" && issue.state === "closed") await reopen(context, pull);
  return { status: 200, body: presentFullPull(world, context.urls, pull) };
}

/** A closed one stays closed, without another event. */
function closePull(context: RouteContext, pull: PullRequest): void {
  const issue = findIssue(context.world, pull.issueId);
  if (issue.state === "open") closeIssue(context.services, issue, causeOf(context));
}

/** Title, body and base change in one step, and one `edited` tells of them all. */
async function changeText(context: RouteContext, pull: PullRequest): Promise<void> {
  const { services, world, body, actor } = context;
  const issue = findIssue(world, pull.issueId);
  const title = optionalString(body, "title") ?? issue.title;
  const given = optionalString(body, "body");
  const text = given === undefined ? issue.body : given;
  if (text !== null) checkBody("Issue", text);
  const base = baseIn(context, pull);
  const changes = {
    ...(title === issue.title ? {} : { title: { from: issue.title } }),
    ...(text === issue.body ? {} : { body: { from: issue.body ?? "" } }),
    ...(base ? { base: { ref: { from: pull.baseRef }, sha: { from: pull.baseSha } } } : {}),
  };
  if (Object.keys(changes).length === 0) return;
  if (title !== issue.title) {
    const rename = { from: issue.title, to: title };
    addIssueEvent(services.world, context.now(), actor, issue, "renamed", { rename });
  }
  recordEdit(services.world, context.now(), actor, "issue", issue, text);
  issue.title = title;
  issue.body = text;
  if (base) {
    Object.assign(pull, { baseRef: base.ref, baseSha: base.sha });
    addIssueEvent(services.world, context.now(), actor, issue, "base_ref_changed");
    await recompute(services, pull, causeOf(context));
  }
  touch(services, issue);
  announceIssue(services, issue, causeOf(context), "edited", { changes });
}

function baseIn(context: RouteContext, pull: PullRequest): { ref: string; sha: string } | undefined {
  const ref = optionalString(context.body, "base");
  if (!ref || ref === pull.baseRef) return undefined;
  const sha = context.repository.refs.get(`refs/heads/${ref}`);
  if (sha === undefined) throw invalidPull("base");
  checkTwin(context, pull.headRef, ref);
  return { ref, sha };
}

/** A closed pull request comes back with its branch's present head, if that still builds on the one it was closed with. */
async function reopen(context: RouteContext, pull: PullRequest): Promise<void> {
  const { repository, services, store } = context;
  const refuse = (message: string): ApiError =>
    validationFailed({ resource: "PullRequest", field: "state", code: "invalid", message });
  const head = repository.refs.get(`refs/heads/${pull.headRef}`);
  const base = repository.refs.get(`refs/heads/${pull.baseRef}`);
  if (pull.merged) throw refuse("state cannot be changed. The pull request cannot be reopened.");
  if (head === undefined)
    throw refuse(`state cannot be changed. The ${pull.headRef} branch has been deleted.`);
  if (base === undefined)
    throw refuse(`state cannot be changed. The ${pull.baseRef} branch has been deleted.`);
  if (!(await store.isAncestor(pull.headSha, head))) {
    throw refuse(`state cannot be changed. The ${pull.headRef} branch was force-pushed or recreated.`);
  }
  if (await store.isAncestor(head, base))
    throw refuse(`state cannot be changed. There are no new commits on the ${pull.headRef} branch.`);
  checkTwin(context, pull.headRef, pull.baseRef);
  const cause = causeOf(context);
  Object.assign(pull, { headSha: head, baseSha: base });
  await setRef(services, pull, `refs/pull/${pull.number}/head`, head, cause);
  await recompute(services, pull, cause);
  reopenIssue(services, findIssue(services.world, pull.issueId), cause);
}

export const updateRoutes: readonly Route[] = [
  route(
    "PATCH",
    "/repos/{owner}/{repo}/pulls/{pull_number}",
    { permission: { pull_requests: "write" }, role: "read" },
    updatePull,
  ),
];
