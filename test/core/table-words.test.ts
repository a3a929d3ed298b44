/** The tables that people read: no state, edge or hold without its words, and the words of every marker. */
import { expect, test } from "vitest";
import { HOLDS } from "../../src/core/holds.ts";
import * as keys from "../../src/core/keys.ts";
import type { IntentMarker, ResultMarker } from "../../src/core/marker.ts";
import { proseOf } from "../../src/core/prose.ts";
import { oneLine } from "../../src/core/quoted.ts";
import { SHOWN_LABELS, STATE_EDGES, STATES, statesDiagram } from "../../src/core/states.ts";

test("every hold says what happened and what to do, each in a sentence", () => {
  for (const [reason, { what, remedy }] of Object.entries(HOLDS)) {
    expect(what, reason).toMatch(/^[`A-Z].{10,}\.$/);
    expect(remedy, reason).toMatch(/^[`A-Z].{10,}\.$/);
  }
});

test("each state has its label and its meaning; idle has none, and a merge shows as a review", () => {
  const labels = Object.entries(STATES).map(([state, { label }]) => [state, label]);
  expect(Object.fromEntries(labels)).toEqual({
    idle: undefined,
    ready: "cairn:ready",
    implementing: "cairn:implementing",
    reviewing: "cairn:reviewing",
    merging: "cairn:reviewing",
    routing: "cairn:ready",
    done: "cairn:done",
    hold: "cairn:hold",
  });
  expect([...SHOWN_LABELS].sort()).toEqual([
    "cairn:done",
    "cairn:hold",
    "cairn:implementing",
    "cairn:ready",
    "cairn:reviewing",
  ]);
  for (const { meaning } of Object.values(STATES)) expect(meaning).toMatch(/^\w.{10,}[^.]$/);
});

test("every edge says by what it is taken, and the diagram shows each on a line of its own", () => {
  const lines = statesDiagram().split("\n");
  expect(lines.slice(0, 2)).toEqual(["stateDiagram-v2", "    [*] --> idle"]);
  expect(lines.at(-1)).toBe("    done --> [*]");
  expect(lines).toHaveLength(STATE_EDGES.length + 3);
  STATE_EDGES.forEach(({ from, to, by }, index) => {
    expect(by).toMatch(/^\w.{10,}$/);
    // A colon would end the label of a Mermaid edge.
    expect(lines[index + 2]).toBe(`    ${from} --> ${to}: ${by.replaceAll(":", " –")}`);
  });
  expect(lines).toContain(
    "    implementing --> implementing: the run was lost, or the check said no – next attempt",
  );
});

const turn = { generation: 2, attempt: 3 };
const HEAD = "0123456789abcdef0123456789abcdef01234567";
const base = { v: 1, issue: { repository: 7, number: 12 }, seq: 4 } as const;
const intent: IntentMarker = {
  ...base,
  ...turn,
  type: "intent",
  edge: "implement",
  effects: [],
  budget: null,
  pins: { text: "t", config: "c", commit: HEAD, base: "main" },
  until: 0,
  why: "`maya` set\ncairn:ready",
};

