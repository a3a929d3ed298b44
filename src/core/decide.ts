/**
 * What comes next for an issue: a pure and total function of what was read (I5). It asks for a part before it
 * leans on it, so that an issue that rests costs few requests; it never asks twice for a part that it has.
 */
import { attend } from "./attend.ts";
import { type ChainState, emptyChain } from "./chain.ts";
import { markersOf } from "./commit-message.ts";
import { decideClaimed } from "./decide-claimed.ts";
import { reviewing } from "./decide-reviewing.ts";
import { decideUnclaimed } from "./decide-unclaimed.ts";
import type { Decision } from "./decision.ts";
import { withEdit } from "./edits.ts";
import { advance, again, cancelledRest, distrust, heldRest, obey, show } from "./moves.ts";
import { holding, refusal } from "./plan.ts";
import { withReopening } from "./reopening.ts";
import type { Snapshot } from "./snapshot.ts";
import type { WaitCode } from "./waits.ts";
import { reactionTo, type Weighed, weigh } from "./weigh.ts";

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
  const edited = withEdit(snapshot, state);
  if ("kind" in edited) return edited;
  const asked = withReopening(edited, state);
  return "kind" in asked ? asked : decideActs(asked, state);
}

/** All acts are known, each is judged. */
function decideActs(snapshot: Snapshot, state: ChainState): Decision {
  const weighed = weigh(snapshot, state);
  const fresh = snapshot.acts?.find(({ command }) => command && !snapshot.reacted?.has(command.comment));
  if (snapshot.reacted && fresh?.command) {
    return { kind: "react", comment: fresh.command.comment, content: reactionTo(fresh, weighed) };
  }
  const unseen = unseenMarker(snapshot);
  // Nobody can have taken up an intent that nobody can see: an act withdraws it without waiting for that.
  const withdrawn = state.open?.claim === null && weighed.counting.length > 0;
  if (unseen && !withdrawn) return unseen;
  const decision = decideState(snapshot, state, weighed);
  if (decision.kind !== "rest") return decision;
  return attend(snapshot, state, weighed, decision) ?? decision;
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

function decideState(snapshot: Snapshot, chain: ChainState, { counting, refused }: Weighed): Decision {
  const act = counting.at(-1);
  const [other] = refused;
  // While an edge is open its owner's claim stays the head: a refusal can wait, the owner cannot.
  if (other && !chain.open) {
    if (!snapshot.ledger) return { kind: "look", part: "ledger" };
    return advance(refusal(chain, [], other, snapshot.ledger.ledger.visible));
  }
  const { open } = chain;
  if (open && !open.claim) return decideUnclaimed(snapshot, chain, open, act);
  if (open?.claim) return decideClaimed(snapshot, chain, { ...open, claim: open.claim }, act);
  if (act) return obey(snapshot, chain, [], act);
  if (chain.hold?.reason === "cancelled") return show(snapshot, "idle") ?? cancelledRest(snapshot);
  if (chain.hold) return show(snapshot, "hold") ?? heldRest(snapshot, chain.hold.reason);
  if (chain.applied.includes("implement")) return reviewing(snapshot, chain, []);
  if (chain.generation === 0) {
    // Somebody was asked about the text, or waited for their turn, and then nobody wanted it any more.
    const withdrawn = chain.questions.length > 0 || snapshot.readyByApp === true;
    const shown = withdrawn ? show(snapshot, "idle") : undefined;
    if (shown) return shown;
    return {
      kind: "rest",
      state: "idle",
      code: "nobody-asked",
      waitsFor: `somebody to set ${snapshot.entryLabel}`,
      again: null,
    };
  }
  if (!snapshot.issue.open) return advance(holding(chain, [], "issue-closed", "before the work was done"));
  return again(snapshot, chain, []);
}
