/** `untested-base: update`, the default: what only lacks the newest commit of its base is brought up to date by Cairn. */
import { expect, test } from "vitest";
import { MOST_UPDATES } from "../../src/core/base-update.ts";
import type { GateFacts } from "../../src/policy/gate/facts.ts";
import { judgeAll, judgeMerge } from "../../src/policy/gate/judge.ts";
import { botReview, check, config, good, HEAD, issue, pull, review, rules } from "./gate-facts.ts";

const behind: GateFacts = { ...good, onTip: false };
const codeOf = (facts: GateFacts) => {
  const view = judgeMerge(facts);
  return view.kind === "waits" ? view.code : view.kind;
};

test("a head that lacks the base's newest commit, and nothing else, is updated; the people who approved it are named", () => {
  expect(judgeMerge(behind)).toEqual({ kind: "update", head: HEAD, pull: 41, askedBy: ["robin"] });
  const both = { ...config, reviewBots: ["lint[bot]"] };
  expect(judgeMerge({ ...behind, config: both, reviews: [review(1, "robin"), botReview] })).toMatchObject({
    askedBy: ["robin"],
  });
  expect(judgeMerge({ ...behind, onTip: true }).kind).toBe("open");
  const { onTip: _unread, ...bare } = good;
  expect(judgeMerge(bare)).toEqual({ kind: "look", part: "onTip" });
});

test("where GitHub calls it behind, the same", () => {
  const { onTip: _unread, ...strict } = behind;
  const pulled = { ...pull, mergeableState: "behind" };
  expect(judgeMerge({ ...strict, pull: pulled, rules: { ...rules, strict: true } }).kind).toBe("update");
});

test.each<readonly [what: string, change: Partial<GateFacts>, code: string]>([
  ["no approval", { reviews: [] }, "review-missing"],
  ["a check that runs", { checks: [check("test", null)] }, "check-pending"],
  ["a conflict", { pull: { ...pull, mergeable: false } }, "refused"],
  ["a rule that blocks", { pull: { ...pull, mergeableState: "blocked" } }, "rules-unmet"],
  ["a hold", { issue: { ...issue, labels: ["cairn:hold"] } }, "issue-held"],
  ["an open dependency", { issue: { ...issue, blockers: ["#7"] } }, "blocked"],
  ["a try", { synthetic: true }, "synthetic"],
  ["quiet hours", { config: { ...config, quietHours: "00:00-23:59 UTC" } }, "quiet-hours"],
  ["another merge under way", { underWay: [3] }, "merge-under-way"],
])("%s comes before it: no update", (_what, change, code) => {
  expect(codeOf({ ...behind, ...change })).toBe(code);
});

test("the issue is read last, so that a hold counts until the end", () => {
  const { issue: _unread, ...rest } = behind;
  expect(judgeMerge(rest)).toEqual({ kind: "look", part: "issue" });
  const { underWay: _unseen, ...bare } = rest;
  expect(judgeMerge(bare)).toEqual({ kind: "look", part: "underWay" });
});

test("a merge queue tries each head itself: no update", () => {
  const place = { position: null, history: [] };
  expect(judgeMerge({ ...behind, rules: { ...rules, queue: true }, place })).toMatchObject({
    kind: "open",
    queue: true,
  });
});

test("what people merge they judge: the base is asked about only where its rules do, and then they update it", () => {
  for (const merge of ["never", "shadow"] as const) {
    const theirs = { ...behind, config: { ...config, merge } };
    expect(codeOf(theirs)).toBe(merge === "never" ? "merge-by-people" : "merge-shadow");
    expect(codeOf({ ...theirs, pull: { ...pull, mergeableState: "behind" } })).toBe("base-moved");
  }
});

test("after ten updates of a generation people choose, and are told how often it was done", () => {
  expect(judgeMerge({ ...behind, updated: MOST_UPDATES - 1 }).kind).toBe("update");
  expect(judgeMerge({ ...behind, updated: MOST_UPDATES })).toMatchObject({
    kind: "waits",
    code: "base-moved",
    for: "main to be merged into #41, and that head to be reviewed: Cairn has done that 10 times",
  });
});

test("the table says what is missing, and who mends it", () => {
  const rows = judgeAll(behind, new Map());
  if ("kind" in rows) throw new Error(`${rows.part} is missing`);
  expect(rows.filter(({ state }) => state !== "holds")).toMatchObject([
    {
      code: "base-moved",
      found: `main has moved on since ${HEAD.slice(0, 12)}, which Cairn mends once all else holds`,
    },
  ]);
});
