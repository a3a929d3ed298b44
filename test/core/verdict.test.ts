/** The gate's verdict as people see it: the nearest condition that is not met, and who can meet it. */
import { expect, test } from "vitest";
import type { GateView } from "../../src/core/snapshot.ts";
import { verdictOf, wordOf } from "../../src/core/verdict.ts";
import { WAITS } from "../../src/core/waits.ts";

const head = "a".repeat(40);
const waits = (code: keyof typeof WAITS, what = "it"): GateView => ({
  kind: "waits",
  head,
  code,
  for: what,
  again: null,
});

test("what is waited for is named, with who can meet it, and is not completed: it lets nothing through", () => {
  const verdict = verdictOf(waits("review-missing", "a review of aaaa"));
  expect(verdict).toMatchObject({ conclusion: null, title: "It waits for a review of aaaa" });
  expect(verdict?.summary).toContain(WAITS["review-missing"].what);
  expect(verdict?.summary).toContain(`**Who can change that:** ${WAITS["review-missing"].next}`);
  expect(wordOf(verdict?.says ?? "")).toBe("review-missing");
});

test("open is a success; so is what holds and is left to people or to a queue", () => {
  expect(verdictOf({ kind: "open", head, pull: 41 })).toMatchObject({ conclusion: "success" });
  for (const code of ["merge-by-people", "merge-shadow", "merge-queue"] as const) {
    const verdict = verdictOf(waits(code, "somebody"));
    expect(verdict).toMatchObject({
      conclusion: "success",
      title: "All conditions hold; it waits for somebody",
    });
  }
  expect(verdictOf({ kind: "synthetic", head, pull: 41 })).toMatchObject({ conclusion: "neutral" });
});

test("a refusal asks for somebody's action, and says whose", () => {
  const verdict = verdictOf({ kind: "refused", head, reason: "check-failed", detail: "test (failure)" });
  expect(verdict).toMatchObject({
    conclusion: "action_required",
    title: "A required check failed on the pull request. test (failure)",
  });
  expect(verdict?.summary).toContain("somebody with write access sets `cairn:ready` again");
});

test("what is over in a moment is not shown", () => {
  for (const code of ["mergeable-unknown", "head-unlisted", "pull-not-open", "pull-unseen"] as const)
    expect(verdictOf(waits(code))).toBeUndefined();
});

test("the same verdict has the same name, another one another; long words are cut", () => {
  const says = (what: string) => verdictOf(waits("check-pending", what))?.says;
  expect(says("test")).toBe(says("test"));
  expect(says("test")).not.toBe(says("lint"));
  // A check run stands on its head, whose name is no part of what it says.
  const other = { ...waits("check-pending", "test on bbbbbbbbbbbb"), head: "b".repeat(40) };
  expect(verdictOf(other)?.says).toBe(says("test on aaaaaaaaaaaa"));
  expect(verdictOf(waits("check-pending", "x".repeat(500)))?.title).toHaveLength(200);
});
