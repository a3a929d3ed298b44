/** A merge read back: what is on the base now must be what was approved and tested. */
import type { Site } from "../barrier/index.ts";
import { carries } from "../core/keys.ts";
import type { EffectOf } from "../core/words.ts";
import type { CommitInfo, PullInfo, Sha } from "../github/ports.ts";

/** Milliseconds between looks: reads may lag behind the merge. */
const PAUSES = [0, 500, 1_500, 4_000];

/**
 * Words for what is not as it must be; `undefined`: nothing speaks against it. `before`: the pull request as the gate
 * let it through. What cannot be read yet proves nothing.
 */
export async function mismatchOf(
  site: Site,
  effect: EffectOf<"merge">,
  before: PullInfo,
  sha: Sha,
): Promise<string | undefined> {
  const commit = await site.commits.get(site.reads, sha);
  if (!commit || (await isOthers(site, effect, commit))) return undefined;
  const name = sha.slice(0, 12);
  const head = effect.head.slice(0, 12);
  switch (effect.method) {
    case "merge":
      if (!commit.parents.includes(effect.head)) return `${head} is no parent of ${name}`;
      break;
    case "squash":
    case "rebase": {
      const trial = before.mergeCommitSha;
      const tested = trial === null ? undefined : await site.commits.get(site.reads, trial);
      // Behind another base the tree holds that base's changes as well.
      const comparable = tested !== undefined && (await standsOn(site, effect, commit, tested.parents[0]));
      if (comparable && tested.tree !== commit.tree)
        return `the tree of ${name} is not the one that was tested`;
      break;
    }
  }
  return onBase(site, effect, before.baseRef, sha);
}

/**
 * Merged by somebody else, in their own way. Commits that are replayed carry no key: a merge commit is not Cairn's then, nor is what
 * was made of another head.
 */
async function isOthers(site: Site, effect: EffectOf<"merge">, commit: CommitInfo): Promise<boolean> {
  if (effect.method !== "rebase") return !carries(commit.message, effect.key);
  if (commit.parents.length !== 1) return true;
  return (await site.reads.pull(effect.pull))?.value.headSha !== effect.head;
}

/** How many commits of a pull request are walked back over at most. */
const REPLAYED = 20;

/**
 * Whether the commit, or the first of those that were replayed with it, was made on this very base. As many were as the pull
 * request has; where merges are among those, which GitHub leaves out, nobody can tell.
 */
async function standsOn(
  site: Site,
  { pull, method }: EffectOf<"merge">,
  { parents }: CommitInfo,
  base: Sha | undefined,
): Promise<boolean> {
  const count = method === "rebase" ? (await site.reads.pullCommits(pull)).value.length : 1;
  if (count > REPLAYED) return false;
  let [parent] = parents;
  for (let depth = 1; parent !== undefined && depth < count; depth += 1)
    parent = (await site.commits.get(site.reads, parent))?.parents[0];
  return parent !== undefined && parent === base;
}

async function onBase(
  site: Site,
  effect: EffectOf<"merge">,
  base: string,
  sha: Sha,
): Promise<string | undefined> {
  for (const pause of PAUSES) {
    if (pause > 0) await site.clock.sleep(pause);
    const pull = (await site.reads.pull(effect.pull))?.value;
    const landed = await site.reads.isAncestor(sha, base);
    if (pull?.merged && landed) {
      const other = pull.mergeCommitSha !== sha;
      return other ? `GitHub names ${pull.mergeCommitSha} as the merge, and answered ${sha}` : undefined;
    }
    // A base that is behind the merge is an old one; one that went another way has lost it.
    if (pull?.merged && !(await site.reads.isAncestor(base, sha)))
      return `${sha.slice(0, 12)} is not on ${base}`;
  }
  return undefined;
}
