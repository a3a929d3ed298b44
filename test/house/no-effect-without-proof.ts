/** What must not compile: an effect without proof and claim, a signal without its step. Read by types.test.ts. */
import type { Behind, Claim, Proof, Site } from "../../src/barrier/index.ts";
import { performOrRecover } from "../../src/barrier/index.ts";
import type { OpenEdge } from "../../src/core/chain.ts";
import type { EffectOf } from "../../src/core/words.ts";
import { mergeHandler, setLabels, startRun } from "../../src/effects/index.ts";

export function attempts(
  site: Site,
  open: OpenEdge,
  effect: EffectOf<"merge">,
  proof: Proof,
  claim: Claim,
  step: Behind,
) {
  const material = { title: "t", message: "m" };
  const prepare = async () => material;

  // With both it compiles: the lines below fail for want of them, and for nothing else.
  void mergeHandler.send(site, proof, claim, effect, material);
  void performOrRecover(site, proof, claim, mergeHandler, effect, prepare);
  void setLabels(site, step, { add: [], remove: [] });

  const { view } = proof;
  const madeProof = { comment: 1, marker: proof.marker, open, view, readAt: 0 };
  const madeClaim = { run: { id: 1, attempt: 1 }, open, head: "x", readAt: 0 };
  const madeStep = { view, readAt: 0 };
  const start = { workflowFile: "cairn.yml", ref: "main", comment: 1 };

  // @ts-expect-error no proof, no claim
  void mergeHandler.send(site, effect, material);
  // @ts-expect-error a claim is no proof
  void mergeHandler.send(site, claim, claim, effect, material);
  // @ts-expect-error a proof made by hand
  void mergeHandler.send(site, madeProof, claim, effect, material);
  // @ts-expect-error a claim made by hand
  void performOrRecover(site, proof, madeClaim, mergeHandler, effect, prepare);
  // @ts-expect-error a signal without its step
  void setLabels(site, { add: [], remove: [] });
  // @ts-expect-error a step made by hand
  void startRun(site, madeStep, start);
}
