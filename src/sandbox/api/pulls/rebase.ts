/**
 * "Rebase and merge": the commits of a head replayed onto a base, each with a new committer. GitHub never moves the
 * base forward to the old commits, and refuses where a replay conflicts, leaves a commit empty, or comes to another
 * tree than a merge would (docs: "About pull request merges").
 */
import type { Commit, GitStore, Person, Sha } from "../../git/store.ts";

export interface ReplayInput {
  readonly base: Sha;
  readonly head: Sha;
  /** Tree that a merge of the two has. */
  readonly tree: Sha;
  readonly committer: Person;
}

/** Makes the new commits and returns the last of them; moves no ref. `undefined`: GitHub would refuse. */
export async function replay(store: GitStore, input: ReplayInput): Promise<Sha | undefined> {
  const { base, head, tree, committer } = input;
  // A rebase leaves merges out.
  const commits = (await store.log(head, { notReachableFrom: base })).filter((one) => one.parents.length < 2);
  let onto = await store.readCommit(base);
  for (const commit of [...commits].reverse()) {
    if (onto) onto = await replayOne(store, commit, onto, committer);
  }
  return onto?.tree === tree && onto.sha !== base ? onto.sha : undefined;
}

/** `undefined`: it conflicts, or brings nothing that is not there already. */
async function replayOne(
  store: GitStore,
  commit: Commit,
  onto: Commit,
  committer: Person,
): Promise<Commit | undefined> {
  const [parent] = commit.parents;
  const before = parent === undefined ? undefined : await store.readCommit(parent);
  if (!before) return undefined;
  const tree = await treeOnto(store, commit, before, onto);
  if (tree === undefined || (tree === onto.tree && commit.tree !== before.tree)) return undefined;
  const { author, message } = commit;
  return store.readCommit(
    await store.createCommit({ tree, parents: [onto.sha], author, committer, message }),
  );
}

async function treeOnto(
  store: GitStore,
  commit: Commit,
  before: Commit,
  onto: Commit,
): Promise<Sha | undefined> {
  if (before.tree === onto.tree) return commit.tree;
  // The new ground as a child of the old one: so that git merges with the commit's own parent as the base.
  const { author, committer } = commit;
  const ground = { tree: onto.tree, parents: [before.sha], author, committer, message: "" };
  const merged = await store.mergeTree(await store.createCommit(ground), commit.sha);
  return merged.kind === "clean" ? merged.tree : undefined;
}
