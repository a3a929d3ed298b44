/** When the status comment says something else, that nothing in it can do anything, and which runs its cost is asked of. */
import { describe, expect, test } from "vitest";
import { commandLines } from "../../src/core/commands/scan.ts";
import type { Rest } from "../../src/core/decision.ts";
import { foldLedger } from "../../src/core/ledger.ts";
import { decodeMarker } from "../../src/core/marker.ts";
import type { Snapshot } from "../../src/core/snapshot.ts";
import { statusKey, untoldRuns } from "../../src/core/status-comment.ts";
import { signed, signOf } from "../../src/core/status-sign.ts";
import { base, claimed, declared, issue, NOW, onto, pull, stateOf } from "./snapshots.ts";
import {
  alarmed,
  between,
  ended,
  held,
  implementing,
  landing,
  merging,
  past,
  published,
  replaced,
  restOf,
  reviewing,
  second,
  text,
  working,
} from "./statuses.ts";

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

  test("what would begin a hidden block is parted, and stays to be read", () => {
    expect(text(held("a <!-- b -->"), past(held("a <!-- b -->")))).toContain(" `a <! -- b -->`\n");
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

  test("for another state, another attempt, another generation, another hold for the same reason", () => {
    const others = [
      implementing(),
      second(),
      replaced(),
      ended(),
      between(),
      reviewing(),
      held(),
      held("lint (failure) on abc"),
      merging(),
    ];
    expect(new Set(others.map(key)).size).toBe(others.length);
  });

  test("for another reason, another thing that is waited for, another place in the line", () => {
    const rests = [
      { code: "slots-full", waitsFor: "a slot", position: 2 },
      { code: "slots-full", waitsFor: "a slot", position: 1 },
      { code: "slots-full", waitsFor: "another slot", position: 1 },
      { code: "quiet-hours", waitsFor: "another slot", position: 1 },
    ] as const;
    const keys = rests.map(
      (rest) => statusKey(between(), { kind: "rest", state: "implementing", again: null, ...rest }).key,
    );
    expect(new Set(keys).size).toBe(rests.length);
  });

  test("for a chain that is gone, or was moved by others", () => {
    const gone = statusKey(base, alarmed("chain-missing"));
    const moved = { ...base, chain: { kind: "foreign", head: "f".repeat(40), why: "no record" } } as const;
    const foreign = statusKey(moved, alarmed("chain-foreign"));
    expect([gone.passing, foreign.passing]).toEqual([false, false]);
    expect(gone.key).not.toBe(foreign.key);
  });

  test("for a run that takes nothing up for longer than five starts may take", () => {
    expect(key({ ...implementing(), now: NOW + 300_000 })).toBe(key(implementing()));
    const late = { ...implementing(), now: NOW + 300_001 };
    expect(key(late)).not.toBe(key(implementing()));
    expect(text(late, past(late))).toContain(
      "- Now: A run was started and has not taken the work up. `implement/1`",
    );
    expect(text(late, past(late))).toContain("- Deadline: to be taken up until 2026-09-22T14:13:20Z;");
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
    expect(passing("pull-unseen", "reviewing")).toBe(true);
    expect(passing("edit-unseen", "reviewing")).toBe(true);
    expect(passing("comments-short", "ready")).toBe(true);
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

test("of a merge's run, which has no agent, nothing is asked; of the one before it, whatever came since", () => {
  const steps = past(landing(), merging(), published(), claimed(), declared());
  expect(untoldRuns(stateOf(landing()), restOf(landing()), steps)).toEqual([
    { run: { id: 5, attempt: 1 }, key: "agent.run:12#g1a1" },
  ]);
  expect(untoldRuns(stateOf(landing()), restOf(landing()), past(landing(), merging()))).toEqual([]);
});

test("of a generation that replaces another the agent is asked of, and not what it closes", () => {
  const before = replaced();
  const digest = stateOf(before).open?.digest ?? "";
  const run = { id: 7, attempt: 1 };
  const owned = onto(before, [{ step: "claim", run, digest }]);
  const steps = past(owned, before, held(), published(), claimed(), declared());
  expect(untoldRuns(stateOf(owned), restOf(reviewing()), steps)).toEqual([{ run, key: "agent.run:12#g2a1" }]);
});

test("nothing is asked where no step was read, nor of what was lost, while the next attempt waits", () => {
  expect(untoldRuns(stateOf(reviewing()), restOf(reviewing()), [])).toEqual([]);
  const steps = past(between(), ended(), claimed(), declared());
  expect(untoldRuns(stateOf(between()), restOf(between()), steps)).toEqual([]);
});
