/** `merge: shadow`: what Cairn would have done, against what people did; enough is three alike and nothing against it. */
import { expect, test } from "vitest";
import { type Past, scoreOf } from "../../src/policy/graduation.ts";

const HERE = "acme/tools";
const pull = (number: number, change: Partial<Past> = {}): Past => ({
  number,
  verdict: { says: "merge-shadow 0123", at: 1_000 },
  mergedAt: 2_000,
  mergeSha: `${number}`.repeat(40),
  headSha: `a${number}`.repeat(20),
  ...change,
});
const three = [pull(1), pull(2), pull(3)];

test("three agreements are enough, two are not", () => {
  expect(scoreOf(three, [], HERE)).toMatchObject({ agreed: 3, against: 0, ready: true });
  expect(scoreOf(three.slice(1), [], HERE)).toMatchObject({ agreed: 2, against: 0, ready: false });
  expect(scoreOf([], [], HERE)).toEqual({ compared: [], agreed: 0, against: 0, ready: false });
});

test.each<[string, Past, string]>([
  ["closed instead", pull(4, { mergedAt: null, mergeSha: null }), "closed-instead"],
  [
    "merged while a review was missing",
    pull(4, { verdict: { says: "review-missing 1 shadow", at: null } }),
    "merged-anyway",
  ],
  [
    "merged before Cairn would have",
    pull(4, { verdict: { says: "merge-shadow 1", at: 2_001 } }),
    "merged-anyway",
  ],
])("one %s speaks against it, and is named", (_what, other, is) => {
  const score = scoreOf([...three, other], [], HERE);
  expect(score).toMatchObject({ agreed: 3, against: 1, ready: false });
  expect(score.compared.at(-1)).toMatchObject({ number: 4, is });
});

test("what was said before the trial counts neither for nor against, whatever people did", () => {
  const before = { says: "review-missing 1", at: null };
  const others = [
    pull(4, { verdict: before }),
    pull(5, { verdict: before, mergedAt: null, mergeSha: null }),
    pull(6, { verdict: before }),
  ];
  const reverted = `This reverts commit ${"6".repeat(40)}.`;
  const score = scoreOf([...three, ...others], [reverted], HERE);
  expect(score).toMatchObject({ agreed: 3, against: 0, ready: true });
  expect(score.compared.map(({ number }) => number)).toEqual([1, 2, 3]);
});

test("what an older check run says of the trial by its own word counts as before, and so does a newer one", () => {
  for (const says of ["merge-shadow 0123", "merge-shadow 0123 shadow"]) {
    const verdict = { says, at: 1_000 };
    expect(scoreOf([pull(1, { verdict })], [], HERE)).toMatchObject({ agreed: 1, against: 0 });
    expect(scoreOf([pull(1, { verdict, mergedAt: null })], [], HERE)).toMatchObject({
      agreed: 0,
      against: 1,
    });
  }
});

test.each([
  `Revert "it"\n\nThis reverts commit ${"2".repeat(40)}.`,
  `Revert "the work"\n\nThis reverts commit ${"a2".repeat(20)}.`,
  'Revert "it" (#9)\n\nReverts acme/tools#2',
  "Back out\n\nreverts #2.",
])("the first revert withdraws it: %j", (message) => {
  const score = scoreOf(three, ["Merge", message], HERE);
  expect(score).toMatchObject({ agreed: 2, against: 1, ready: false });
  expect(score.compared[1]).toEqual({ number: 2, is: "reverted", verdict: "merge-shadow" });
});

test("what reverts something else withdraws nothing", () => {
  const messages = [
    "Reverts acme/tools#22",
    "Reverts other/tools#2",
    `This reverts commit ${"9".repeat(40)}.`,
  ];
  expect(scoreOf(three, messages, HERE).ready).toBe(true);
});

test.each<[string, Partial<Past>]>([
  ["no verdict", { verdict: null }],
  ["a verdict of `merge: never`", { verdict: { says: "merge-by-people 1", at: 1_000 } }],
  ["a merge by Cairn itself", { verdict: { says: "open 1", at: 1_000 } }],
  ["a try", { verdict: { says: "synthetic 1 shadow", at: 1_000 }, mergedAt: null }],
  ["a merge by a queue", { verdict: { says: "in-merge-queue 1 shadow", at: 1_000 } }],
  ["what both left alone", { verdict: { says: "check-failed 1 shadow", at: 1_000 }, mergedAt: null }],
])("%s proves nothing either way", (_what, change) => {
  expect(scoreOf([...three, pull(4, change)], [], HERE)).toMatchObject({ agreed: 3, against: 0 });
});
