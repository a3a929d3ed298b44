/**
 * Which issues this process last saw at work, and which waiting for a slot. It only says whom to look at next, and bridges
 * lists that lag: lost, the next sweep's looks fill it again.
 */
import type { IssueId } from "../core/words.ts";

/** `works`: an agent's intent is open. `waits`: for a slot. */
export type Place = "works" | "waits" | "neither";

export interface Places {
  /** Numbers of the issues of the same repository, ascending. */
  working(repository: Pick<IssueId, "repository">): readonly number[];
  /** The same of those that wait. */
  waiting(repository: Pick<IssueId, "repository">): readonly number[];
  saw(issue: IssueId, place: Place): void;
  /**
   * The issue that is to be looked at now, by number: the first that waits, where one has made room or left the queue since this
   * was asked last. Whoever is woken so and takes a slot has left the queue too, so that the next is woken, as long as there are slots.
   */
  next(repository: Pick<IssueId, "repository">): number | undefined;
}

export function createPlaces(): Places {
  const repositories = new Map<number, Map<number, Place>>();
  /** Repositories in which an issue has moved. */
  const moved = new Set<number>();
  const standing = ({ repository }: Pick<IssueId, "repository">, which: Place): readonly number[] =>
    [...(repositories.get(repository) ?? [])]
      .filter(([, one]) => one === which)
      .map(([number]) => number)
      .sort((a, b) => a - b);
  return {
    working: (repository) => standing(repository, "works"),
    waiting: (repository) => standing(repository, "waits"),
    next(repository) {
      return moved.delete(repository.repository) ? standing(repository, "waits")[0] : undefined;
    },
    saw(issue, now) {
      const issues = repositories.get(issue.repository) ?? new Map<number, Place>();
      const before = issues.get(issue.number) ?? "neither";
      issues.delete(issue.number);
      if (now !== "neither") issues.set(issue.number, now);
      if (issues.size > 0) repositories.set(issue.repository, issues);
      else repositories.delete(issue.repository);
      if (before !== now && before !== "neither") moved.add(issue.repository);
    },
  };
}
