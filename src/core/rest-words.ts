/** Why an issue rests, in the words of its code: the same for whoever asks, on whatever page. */
import { ENTRY_LABEL, withEntryLabel } from "./entry-label.ts";
import { HOLDS, type HoldReason, nextOf } from "./holds.ts";
import type { Meaning } from "./refusals.ts";
import { WAITS, type WaitCode } from "./waits.ts";

export const isHold = (code: WaitCode | HoldReason): code is HoldReason => Object.hasOwn(HOLDS, code);

/** What is the matter, and who can do what about it. */
export const restWords = (
  code: WaitCode | HoldReason,
  entryLabel = ENTRY_LABEL,
): Pick<Meaning, "what" | "next"> =>
  isHold(code)
    ? { what: HOLDS[code].what, next: nextOf(code, entryLabel) }
    : { what: WAITS[code].what, next: withEntryLabel(WAITS[code].next, entryLabel) };
