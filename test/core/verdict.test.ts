/** The gate's verdict as people see it: the nearest condition that is not met, and who can meet it. */
import { expect, test } from "vitest";
import type { GateView } from "../../src/core/snapshot.ts";
import {
  isOfTrial,
  isShown,
  VERDICT_CHECK,
  type Verdict,
  verdictOf,
  wordOf,
} from "../../src/core/verdict.ts";
import type { WAITS } from "../../src/core/waits.ts";

const head = "a".repeat(40);
const waits = (code: keyof typeof WAITS, what = "it"): GateView => ({
  kind: "waits",
  head,
  code,
  for: what,
  again: null,
});

/** What people read of it; what it is named stands apart. */
const shown = (gate: GateView): Omit<Verdict, "says"> | undefined => {
  const verdict = verdictOf(gate);
  if (!verdict) return undefined;
  const { says, ...rest } = verdict;
  // The word, and then a name that is short enough for an `external_id`.
  expect(says).toMatch(/^[a-z-]+ [0-9a-f]{16}$/);
  return rest;
};
const wordFor = (gate: GateView): string => wordOf(verdictOf(gate)?.says ?? "");

test("people find it among the checks, and rules require it, by one name", () => {
  expect(VERDICT_CHECK).toBe("Cairn");
});

test("what is waited for is named, with who can meet it, and is not completed: it lets nothing through", () => {
  const gate = waits("review-missing", "a review of aaaa");
  expect(shown(gate)).toEqual({
    conclusion: null,
    title: "It waits for a review of aaaa",
    summary:
      "Nobody has approved this very head who may: write access, neither its author nor a committer.\n\n" +
      "**Who can change that:** Somebody with write access reviews the pull request as it is now.",
  });
  expect(wordFor(gate)).toBe("review-missing");
});

test("open is a success: Cairn merges", () => {
  const gate = { kind: "open", head, pull: 41 } as const;
  expect(shown(gate)).toEqual({
    conclusion: "success",
    title: "All conditions hold: Cairn merges",
    summary: "Every condition of a merge holds.",
  });
  expect(wordFor(gate)).toBe("open");
});

test("a try of which all holds is neither: Cairn closes it", () => {
  const gate = { kind: "synthetic", head, pull: 41 } as const;
  expect(shown(gate)).toEqual({
    conclusion: "neutral",
    title: "All conditions hold: Cairn closes it",
    summary:
      "All conditions hold, and the issue is a try of the loop: it is closed, and never merged.\n\n" +
      "**Who can change that:** Nothing: the app looks again by itself.",
  });
  expect(wordFor(gate)).toBe("synthetic");
});

test.each([
  "merge-by-people",
  "merge-shadow",
  "in-merge-queue",
  "queue-left",
  "quiet-hours",
] as const)("what holds and is left to others, or to another hour, is a success as well: %s", (code) => {
  expect(shown(waits(code, "somebody"))).toMatchObject({
    conclusion: "success",
    title: "All conditions hold; it waits for somebody",
  });
  expect(wordFor(waits(code))).toBe(code);
});

test("a refusal asks for somebody's action, and says whose", () => {
  const gate = { kind: "refused", head, reason: "check-failed", detail: "test (failure)" } as const;
  expect(shown(gate)).toEqual({
    conclusion: "action_required",
    title: "A required check failed on the pull request. test (failure)",
    summary:
      "A required check failed on the pull request.\n\n" +
      "**Who can change that:** Read the check's log and say in the issue what is missing. " +
      "Then somebody with write access sets `cairn:ready` again, or writes `/cairn resume`; a new generation starts.",
  });
  expect(wordFor(gate)).toBe("check-failed");
});

test("what is over in a moment is not shown", () => {
  for (const code of ["mergeable-unknown", "head-unlisted", "pull-not-open", "pull-unseen"] as const)
    expect(verdictOf(waits(code))).toBeUndefined();
});

test("the same verdict has the same name, another one another", () => {
  const says = (what: string) => verdictOf(waits("check-pending", what))?.says;
  expect(says("test")).toBe(says("test"));
  expect(says("test")).not.toBe(says("lint"));
});

test("in a trial it says so at its end, and is no other verdict by that", () => {
  const gate = waits("review-missing");
  const { says = "", ...rest } = verdictOf(gate) ?? {};
  const trial = verdictOf(gate, "cairn:ready", true);
  expect(trial).toEqual({ ...rest, says: `${says} shadow` });
  expect([isOfTrial(says), isOfTrial(`${says} shadow`), isOfTrial("merge-shadow 0123")]).toEqual([
    false,
    true,
    true,
  ]);
  // Shown by whoever knew of the trial, or of its end; who does not know calls nothing off.
  expect([true, false, undefined].map((known) => isShown(`${says} shadow`, says, known))).toEqual([
    false,
    false,
    true,
  ]);
  expect(isShown(says, says, false)).toBe(true);
  expect(isShown(`${says} shadow`, verdictOf(waits("check-pending"))?.says ?? "", undefined)).toBe(false);
});

test("a check run stands on its head, whose name is no part of what it says, whole or cut", () => {
  const says = (what: string, on = head) => verdictOf({ ...waits("check-pending", what), head: on })?.says;
  const other = "b".repeat(40);
  expect(says(`test on ${other.slice(0, 12)}`, other)).toBe(says(`test on ${head.slice(0, 12)}`));
  for (const name of [head, head.slice(0, 12)]) expect(says(`test on ${name}`)).toBe(says("test on "));
});

test("a title has at most 200 characters: longer ones are cut, and say so", () => {
  const title = (length: number) =>
    verdictOf(waits("check-pending", "x".repeat(length - "It waits for ".length)))?.title;
  expect(title(200)).toBe(`It waits for ${"x".repeat(187)}`);
  expect(title(201)).toBe(`It waits for ${"x".repeat(186)}…`);
});
