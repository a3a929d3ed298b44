/** Issues. */
import { findIssue, findRepository, fullName } from "../../../world/find.ts";
import { nodeId } from "../../../world/ids.ts";
import type { Issue, Repository } from "../../../world/state.ts";
import { isoOrNull } from "../../present/time.ts";
import { connection } from "../connection.ts";
import { type Answer, type GraphqlContext, isViewer, isVisible, viewerMay } from "../context.ts";
import { commentsField, writtenFields } from "./comment.ts";
import { assigneesField, labelsField } from "./label.ts";

/** What issues and the issue side of pull requests have in common. */
export function sharedFields(context: GraphqlContext, repository: Repository, issue: Issue) {
  const kind = issue.pullId === null ? "issues" : "pull";
  const path = `/${fullName(context.world, repository)}/${kind}/${issue.number}`;
  const permission = issue.pullId === null ? "issues" : "pull_requests";
  return {
    ...writtenFields(context, repository, "issue", issue),
    number: issue.number,
    title: issue.title,
    closed: issue.state === "closed",
    closedAt: isoOrNull(issue.closedAt),
    locked: issue.locked,
    activeLockReason: issue.lockReason?.toUpperCase().replaceAll(/[- ]/g, "_") ?? null,
    assignees: assigneesField(context, issue),
    labels: labelsField(context, issue),
    comments: commentsField(context, issue),
    resourcePath: path,
    url: `${context.urls.html}${path}`,
    viewerCanUpdate:
      isViewer(context, issue.authorId) || viewerMay(context, repository, "triage", permission),
  };
}

/** Ties lead to other repositories, too. */
const isSeen = (context: GraphqlContext, { repositoryId }: Issue): boolean =>
  isVisible(context, findRepository(context.world, repositoryId));

export function issueObject(context: GraphqlContext, issue: Issue): Answer {
  const { world } = context;
  return {
    __typename: "Issue",
    id: nodeId("I", issue.id),
    fullDatabaseId: String(issue.id),
    ...sharedFields(context, findRepository(world, issue.repositoryId), issue),
    viewerCanDelete: viewerMay(context, findRepository(world, issue.repositoryId), "admin", "administration"),
    state: issue.state.toUpperCase(),
    stateReason: issue.stateReason?.toUpperCase() ?? null,
    parent: () => {
      const parent = issue.parentIssueId === null ? undefined : findIssue(world, issue.parentIssueId);
      return parent && isSeen(context, parent) ? issueObject(context, parent) : null;
    },
    subIssues: connection({
      rows: (seen) =>
        (seen.issues.get(issue.id)?.subIssueIds ?? [])
          .map((id) => seen.issues.get(id))
          .filter((child) => child !== undefined)
          .filter((child) => isSeen(context, child)),
      key: (child) => child.id,
      show: (child) => issueObject(context, child),
    }),
  };
}
