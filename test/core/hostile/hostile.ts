/** What the readers of comments and commit messages must do with any text, and the count of what was tried. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { decodeRecord } from "../../../src/core/commit-message.ts";
import { foldLedger } from "../../../src/core/ledger.ts";
import { decodeMarker } from "../../../src/core/marker.ts";
import { anyBody, type Body, chain, issue, isUntouched } from "./bodies.ts";

const APP = 99;

export interface Tally {
  bodies: number;
  /** Characters of all bodies together. */
  characters: number;
  longest: number;
  /** Real markers, untouched: the only ones that may be accepted. */
  untouched: number;
  accepted: number;
  /** Bodies by what was done to them. */
  readonly kinds: Record<string, number>;
}

const natives = Reflect.ownKeys(Object.prototype).length;

/** Throws where a body is accepted that must not be, refused that must not be, or makes a reader throw. */
function judge({ kind, text }: Body, tally: Tally): void {
  const decoded = decodeMarker(text);
  const { visible } = foldLedger(
    [{ id: 1, body: text, appId: APP, author: "cairn[bot]" }],
    chain,
    issue,
    APP,
  );
  decodeRecord(text);
  const real = isUntouched(text);
  assert.equal(
    visible.size,
    real ? 1 : 0,
    real ? "a real marker was refused" : "a hostile body was accepted",
  );
  assert.equal(decoded.kind === "marker" && chain.declared.includes(decoded.digest), real);
  assert.equal(Reflect.ownKeys(Object.prototype).length, natives, "Object.prototype was polluted");
  tally.bodies += 1;
  tally.characters += text.length;
  tally.longest = Math.max(tally.longest, text.length);
  tally.kinds[kind] = (tally.kinds[kind] ?? 0) + 1;
  tally.untouched += real ? 1 : 0;
  tally.accepted += visible.size;
}

/** Tries this many bodies. Throws with the shrunk body, the seed and the path of the first that fails. */
export function tryBodies(count: number, seed: number): Tally {
  const tally: Tally = { bodies: 0, characters: 0, longest: 0, untouched: 0, accepted: 0, kinds: {} };
  fc.assert(
    fc.property(anyBody, (body) => judge(body, tally)),
    { numRuns: count, seed },
  );
  return tally;
}
