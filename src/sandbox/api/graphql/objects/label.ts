/** Labels, and who is assigned: what issues and pull requests have in common. */
import { findRepository, findUser, fullName } from "../../../world/find.ts";
import { nodeId } from "../../../world/ids.ts";
import type { Issue, Label, Repository, World } from "../../../world/state.ts";
import { connection } from "../connection.ts";
import type { GraphqlContext } from "../context.ts";
import { userObject } from "./actor.ts";
import { repositoryObject } from "./repository.ts";

export function labelObject(context: GraphqlContext, repository: Repository, label: Label) {
  const path = `/${fullName(context.world, repository)}/labels/${encodeURIComponent(label.name)}`;
  return {
    __typename: "Label",
    id: nodeId("LA", label.id),
    name: label.name,
    color: label.color,
    description: label.description,
    isDefault: label.default,
    resourcePath: path,
    url: `${context.urls.html}${path}`,
    repository: () => repositoryObject(context, repository),
  };
}

const labelsOf = (world: World, issueId: number): Label[] => {
  const issue = world.issues.get(issueId);
  const labels = issue && world.repositories.get(issue.repositoryId)?.labels;
  return (issue?.labelIds ?? []).map((id) => labels?.get(id)).filter((label) => label !== undefined);
};

export const labelsField = (context: GraphqlContext, issue: Issue) =>
  connection({
    rows: (world) => labelsOf(world, issue.id),
    key: (label) => label.id,
    show: (label) => labelObject(context, findRepository(context.world, issue.repositoryId), label),
  });

export const assigneesField = (context: GraphqlContext, issue: Issue) =>
  connection({
    rows: (world) => (world.issues.get(issue.id)?.assigneeIds ?? []).map((id) => findUser(world, id)),
    key: (user) => user.id,
    show: (user) => userObject(context, user.id),
  });
