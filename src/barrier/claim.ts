/** The claim: one run takes the intent and becomes its owner; every later job asks whether it still is. */
import { sameRun } from "../core/chain.ts";
import type { RunId } from "../core/words.ts";
import type { Sha } from "../github/ports.ts";
import { readChain } from "./chain-read.ts";
import { Refusal } from "./errors.ts";
import { type Claim, makeClaim, type Proof } from "./proof.ts";
import type { Site } from "./site.ts";
import { makeSteps } from "./step.ts";

export type ClaimEnd =
  | { readonly kind: "claimed"; readonly claim: Claim }
  /** Another run was first: end neutral, write nothing. */
  | { readonly kind: "lost"; readonly owner: RunId | undefined }
  /** Neither; whoever asks again gets an answer. */
  | { readonly kind: "unsettled"; readonly why: string };

/** Moves the chain to this run's claim of the proven intent. */
export async function claimIntent(site: Site, proof: Proof, run: RunId): Promise<ClaimEnd> {
  const { value } = await readChain(site);
  if (value.kind !== "sound") throw new Refusal("chain-unsound", "the chain is not what it was a moment ago");
  const { open } = value.state;
  if (!open || open.digest !== proof.open.digest) return { kind: "lost", owner: undefined };
  // The same run in another attempt is somebody else: its claim is not taken over.
  if (open.claim) return own(proof, open.claim, run, value.head);
  const end = await makeSteps(site, value, [{ step: "claim", run, digest: open.digest }], []);
  switch (end.kind) {
    case "made":
      return {
        kind: "claimed",
        claim: makeClaim({ run, open: end.state.open ?? proof.open, head: end.head }),
      };
    case "lost":
      return { kind: "lost", owner: undefined };
    case "unsettled":
      return { kind: "unsettled", why: end.why };
    case "refused":
      return { kind: "unsettled", why: end.refusal.message };
  }
}

function own(proof: Proof, owner: RunId, run: RunId, head: Sha): ClaimEnd {
  if (!sameRun(owner, run)) return { kind: "lost", owner };
  return { kind: "claimed", claim: makeClaim({ run, open: proof.open, head }) };
}

/**
 * The claim of a later job of the owner's run: the head must be exactly `head`, and name this run in this
 * attempt. One GET. Throws `Refusal`: `cancelled` where the chain went on, `not-owner` where it names another.
 */
export async function stillOwner(site: Site, head: Sha, run: RunId): Promise<Claim> {
  const { value } = await readChain(site);
  if (value.kind !== "sound") throw new Refusal("chain-unsound", "the chain is gone or not the app's");
  const { open } = value.state;
  if (!open?.claim || !sameRun(open.claim, run)) {
    const owner = open?.claim ? `run ${open.claim.id} attempt ${open.claim.attempt}` : "nobody";
    throw new Refusal("not-owner", `${owner} owns the open edge, not run ${run.id} attempt ${run.attempt}`);
  }
  if (open.cancel) throw new Refusal("cancelled", `the edge was cancelled (${open.cancel})`);
  if (value.head !== head)
    throw new Refusal("not-current", `the head is ${value.head}, not the claim ${head}`);
  return makeClaim({ run, open, head });
}
