/** A difference as one text: what stands around the hunks, as `git diff` writes it. */
import { fromRawName } from "../objects.ts";
import type { Sha } from "../store.ts";
import { type FileChange, fileChanges, isOtherKind, patchOf } from "./changed-files.ts";
import { contentOf, isBinary } from "./content.ts";
import type { ObjectHeap } from "./heap.ts";
import { ALL } from "./similarity.ts";
import type { Leaf } from "./tree-walk.ts";

const NO_SHA = "0".repeat(40);
/** Digits of a name, where they are enough to tell it from all others. */
const SHORTEST_NAME = 7;

/** Unified diff of two trees or commits. Throws `missing-object`. */
export function diffText(heap: ObjectHeap, from: Sha, to: Sha): string {
  const parts = fileChanges(heap, from, to).flatMap((change) =>
    isOtherKind(change)
      ? [
          { ...change, after: undefined },
          { ...change, before: undefined },
        ]
      : [change],
  );
  return fromRawName(parts.map((part) => section(heap, part)).join(""));
}

function section(heap: ObjectHeap, change: FileChange): string {
  const { path, before, after, rename } = change;
  const oldName = rename?.from ?? path;
  const lines = [`diff --git ${quoted(`a/${oldName}`)} ${quoted(`b/${path}`)}`, ...modeLines(before, after)];
  if (rename) {
    lines.push(`similarity index ${Math.floor((rename.score * 100) / ALL)}%`);
    lines.push(`rename from ${quoted(rename.from)}`, `rename to ${quoted(path)}`);
  }
  if (before?.sha !== after?.sha) {
    const mode = before && before.mode === after?.mode ? ` ${before.mode}` : "";
    lines.push(
      `index ${shortName(heap, before?.sha ?? NO_SHA)}..${shortName(heap, after?.sha ?? NO_SHA)}${mode}`,
    );
  }
  const oldFile = before ? fileName(`a/${oldName}`) : "/dev/null";
  const newFile = after ? fileName(`b/${path}`) : "/dev/null";
  const hunks = patchOf(heap, change);
  if (hunks !== "") lines.push(`--- ${oldFile}`, `+++ ${newFile}`);
  else if (before?.sha !== after?.sha && [before, after].some((leaf) => isBinary(contentOf(heap, leaf)))) {
    const [old, now] = [
      before ? quoted(`a/${oldName}`) : "/dev/null",
      after ? quoted(`b/${path}`) : "/dev/null",
    ];
    lines.push(`Binary files ${old} and ${now} differ`);
  }
  return `${lines.join("\n")}\n${hunks}`;
}

function modeLines(before: Leaf | undefined, after: Leaf | undefined): string[] {
  if (!before) return after ? [`new file mode ${after.mode}`] : [];
  if (!after) return [`deleted file mode ${before.mode}`];
  return before.mode === after.mode ? [] : [`old mode ${before.mode}`, `new mode ${after.mode}`];
}

/** A name with a space gets a tab, so that its end can be seen. */
const fileName = (name: string): string => quoted(name) + (name.includes(" ") ? "\t" : "");

const ESCAPES: Readonly<Record<string, string>> = {
  "\x07": "\\a",
  "\b": "\\b",
  "\t": "\\t",
  "\n": "\\n",
  "\v": "\\v",
  "\f": "\\f",
  "\r": "\\r",
  '"': '\\"',
  "\\": "\\\\",
};

/** As `core.quotePath` has it: what is not plain ASCII is written in octal, and the whole in quotes. */
function quoted(name: string): string {
  const written = name.replace(
    /[\x00-\x1f"\\\x7f-\xff]/g,
    (char) => ESCAPES[char] ?? `\\${char.charCodeAt(0).toString(8).padStart(3, "0")}`,
  );
  return written === name ? name : `"${written}"`;
}

function shortName(heap: ObjectHeap, sha: Sha): string {
  let length = SHORTEST_NAME;
  for (const other of heap.names()) {
    while (other !== sha && length < sha.length && other.startsWith(sha.slice(0, length))) length += 1;
  }
  return sha.slice(0, length);
}
