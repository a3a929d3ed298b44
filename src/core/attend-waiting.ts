/**
 * What a person asked for by a command, and what then waits for people, with nothing on the issue that says so: a closed
 * issue has no status comment of its own, and a question that stands there is older than the command.
 */
import type { ChainState, Step } from "./chain.ts";
import type { Reply } from "./commands/replies.ts";
import type { Decision, Rest } from "./decision.ts";
import { answering } from "./plan.ts";
import type { Snapshot } from "./snapshot.ts";
import type { WaitCode } from "./waits.ts";
import type { Weighed } from "./weigh.ts";

/** Rests of an act that counts and of which nothing comes before a person does something. */
const FOR_PEOPLE: ReadonlySet<Rest["code"]> = new Set<WaitCode>(["issue-to-open", "text-lacks"]);

/**
 * The answer to the last such command, by a step that consumes nothing: it counts once the way is clear. Said once for
 * all that wait together, and not where people were asked behind it. `undefined`: nobody has to be told.
 */
export function tellWaiting(
  { ledger }: Snapshot,
  chain: ChainState,
  first: readonly Step[],
  { counting }: Weighed,
  { code }: Rest,
  says: Reply,
): Decision | undefined {
  const asked = counting.filter(({ command }) => command);
  const last = asked.at(-1);
  if (!FOR_PEOPLE.has(code) || !last?.command) return undefined;
  if (!ledger) return { kind: "look", part: "ledger" };
  // I6: in a list that is too short the answer may be missing.
  if (ledger.kind !== "complete") return undefined;
  const { comment } = last.command;
  const wasTold = [...ledger.ledger.visible.values()].some(
    ({ marker, comment: where }) =>
      (marker.type === "answer" && asked.some(({ id }) => id === marker.act)) ||
      (marker.type === "question" && code === "text-lacks" && where > comment),
  );
  return wasTold ? undefined : { kind: "advance", ...answering(chain, first, last, [says], []) };
}
