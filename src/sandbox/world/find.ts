/** Look-ups in the world. `find…` throws when a thing is missing that must be there; `…By…` answers `undefined`. */

import type { PullRequest } from "./pull-state.ts";
import type {
  App,
  Installation,
  Issue,
  IssueComment,
  IssueEvent,
  Label,
  Repository,
  User,
  World,
} from "./state.ts";

function must<T>(found: T | undefined, what: string, id: number): T {
  if (found === undefined) throw new RangeError(`the world has no ${what} ${id}`);
  return found;
}

export const findUser = (world: World, id: number): User => must(world.users.get(id), "user", id);
export const findApp = (world: World, id: number): App => must(world.apps.get(id), "app", id);
export const findIssue = (world: World, id: number): Issue => must(world.issues.get(id), "issue", id);
export const findRepository = (world: World, id: number): Repository =>
  must(world.repositories.get(id), "repository", id);

export function userByLogin(world: World, login: string): User | undefined {
  const wanted = login.toLowerCase();
  for (const user of world.users.values()) if (user.login.toLowerCase() === wanted) return user;
  return undefined;
}

/** By its present name only; old names are in `world.renames`. */
export function repositoryByName(world: World, owner: string, name: string): Repository | undefined {
  const ownerId = userByLogin(world, owner)?.id;
  const wanted = name.toLowerCase();
  for (const repository of world.repositories.values()) {
    if (repository.ownerId === ownerId && repository.name.toLowerCase() === wanted) return repository;
  }
  return undefined;
}

export function fullName(world: World, repository: Repository): string {
  return `${findUser(world, repository.ownerId).login}/${repository.name}`;
}

/** Issues and pull requests of a repository, ascending by number; deleted ones left out. */
export function issuesOf(world: World, repositoryId: number): Issue[] {
  const found = [...world.issues.values()].filter(
    (issue) => issue.repositoryId === repositoryId && issue.deletedAt === null,
  );
  return found.sort((a, b) => a.number - b.number);
}

/** Also finds deleted issues (`deletedAt`). */
export function issueByNumber(world: World, repositoryId: number, number: number): Issue | undefined {
  for (const issue of world.issues.values()) {
    if (issue.repositoryId === repositoryId && issue.number === number) return issue;
  }
  return undefined;
}

export function pullByNumber(world: World, repositoryId: number, number: number): PullRequest | undefined {
  for (const pull of world.pulls.values()) {
    if (pull.repositoryId === repositoryId && pull.number === number) return pull;
  }
  return undefined;
}

/** Ascending by id. */
export function commentsOf(world: World, issueId: number): IssueComment[] {
  return [...world.comments.values()]
    .filter((comment) => comment.issueId === issueId)
    .sort((a, b) => a.id - b.id);
}

/** Ascending by id. */
export function eventsOf(world: World, issueId: number): IssueEvent[] {
  return [...world.issueEvents.values()]
    .filter((event) => event.issueId === issueId)
    .sort((a, b) => a.id - b.id);
}

/** GitHub compares label names without regard to case. */
export function labelByName(repository: Repository, name: string): Label | undefined {
  const wanted = name.toLowerCase();
  for (const label of repository.labels.values()) if (label.name.toLowerCase() === wanted) return label;
  return undefined;
}

/** The installation of an app that covers a repository. */
export function installationFor(
  world: World,
  appId: number,
  repository: Repository,
): Installation | undefined {
  for (const installation of world.installations.values()) {
    if (installation.appId === appId && covers(installation, repository)) return installation;
  }
  return undefined;
}

export function covers(installation: Installation, repository: Repository): boolean {
  if (installation.accountId !== repository.ownerId) return false;
  return installation.repositorySelection === "all" || installation.repositoryIds.includes(repository.id);
}
