/** Unified diff hunks, laid out as git does. */
import type { LineEdit } from "./line-edits.ts";

/** Lines shown around a change. */
const CONTEXT = 3;
/** Bytes of the line that a hunk's head shows. */
const LONGEST_HEADING = 80;
const NO_NEWLINE = "\n\\ No newline at end of file\n";

/** Text of all hunks, raw as the lines are; `""` for no edits. */
export function hunksOf(
  before: readonly string[],
  after: readonly string[],
  edits: readonly LineEdit[],
): string {
  return grouped(edits)
    .map((group) => hunk(before, after, group))
    .join("");
}

/** Edits whose contexts touch share a hunk. */
function grouped(edits: readonly LineEdit[]): LineEdit[][] {
  const groups: LineEdit[][] = [];
  for (const edit of edits) {
    const last = groups.at(-1);
    const end = last?.at(-1)?.end;
    if (last && end !== undefined && edit.start - end <= 2 * CONTEXT) last.push(edit);
    else groups.push([edit]);
  }
  return groups;
}

function hunk(before: readonly string[], after: readonly string[], group: readonly LineEdit[]): string {
  const [first, last] = [group[0], group.at(-1)];
  if (!first || !last) return "";
  const start = Math.max(0, first.start - CONTEXT);
  const end = Math.min(before.length, last.end + CONTEXT);
  const newStart = first.newStart - (first.start - start);
  const newEnd = last.newEnd + (end - last.end);
  const lines: string[] = [];
  let at = start;
  for (const edit of group) {
    lines.push(...before.slice(at, edit.start).map((line) => ` ${line}`));
    lines.push(...before.slice(edit.start, edit.end).map((line) => `-${line}`));
    lines.push(...after.slice(edit.newStart, edit.newEnd).map((line) => `+${line}`));
    at = edit.end;
  }
  lines.push(...before.slice(at, end).map((line) => ` ${line}`));
  const head = `@@ -${range(start, end)} +${range(newStart, newEnd)} @@${heading(before, start)}\n`;
  return head + lines.map((line) => (line.endsWith("\n") ? line : line + NO_NEWLINE)).join("");
}

/** An empty range stands behind the line before it; a length of one goes without saying. */
function range(start: number, end: number): string {
  const length = end - start;
  const first = length === 0 ? start : start + 1;
  return length === 1 ? `${first}` : `${first},${length}`;
}

/** The nearest line above that begins with a letter, `_` or `$`. */
function heading(before: readonly string[], start: number): string {
  const line = before.slice(0, start).findLast((one) => /^[A-Za-z_$]/.test(one));
  return line === undefined ? "" : ` ${line.slice(0, LONGEST_HEADING).trimEnd()}`;
}
