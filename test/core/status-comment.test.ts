/** What the status comment says in each state, and that nothing in it can do anything. */
import { describe, expect, test } from "vitest";
import { commandLines } from "../../src/core/commands/scan.ts";
import { decide } from "../../src/core/decide.ts";
import type { Decision, Rest } from "../../src/core/decision.ts";
import { foldLedger } from "../../src/core/ledger.ts";
import { decodeMarker } from "../../src/core/marker.ts";
import { holding } from "../../src/core/plan.ts";
import type { Snapshot } from "../../src/core/snapshot.ts";
import { type PastStep, statusKey, statusText, untoldRuns } from "../../src/core/status-comment.ts";
import { signed, signOf, statusesOf } from "../../src/core/status-sign.ts";
import {
  advanced,
  base,
  claimed,
  declared,
  issue,
  labelled,
  NOW,
  onto,
  over,
  pull,
  stateOf,
} from "./snapshots.ts";

/** The steps that brought it here, as the app would read them from the chain. */
const past = (...snapshots: Snapshot[]): PastStep[] =>
  snapshots.flatMap(({ chain }) =>
    chain.kind === "sound" ? { at: NOW, steps: chain.record.steps, markers: chain.record.markers } : [],
  );

function rested(decision: Decision): Rest {
  if (decision.kind !== "rest") throw new Error(`it does not rest: ${decision.kind}`);
  return decision;
}

const restOf = (snapshot: Snapshot): Rest => rested(decide(snapshot));

const text = (
  snapshot: Snapshot,
  steps: readonly PastStep[],
  rest = restOf(snapshot),
  worked: number | null = null,
): string =>
  statusText({
    snapshot,
    rest,
    past: steps,
    worked,
    repositoryUrl: "https://github.com/acme/tools",
    workflowFile: "cairn.yml",
  });

const STARTED = [
  { run: { id: 5, attempt: 1 }, status: "queued", conclusion: null, at: NOW, url: "u", worked: false },
];
const implementing = (): Snapshot =>
  labelled({ ...declared(), starts: { kind: "known", starts: STARTED } }, "cairn:implementing");
const working = (): Snapshot =>
  labelled({ ...claimed(), run: { kind: "alive", status: "in_progress", since: NOW } }, "cairn:implementing");
const reviewing = (): Snapshot => ({
  ...labelled(claimed(), "cairn:reviewing"),
  run: over,
  pulls: [pull],
  gate: {
    kind: "waits",
    head: pull.head,
    code: "review-missing",
    for: "a review of aaaaaaaaaaaa",
    again: null,
  },
});
const held = (detail = "test (failure) on abc"): Snapshot => {
  const before = onto(claimed(), [{ step: "settle", edge: "implement", attempt: 1, as: "applied" }]);
  const plan = holding(stateOf(before), [], "check-failed", detail);
  return labelled({ ...onto(before, plan.steps, plan.markers), pulls: [pull] }, "cairn:hold");
};

test("while nobody has taken the work up it says until when, and where to look for the run", () => {
  const snapshot = implementing();
  expect(
    text(snapshot, past(snapshot)),
  ).toBe(`**Cairn: implementing** – the agent's work is declared or under way.

- Generation: 1, implement attempt 1 (attempts so far: to implement 1)
- Now: A run of the workflow, to take the work up and to end. \`implement/1\`
- Who can act: Nothing; somebody with write access can set \`cairn:hold\` to stop it.
- Deadline: to be taken up until 2026-09-22T14:13:20Z; the agent may work for 60 min
- Run: [of this workflow](https://github.com/acme/tools/actions/workflows/cairn.yml)
- Cost so far: none, in runs that have ended, in this generation

Last steps, the newest first:

- 2026-09-21T14:13:20Z: generation 1 raised by act 1; implement/1 of generation 1 declared

Cairn keeps this comment up to date and reads nothing in it: whatever is written here is overwritten.`);
});

test("a pull request that waits is named, with the run that made it, what it waits for and what it cost", () => {
  const snapshot = reviewing();
  const said = text(snapshot, past(claimed(), declared()), restOf(snapshot), 61_000);
  expect(said).toContain("**Cairn: reviewing** –");
  expect(said).toContain("- Now: Nobody has approved this very head who may");
  expect(said).toContain("`a review of aaaaaaaaaaaa`");
  expect(said).toContain("- Run: [5, attempt 1](https://github.com/acme/tools/actions/runs/5/attempts/1)");
  expect(said).toContain("- Pull request: #41");
  expect(said).toContain("- Cost so far: 2 min of the agent's work, in this generation");
  expect(said).toContain("- Deadline: none");
  expect(text(snapshot, [], restOf(snapshot), 0)).toContain("- Cost so far: 1 min of the agent's work");
});

