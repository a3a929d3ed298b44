/** Ids of acts in the one list of a chain: of events as they are, of comments below zero, of edits far below those. */
import { type Digest, digestOf } from "./canonical.ts";

/** Comments are counted up from one, and are nowhere near. */
const EDITS = -(2 ** 52);
/** Hexadecimal digits of a digest that keep an id a whole number that every reader of JSON has. */
const DIGITS = 12;

/** Of what somebody wrote: its commands, or an answer. */
export const commentId = (comment: number): number => -comment;

/** GitHub gives an edit no id: its name is what it made of the text, when (ms), and of which generation's. */
export const editId = (edit: {
  readonly generation: number;
  readonly text: Digest;
  readonly at: number;
}): number => EDITS - Number.parseInt(digestOf(edit).slice(0, DIGITS), 16);

/** For people. */
export function nameOfActId(id: number): string {
  if (id <= EDITS) return "an edit of the text";
  return id < 0 ? `comment ${-id}` : `act ${id}`;
}
