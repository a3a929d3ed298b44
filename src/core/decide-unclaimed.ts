/** An intent that is declared and visible, and that no run has claimed yet. */
import type { ChainState, OpenEdge, SealReason } from "./chain.ts";
import { gateAgain } from "./decide-reviewing.ts";
import type { Decision } from "./decision.ts";
import { heldForEdit } from "./edits.ts";
import { advance, again, distrust, obey, openMarkerOf, show } from "./moves.ts";
import { holding } from "./plan.ts";
import type { JudgedAct, Snapshot, StartView } from "./snapshot.ts";
import { stateOfEdge, writes } from "./states.ts";
import type { WaitCode } from "./waits.ts";
import { isEdited } from "./work-text.ts";

export function decideUnclaimed(
  snapshot: Snapshot,
  chain: ChainState,
  open: OpenEdge,
  act: JudgedAct | undefined,
): Decision {
  const seal = (why: SealReason) => ({ step: "seal", why }) as const;
  if (act) return obey(snapshot, chain, [seal("act")], act);
  const { issue, now, starts } = snapshot;
  if (!issue.open)
    return advance(holding(chain, [seal("issue-closed")], "issue-closed", "before the work began"));
  // Where no agent runs any more, nobody works on the text; a merge is of what people have read, and what is opened
  // elsewhere has the text in it.
  const isOfText =
    (open.budget !== null && writes(open.edge)) || open.edge === "merge" || open.edge === "route";
  if (isOfText && isEdited(issue, chain)) {
    const first = [seal("text-changed")];
    const when = "after the intent was declared";
    return heldForEdit(snapshot, chain, { first, when, state: stateOfEdge(open.edge) });
  }
  const marker = openMarkerOf(open, snapshot);
  // No run takes up what pins another text: it is declared anew, where it still is to be done.
  if (!isOfText && marker && marker.pins.text !== issue.text)
    return { kind: "advance", steps: [seal("text-changed")], markers: [] };
  if (!starts) return { kind: "look", part: "starts" };
  if (starts.kind === "no-workflow") {
    return advance(holding(chain, [seal("never-started")], "never-started", starts.why));
  }
  // The chain says that nobody has claimed, and an owner's work says otherwise: the chain was moved back (I2).
  const owner = starts.starts.find((run) => run.worked);
  if (owner && snapshot.chain.kind === "sound") {
    return distrust(
      snapshot,
      "chain-rewound",
      `run ${owner.run.id} has worked for this intent`,
      snapshot.chain.head,
    );
  }
  return marker && now > marker.until
    ? expired(snapshot, chain, open, starts.starts)
    : start(snapshot, chain, open, starts.starts);
}

const isOver = (run: StartView): boolean => run.status === "completed";

/** Nobody may claim the intent any more: people are asked where a run got no machine, else it is declared anew. */
function expired(
  snapshot: Snapshot,
  chain: ChainState,
  open: OpenEdge,
  starts: readonly StartView[],
): Decision {
  const alive = starts.filter((run) => !isOver(run));
  // Its gate is at work: it refuses what has expired, and ends.
  const gate = alive.find((run) => run.status === "in_progress");
  if (gate) return waiting(snapshot, open, "run-to-end", `run ${gate.run.id} to end`, gate);
  if (alive.length > 0) return neverStarted(chain, alive);
  const seal = { step: "seal", why: "expired" } as const;
  return open.edge === "implement" || open.edge === "route"
    ? again(snapshot, chain, [seal])
    : gateAgain(snapshot, chain, [seal]);
}

function start(
  snapshot: Snapshot,
  chain: ChainState,
  open: OpenEdge,
  starts: readonly StartView[],
): Decision {
  const { now, settings, startedAt, ledger } = snapshot;
  const alive = starts.find((run) => !isOver(run));
  if (alive) {
    const what = `run ${alive.run.id} (${alive.status}) to claim ${open.edge}/${open.attempt}`;
    return waiting(snapshot, open, "run-to-claim", what, alive);
  }
  // A run that took up nothing has read them too: no other will.
  const [altered] = starts.length > 0 ? (snapshot.alteredAnswers ?? []) : [];
  if (altered !== undefined) {
    const detail = `comment ${altered}, which belongs to it, was edited or deleted after the intent was declared`;
    return advance(holding(chain, [{ step: "seal", why: "text-changed" }], "text-changed", detail));
  }
  if (starts.length >= settings.starts) return neverStarted(chain, starts);
  const last = starts.reduce((latest, run) => Math.max(latest, run.at), 0);
  const comment = ledger?.ledger.visible.get(open.digest)?.comment;
  const patient = startedAt !== undefined && startedAt >= last && now - startedAt < settings.startPatience;
  if (!patient && comment !== undefined) return { kind: "start", comment };
  return waiting(snapshot, open, "run-to-start", `a run to take up ${open.edge}/${open.attempt}`);
}

/** What a run does next is told by a webhook: without one it is looked at the later, the longer it has waited anyway. */
function waiting(
  snapshot: Snapshot,
  open: OpenEdge,
  code: WaitCode,
  waitsFor: string,
  run?: StartView,
): Decision {
  const state = stateOfEdge(open.edge);
  const { now, settings } = snapshot;
  const again = now + Math.max(settings.startPatience, now - (run?.at ?? now));
  return show(snapshot, state) ?? { kind: "rest", state, code, waitsFor, again };
}

/** No attempt is charged for it: nobody has claimed, so nothing was tried (I9). */
function neverStarted(chain: ChainState, starts: readonly StartView[]): Decision {
  const detail = starts.map((run) => `${run.url} ${fateOf(run)}`).join("; ");
  return advance(holding(chain, [{ step: "seal", why: "never-started" }], "never-started", detail));
}

/** Why a run came to nothing, as far as GitHub says. */
function fateOf({ status, conclusion }: StartView): string {
  if (status === "pending") return "is still pending: it waits for its concurrency group";
  if (status !== "completed") return `is still ${status}: no runner takes it`;
  switch (conclusion) {
    case "cancelled":
      return "was cancelled, by a person or by its concurrency group";
    case "startup_failure":
      return "could not start: the workflow file is not valid, or may not call what it calls";
    case "success":
      return "took up nothing";
    default:
      return `ended as ${conclusion ?? "nothing"}`;
  }
}
