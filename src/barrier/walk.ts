/** A chain read back from one of its commits. Commits never change: what was read once costs nothing. */
import type { ChainView } from "../core/snapshot.ts";
import type { CommitInfo } from "../github/ports.ts";
import { judge } from "./chain-read.ts";
import type { Site } from "./site.ts";

export interface WalkedCommit {
  readonly commit: CommitInfo;
  /** What it is worth. */
  readonly view: Exclude<ChainView, { kind: "absent" }>;
}

/** Follows the first parents, newest first, until a commit has none or cannot be read. Throws `GitHubError`. */
export async function* walkBack(site: Site, head: string | undefined): AsyncGenerator<WalkedCommit> {
  for (let sha = head; sha !== undefined; ) {
    const commit = await site.commits.get(site.reads, sha);
    if (!commit) return;
    yield { commit, view: judge(site, commit) };
    sha = commit.parents[0];
  }
}
