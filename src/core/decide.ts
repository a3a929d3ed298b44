/**
 * What comes next for an issue: a pure and total function of what was read (I5). It asks for a part before it
 * leans on it, so that an issue that rests costs few requests; it never asks twice for a part that it has.
 */
import { type ChainState, emptyChain } from "./chain.ts";
import { markersOf } from "./commit-message.ts";
import { decideClaimed } from "./decide-claimed.ts";
import { reviewing } from "./decide-reviewing.ts";
import { decideUnclaimed } from "./decide-unclaimed.ts";
import type { Decision } from "./decision.ts";
import { advance, again, distrust, heldRest, obey, show } from "./moves.ts";
import { holding, refusal } from "./plan.ts";
import type { JudgedAct, Snapshot } from "./snapshot.ts";
import type { WaitCode } from "./waits.ts";

export function decide(snapshot: Snapshot): Decision {
  const { chain, ledger } = snapshot;
  if (chain.kind === "foreign") return distrust(snapshot, "chain-foreign", chain.why, chain.head);
  const declaring = chain.kind === "absent" || chain.record.markers.length > 0;
  if (declaring && !ledger) return { kind: "look", part: "ledger" };
  const beyond = ledger?.ledger.beyond.at(-1);
  if (beyond) {
    const words =
      beyond.seq === null
        ? `comment ${beyond.comment} was written behind a step of it`
        : `comment ${beyond.comment} cites step ${beyond.seq}`;
    return chain.kind === "absent"
      ? distrust(snapshot, "chain-missing", words, null)
      : distrust(snapshot, "chain-rewound", `${words}, the chain ends at ${chain.state.seq}`, chain.head);
  }
  if (!snapshot.acts) return { kind: "look", part: "acts" };
  const state = chain.kind === "sound" ? chain.state : emptyChain(snapshot.issue.id);
  const unseen = unseenMarker(snapshot);
  // Nobody can have taken up an intent that nobody can see: an act withdraws it without waiting for that.
  const withdrawn = state.open?.claim === null && snapshot.acts.some((act) => act.permitted);
  if (unseen && !withdrawn) return unseen;
  return decideState(snapshot, state, snapshot.acts);
}

/** I1: what the head declares is written, and seen, before anything else happens. */
function unseenMarker({ chain, ledger, now, settings }: Snapshot): Decision | undefined {
  if (chain.kind !== "sound" || !ledger) return undefined;
  for (const [digest, marker] of markersOf(chain.record)) {
    if (ledger.ledger.visible.has(digest)) continue;
    // I6: a short list proves no absence.
    if (ledger.kind === "short") {
      const count = `${ledger.found} of ${ledger.expected}`;
      return now - chain.at <= settings.quietPeriod
        ? rest("comments-short", `all comments to be readable (${count})`, now + 2_000)
        : rest(
            "not-visible",
            `not-visible: GitHub shows ${count} comments; its status page may say more`,
            now + 30_000,
          );
    }
    return { kind: "announce", marker };
  }
  return undefined;
}

const rest = (code: WaitCode, waitsFor: string, again: number): Decision => ({
  kind: "rest",
  state: "ready",
  code,
  waitsFor,
  again,
});

function decideState(snapshot: Snapshot, chain: ChainState, acts: readonly JudgedAct[]): Decision {
  const act = acts.filter((one) => one.permitted).at(-1);
  const refused = acts.find((one) => !one.permitted);
  // While an edge is open its owner's claim stays the head: a refusal can wait, the owner cannot.
  if (refused && !chain.open) return advance(refusal(chain, refused));
  const { open } = chain;
  if (open && !open.claim) return decideUnclaimed(snapshot, chain, open, act);
  if (open?.claim) return decideClaimed(snapshot, chain, { ...open, claim: open.claim }, act);
  if (act) return obey(snapshot, chain, [], act);
  if (chain.hold) return show(snapshot, "hold") ?? heldRest(chain.hold.reason);
  if (chain.applied.includes("implement")) return reviewing(snapshot, chain, []);
  if (chain.generation === 0) {
    // Somebody was asked about the text, and then nobody wanted it any more.
    const shown = chain.questions.length > 0 ? show(snapshot, "idle") : undefined;
    if (shown) return shown;
    return {
      kind: "rest",
      state: "idle",
      code: "nobody-asked",
      waitsFor: "somebody to set cairn:ready",
      again: null,
    };
  }
  if (!snapshot.issue.open) return advance(holding(chain, [], "issue-closed", "before the work was done"));
  return again(snapshot, chain, []);
}
