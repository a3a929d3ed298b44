/**
 * A base with a merge queue: what was put into it has not landed. Its edge stays open until it is merged, or out again, so
 * that whoever gives the work up is obeyed by taking it out.
 */
import type { OpenEdge } from "./chain.ts";
import type { Decision } from "./decision.ts";
import type { JudgedAct, Snapshot } from "./snapshot.ts";
import type { Effect, EffectOf } from "./words.ts";

const isEnqueue = (effect: Effect): effect is EffectOf<"merge.enqueue"> => effect.kind === "merge.enqueue";

export const entersQueue = ({ effects }: Pick<OpenEdge, "effects">): boolean => effects.some(isEnqueue);

/** Behind the end of the owner's run. `undefined`: it is not in the queue any more, or was never to be. */
export function inQueue(
  { queue, now, settings }: Snapshot,
  open: OpenEdge,
  act: JudgedAct | undefined,
): Decision | undefined {
  const effect = open.effects.find(isEnqueue);
  if (!effect || !queue) return undefined;
  if (queue.kind === "out") {
    if (queue.why !== "merged" || !queue.entered) return undefined;
    const waitsFor = `GitHub to show #${effect.pull} as merged by the merge queue`;
    return { kind: "rest", state: "merging", code: "in-merge-queue", waitsFor, again: now + 1_000 };
  }
  if (act && !open.cancel) return { kind: "advance", steps: [{ step: "cancel", why: "act" }], markers: [] };
  if (act) return { kind: "dequeue", pull: effect.pull };
  return {
    kind: "rest",
    state: "merging",
    code: "in-merge-queue",
    waitsFor: `the merge queue to merge #${effect.pull}, which is number ${queue.position} there`,
    // How it ends is told by a webhook.
    again: now + 5 * settings.startPatience,
  };
}
