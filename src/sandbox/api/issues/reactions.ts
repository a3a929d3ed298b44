/** Reactions to issues and comments. */
import { actingUserId } from "../../world/actor.ts";
import { findIssue, findUser } from "../../world/find.ts";
import { nextId, nodeId } from "../../world/ids.ts";
import type { Reaction, ReactionContent } from "../../world/state.ts";
import { notFound, validationFailed } from "../errors.ts";
import { issueParam, numberParam, requiredString } from "../input.ts";
import { paginate } from "../paginate.ts";
import { iso } from "../present/time.ts";
import { presentUser } from "../present/user.ts";
import { type PermissionNeed, type Route, type RouteContext, type RouteResult, route } from "../router.ts";

const READ: readonly PermissionNeed[] = [{ issues: "read" }, { pull_requests: "read" }];
const WRITE: readonly PermissionNeed[] = [{ issues: "write" }, { pull_requests: "write" }];
const CONTENTS: readonly string[] = ["+1", "-1", "laugh", "confused", "heart", "hooray", "rocket", "eyes"];

type Subject = Pick<Reaction, "on" | "subjectId">;
type SubjectOf = (context: RouteContext) => Subject;

const issueSubject: SubjectOf = (context) => ({ on: "issue", subjectId: issueParam(context).id });

const commentSubject: SubjectOf = (context) => {
  const comment = context.world.comments.get(numberParam(context, "comment_id"));
  if (!comment || findIssue(context.world, comment.issueId).repositoryId !== context.repository.id)
    throw notFound();
  return { on: "comment", subjectId: comment.id };
};

function reactionsOn(context: RouteContext, subject: Subject): Reaction[] {
  return [...context.world.reactions.values()].filter(
    (reaction) => reaction.on === subject.on && reaction.subjectId === subject.subjectId,
  );
}

const show = (context: RouteContext) => (reaction: Reaction) => ({
  id: reaction.id,
  node_id: nodeId("REA", reaction.id),
  user: presentUser(context.urls, findUser(context.world, reaction.userId)),
  content: reaction.content,
  created_at: iso(reaction.createdAt),
});

/** 201 for a new one, 200 for one that was there. */
function react(context: RouteContext, subject: Subject): RouteResult {
  const content = requiredString(context.body, "content");
  if (!CONTENTS.includes(content))
    throw validationFailed({ resource: "Reaction", code: "invalid", field: "content", value: content });
  const userId = actingUserId(context.actor);
  const there = reactionsOn(context, subject).find((one) => one.userId === userId && one.content === content);
  if (there) return { status: 200, body: show(context)(there) };
  const id = nextId(context.world, "reaction");
  const reaction: Reaction = {
    id,
    ...subject,
    userId,
    content: content as ReactionContent,
    createdAt: context.now(),
  };
  context.world.reactions.set(id, reaction);
  return { status: 201, body: show(context)(reaction) };
}

function unreact(context: RouteContext, subject: Subject): RouteResult {
  const id = numberParam(context, "reaction_id");
  if (!reactionsOn(context, subject).some((reaction) => reaction.id === id)) throw notFound();
  context.world.reactions.delete(id);
  return { status: 204 };
}

function routesFor(base: string, subjectOf: SubjectOf): Route[] {
  return [
    route("GET", `${base}/reactions`, { permission: READ }, (context) => {
      const content = context.query.get("content");
      const all = reactionsOn(context, subjectOf(context)).filter(
        (one) => content === null || one.content === content,
      );
      return paginate(context, all, show(context));
    }),
    route("POST", `${base}/reactions`, { permission: WRITE, role: "read" }, (context) =>
      react(context, subjectOf(context)),
    ),
    route("DELETE", `${base}/reactions/{reaction_id}`, { permission: WRITE, role: "read" }, (context) =>
      unreact(context, subjectOf(context)),
    ),
  ];
}

export const reactionRoutes: readonly Route[] = [
  ...routesFor("/repos/{owner}/{repo}/issues/{issue_number}", issueSubject),
  ...routesFor("/repos/{owner}/{repo}/issues/comments/{comment_id}", commentSubject),
];