test("a hold says what happened, in which words, and who can lift it", () => {
  const snapshot = held();
  const said = text(snapshot, past(snapshot, claimed(), declared()));
  expect(said).toContain("**Cairn: hold** – nothing goes on until a person acts.");
  expect(said).toContain("- Now: A required check failed on the pull request. `test (failure) on abc`");
  expect(said).toContain(
    "- Who can act: Read the check's log and say in the issue what is missing. Then somebody with",
  );
  expect(said).toContain("- Pull request: #41");
});

test("what was merged is named from what is seen, or from the merge that was declared", () => {
  const merged = { ...pull, state: "closed", merged: true, mergeSha: "e".repeat(40) } as const;
  const snapshot = labelled({ ...reviewing(), pulls: [merged] }, "cairn:done");
  const done = { ...snapshot, issue: { ...snapshot.issue, open: false } };
  expect(text(done, past(declared()))).toContain("- Pull request: #41");
  const before = onto(claimed(), [{ step: "settle", edge: "implement", attempt: 1, as: "applied" }]);
  const next = advanced(
    decide({
      ...before,
      pulls: [pull],
      gate: { kind: "open", head: pull.head, pull: 41 },
      issue: reviewing().issue,
    }),
  );
  const merging = onto(before, next.steps, next.markers);
  const rest = { kind: "rest", state: "merging", code: "run-works", waitsFor: "run 6", again: null } as const;
  expect(text(merging, past(merging), rest)).toContain("- Pull request: #41");
});

test("work that waits for its turn says at which place", () => {
  const rest = {
    kind: "rest",
    state: "ready",
    code: "blocked",
    waitsFor: "#3",
    again: null,
    position: 4,
  } as const;
  expect(text(implementing(), [], rest)).toContain("- Position: 4 of those that wait\n");
});

test("of the steps the last five are told", () => {
  const many = Array.from({ length: 9 }, () => past(declared())).flat();
  expect(text(implementing(), many).match(/Z: generation 1 raised/g)).toHaveLength(5);
});

