/** The owner's word where no artifact tells: a step of the chain first, then the marker that people read. */
import { detailOf, type HoldReason } from "../core/holds.ts";
import { digestOfMarker, encodeMarker, MARKER_VERSION, type ResultMarker } from "../core/marker.ts";
import { proseOf } from "../core/prose.ts";
import type { Fate, Sha } from "../core/words.ts";
import { readChain } from "./chain-read.ts";
import { Refusal } from "./errors.ts";
import type { Claim } from "./proof.ts";
import type { Site } from "./site.ts";
import { makeSteps, type StepEnd } from "./step.ts";

export interface ResultInput {
  readonly reason: HoldReason;
  readonly detail: string;
  readonly effects: Readonly<Record<string, Fate>>;
  /** Of a check that said no: the git tree that was verified. */
  readonly tree?: Sha | undefined;
}

/** Moves the chain to the result and writes its marker once. The app writes the marker if this process cannot. */
export async function writeResult(site: Site, claim: Claim, input: ResultInput): Promise<StepEnd> {
  const { value } = await readChain(site);
  if (value.kind !== "sound" || value.head !== claim.head) {
    throw new Refusal("not-current", "the chain has moved on from this run's claim");
  }
  const { edge, generation, attempt } = claim.open;
  const tree = input.tree === undefined ? {} : { tree: input.tree };
  const marker: ResultMarker = {
    v: MARKER_VERSION,
    type: "result",
    issue: site.issue,
    seq: value.state.seq + 1,
    edge,
    generation,
    attempt,
    run: claim.run,
    reason: input.reason,
    detail: detailOf(input.reason, input.detail),
    effects: input.effects,
    ...tree,
  };
  const digest = digestOfMarker(marker);
  const step = {
    step: "result",
    run: claim.run,
    reason: input.reason,
    digest,
    effects: input.effects,
    ...tree,
  } as const;
  const end = await makeSteps(site, value, [step], [marker]);
  // A lost answer is harmless: whoever reads the chain next sees whether the marker is there, and writes it.
  if (end.kind === "made")
    await site.writes.createComment(site.issue.number, encodeMarker(proseOf(marker), marker));
  return end;
}
