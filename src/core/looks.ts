/** Looks of the review command: what they worked is charged to a budget of their own, whatever they came to. */
import { type ChainState, chargedWith, type OpenEdge, type Step } from "./chain.ts";
import type { Snapshot } from "./snapshot.ts";

/** What a generation's looks worked, with those that `first` settles, ms. */
export const workedInLooks = ({ attempts }: ChainState, first: readonly Step[]): number =>
  first.reduce(
    (before, step) => (step.step === "settle" ? chargedWith(before, step) : before),
    attempts.review,
  ).worked ?? 0;

/**
 * What the step that settles an edge says of its work. `unread`: the engine is to be asked first. Nothing of other edges,
 * of looks by apps that gave them no budget, and of runs that somebody deleted.
 */
export function workOf(
  { run, worked }: Pick<Snapshot, "run" | "worked">,
  { edge, budget }: OpenEdge,
): { readonly worked?: number } | "unread" {
  if (edge !== "review" || budget === null || run?.kind === "gone") return {};
  return worked === undefined ? "unread" : { worked };
}
