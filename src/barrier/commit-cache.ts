/** Commits never change: one that was read once need not be read again. Bounded, and safe to lose. */
import { putBounded } from "../core/bounded.ts";
import type { CommitInfo, GitHubReads, Sha } from "../github/ports.ts";

export interface CommitCache {
  get(reads: GitHubReads, sha: Sha): Promise<CommitInfo | undefined>;
  /** Keeps a commit that GitHub gave back when it was made. */
  put(commit: CommitInfo): void;
}

/** A look needs the head of its issue's chain, and hardly ever what is behind it. */
const LIMIT = 1_000;

export function createCommitCache(): CommitCache {
  const known = new Map<Sha, CommitInfo>();
  const keep = (commit: CommitInfo): void => putBounded(known, commit.sha, commit, LIMIT);
  return {
    async get(reads, sha) {
      const cached = known.get(sha);
      if (cached) return cached;
      const found = (await reads.commit(sha))?.value;
      if (!found) return undefined;
      keep(found);
      return found;
    },
    put: keep,
  };
}
