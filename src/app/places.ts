/**
 * Which issues this process last saw at work or being merged, and which waiting for others to be done with that. It only
 * says whom to look at next, and bridges lists that lag: lost, the next sweep's looks fill it again.
 */
import type { IssueId } from "../core/words.ts";

/** `works`: an agent's intent is open. `waits`: for a slot. `merges`: its merge is under way. `waits-to-merge`: for another's. */
export type Place = "works" | "waits" | "merges" | "waits-to-merge" | "neither";

type Line = Extract<Place, "waits" | "waits-to-merge">;

/** Who moves makes room for these. */
const LINES: Readonly<Record<Exclude<Place, "neither">, Line>> = {
  works: "waits",
  waits: "waits",
  merges: "waits-to-merge",
  "waits-to-merge": "waits-to-merge",
};

export interface Places {
  /** Numbers of the issues of the same repository at which agents work, ascending. */
  working(repository: Pick<IssueId, "repository">): readonly number[];
  /** The same of those that wait for a slot. */
  waiting(repository: Pick<IssueId, "repository">): readonly number[];
  saw(issue: IssueId, place: Place): void;
  /**
   * The issue that is to be looked at now, by number: the first of a line in which one has made room, or that one has left, since this
   * was asked last. Whoever is woken so and takes a slot has left the line too, so that the next is woken, as long as there are slots.
   */
  next(repository: Pick<IssueId, "repository">): number | undefined;
}

export function createPlaces(): Places {
  const repositories = new Map<number, Map<number, Place>>();
  /** Lines that have moved, by repository. */
  const moved = new Map<number, Set<Line>>();
  const standing = ({ repository }: Pick<IssueId, "repository">, which: Place): readonly number[] =>
    [...(repositories.get(repository) ?? [])]
      .filter(([, one]) => one === which)
      .map(([number]) => number)
      .sort((a, b) => a - b);
  return {
    working: (repository) => standing(repository, "works"),
    waiting: (repository) => standing(repository, "waits"),
    next(repository) {
      const lines = moved.get(repository.repository);
      for (const line of lines ?? []) {
        lines?.delete(line);
        const [first] = standing(repository, line);
        if (first !== undefined) return first;
      }
      moved.delete(repository.repository);
      return undefined;
    },
    saw(issue, now) {
      const issues = repositories.get(issue.repository) ?? new Map<number, Place>();
      const before = issues.get(issue.number) ?? "neither";
      issues.delete(issue.number);
      if (now !== "neither") issues.set(issue.number, now);
      if (issues.size > 0) repositories.set(issue.repository, issues);
      else repositories.delete(issue.repository);
      if (before === now || before === "neither") return;
      moved.set(issue.repository, (moved.get(issue.repository) ?? new Set()).add(LINES[before]));
    },
  };
}
