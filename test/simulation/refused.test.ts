/** What the checker wants no attempt to begin behind: the same files refused twice, or as many attempts as there may be. */
import { expect, test } from "vitest";
import type { Facts } from "../../src/simulation/checker/index.ts";
import { checkRefused } from "../../src/simulation/checker/refused.ts";

/** How an attempt came to its end: its check said no to a tree, which its owner told or did not; or it was lost. */
interface Tried {
  readonly tree?: string;
  readonly told?: false;
  readonly edge?: string;
  readonly generation?: number;
  /** What was published already is adopted: no agent. */
  readonly adopts?: true;
}

/** Attempts one behind the other, of issue 1. */
function broken(attempts: number, tried: readonly Tried[]) {
  const runOf = (index: number) => ({ id: index + 5, attempt: 1 });
  const declares = tried.map(({ edge = "implement", generation = 1, adopts }, index) => ({
    ...{ at: 0, edge, generation, attempt: index + 1, digest: "d" },
    effects: [{ kind: adopts ? "pull.create" : "agent.run", key: "k" }],
    run: runOf(index),
    ended: { at: 0, as: tried[index]?.tree === undefined ? "lost" : "failed" },
  }));
  const steps = tried.flatMap(({ tree, told }, index) =>
    tree === undefined || told === false
      ? []
      : [{ at: 0, step: "result", reason: "check-red", run: runOf(index) }],
  );
  const refused = new Map(
    tried.flatMap(({ tree }, index) => (tree === undefined ? [] : [[`${index + 5}/1`, tree] as const])),
  );
  const line = { steps, declares, open: false };
  const facts = {
    shape: { attempts },
    history: { refused },
    chains: new Map([[1, { heads: [{ at: 0, byPerson: false, line }] }]]),
  };
  return checkRefused(facts as unknown as Facts).map(({ rule, issue, what }) => [rule, issue, what]);
}

const a = { tree: "a" };
const b = { tree: "b" };

test.each<[string, number, readonly Tried[]]>([
  ["other files each time", 3, [a, b, { tree: "c" }]],
  ["the same files twice, and nothing behind it", 3, [a, a]],
  [
    "the same in another generation, or on another edge",
    3,
    [a, { ...a, generation: 2 }, { ...b, edge: "fix" }],
  ],
  ["an owner that was lost with its word", 3, [{ ...a, told: false }, a, b]],
  ["what is published is adopted", 2, [a, a, { adopts: true }]],
  [
    "rounds have a number of their own",
    1,
    [
      { ...a, edge: "fix" },
      { ...b, edge: "fix" },
    ],
  ],
])("%s: nothing is wrong", (_what, attempts, tried) => {
  expect(broken(attempts, tried)).toEqual([]);
});

test("an attempt behind the same files, refused twice, has begun in vain", () => {
  const what = "implement/3 of generation 1 was declared, and the check had said no to the same files twice";
  expect(broken(9, [a, a, b])).toEqual([["begun-in-vain", 1, what]]);
  expect(broken(9, [a, b, a, b])).toHaveLength(1);
  expect(
    broken(
      9,
      [a, a, b].map((one) => ({ ...one, edge: "fix" })),
    ),
  ).toHaveLength(1);
});

test("so has one more than the configuration has, whatever became of those before", () => {
  const what = "implement/3 of generation 1 was declared, and 2 attempts were lost or refused, of 2";
  expect(broken(2, [a, b, { tree: "c" }])).toEqual([["begun-in-vain", 1, what]]);
  expect(broken(2, [a, {}, b])).toEqual([["begun-in-vain", 1, what]]);
});
