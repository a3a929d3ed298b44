/**
 * Three versions of one file made into one, as git's `xdl_merge` does: changes that touch are a conflict unless they are the same.
 * Where equal lines stand beside each other the lines of the versions may be matched otherwise than git does.
 */
import { diff3Merge } from "node-diff3";
import { contentOf, isBinary, linesOf } from "./content.ts";
import type { ObjectHeap } from "./heap.ts";
import { kindOf, type Leaf } from "./tree-walk.ts";

export interface MergedLeaf {
  readonly kind: "clean" | "conflict";
  /** In a conflict what a merge of merges goes on with; `undefined`: nothing. */
  readonly leaf: Leaf | undefined;
}

/** Longer than in a file of a work tree, so that nobody takes one for the other. */
const MARKER = 9;

/** `base` is missing where both sides added the file. */
export function mergeLeaves(heap: ObjectHeap, base: Leaf | undefined, ours: Leaf, theirs: Leaf): MergedLeaf {
  if (kindOf(ours) !== kindOf(theirs)) return { kind: "conflict", leaf: base };
  const takesTheirs = ours.mode === theirs.mode || ours.mode === base?.mode;
  const mode = takesTheirs ? theirs.mode : ours.mode;
  const kind = takesTheirs || theirs.mode === base?.mode ? "clean" : "conflict";
  if (ours.sha === theirs.sha || ours.sha === base?.sha) return { kind, leaf: { mode, sha: theirs.sha } };
  if (theirs.sha === base?.sha) return { kind, leaf: { mode, sha: ours.sha } };
  const merged = kindOf(ours) === "file" ? mergeText(heap, base, ours, theirs) : undefined;
  if (!merged) return { kind: "conflict", leaf: base };
  const sha = heap.add("blob", merged.content);
  return { kind: merged.kind === "clean" ? kind : "conflict", leaf: { mode, sha } };
}

/** `undefined`: one of them is no text. */
function mergeText(heap: ObjectHeap, base: Leaf | undefined, ours: Leaf, theirs: Leaf) {
  // What was no file before is no base for the lines of one.
  const file = base && kindOf(base) === "file" ? base : undefined;
  const versions = [ours, file, theirs].map((leaf) => contentOf(heap, leaf));
  if (versions.some(isBinary)) return undefined;
  const [a = [], o = [], b = []] = versions.map(linesOf);
  const regions = diff3Merge(a, o, b, { excludeFalseConflicts: true });
  const text = regions.map(({ ok, conflict }) =>
    conflict ? marked(conflict.a, conflict.b) : (ok ?? []).join(""),
  );
  const kind: MergedLeaf["kind"] = regions.some(({ conflict }) => conflict) ? "conflict" : "clean";
  return { kind, content: Buffer.from(text.join(""), "latin1") };
}

function marked(ours: readonly string[], theirs: readonly string[]): string {
  const [first, middle, last] = ["<", "=", ">"].map((char) => char.repeat(MARKER));
  const lines = [`${first} Temporary merge branch 1\n`, ...ours, `${middle}\n`, ...theirs];
  return [...lines, `${last} Temporary merge branch 2\n`]
    .map((line) => (line.endsWith("\n") ? line : `${line}\n`))
    .join("");
}
