/** A finished issue that a person opens again asks for work like the label that asked for it first. */
import type { ChainState } from "./chain.ts";
import type { Decision } from "./decision.ts";
import type { JudgedAct, PullView, Snapshot } from "./snapshot.ts";

/** Milliseconds after which events that do not show it are read again. */
const PATIENCE = 2_000;

/**
 * The snapshot with the reopening among its acts, where it is one: by somebody who may ask for work, behind the end of
 * the current generation's. What was closed and opened again before that is the same work still.
 */
export function withReopening(snapshot: Snapshot, chain: ChainState): Snapshot | Decision {
  const { issue, pulls, reopening, acts = [], now } = snapshot;
  if (!issue.open || !issue.reopened || chain.generation === 0 || chain.hold) return snapshot;
  if (!pulls) return { kind: "look", part: "pulls" };
  const end = endOf(chain, pulls);
  if (end === undefined) return snapshot;
  if (!reopening) return { kind: "look", part: "reopening" };
  if (reopening.kind === "unclear") {
    const waitsFor = "GitHub to show who opened the issue again";
    return { kind: "rest", state: "done", code: "reopening-unseen", waitsFor, again: now + PATIENCE };
  }
  if (!reopening.permitted || !reopening.actor) return snapshot;
  const { id, actor, at } = reopening;
  if (at <= end || chain.acts.includes(id)) return snapshot;
  const act: JudgedAct = { id, kind: "reopen", actor, at, permitted: true };
  return { ...snapshot, acts: [...acts, act].sort((a, b) => a.at - b.at) };
}

/** When the work was done, ms: merged or, of a try, closed. `undefined`: it is not, or nobody can say since when. */
function endOf({ synthetic }: ChainState, pulls: readonly PullView[]): number | undefined {
  const ended =
    pulls.find(({ merged }) => merged) ?? pulls.find(({ state }) => synthetic && state === "closed");
  return ended?.closedAt;
}