describe("hostile words", () => {
  const WORDS = [
    "@maya #9 https://evil.example",
    "`\n/cairn cancel\n`",
    "x -->\n<!-- cairn:marker {} -->",
    `<!-- cairn:status v1 7#12 -->`,
    "\u0000</details><script>",
  ];

  test.each(WORDS)("%j stands as code: it commands, marks and mentions nothing", (words) => {
    const gate = { kind: "waits", head: pull.head, code: "check-pending", for: words, again: null } as const;
    const snapshot = { ...reviewing(), gate };
    const hold = held(words);
    for (const said of [text(snapshot, past(declared())), text(hold, past(hold, declared()))]) {
      const body = signed(said, issue);
      expect(commandLines(body)).toEqual([]);
      expect(decodeMarker(body).kind).toBe("none");
      expect(signOf(body)).toEqual(issue);
      const outside = said.replaceAll(/`[^`\n]*`/g, "");
      expect(outside).not.toMatch(/@maya|evil|<script|<!--|#9\b/);
      expect(said).not.toContain("<!--");
    }
  });

  test("words that look like a marker's beginning make no inert comment of it", () => {
    const hold = held("<!-- cairn:marker {} -->");
    const body = signed(text(hold, past(hold)), issue);
    const comment = { id: 1, body, appId: 99, author: "cairn" };
    expect(foldLedger([comment], stateOf(hold), issue, 99)).toMatchObject({ inert: [], beyond: [] });
  });
});

describe("when it says something else", () => {
  const key = (snapshot: Snapshot): string => statusKey(snapshot, restOf(snapshot)).key;

  test("not for a clock that ticks, a run that goes from queued to working, nor for the next look's time", () => {
    const snapshot = implementing();
    const later = { ...snapshot, now: NOW + 200_000 };
    expect(key(later)).toBe(key(snapshot));
    expect(text(later, past(later))).toBe(text(snapshot, past(snapshot)));
    expect(key(working())).toBe(key(snapshot));
  });

  test("for another state, another reason, another attempt", () => {
    const keys = [
      implementing(),
      reviewing(),
      held(),
      labelled({ ...reviewing(), gate: undefined as never }, "x"),
    ];
    expect(new Set(keys.slice(0, 3).map(key)).size).toBe(3);
  });

  test("for a run that takes nothing up for as long as five starts may take", () => {
    const late = { ...implementing(), now: NOW + 300_001 };
    expect(key(late)).not.toBe(key(implementing()));
    expect(text(late, past(late))).toContain(
      "- Now: A run was started and has not taken the work up. `implement/1`",
    );
  });

  test("what is mostly over within seconds is told only if it lasts", () => {
    const rest = (code: Rest["code"], state: Rest["state"]): Rest => ({
      kind: "rest",
      state,
      code,
      waitsFor: "",
      again: 1,
    });
    const passing = (code: Rest["code"], state: Rest["state"]) =>
      statusKey(claimed(), rest(code, state)).passing;
    expect(passing("run-works", "merging")).toBe(true);
    expect(passing("mergeable-unknown", "reviewing")).toBe(true);
    expect(passing("run-works", "implementing")).toBe(false);
    expect(passing("review-missing", "reviewing")).toBe(false);
  });
});

test("the agent's work is asked for of ended runs of this generation that the chain does not tell of", () => {
  const rest = restOf(reviewing());
  const steps = past(claimed(), declared());
  const key = "agent.run:12#g1a1";
  expect(untoldRuns(stateOf(claimed()), rest, steps)).toEqual([{ run: { id: 5, attempt: 1 }, key }]);
  expect(untoldRuns(stateOf(claimed()), restOf(working()), steps)).toEqual([]);
  const lost = { attempt: 1, run: { id: 5, attempt: 1 }, url: "", conclusion: "", worked: 1 };
  const after = onto(onto(claimed(), [{ step: "cancel", why: "owner-over" }]), [
    { step: "settle", edge: "implement", attempt: 1, as: "lost", lost },
  ]);
  expect(untoldRuns(stateOf(after), rest, past(after, claimed(), declared()))).toEqual([]);
  expect(untoldRuns(stateOf(claimed()), rest, past(declared(), claimed(), declared()))).toEqual([]);
});

describe("the sign", () => {
  const body = signed("words", issue);

  test("names the issue, and is the last thing in the comment", () => {
    expect(signOf(body)).toEqual(issue);
    expect(signOf(`${body}\r\n`)).toEqual(issue);
    expect(signOf(`${body} more`)).toBeUndefined();
    expect(signOf(`> ${body.replaceAll("\n", "\n> ")}`)).toBeUndefined();
    expect(signOf("words")).toBeUndefined();
  });

  test("counts by the app alone, on its own issue, the lowest id first", () => {
    const comment = (id: number, appId: number | null, text = body) => ({ id, body: text, appId });
    const elsewhere = signed("words", { repository: 7, number: 13 });
    const marked = `<!-- cairn:marker {} -->\n\n${body}`;
    const all = [comment(4, 99), comment(3, 99), comment(2, 98), comment(1, null), comment(5, 99, elsewhere)];
    expect(statusesOf([...all, comment(0, 99, marked)], issue, 99).map(({ id }) => id)).toEqual([3, 4]);
  });

  test("makes a comment that the ledger leaves alone, but for telling that there was a chain", () => {
    const comment = (appId: number | null, text = body) => ({ id: 1, body: text, appId, author: "x" });
    const chain = stateOf(declared());
    const ledger = (appId: number | null, text?: string, state = chain as typeof chain | undefined) =>
      foldLedger([comment(appId, text)], state, issue, 99);
    expect(ledger(99)).toMatchObject({ inert: [], beyond: [] });
    expect(ledger(null)).toMatchObject({ inert: [], beyond: [] });
    expect(foldLedger([comment(99)], undefined, issue, 99).beyond).toEqual([{ comment: 1, seq: null }]);
    // An issue that was transferred has no chain where it is now, and needs none that others cite.
    const moved = signed("words", { repository: 8, number: 3 });
    expect(foldLedger([comment(99, moved)], undefined, issue, 99)).toMatchObject({ inert: [], beyond: [] });
    expect(foldLedger([comment(99)], undefined, base.issue.id, 98)).toMatchObject({ inert: [], beyond: [] });
  });
});
