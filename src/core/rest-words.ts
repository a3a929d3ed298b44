/** Why an issue rests, in the words of its code: the same for whoever asks, on whatever page. */
import { HOLDS, type HoldReason, nextOf } from "./holds.ts";
import type { Meaning } from "./refusals.ts";
import { WAITS, type WaitCode } from "./waits.ts";

export const isHold = (code: WaitCode | HoldReason): code is HoldReason => Object.hasOwn(HOLDS, code);

/** What is the matter, and who can do what about it. */
export const restWords = (code: WaitCode | HoldReason): Pick<Meaning, "what" | "next"> =>
  isHold(code) ? { what: HOLDS[code].what, next: nextOf(code) } : WAITS[code];
