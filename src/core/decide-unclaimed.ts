/** An intent that is declared and visible, and that no run has claimed yet. */
import type { ChainState, OpenEdge, SealReason } from "./chain.ts";
import { gateAgain } from "./decide-reviewing.ts";
import type { Decision } from "./decision.ts";
import { advance, again, distrust, obey, openMarkerOf, show } from "./moves.ts";
import { holding } from "./plan.ts";
import type { JudgedAct, Snapshot, StartsView } from "./snapshot.ts";
import type { IssueState } from "./states.ts";

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
  const marker = openMarkerOf(open, snapshot);
  if (marker && marker.pins.text !== issue.text) {
    return advance(holding(chain, [seal("text-changed")], "text-changed", "after the intent was declared"));
  }
  if (marker && now > marker.until) return renew(snapshot, chain, open);
  if (!starts) return { kind: "look", part: "starts" };
  if (starts.kind === "no-workflow") {
    const detail = `there is no workflow ${starts.file} on the default branch`;
    return advance(holding(chain, [seal("never-started")], "never-started", detail));
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
  return start(snapshot, chain, open, starts);
}

/** The same work under a new attempt, as nobody may claim the old one any more. */
function renew(snapshot: Snapshot, chain: ChainState, open: OpenEdge): Decision {
  const seal = { step: "seal", why: "expired" } as const;
  return open.edge === "implement" ? again(snapshot, chain, [seal]) : gateAgain(snapshot, chain, [seal]);
}

function start(
  snapshot: Snapshot,
  chain: ChainState,
  open: OpenEdge,
  { starts }: Extract<StartsView, { kind: "known" }>,
): Decision {
  const { now, settings, startedAt, ledger } = snapshot;
  const state: IssueState = open.edge === "implement" ? "implementing" : "merging";
  const alive = starts.find((run) => !run.over);
  if (alive) {
    return (
      show(snapshot, state) ?? {
        kind: "rest",
        state,
        waitsFor: `run ${alive.run.id} to claim ${open.edge}/${open.attempt}`,
        again: now + settings.startPatience,
      }
    );
  }
  const last = starts.reduce((latest, run) => Math.max(latest, run.at), 0);
  if (starts.length >= settings.starts) {
    const detail = `runs ${starts.map((run) => run.url).join(", ")}`;
    return advance(holding(chain, [{ step: "seal", why: "never-started" }], "never-started", detail));
  }
  const comment = ledger?.ledger.visible.get(open.digest)?.comment;
  const waiting = startedAt !== undefined && startedAt >= last && now - startedAt < settings.startPatience;
  if (!waiting && comment !== undefined) return { kind: "start", comment };
  return (
    show(snapshot, state) ?? {
      kind: "rest",
      state,
      waitsFor: `a run to take up ${open.edge}/${open.attempt}`,
      again: now + settings.startPatience,
    }
  );
}
