/** What a run may ask of GitHub: known beforehand, by its effects alone (I11). */
import { expect, test } from "vitest";
import {
  allowanceOf,
  CONCLUDING,
  NOTHING,
  ofBlobs,
  PROVING,
  PROVING_AGAIN,
  pointsOf,
  sum,
} from "../../src/core/allowance.ts";
import * as keys from "../../src/core/keys.ts";
import type { Effect } from "../../src/core/words.ts";

const turn = { generation: 1, attempt: 1 };
const BRANCH = "cairn/12-g1";
const agent = keys.agentRun(12, turn);

test("each effect of a run without an agent is the gate's to do, beside the proof and the claim", () => {
  const base = { requests: 40, writes: 6, content: 0 };
  expect(allowanceOf([])).toEqual({ gate: base, effect: NOTHING, conclude: CONCLUDING });
  const costs: readonly (readonly [Effect, number, number, number])[] = [
    [keys.branchCreate(BRANCH), 14, 8, 0],
    [keys.branchPush("b", 41, "h", { generation: 1, round: 1 }), 14, 8, 0],
    [keys.branchUpdate(41, "h", turn), 60, 3, 0],
    [keys.pullCreate(BRANCH, "main"), 10, 3, 1],
    [keys.pullClose(40, turn), 10, 3, 0],
    [keys.reviewRequest(BRANCH, ["rui"], turn), 10, 3, 1],
    // Three who may each have to be asked alone.
    [keys.reviewRequest(BRANCH, ["rui", "sam", "tim"], turn), 22, 6, 4],
    [keys.merge(41, "h", "merge", turn), 90, 6, 1],
  ];
  for (const [effect, requests, writes, content] of costs) {
    expect(allowanceOf([effect]), effect.kind).toEqual({
      gate: { requests: 40 + requests, writes: 6 + writes, content },
      effect: NOTHING,
      conclude: CONCLUDING,
    });
  }
});

test("with an agent the gate only closes what the work replaces; the rest is the effect job's", () => {
  const effects = [
    keys.pullClose(40, turn),
    agent,
    keys.branchCreate(BRANCH),
    keys.pullCreate(BRANCH, "main"),
  ];
  expect(allowanceOf(effects)).toEqual({
    gate: { requests: 52, writes: 9, content: 0 },
    effect: { requests: 30, writes: 11, content: 1 },
    conclude: { requests: 12, writes: 7, content: 1 },
  });
  expect(allowanceOf([agent])).toMatchObject({ gate: { requests: 42, writes: 6 }, effect: NOTHING });
});

test("sums, blobs and points", () => {
  expect(sum([])).toEqual(NOTHING);
  expect(NOTHING).toEqual({ requests: 0, writes: 0, content: 0 });
  expect(sum([PROVING, PROVING_AGAIN, CONCLUDING])).toEqual({ requests: 48, writes: 7, content: 1 });
  expect(ofBlobs(3)).toEqual({ requests: 6, writes: 6, content: 0 });
  // A write is five points, and one of the requests.
  expect(pointsOf({ requests: 10, writes: 3, content: 1 })).toBe(22);
});
