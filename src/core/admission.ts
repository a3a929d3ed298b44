/**
 * Whether an agent may begin now. Slots and quiet hours guard no promise: they bound what a repository spends at once, and
 * when. Two processes that look in the same moment may begin one more than there are slots.
 */
import type { ChainState, Step } from "./chain.ts";
import type { Decision, Rest } from "./decision.ts";
import { branchOf } from "./keys.ts";
import { holding } from "./plan.ts";
import type { ConfigView, SlotsView, Snapshot } from "./snapshot.ts";
import type { IssueState } from "./states.ts";
import type { Act } from "./words.ts";

/** Milliseconds after which whoever waits for a slot looks again, if no other issue's end wakes it: slots may be raised. */
const SLOT_PATIENCE = 60 * 60_000;

export interface Admission {
  readonly config: Extract<ConfigView, { kind: "valid" }>;
  /** Steps that clear the way: they wait for nothing. */
  readonly first: readonly Step[];
  /** The generation that the agent would work for. */
  readonly generation: number;
  /** The issue's state while it waits. */
  readonly state: IssueState;
  /** Acts that ask for it. */
  readonly acts: readonly Act[];
}

/** `undefined`: it may. Else what is to be read, what it waits for, or that it never will. */
export function admitted(
  { slots, now }: Snapshot,
  chain: ChainState,
  { config, first, generation, state, acts }: Admission,
): Decision | undefined {
  if (config.autonomy === "suggest" && !isApproved(chain, generation, acts)) {
    const detail = `it would publish on ${branchOf(chain.issue.number, generation)}, into ${config.base}`;
    return { kind: "advance", ...holding(chain, first, "only-suggests", detail, { acts }) };
  }
  const waits = (rest: Omit<Rest, "kind" | "state">): Decision =>
    first.length > 0 ? { kind: "advance", steps: first, markers: [] } : { kind: "rest", state, ...rest };
  const { quietUntil } = config;
  if (quietUntil !== null)
    return waits({ code: "quiet-hours", waitsFor: quietWords(quietUntil), again: quietUntil });
  if (!slots) return { kind: "look", part: "slots" };
  if (slots.ahead.length < slots.limit - slots.holders.length) return undefined;
  const position = slots.ahead.length + 1;
  return waits({ code: "slots-full", waitsFor: slotWords(slots), again: now + SLOT_PATIENCE, position });
}

/** A yes to what was suggested counts for the generation that it raised, however often that is tried. */
export const isApproved = (chain: ChainState, generation: number, acts: readonly Act[]): boolean =>
  generation === chain.generation ? chain.approved === true : acts.some(({ kind }) => kind === "approve");

/** What is waited for in quiet hours. */
export const quietWords = (until: number): string =>
  `the end of the quiet hours, ${new Date(until).toISOString()}`;

/** `a slot (2 of 2 are taken, by #3, #5)`. */
function slotWords({ limit, holders }: SlotsView): string {
  const by = holders.map((one) => `#${one}`).join(", ");
  const taken = holders.length === 0 ? "none is taken" : `${holders.length} of ${limit} are taken, by ${by}`;
  return `a slot (${taken})`;
}
