/**
 * Proofs: values that only this folder can make, and that effects and signals demand. A program that has none
 * cannot send (I1): the type system refuses it.
 */
import type { OpenEdge } from "../core/chain.ts";
import type { IntentMarker } from "../core/marker.ts";
import type { ChainView } from "../core/snapshot.ts";
import type { RunId } from "../core/words.ts";
import type { Sha } from "../github/ports.ts";

declare const proven: unique symbol;

/** The performer itself has read the app's comment, and its digest is the one that the chain declares. */
export interface Proof {
  readonly [proven]: "intent";
  readonly comment: number;
  readonly marker: IntentMarker;
  readonly open: OpenEdge;
  /** The chain that declares it, and when it was read (monotonic ms). */
  readonly view: Extract<ChainView, { kind: "sound" }>;
  readonly readAt: number;
}

/** The chain's head was this run's own claim of the proven intent. */
export interface Claim {
  readonly [proven]: "claim";
  readonly run: RunId;
  readonly open: OpenEdge;
  /** The claim's commit: a head that is not it stops the owner. */
  readonly head: Sha;
  /** When the head was last known to be it (monotonic ms). */
  readonly readAt: number;
}

/** The step that a signal follows, read from the chain by whoever sends the signal. */
export interface Behind {
  readonly [proven]: "step";
  readonly view: Extract<ChainView, { kind: "sound" }>;
  /** Monotonic ms. */
  readonly readAt: number;
}

/** For this folder alone: an import test keeps everybody else away. */
export const makeProof = (fields: Omit<Proof, typeof proven>): Proof => fields as Proof;
export const makeClaim = (fields: Omit<Claim, typeof proven>): Claim => fields as Claim;
export const makeBehind = (fields: Omit<Behind, typeof proven>): Behind => fields as Behind;
