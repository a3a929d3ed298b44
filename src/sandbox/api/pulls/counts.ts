/** Commits and changed lines of a pull request. */
import type { Commit } from "../../git/store.ts";
import { type Services, storeOf } from "../../services.ts";
import type { PullRequest } from "../../world/pull-state.ts";
import type { PullCounts } from "./present.ts";

/** Commits of the head that the base lacks, oldest first. */
export async function commitsOf(services: Services, pull: PullRequest): Promise<readonly Commit[]> {
  const store = storeOf(services, pull.repositoryId);
  const commits = await store.log(pull.headSha, { limit: 250, notReachableFrom: pull.baseSha });
  return [...commits].reverse();
}

/** Changes since head and base parted. */
export async function filesOf(services: Services, pull: PullRequest) {
  const store = storeOf(services, pull.repositoryId);
  const fork = await store.mergeBase(pull.baseSha, pull.headSha);
  return store.diff(fork ?? pull.baseSha, pull.headSha);
}

export async function countsOf(services: Services, pull: PullRequest): Promise<PullCounts> {
  const [commits, files] = [await commitsOf(services, pull), await filesOf(services, pull)];
  const sum = (key: "additions" | "deletions"): number => files.reduce((total, file) => total + file[key], 0);
  return {
    commits: commits.length,
    additions: sum("additions"),
    deletions: sum("deletions"),
    changedFiles: files.length,
  };
}
