/** What one edge of an issue may ask of GitHub before it is settled, the app's own requests and its run's. */
import {
  type Allowance,
  allowanceOf,
  CHECK_LOG,
  NOTHING,
  pointsOf,
  type Spending,
  sum,
} from "../core/allowance.ts";
import { agentRun, branchCreate, merge, pullCreate, reviewRequest } from "../core/keys.ts";
import type { Effect, RunId } from "../core/words.ts";
import type { Need } from "../github/index.ts";

/** From the look that declares to the dispatch: what the app spends at once. */
const BEGINNING: Spending = { requests: 22, writes: 7, content: 1 };
/** Tokens given out and given back, looks at the run, and the look that finds the end. */
const FOLLOWING: Spending = { requests: 24, writes: 6, content: 0 };
/** The status comment: made with the first intent, edited twice, and looked for once. */
const STATUS: Spending = { requests: 5, writes: 3, content: 1 };
const STATUS_AGAIN: Spending = { requests: 3, writes: 1, content: 0 };

/** Points of a job when all goes well: its share is twice that, and hardly ever do many jobs need it in one minute. */
const likely = (share: Spending): number => Math.ceil(pointsOf(share) / 2);

/** What a run is to do: its effects, and the run whose check said no to what it mends. */
interface Work {
  readonly effects: readonly Effect[];
  readonly mends?: RunId;
}

/** The same as the intent's own. */
const allowed = ({ effects, mends }: Work): Allowance => allowanceOf(effects, mends ? CHECK_LOG : NOTHING);

export function needOf(work: Work): Need {
  const run = allowed(work);
  const { effects } = work;
  const isFirst = effects.some(({ kind }) => kind === "agent.run" || kind === "issue.create");
  const status = isFirst ? STATUS : STATUS_AGAIN;
  const all = sum([BEGINNING, FOLLOWING, status, run.gate, run.effect, run.conclude]);
  return { requests: all.requests, content: all.content, points: pointsOf(BEGINNING) + likely(run.gate) };
}

/** What a job of the run may spend, as the governor counts it. */
export function shareOf(work: Work, job: keyof Allowance): Need {
  const share = allowed(work)[job];
  return { requests: share.requests, content: share.content, points: likely(share) };
}

/** No job is given less. */
export const LEAST_SHARE: Need = { requests: 30, content: 0, points: 30 };

const turn = { generation: 1, attempt: 1 };
const branch = "cairn/1-g1";

/** Before the issue was read: it may begin anew, and that costs most. */
export const NEW_WORK: Need = needOf({
  effects: [
    agentRun(1, turn),
    branchCreate(branch),
    pullCreate(branch, "main"),
    reviewRequest(branch, ["somebody"], turn),
  ],
});

/** Before an issue was read that has a chain already: mostly it rests, or its merge is next. */
export const GOING_ON: Need = needOf({ effects: [merge(1, "0".repeat(40), "merge", turn)] });
