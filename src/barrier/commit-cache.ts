/** Commits never change: one that was read once need not be read again. Bounded, and safe to lose. */
import type { CommitInfo, GitHubReads, Sha } from "../github/ports.ts";

export interface CommitCache {
  get(reads: GitHubReads, sha: Sha): Promise<CommitInfo | undefined>;
}

const LIMIT = 2_000;

export function createCommitCache(): CommitCache {
  const known = new Map<Sha, CommitInfo>();
  return {
    async get(reads, sha) {
      const cached = known.get(sha);
      if (cached) return cached;
      const found = (await reads.commit(sha))?.value;
      if (!found) return undefined;
      const oldest = known.keys().next();
      if (known.size >= LIMIT && !oldest.done) known.delete(oldest.value);
      known.set(sha, found);
      return found;
    },
  };
}
