/** The claim: one run takes the intent and becomes its owner; every later job asks whether it still is. */
import { type OpenEdge, type Step, sameRun } from "../core/chain.ts";
import type { ChainView } from "../core/snapshot.ts";
import type { RunId } from "../core/words.ts";
import type { Sha } from "../github/ports.ts";
import { readChain } from "./chain-read.ts";
import { Refusal } from "./errors.ts";
import { type Claim, makeClaim, type Proof } from "./proof.ts";
import { HEAD_FRESHNESS, refOf, type Site } from "./site.ts";
import { makeSteps, type StepEnd } from "./step.ts";

export type ClaimEnd =
  | { readonly kind: "claimed"; readonly claim: Claim }
  /** Another run was first: end neutral, write nothing. */
  | { readonly kind: "lost"; readonly owner: RunId | undefined }
  /** Neither; whoever asks again gets an answer. */
  | { readonly kind: "unsettled"; readonly why: string };

/** Moves the chain to this run's claim of the proven intent. */
export async function claimIntent(site: Site, proof: Proof, run: RunId): Promise<ClaimEnd> {
  const { open, view } = proof;
  // The same run in another attempt is somebody else: its claim is not taken over.
  if (open.claim) return own(proof, open.claim, run);
  // On the very head that was proven: whoever has moved it since makes this step fail.
  const end = await claimStep(site, view, { step: "claim", run, digest: open.digest });
  switch (end.kind) {
    case "made":
      return { kind: "claimed", claim: made(site, run, end.state.open ?? open, end.head) };
    case "lost":
      return { kind: "lost", owner: undefined };
    case "unsettled":
      return { kind: "unsettled", why: end.why };
    case "refused":
      return { kind: "unsettled", why: end.refusal.message };
  }
}

const TRIES = 3;

/** A limit refuses before anything begins: behind its end the step is tried again, on the same head. */
async function claimStep(site: Site, view: Proof["view"], step: Step): Promise<StepEnd> {
  for (let tries = 1; ; tries += 1) {
    const end = await makeSteps(site, view, [step], []);
    const limited = end.kind === "refused" && end.refusal.reason === "rate-limited";
    if (!limited || tries === TRIES) return end;
  }
}

const made = (site: Site, run: RunId, open: OpenEdge, head: Sha): Claim =>
  makeClaim({ run, open, head, readAt: site.clock.now() });

function own({ open, view, readAt }: Proof, owner: RunId, run: RunId): ClaimEnd {
  if (!sameRun(owner, run)) return { kind: "lost", owner };
  return { kind: "claimed", claim: makeClaim({ run, open, head: view.head, readAt }) };
}

/** The claim out of a proof that was read behind it: for a later job of the same run. Throws as `stillOwner`. */
export function claimOf(proof: Proof, head: Sha, run: RunId): Claim {
  checkOwner(proof.view, head, run);
  return makeClaim({ run, open: proof.open, head, readAt: proof.readAt });
}

/**
 * For jobs that only have to know whether they may go on: is the head still the claim that an earlier job of this
 * very run made? One GET; what the claim's commit says was checked when it was made. Throws `Refusal`.
 */
export async function checkClaim(site: Site, head: Sha, owner: RunId, run: RunId): Promise<void> {
  if (!sameRun(owner, run)) {
    throw new Refusal(
      "not-owner",
      `attempt ${owner.attempt} of run ${owner.id} made the claim, this is attempt ${run.attempt}`,
    );
  }
  const ref = await site.reads.ref(refOf(site).slice("refs/".length));
  if (ref?.value !== head)
    throw new Refusal("not-current", `the head is ${ref?.value ?? "gone"}, not the claim ${head}`);
}

/** The claim once more, unless its head was read so lately that it counts (I1). */
export function refreshed(site: Site, claim: Claim): Promise<Claim> {
  const fresh = site.clock.now() - claim.readAt <= HEAD_FRESHNESS;
  return fresh ? Promise.resolve(claim) : stillOwner(site, claim.head, claim.run);
}

/**
 * The claim of a later job of the owner's run: the head must be exactly `head`, and name this run in this
 * attempt. One GET. Throws `Refusal`: `cancelled` where the chain went on, `not-owner` where it names another.
 */
export async function stillOwner(site: Site, head: Sha, run: RunId): Promise<Claim> {
  const { value, readAt } = await readChain(site);
  if (value.kind !== "sound") throw new Refusal("chain-unsound", "the chain is gone or not the app's");
  const open = checkOwner(value, head, run);
  return makeClaim({ run, open, head, readAt });
}

function checkOwner(view: Extract<ChainView, { kind: "sound" }>, head: Sha, run: RunId): OpenEdge {
  const { open } = view.state;
  if (!open?.claim || !sameRun(open.claim, run)) {
    const owner = open?.claim ? `run ${open.claim.id} attempt ${open.claim.attempt}` : "nobody";
    throw new Refusal("not-owner", `${owner} owns the open edge, not run ${run.id} attempt ${run.attempt}`);
  }
  if (open.cancel) throw new Refusal("cancelled", `the edge was cancelled (${open.cancel})`);
  if (view.head !== head) throw new Refusal("not-current", `the head is ${view.head}, not the claim ${head}`);
  return open;
}
