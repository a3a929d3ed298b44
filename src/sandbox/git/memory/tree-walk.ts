/** Walks through trees in memory. Paths are raw, as trees hold them. */
import { missingObject } from "../errors.ts";
import type { RawEntry } from "../object-access.ts";
import type { FileMode, Sha } from "../store.ts";
import type { ObjectHeap } from "./heap.ts";

export interface Leaf {
  readonly mode: FileMode;
  readonly sha: Sha;
}

export function kindOf({ mode }: Leaf): "file" | "link" | "submodule" {
  return mode === "120000" ? "link" : mode === "160000" ? "submodule" : "file";
}

/** A path whose file differs between two trees. */
export interface Difference {
  /** Raw. */
  readonly path: string;
  readonly before: Leaf | undefined;
  readonly after: Leaf | undefined;
}

/** What is at a raw path below a tree; `undefined`: nothing. */
export function entryBelow(heap: ObjectHeap, tree: Sha, path: string): RawEntry | undefined {
  let found: RawEntry | undefined;
  let entries = heap.tree(tree);
  for (const name of path.split("/").filter(Boolean)) {
    found = entries?.find((entry) => entry.name === name);
    entries = found?.mode === "040000" ? heap.tree(found.sha) : undefined;
  }
  return found;
}

/** The directories in which a path is, the innermost first. */
export function foldersAbove(path: string): string[] {
  const parts = path.split("/").slice(0, -1);
  return parts.map((_, count) => parts.slice(0, parts.length - count).join("/"));
}

/** Tree of a commit, tag or tree. Throws `missing-object`. */
export function treeBehind(heap: ObjectHeap, sha: Sha): Sha {
  const tree = heap.behind(sha, "tree");
  if (tree === undefined) throw missingObject(sha, "tree");
  return tree;
}

/** Files, links and submodules that differ, by path in the order of bytes. What two trees share is not looked into. */
export function differences(heap: ObjectHeap, from: Sha, to: Sha): readonly Difference[] {
  const found: Difference[] = [];
  collect(heap, from, to, "", found);
  return found.sort((one, other) => (one.path < other.path ? -1 : 1));
}

function collect(
  heap: ObjectHeap,
  from: Sha | undefined,
  to: Sha | undefined,
  prefix: string,
  found: Difference[],
): void {
  if (from === to) return;
  const before = entriesByName(heap, from);
  const after = entriesByName(heap, to);
  for (const name of new Set([...before.keys(), ...after.keys()])) {
    const [old, now] = [before.get(name), after.get(name)];
    if (old?.sha === now?.sha && old?.mode === now?.mode) continue;
    const path = prefix + name;
    const [oldTree, nowTree] = [subtree(old), subtree(now)];
    if (oldTree ?? nowTree) collect(heap, oldTree, nowTree, `${path}/`, found);
    const [oldLeaf, nowLeaf] = [leaf(old), leaf(now)];
    if (oldLeaf ?? nowLeaf) found.push({ path, before: oldLeaf, after: nowLeaf });
  }
}

function entriesByName(heap: ObjectHeap, tree: Sha | undefined): Map<string, RawEntry> {
  const entries = tree === undefined ? [] : heap.tree(tree);
  if (!entries) throw missingObject(tree ?? "", "tree");
  return new Map(entries.map((entry) => [entry.name, entry]));
}

const subtree = (entry: RawEntry | undefined): Sha | undefined =>
  entry?.mode === "040000" ? entry.sha : undefined;
const leaf = (entry: RawEntry | undefined): Leaf | undefined =>
  entry === undefined || entry.mode === "040000" ? undefined : { mode: entry.mode, sha: entry.sha };
