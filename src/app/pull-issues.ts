/** Which issue a pull request is about, for commands that people write there. */
import { putBounded } from "../core/bounded.ts";
import type { Memory } from "./memory.ts";
import type { Place, Sites } from "./sites.ts";
import { issueOfBranch } from "./target.ts";

/**
 * The issue behind a pull request that the app itself has opened in the repository; `undefined`: it is none of those. That
 * there may be commands on it is remembered from then on. Throws `GitHubError`.
 */
export type FindPullIssue = (place: Place, pull: number) => Promise<number | undefined>;

/** Of as many pull requests it is known: none changes the branch that it was opened from. */
const LIMIT = 5_000;

export function createPullIssues(sites: Sites, memory: Memory): FindPullIssue {
  const known = new Map<string, number>();
  return async (place, pull) => {
    const { id } = await sites.repository(place);
    const key = `${id}#${pull}`;
    const issue = known.get(key) ?? (await readIssue(sites, place, id, pull));
    if (issue === undefined) return undefined;
    putBounded(known, key, issue, LIMIT);
    memory.commentedOn({ repository: id, number: issue }, pull);
    return issue;
  };
}

/** By its branch, where the app opened it: a name alone says nothing about whose it is. */
async function readIssue(
  { reads, identity }: Sites,
  place: Place,
  repository: number,
  pull: number,
): Promise<number | undefined> {
  const found = (await reads(place).pull(pull))?.value;
  const isOwn = found?.author.id === identity.botId && found.headRepositoryId === repository;
  return isOwn ? issueOfBranch(found.headRef) : undefined;
}
