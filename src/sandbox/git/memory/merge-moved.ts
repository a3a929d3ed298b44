/** The part of a merge that follows files which one side moved and the other one changed. */
import { notInMemory } from "../errors.ts";
import { fromRawName } from "../objects.ts";
import type { Sha } from "../store.ts";
import type { ObjectHeap } from "./heap.ts";
import { type MergedLeaf, mergeLeaves } from "./merge-content.ts";
import { placesOf, type Sides } from "./merge-places.ts";
import { findRenames } from "./renames.ts";
import { type Difference, entryBelow, foldersAbove, type Leaf } from "./tree-walk.ts";

/** What one side did to the base, by raw path. */
export type Side = ReadonlyMap<string, Difference>;

export interface Outcome {
  /** What becomes of a path; `undefined`: it is gone. */
  readonly files: Map<string, Leaf | undefined>;
  readonly conflicts: Set<string>;
}

/** Settles both ends of each such move in the outcome. */
export function mergeMoved(heap: ObjectHeap, left: Side, right: Side, names: Sides, outcome: Outcome): void {
  const ours = movesOf(heap, left, right);
  const theirs = movesOf(heap, right, left);
  for (const from of new Set([...ours.keys(), ...theirs.keys()])) {
    const [here, there] = [ours.get(from), theirs.get(from)];
    outcome.files.set(from, undefined);
    if (here !== undefined && there !== undefined && here !== there) {
      for (const path of [from, here, there]) outcome.conflicts.add(path);
      outcome.files.set(here, left.get(here)?.after).set(there, right.get(there)?.after);
      for (const path of [here, there])
        meet(path, left.get(path)?.after, right.get(path)?.after, names, outcome);
    } else {
      const to = here ?? there ?? from;
      const move = { from, to, leftAt: here ?? from, rightAt: there ?? from };
      mergeInto(heap, left, right, move, names, outcome);
    }
  }
}

/** New paths by old ones, of the files that the other side touched; an unchanged one needs no following. */
function movesOf(heap: ObjectHeap, side: Side, other: Side): ReadonlyMap<string, string> {
  const isTouched = (path: string): boolean => other.has(path);
  const changes = [...side.values()];
  if (!changes.some(({ path, after }) => !after && isTouched(path))) return new Map();
  const renames = findRenames(heap, changes, { isWanted: isTouched, empty: "left alone" });
  return new Map(
    [...renames.values()].filter(({ from }) => isTouched(from)).map(({ from, to }) => [from, to]),
  );
}

interface Move {
  readonly from: string;
  readonly to: string;
  /** Where each side has the file now. */
  readonly leftAt: string;
  readonly rightAt: string;
}

function mergeInto(
  heap: ObjectHeap,
  left: Side,
  right: Side,
  { from, to, leftAt, rightAt }: Move,
  names: Sides,
  outcome: Outcome,
): void {
  const [ours, theirs] = [left.get(leftAt)?.after, right.get(rightAt)?.after];
  const base = left.get(from)?.before;
  // Moved by one side and removed by the other is a conflict.
  const { kind, leaf }: MergedLeaf =
    ours && theirs ? mergeLeaves(heap, base, ours, theirs) : { kind: "conflict", leaf: ours ?? theirs };
  outcome.files.set(to, leaf);
  if (kind === "conflict") outcome.conflicts.add(to);
  const atLeft = leftAt === to ? leaf : left.get(to)?.after;
  const atRight = rightAt === to ? leaf : right.get(to)?.after;
  meet(to, atLeft, atRight, names, outcome);
}

/** Where one side moved a file, the other one may have put something else. */
function meet(
  path: string,
  atLeft: Leaf | undefined,
  atRight: Leaf | undefined,
  names: Sides,
  { conflicts }: Outcome,
): void {
  if (!atLeft || !atRight || isSame(atLeft, atRight)) return;
  for (const place of placesOf(path, atLeft, atRight, names)) conflicts.add(place);
}

const isSame = (one: Leaf, other: Leaf): boolean => one.sha === other.sha && one.mode === other.mode;

/**
 * git takes new files along when the other side has moved their whole directory, and asks about it.
 * Throws `not-in-memory` where that might be so.
 */
export function assertNothingFollows(
  heap: ObjectHeap,
  { base, movedIn }: { readonly base: Sha; readonly movedIn: Sha },
  moved: Side,
  other: Side,
): void {
  const added = [...other.values()].filter(({ before, after }) => !before && after);
  const isGone = (folder: string): boolean =>
    entryBelow(heap, base, folder)?.mode === "040000" && !entryBelow(heap, movedIn, folder);
  const gone = added.flatMap(({ path }) => foldersAbove(path)).find(isGone);
  if (gone === undefined) return;
  const renames = findRenames(heap, [...moved.values()], { empty: "left alone" });
  if ([...renames.values()].every(({ from }) => !from.startsWith(`${gone}/`))) return;
  throw notInMemory("a merge of new files into a directory that the other side moved", fromRawName(gone));
}
