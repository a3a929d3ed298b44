/** What git compares of a file: its lines, as `latin1` strings with one character for each byte. */
import { GitStoreError } from "../errors.ts";
import type { ObjectHeap } from "./heap.ts";
import type { Leaf } from "./tree-walk.ts";

/** git looks this far for a NUL before it takes content for text, in bytes. */
const LOOKED_AT = 8000;

/** Bytes of a file or link; of a submodule the line that git shows for it; of nothing, none. */
export function contentOf(heap: ObjectHeap, leaf: Leaf | undefined): Buffer {
  if (leaf === undefined) return Buffer.alloc(0);
  if (leaf.mode === "160000") return Buffer.from(`Subproject commit ${leaf.sha}\n`);
  const found = heap.get(leaf.sha);
  if (found) return found.content;
  throw new GitStoreError("missing-object", {
    what: "a tree names a blob that the repository does not have",
    where: leaf.sha,
    next: "Create the blob first.",
  });
}

export const isBinary = (content: Buffer): boolean => content.subarray(0, LOOKED_AT).includes(0);

/** Each with its newline; the last one may have none. */
export const linesOf = (content: Buffer): string[] =>
  content.toString("latin1").match(/[^\n]*\n|[^\n]+$/g) ?? [];