test("an intent: who asked, each effect in words, what is left to work with, and until when", () => {
  const effects = [
    keys.pullClose(40, turn),
    keys.agentRun(12, turn),
    keys.branchCreate("cairn/12-g2"),
    keys.branchPush("cairn/12-g2", 41, HEAD, { generation: 2, round: 3 }),
    keys.branchUpdate(41, HEAD, turn),
    keys.pullCreate("cairn/12-g2", "main"),
    keys.reviewRequest("cairn/12-g2", ["rui", "robin"], turn),
    keys.merge(41, HEAD, "squash", turn),
  ];
  expect(proseOf({ ...intent, effects, budget: 90_000 })).toBe(
    [
      "**Cairn will implement this** (generation 2, attempt 3), because `'maya' set cairn:ready`.",
      "",
      "- close #40, which this work replaces",
      "- run the agent once, without any token",
      "- publish its work, if it passes the checks, as one commit on `cairn/12-g2`",
      "- add its work, if it passes the checks, as one commit to #41, on 0123456789ab and nothing else",
      "- merge the base into #41 at 0123456789ab, on that commit and no other; the checks and the reviews of what comes of it follow",
      "- open a pull request from `cairn/12-g2` into `main`",
      "- ask `robin`, `rui` for a review",
      "- merge #41 at 0123456789ab (squash), that commit and no other",
      "",
      "The agent has 2 min of work left.",
      "Nothing else. Read at commit 0123456789ab of `main`; to be taken up until 1970-01-01T00:00:00.000Z. Set `cairn:hold` to stop it.",
    ].join("\n"),
  );
  const draft = keys.pullCreate("cairn/12-g2", "main", { draft: true });
  expect(proseOf({ ...intent, effects: [draft] })).toContain(
    "\n- open a draft of a pull request from `cairn/12-g2` into `main`\n",
  );
  expect(proseOf({ ...intent, edge: "merge" })).toMatch(/^\*\*Cairn will merge this\*\* \(generation 2/);
  expect(proseOf({ ...intent, edge: "fix" })).toMatch(
    /^\*\*Cairn will mend what it has published\*\* \(generation 2, round 3\)/,
  );
  expect(proseOf(intent).split("\n").slice(1)).toEqual([
    "",
    "",
    "Nothing else. Read at commit 0123456789ab of `main`; to be taken up until 1970-01-01T00:00:00.000Z. Set `cairn:hold` to stop it.",
  ]);
});

test("a result: what was not done, why, and by which run", () => {
  const result: ResultMarker = {
    ...base,
    ...turn,
    type: "result",
    edge: "implement",
    run: { id: 5, attempt: 2 },
    reason: "no-change",
    detail: "nothing `at all`",
    effects: {},
  };
  expect(proseOf(result)).toBe(
    "**implement/3 was not done**: The agent ended well and changed no file. `nothing 'at all'` (run 5, attempt 2)",
  );
  expect(proseOf({ ...result, detail: "" })).toBe(
    "**implement/3 was not done**: The agent ended well and changed no file.  (run 5, attempt 2)",
  );
  expect(proseOf({ ...result, reason: "check-red", detail: "not ok", tree: HEAD })).toBe(
    "**implement/3 was not done**: The repository's own check said no to the patch, and nothing was published. `not ok` (run 5, attempt 2, tree 0123456789ab)",
  );
});

test("a hold: what, the evidence, what to do, and who can lift it", () => {
  const hold = {
    ...base,
    type: "hold",
    generation: 1,
    reason: "asked",
    detail: "by @maya",
    evidence: [],
  } as const;
  const lift =
    "Then somebody with write access sets `cairn:ready` again, or writes `/cairn resume`; a new generation starts.";
  expect(proseOf(hold)).toBe(
    `**On hold**: Somebody asked for a hold. \`by @maya\`\n\nNothing is wrong; go on whenever you like. ${lift}`,
  );
  const lost = {
    attempt: 1,
    run: { id: 5, attempt: 1 },
    url: "https://x/5",
    conclusion: "failure",
    worked: 60_001,
  };
  expect(proseOf({ ...hold, detail: "", evidence: [lost, { ...lost, attempt: 2 }] })).toBe(
    [
      "**On hold**: Somebody asked for a hold.",
      "",
      "- attempt 1: [run 5](https://x/5) ended as `failure`; its agent was at work for 2 min",
      "- attempt 2: [run 5](https://x/5) ended as `failure`; its agent was at work for 2 min",
      "",
      `Nothing is wrong; go on whenever you like. ${lift}`,
    ].join("\n"),
  );
});

test("a hold that a run led to names it; what somebody cancelled is called that", () => {
  const hold = { ...base, type: "hold", generation: 1, evidence: [] } as const;
  const failed = {
    ...hold,
    reason: "no-change",
    detail: "it read three files",
    run: { id: 5, url: "https://x/5" },
  } as const;
  expect(proseOf(failed).split("\n")[0]).toBe(
    "**On hold**: The agent ended well and changed no file. `it read three files` ([run 5](https://x/5))",
  );
  expect(proseOf({ ...hold, reason: "cancelled", detail: "@maya wrote /cairn cancel" })).toBe(
    "**Cancelled**: Somebody cancelled the work. `@maya wrote /cairn cancel`\n\nWhat is merged stays merged; a pull request that is open stays so until it is replaced or closed. Then somebody with write access sets `cairn:ready` again, or writes `/cairn ready`; a new generation starts.",
  );
});

test("an answer: what was asked for, and why there is nothing to do", () => {
  const says = [{ about: "nothing", wrote: "/cairn resume", why: "nothing is held here." }] as const;
  expect(proseOf({ ...base, type: "answer", act: -7, says })).toBe(
    "**Nothing to do** for `/cairn resume`: nothing is held here.",
  );
});

test("a refusal and an alarm: their words, and where the head was seen", () => {
  expect(proseOf({ ...base, type: "refusal", act: 1, reason: "no-right", detail: "@eve set it" })).toBe(
    "**Not done**: `@eve set it`.",
  );
  const alarm = { ...base, type: "alarm", reason: "chain-missing", detail: "comment 1", head: null } as const;
  const { what, remedy } = HOLDS["chain-missing"];
  expect(proseOf(alarm).split("\n")).toEqual([
    `**On hold**: ${what} It is gone. \`comment 1\``,
    "",
    `${remedy} Somebody with write access can do that; Cairn sees it and goes on by itself.`,
  ]);
  expect(proseOf({ ...alarm, head: HEAD, detail: "" }).split("\n")[0]).toBe(
    `**On hold**: ${what} It is at ${HEAD}.`,
  );
});

test("words from elsewhere become one line of at most 400 characters", () => {
  expect(oneLine("  a\n\n\tb\u0000c  ")).toBe("a b c");
  expect(oneLine("x".repeat(400))).toBe("x".repeat(400));
  expect(oneLine("x".repeat(401))).toBe(`${"x".repeat(399)}…`);
  expect(oneLine("abcdef", 5)).toBe("abcd…");
});
