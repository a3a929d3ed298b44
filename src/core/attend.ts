/**
 * What is said to people where nothing else is to be done: refusals, and answers to commands that change nothing. They
 * wait for everything else, as a step of the chain under an open edge would stop its owner.
 */
import { attendOverride } from "./attend-override.ts";
import { tellWaiting } from "./attend-waiting.ts";
import type { ChainState, Step } from "./chain.ts";
import type { Reply } from "./commands/replies.ts";
import { type Decision, hasLanded, type Rest } from "./decision.ts";
import { workOf } from "./looks.ts";
import { answering, answerTo, type Plan, refusal } from "./plan.ts";
import { isHold, restWords } from "./rest-words.ts";
import type { JudgedAct, Snapshot } from "./snapshot.ts";
import { STATES } from "./states.ts";
import type { Weighed } from "./weigh.ts";

/** `undefined`: nobody has to be told anything now. */
export function attend(
  snapshot: Snapshot,
  chain: ChainState,
  weighed: Weighed,
  rest: Rest,
): Decision | undefined {
  const said = saying(snapshot, chain, weighed, rest);
  // What the edge worked that is settled on the way is asked where a step says so.
  const unread = said?.kind === "advance" && chain.open && workOf(snapshot, chain.open) === "unread";
  return unread ? { kind: "look", part: "worked" } : said;
}

function saying(snapshot: Snapshot, chain: ChainState, weighed: Weighed, rest: Rest): Decision | undefined {
  const { idle, overrides, refused } = weighed;
  const first = settlement(snapshot, chain, rest);
  const [one] = refused;
  if (one && first) {
    if (!snapshot.ledger) return { kind: "look", part: "ledger" };
    return asDecision(refusal(chain, first, one, snapshot.ledger.ledger.visible));
  }
  const [override] = overrides;
  if (override && first) return attendOverride(snapshot, chain, first, override);
  const [next] = idle;
  if (!next)
    return first && tellWaiting(snapshot, chain, first, weighed, rest, statusOf(rest, snapshot.entryLabel));
  const says = next.says === null ? answers(next.act, rest, snapshot.entryLabel) : [next.says];
  if (first) return asDecision(answering(chain, first, next.act, says));
  // Absence of an earlier answer is read from a whole list alone (I6).
  return snapshot.ledger?.kind === "complete"
    ? { kind: "note", marker: answerTo(chain, 0, next.act, says) }
    : undefined;
}

const asDecision = ({ steps, markers }: Plan): Decision => ({ kind: "advance", steps, markers });

/** What closes the open edge where the issue rests: it is done, and was to be settled with the next step. */
function settlement(snapshot: Snapshot, { open }: ChainState, rest: Rest): readonly Step[] | undefined {
  if (!open) return [];
  if (!open.claim || !hasLanded(rest)) return undefined;
  const work = workOf(snapshot, open);
  const known = work === "unread" ? {} : work;
  return [{ step: "settle", edge: open.edge, attempt: open.attempt, as: "applied", ...known }];
}

const answers = ({ command }: JudgedAct, rest: Rest, entryLabel: string): readonly Reply[] =>
  (command?.questions ?? []).map((question) =>
    question === "help" ? { about: "help" } : statusOf(rest, entryLabel),
  );

function statusOf({ state, code, waitsFor, position }: Rest, entryLabel: string): Reply {
  const { what, next } = restWords(code, entryLabel);
  if (isHold(code)) return { about: "status", what, detail: "", next };
  // What waits for its turn is not at work: the state's own words are about those that are.
  if (state === "ready" || position !== undefined) {
    const place = position === undefined ? "" : `; position ${position} of those that wait`;
    return { about: "status", what, detail: `${waitsFor}${place}`, next };
  }
  const { meaning } = STATES[state];
  const sentence = `${meaning.charAt(0).toUpperCase()}${meaning.slice(1)}.`;
  return { about: "status", what: sentence, detail: waitsFor, next };
}
