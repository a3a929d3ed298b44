/** Comments of issues and pull requests, and what all that people write has in common. */
import { commentsOf, findIssue, findRepository, fullName } from "../../../world/find.ts";
import { nodeId } from "../../../world/ids.ts";
import type { EditedKind, Issue, IssueComment, Repository } from "../../../world/state.ts";
import { authorAssociation } from "../../present/issue.ts";
import { iso } from "../../present/time.ts";
import { connection } from "../connection.ts";
import { type GraphqlContext, isViewer, viewerMay } from "../context.ts";
import { actorObject } from "./actor.ts";
import { editFields } from "./edit.ts";
import { issueObject } from "./issue.ts";
import { pullObjectOf } from "./pull.ts";
import { repositoryObject } from "./repository.ts";

interface Written {
  readonly id: number;
  readonly authorId: number;
  readonly body: string | null;
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** GitHub's `Comment`: issues, pull requests, reviews and comments of all kinds. */
export function writtenFields(
  context: GraphqlContext,
  repository: Repository,
  on: EditedKind,
  written: Written,
) {
  const { id, authorId, body, createdAt, updatedAt } = written;
  return {
    ...editFields(context, on, id),
    author: () => actorObject(context, authorId),
    authorAssociation: authorAssociation(context.world, repository, authorId),
    body: body ?? "",
    createdAt: iso(createdAt),
    publishedAt: iso(createdAt),
    updatedAt: iso(updatedAt),
    viewerDidAuthor: isViewer(context, authorId),
    repository: () => repositoryObject(context, repository),
  };
}

export function commentObject(context: GraphqlContext, comment: IssueComment) {
  const { world } = context;
  const issue = findIssue(world, comment.issueId);
  const repository = findRepository(world, issue.repositoryId);
  const page = issue.pullId === null ? "issues" : "pull";
  const path = `/${fullName(world, repository)}/${page}/${issue.number}#issuecomment-${comment.id}`;
  const mayChange = isViewer(context, comment.authorId) || viewerMay(context, repository, "write", "issues");
  return {
    __typename: "IssueComment",
    id: nodeId("IC", comment.id),
    fullDatabaseId: String(comment.id),
    ...writtenFields(context, repository, "comment", comment),
    issue: () => issueObject(context, issue),
    pullRequest: () => pullObjectOf(context, issue),
    resourcePath: path,
    url: `${context.urls.html}${path}`,
    viewerCanUpdate: mayChange,
    viewerCanDelete: mayChange,
  };
}

export const commentsField = (context: GraphqlContext, issue: Issue) =>
  connection({
    rows: (world) => commentsOf(world, issue.id),
    key: (comment) => comment.id,
    show: (comment) => commentObject(context, comment),
  });
