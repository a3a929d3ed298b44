/** Repositories, and what is found in one by its number or name. */
import type { GraphQLResolveInfo } from "graphql";
import { findUser, fullName, issueByNumber, issuesOf, labelByName } from "../../../world/find.ts";
import { nodeId } from "../../../world/ids.ts";
import type { Issue, Repository, World } from "../../../world/state.ts";
import { iso } from "../../present/time.ts";
import { connection, type PageArguments } from "../connection.ts";
import { checkRead, type GraphqlContext } from "../context.ts";
import { notResolved } from "../errors.ts";
import { actorObject } from "./actor.ts";
import { refObject } from "./commit.ts";
import { issueObject } from "./issue.ts";
import { labelObject } from "./label.ts";
import { pullObject, pullObjectOf } from "./pull.ts";
import { queueObject } from "./queue.ts";

export function repositoryObject(context: GraphqlContext, repository: Repository) {
  const { world, urls } = context;
  const name = fullName(world, repository);
  const read = (permission: string): void => checkRead(context, repository, permission);
  const ref = (full: string) => {
    read("contents");
    return refObject(context, repository, full);
  };
  return {
    __typename: "Repository",
    id: nodeId("R", repository.id),
    databaseId: repository.id,
    name: repository.name,
    nameWithOwner: name,
    description: repository.description,
    isPrivate: repository.private,
    isArchived: repository.archived,
    visibility: repository.private ? "PRIVATE" : "PUBLIC",
    createdAt: iso(repository.createdAt),
    updatedAt: iso(repository.updatedAt),
    pushedAt: iso(repository.pushedAt),
    resourcePath: `/${name}`,
    url: `${urls.html}/${name}`,
    owner: () => actorObject(context, findUser(world, repository.ownerId).id),
    defaultBranchRef: () => ref(`refs/heads/${repository.defaultBranch}`),
    ref: ({ qualifiedName }: { qualifiedName: string }) => ref(fullRef(repository, qualifiedName)),
    label: (args: { name: string }) => {
      const label = labelByName(repository, args.name);
      return label ? labelObject(context, repository, label) : null;
    },
    issue: ({ number }: { number: number }) => {
      read("issues");
      const issue = inRepository(world, repository, number);
      if (issue?.pullId !== null) throw notResolved(`an Issue with the number of ${number}.`);
      return issueObject(context, issue);
    },
    pullRequest: ({ number }: { number: number }) => {
      read("pull_requests");
      const issue = inRepository(world, repository, number);
      const pull = issue && pullObjectOf(context, issue);
      if (!pull) throw notResolved(`a PullRequest with the number of ${number}.`);
      return pull;
    },
    issueOrPullRequest: ({ number }: { number: number }) => {
      const issue = inRepository(world, repository, number);
      if (!issue) throw notResolved(`an issue or pull request with the number of ${number}.`);
      read(issue.pullId === null ? "issues" : "pull_requests");
      return pullObjectOf(context, issue) ?? issueObject(context, issue);
    },
    mergeQueue: ({ branch }: { branch?: string | null }) =>
      queueObject(context, repository, branch ?? repository.defaultBranch),
    issues: issuesField(context, repository),
    pullRequests: pullsField(context, repository),
  };
}

/** As written (`refs/heads/main`), or a branch or tag by its short name. */
function fullRef(repository: Repository, name: string): string {
  const places = [name, `refs/heads/${name}`, `refs/tags/${name}`];
  return places.find((place) => repository.refs.has(place)) ?? name;
}

function inRepository(world: World, repository: Repository, number: number): Issue | undefined {
  const issue = issueByNumber(world, repository.id, number);
  return issue?.deletedAt === null ? issue : undefined;
}

interface Filters {
  readonly states?: readonly string[] | null;
  readonly labels?: readonly string[] | null;
  readonly baseRefName?: string | null;
  readonly headRefName?: string | null;
}

type ListField = (
  args: PageArguments & Filters,
  context: GraphqlContext,
  info: GraphQLResolveInfo,
) => unknown;

function hasLabel(world: World, issue: Issue, names: readonly string[]): boolean {
  const labels = world.repositories.get(issue.repositoryId)?.labels;
  const wanted = names.map((name) => name.toLowerCase());
  return issue.labelIds.some((id) => wanted.includes(labels?.get(id)?.name.toLowerCase() ?? ""));
}

const fits = (world: World, issue: Issue, state: string, { states, labels }: Filters): boolean =>
  (!states || states.includes(state)) && (!labels || hasLabel(world, issue, labels));

function issuesField(context: GraphqlContext, repository: Repository): ListField {
  return (args, ...rest) => {
    checkRead(context, repository, "issues");
    return connection<Issue>({
      rows: (world) =>
        issuesOf(world, repository.id).filter(
          (issue) => issue.pullId === null && fits(world, issue, issue.state.toUpperCase(), args),
        ),
      key: (issue) => issue.id,
      show: (issue) => issueObject(context, issue),
    })(args, ...rest);
  };
}

function pullsField(context: GraphqlContext, repository: Repository): ListField {
  return (args, ...rest) => {
    checkRead(context, repository, "pull_requests");
    const { baseRefName, headRefName } = args;
    return connection({
      rows: (world) =>
        issuesOf(world, repository.id).flatMap((issue) => {
          const pull = world.pulls.get(issue.pullId ?? 0);
          if (!pull || !fits(world, issue, pull.merged ? "MERGED" : issue.state.toUpperCase(), args))
            return [];
          if (baseRefName && pull.baseRef !== baseRefName) return [];
          return headRefName && pull.headRef !== headRefName ? [] : [pull];
        }),
      key: (pull) => pull.id,
      show: (pull) => pullObject(context, pull),
    })(args, ...rest);
  };
}
