/** Three-way merges of whole trees, after git's `merge-ort.c`. */
import { missingObject } from "../errors.ts";
import type { ObjectReader, ObjectWriter } from "../object-access.ts";
import { fromRawName } from "../objects.ts";
import type { MergeTree, Sha } from "../store.ts";
import { changeTree } from "../trees.ts";
import type { ObjectHeap } from "./heap.ts";
import { mergeBases } from "./history.ts";
import { mergeLeaves } from "./merge-content.ts";
import { assertNothingFollows, mergeMoved, type Outcome, type Side } from "./merge-moved.ts";
import { beside, placesOf, type Sides } from "./merge-places.ts";
import { type Difference, differences, foldersAbove } from "./tree-walk.ts";

type Access = ObjectReader & ObjectWriter;

/** As git calls them. */
const BRANCHES_OF_A_BASE = { ours: "Temporary merge branch 1", theirs: "Temporary merge branch 2" };

/**
 * The tree that a merge of `head` into `base` would have, or the paths in conflict. A file that has to make room there has
 * the commit's name behind it, as git does it: `path~sha`.
 * Histories with several best ancestors are merged over a merge of those, as git does.
 * Throws `missing-object`, and `not-in-memory` where one side moved a directory to which the other one added.
 */
export async function mergeTree(heap: ObjectHeap, access: Access, base: Sha, head: Sha): Promise<MergeTree> {
  const ancestor = await commonTree(heap, access, mergeBases(heap, [base], head));
  if (ancestor === undefined) return { kind: "conflict", paths: [] };
  const trees = { base: ancestor, ours: treeOf(heap, base), theirs: treeOf(heap, head) };
  const { tree, conflicts } = await mergeTrees(heap, access, trees, { ours: base, theirs: head });
  if (conflicts.length === 0) return { kind: "clean", tree };
  return { kind: "conflict", paths: conflicts.map(fromRawName) };
}

function treeOf(heap: ObjectHeap, commit: Sha): Sha {
  const tree = heap.commit(commit)?.tree;
  if (tree === undefined) throw missingObject(commit, "commit");
  return tree;
}

/** A merge of the best ancestors, from the oldest on; `undefined`: there is none. */
async function commonTree(heap: ObjectHeap, access: Access, best: readonly Sha[]): Promise<Sha | undefined> {
  const [oldest, ...younger] = best.toReversed();
  if (oldest === undefined) return undefined;
  let tree = treeOf(heap, oldest);
  const merged = [oldest];
  for (const next of younger) {
    const below = await commonTree(heap, access, mergeBases(heap, merged, next));
    const from = below ?? (await changeTree(access, access, undefined, []));
    const trees = { base: from, ours: tree, theirs: treeOf(heap, next) };
    tree = (await mergeTrees(heap, access, trees, BRANCHES_OF_A_BASE)).tree;
    merged.push(next);
  }
  return tree;
}

/** The merged tree, with what a merge of merges goes on with where there is a conflict; conflicts are raw and sorted. */
async function mergeTrees(
  heap: ObjectHeap,
  access: Access,
  { base, ours, theirs }: Sides & { readonly base: Sha },
  names: Sides,
) {
  const left = differencesByPath(heap, base, ours);
  const right = differencesByPath(heap, base, theirs);
  assertNothingFollows(heap, { base, movedIn: ours }, left, right);
  assertNothingFollows(heap, { base, movedIn: theirs }, right, left);
  const outcome: Outcome = { files: new Map(), conflicts: new Set() };
  mergeMoved(heap, left, right, names, outcome);
  for (const path of new Set([...left.keys(), ...right.keys()])) {
    if (!outcome.files.has(path)) mergePath(heap, path, left.get(path), right.get(path), names, outcome);
  }
  makeRoom(left, names, outcome);
  const changes = [...outcome.files].map(([path, leaf]) => ({
    path,
    mode: leaf?.mode ?? "100644",
    sha: leaf?.sha ?? null,
  }));
  const tree = await changeTree(access, access, base, changes);
  return { tree, conflicts: [...outcome.conflicts].sort() };
}

function differencesByPath(heap: ObjectHeap, base: Sha, side: Sha): Side {
  return new Map(differences(heap, base, side).map((change) => [change.path, change]));
}

function mergePath(
  heap: ObjectHeap,
  path: string,
  left: Difference | undefined,
  right: Difference | undefined,
  names: Sides,
  { files, conflicts }: Outcome,
): void {
  const [ours, theirs] = [left?.after, right?.after];
  if (!left || !right) {
    files.set(path, ours ?? theirs);
  } else if (ours && theirs) {
    const { kind, leaf } = mergeLeaves(heap, left.before, ours, theirs);
    files.set(path, leaf);
    if (kind === "conflict") for (const place of placesOf(path, ours, theirs, names)) conflicts.add(place);
  } else {
    // Both removed it, or one changed what the other removed.
    files.set(path, ours || theirs ? left.before : undefined);
    if (ours || theirs) conflicts.add(path);
  }
}

/** A file cannot stand where a directory is. */
function makeRoom(left: Side, names: Sides, { files, conflicts }: Outcome): void {
  const there = [...files].filter(([, leaf]) => leaf !== undefined).map(([path]) => path);
  for (const above of there.flatMap(foldersAbove)) {
    if (files.get(above) === undefined) continue;
    conflicts.delete(above);
    conflicts.add(beside(above, left.get(above)?.after ? names.ours : names.theirs));
    files.set(above, undefined);
  }
}
