/** Differences of two trees as the port tells them. */
import { fromRawName } from "../objects.ts";
import type { ChangedFile, Sha } from "../store.ts";
import { contentOf, isBinary, linesOf } from "./content.ts";
import type { ObjectHeap } from "./heap.ts";
import { hunksOf } from "./hunks.ts";
import { lineEdits } from "./line-edits.ts";
import { findRenames, type Rename } from "./renames.ts";
import { type Difference, differences, kindOf, treeBehind } from "./tree-walk.ts";

/** A file that was added, removed, changed or moved (then `before` stood at another path). */
export interface FileChange extends Difference {
  readonly rename: Rename | undefined;
}

/** By path; a file that moved stands where it went. */
export function fileChanges(heap: ObjectHeap, from: Sha, to: Sha): readonly FileChange[] {
  const found = differences(heap, treeBehind(heap, from), treeBehind(heap, to));
  const renames = findRenames(heap, found, { empty: "paired" });
  const moved = new Map([...renames.values()].map((rename) => [rename.from, rename]));
  const before = new Map(found.map((change) => [change.path, change.before]));
  return found.flatMap((change) => {
    if (moved.has(change.path)) return [];
    const rename = renames.get(change.path);
    return [{ ...change, before: rename ? before.get(rename.from) : change.before, rename }];
  });
}

export function diff(heap: ObjectHeap, from: Sha, to: Sha): readonly ChangedFile[] {
  return fileChanges(heap, from, to).map((change) => {
    const { path, before, after, rename } = change;
    const patch = patchesOf(heap, change).join("");
    return {
      path: fromRawName(path),
      status: rename
        ? "renamed"
        : before === undefined
          ? "added"
          : after === undefined
            ? "removed"
            : "modified",
      ...(rename ? { previousPath: fromRawName(rename.from) } : {}),
      ...countsOf(heap, change),
      ...(patch === "" ? {} : { patch: fromRawName(patch.replace(/\n$/, "")) }),
      sha: (after ?? before)?.sha ?? "",
    };
  });
}

/** A file that becomes a link (or the reverse) is shown as a removal and an addition. */
export function isOtherKind({ before, after }: Difference): boolean {
  return before !== undefined && after !== undefined && kindOf(before) !== kindOf(after);
}

function countsOf(heap: ObjectHeap, { before, after }: Difference) {
  const [old, now] = [contentOf(heap, before), contentOf(heap, after)];
  if (isBinary(old) || isBinary(now)) return { additions: 0, deletions: 0 };
  const edits = lineEdits(linesOf(old), linesOf(now));
  const sum = (count: (edit: (typeof edits)[number]) => number): number =>
    edits.reduce((total, edit) => total + count(edit), 0);
  return {
    additions: sum(({ newStart, newEnd }) => newEnd - newStart),
    deletions: sum(({ start, end }) => end - start),
  };
}

/** Hunks, raw; those of the removal and of the addition where they are shown apart. */
function patchesOf(heap: ObjectHeap, change: Difference): readonly string[] {
  if (isOtherKind(change)) {
    return [
      { ...change, after: undefined },
      { ...change, before: undefined },
    ].map((part) => patchOf(heap, part));
  }
  return [patchOf(heap, change)];
}

/** Hunks, raw; `""` for binary files. */
export function patchOf(heap: ObjectHeap, { before, after }: Difference): string {
  const [old, now] = [contentOf(heap, before), contentOf(heap, after)];
  if (old.equals(now) || isBinary(old) || isBinary(now)) return "";
  const [oldLines, newLines] = [linesOf(old), linesOf(now)];
  return hunksOf(oldLines, newLines, lineEdits(oldLines, newLines));
}
