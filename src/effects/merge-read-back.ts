/** A merge read back: what is on the base now must be what was approved and tested. */
import type { Site } from "../barrier/index.ts";
import { carries } from "../core/keys.ts";
import type { ReadBackView } from "../core/snapshot.ts";
import type { EffectOf } from "../core/words.ts";
import type { CommitInfo, Sha } from "../github/ports.ts";

/** What the merge was to be made of, beside the head that its effect names. */
export interface Tested {
  /** The branch that it was to be merged into. */
  readonly base: string;
  /** GitHub's trial merge of that head, as the gate saw it; `null`: nobody knows any more, as GitHub shows the merge in its place. */
  readonly trial: Sha | null;
}

/** Milliseconds between looks: reads may lag behind the merge. */
const PAUSES = [0, 500, 1_500, 4_000];

/**
 * Words for what is not as it must be; `undefined`: nothing speaks against it. What cannot be read after some seconds
 * proves nothing.
 */
export async function mismatchOf(
  site: Site,
  effect: EffectOf<"merge">,
  tested: Tested,
  sha: Sha,
): Promise<string | undefined> {
  for (const pause of PAUSES) {
    if (pause > 0) await site.clock.sleep(pause);
    const seen = await readBack(site, effect, tested, sha);
    if (seen.kind !== "unseen") return seen.kind === "mismatch" ? seen.what : undefined;
  }
  return undefined;
}

/** One look at the merge. What somebody else has merged in their own way is theirs, and sound. */
export async function readBack(
  site: Site,
  effect: EffectOf<"merge">,
  tested: Tested,
  sha: Sha,
): Promise<ReadBackView> {
  const commit = await site.commits.get(site.reads, sha);
  if (!commit) return { kind: "unseen" };
  if (await isOthers(site, effect, commit)) return { kind: "sound" };
  const what = await otherThan(site, effect, tested.trial, commit);
  return what === undefined ? onBase(site, effect, tested.base, sha) : { kind: "mismatch", what };
}

/** What the commit is made of, where that is not the head. */
async function otherThan(
  site: Site,
  effect: EffectOf<"merge">,
  trial: Sha | null,
  commit: CommitInfo,
): Promise<string | undefined> {
  const name = commit.sha.slice(0, 12);
  if (effect.method === "merge") {
    const isParent = commit.parents.includes(effect.head);
    return isParent ? undefined : `${effect.head.slice(0, 12)} is no parent of ${name}`;
  }
  const on = await madeOn(site, effect, commit);
  const tree = on === undefined ? undefined : await treeBehind(site, effect.head, trial, on);
  if (tree === undefined || tree === commit.tree) return undefined;
  return `the tree of ${name} is not the one that was tested`;
}

/** The tree of the head merged into this commit of the base. `undefined`: the head lacks changes of the base that nobody tested with it. */
async function treeBehind(site: Site, head: Sha, trial: Sha | null, on: Sha): Promise<Sha | undefined> {
  const tried = trial === null ? undefined : await site.commits.get(site.reads, trial);
  if (tried?.parents[0] === on) return tried.tree;
  // A head that contains all of the base is what becomes of the base.
  if (!(await site.reads.isAncestor(on, head))) return undefined;
  return (await site.commits.get(site.reads, head))?.tree;
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
 * The commit of the base on which this one was made, or the first of those that were replayed with it. As many were as the pull
 * request has; where merges are among those, which GitHub leaves out, nobody can tell.
 */
async function madeOn(
  site: Site,
  { pull, method }: EffectOf<"merge">,
  { parents }: CommitInfo,
): Promise<Sha | undefined> {
  const count = method === "rebase" ? (await site.reads.pullCommits(pull)).value.length : 1;
  if (count > REPLAYED) return undefined;
  let [parent] = parents;
  for (let depth = 1; parent !== undefined && depth < count; depth += 1)
    parent = (await site.commits.get(site.reads, parent))?.parents[0];
  return parent;
}

async function onBase(site: Site, effect: EffectOf<"merge">, base: string, sha: Sha): Promise<ReadBackView> {
  const pull = (await site.reads.pull(effect.pull))?.value;
  const landed = await site.reads.isAncestor(sha, base);
  if (!pull?.merged) return { kind: "unseen" };
  if (landed) {
    const other = pull.mergeCommitSha;
    if (other === sha) return { kind: "sound" };
    return { kind: "mismatch", what: `GitHub names ${other} as the merge, and answered ${sha}` };
  }
  // A base that is behind the merge is an old one; one that went another way has lost it.
  if (await site.reads.isAncestor(base, sha)) return { kind: "unseen" };
  return { kind: "mismatch", what: `${sha.slice(0, 12)} is not on ${base}` };
}
