/** An issue of a repository in memory, with an intent that was declared, proven and claimed as far as a test wants. */
import {
  type Claim,
  claimIntent,
  makeSteps,
  type Proof,
  proveIntent,
  readChain,
  type StepEnd,
} from "../../src/barrier/index.ts";
import { textDigest } from "../../src/core/canonical.ts";
import type { Step } from "../../src/core/chain.ts";
import { digestOfMarker, encodeMarker, type IntentMarker } from "../../src/core/marker.ts";
import type { ChainView } from "../../src/core/snapshot.ts";
import type { Effect, RunId } from "../../src/core/words.ts";
import { createRepository, type ObservedSite, type Repository } from "./repository.ts";

export interface Scene {
  readonly repository: Repository;
  readonly site: ObservedSite;
  /** Raises, declares an intent with these effects, and writes its marker. */
  declare(
    effects: readonly Effect[],
    change?: Partial<IntentMarker>,
  ): Promise<{ marker: IntentMarker; comment: number }>;
  /** Declares, proves and claims. */
  own(effects: readonly Effect[], run?: RunId): Promise<{ proof: Proof; claim: Claim }>;
  /** More steps on the chain's head, by another replica. */
  step(...steps: Step[]): Promise<StepEnd>;
  sound(): Promise<Extract<ChainView, { kind: "sound" }>>;
}

export const RUN: RunId = { id: 5, attempt: 1 };
const now = async (): Promise<void> => {};

export function scene(): Scene {
  const repository = createRepository();
  const site = repository.site("me", now);
  const other = repository.site("another replica", now);

  async function sound() {
    const { value } = await readChain(other);
    if (value.kind !== "sound") throw new Error(`the chain is ${value.kind}`);
    return value;
  }

  async function declare(effects: readonly Effect[], change: Partial<IntentMarker> = {}) {
    const marker: IntentMarker = {
      v: 1,
      type: "intent",
      issue: repository.issue,
      seq: 2,
      edge: "implement",
      generation: 1,
      attempt: 1,
      effects,
      budget: null,
      pins: { text: textDigest("T", "B"), config: "c", commit: "0".repeat(40), base: "main" },
      until: 1_000_000,
      why: "a test",
      ...change,
    };
    const { edge, generation, attempt, budget } = marker;
    const digest = digestOfMarker(marker);
    const steps: readonly Step[] = [
      { step: "raise", generation: 1, act: 1, with: [] },
      { step: "declare", edge, generation, attempt, digest, effects, budget },
    ];
    const end = await makeSteps(other, { kind: "absent" }, steps, [marker]);
    if (end.kind !== "made") throw new Error(`not declared: ${end.kind}`);
    return { marker, comment: repository.addComment(encodeMarker("words", marker)) };
  }

  return {
    repository,
    site,
    declare,
    sound,
    async own(effects, run = RUN) {
      const { comment } = await declare(effects);
      const proof = await proveIntent(site, comment);
      const end = await claimIntent(site, proof, run);
      if (end.kind !== "claimed") throw new Error(`not claimed: ${end.kind}`);
      site.sent.length = 0;
      site.landed.length = 0;
      return { proof, claim: end.claim };
    },
    step: async (...steps) => makeSteps(other, await sound(), steps, []),
  };
}
