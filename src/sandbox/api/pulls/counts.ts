/** Commits and changed lines of a pull request. */
import type { ChangedFile, Commit } from "../../git/store.ts";
import { type Services, storeOf } from "../../services.ts";
import type { PullCounts, PullRequest } from "../../world/pull-state.ts";

/** What a pull request of no commits comes to; stands until the first one is counted. */
export const NOTHING: PullCounts = { commits: 0, additions: 0, deletions: 0, changedFiles: 0, behind: 0 };

/** GitHub lists no more commits of one pull request than these. */
const MOST_COMMITS = 250;

/** Commits of the head that the base lacks, oldest first. */
export async function commitsOf(services: Services, pull: PullRequest): Promise<readonly Commit[]> {
  const store = storeOf(services, pull.repositoryId);
  const from = { limit: MOST_COMMITS, notReachableFrom: pull.baseSha };
  return [...(await store.log(pull.headSha, from))].reverse();
}

/** Changes since head and base parted. */
export async function filesOf(services: Services, pull: PullRequest): Promise<readonly ChangedFile[]> {
  const store = storeOf(services, pull.repositoryId);
  const fork = await store.mergeBase(pull.baseSha, pull.headSha);
  return store.diff(fork ?? pull.baseSha, pull.headSha);
}

export async function countsOf(services: Services, pull: PullRequest): Promise<PullCounts> {
  const store = storeOf(services, pull.repositoryId);
  const { ahead, behind } = await store.aheadBehind(pull.baseSha, pull.headSha);
  const files = await filesOf(services, pull);
  const sum = (key: "additions" | "deletions"): number => files.reduce((total, file) => total + file[key], 0);
  return {
    commits: ahead,
    additions: sum("additions"),
    deletions: sum("deletions"),
    changedFiles: files.length,
    behind,
  };
}
