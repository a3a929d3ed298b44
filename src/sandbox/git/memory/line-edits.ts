/**
 * Which lines differ between two texts: as few as can be, as git has it in all but large files.
 * Where several choices are equally small (a line among equal ones), git may make another one.
 */
import { diffArrays } from "diff";

/** Lines `[start, end)` of the old text that became lines `[newStart, newEnd)` of the new one. Counted from 0. */
export interface LineEdit {
  readonly start: number;
  readonly end: number;
  readonly newStart: number;
  readonly newEnd: number;
}

/** Edits from top to bottom, at least one common line between each two. */
export function lineEdits(before: readonly string[], after: readonly string[]): readonly LineEdit[] {
  const shorter = Math.min(before.length, after.length);
  let head = 0;
  while (head < shorter && before[head] === after[head]) head += 1;
  let tail = 0;
  while (tail < shorter - head && before.at(-1 - tail) === after.at(-1 - tail)) tail += 1;
  const oldPart = before.slice(head, before.length - tail);
  const newPart = after.slice(head, after.length - tail);
  if (oldPart.length === 0 && newPart.length === 0) return [];
  const whole = {
    start: head,
    end: head + oldPart.length,
    newStart: head,
    newEnd: head + newPart.length,
  };
  if (oldPart.length === 0 || newPart.length === 0) return [whole];
  return editsBetween(oldPart, newPart, head);
}

function editsBetween(before: string[], after: string[], offset: number): LineEdit[] {
  const edits: LineEdit[] = [];
  let [at, newAt] = [offset, offset];
  let [start, newStart] = [at, newAt];
  const close = (): void => {
    if (at > start || newAt > newStart) edits.push({ start, end: at, newStart, newEnd: newAt });
  };
  for (const { added, removed, count } of diffArrays(before, after)) {
    if (removed) at += count;
    else if (added) newAt += count;
    else {
      close();
      at += count;
      newAt += count;
      [start, newStart] = [at, newAt];
    }
  }
  close();
  return edits;
}
