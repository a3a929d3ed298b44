/** The run that owns an open edge, as it counts (I9). */
import type { RunView, Snapshot } from "./snapshot.ts";
import type { RunId } from "./words.ts";

/** A run as it counts: alive, over, or nobody can tell. */
export type OwnerView = Exclude<RunView, { kind: "gone" }>;

/**
 * A run that somebody deleted had ended, and nobody can say how. Until the quiet period since the chain's last step is
 * over, GitHub may just not show it yet.
 */
export function ownerOf({ now, settings, chain }: Snapshot, run: RunView, claim: RunId): OwnerView {
  if (run.kind !== "gone") return run;
  const at = chain.kind === "sound" ? chain.at : now;
  return now < at + settings.quietPeriod
    ? { kind: "cannot-tell", why: "the run cannot be seen" }
    : { kind: "over", conclusion: "deleted", at, url: `${claim.id} (deleted)` };
}
