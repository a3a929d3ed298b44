/** Rounds of fixing: when one begins, on what, and how each of them ends. */
import { expect, test } from "vitest";
import { decide } from "../../src/core/decide.ts";
import { missing } from "../../src/core/fates.ts";
import type { Marker } from "../../src/core/marker.ts";
import { proseOf } from "../../src/core/prose.ts";
import type { GateView, PullView, Snapshot } from "../../src/core/snapshot.ts";
import {
  act,
  advanced,
  base,
  claimed,
  closed,
  edited,
  labelled,
  look,
  NOW,
  onto,
  over,
  pull,
  settleable,
  stateOf,
  taken,
  without,
} from "./snapshots.ts";

const config = { ...base.config, fixRounds: 2 } as NonNullable<Snapshot["config"]>;
const red: GateView = { kind: "refused", head: pull.head, reason: "check-failed", detail: "test (failure)" };
const settle = { step: "settle", edge: "implement", attempt: 1, as: "applied" } as const;
const other = "b".repeat(40);

/** The pull request is open, and its gate has refused this head. */
function refused(fields: Partial<Snapshot> = {}): Snapshot {
  const settled = onto({ ...claimed(), pulls: [pull], config, gate: red }, [settle]);
  return { ...labelled(settled, "cairn:reviewing"), ...fields };
}

/** The round is declared, and its marker is there to be seen. */
function declared(before = refused()): Snapshot {
  const { steps, markers } = advanced(decide(before));
  const { gate: _gate, ...rest } = onto(before, steps, markers);
  return { ...labelled(rest, "cairn:implementing"), starts: { kind: "known", starts: [] } };
}

/** A run has taken it. */
const owned = (before = declared()): Snapshot => taken(before);

const at = (head: string): PullView => ({ ...pull, head });

test("a refused head is given back to the agent: one run more, one commit more on exactly that head, and why", () => {
  const { steps, markers } = advanced(decide(refused()));
  const run = { kind: "agent.run", key: "agent.run:12#g1f1" };
  const push = {
    kind: "branch.push",
    key: `branch.push:cairn/12-g1@${pull.head}#g1f1`,
    branch: "cairn/12-g1",
    pull: 41,
    head: pull.head,
  };
  expect(steps).toMatchObject([
    { step: "declare", edge: "fix", generation: 1, attempt: 1, budget: 3_600_000, effects: [run, push] },
  ]);
  expect(markers).toMatchObject([
    {
      type: "intent",
      edge: "fix",
      effects: [run, push],
      attempt: 1,
      fixes: { reason: "check-failed", found: "test (failure)", rounds: 2 },
      allowance: { gate: { requests: 67 }, effect: { requests: 20, writes: 8, content: 0 } },
    },
  ]);
  const words = proseOf(markers[0] as Marker);
  expect(words).toContain("**Cairn will mend what it has published** (generation 1, round 1), because");
  expect(words).toContain("test (failure); this is round 1 of 2");
  expect(words).toContain(`as one commit to #41, on ${pull.head.slice(0, 12)} and nothing else`);
});

test("whoever asked for changes is asked to look again, once for each head, as an effect of its own", () => {
  const asked: GateView = {
    kind: "refused",
    head: pull.head,
    reason: "changes-requested",
    detail: "by @robin on #41",
    askedBy: ["robin", "maya"],
  };
  const { steps, markers } = advanced(decide(refused({ gate: asked })));
  const ask = {
    kind: "review.request",
    key: `review.request:cairn/12-g1@${pull.head}#g1f1`,
    branch: "cairn/12-g1",
    reviewers: ["maya", "robin"],
    after: pull.head,
  };
  expect(steps).toMatchObject([
    { step: "declare", edge: "fix", effects: [{ kind: "agent.run" }, { kind: "branch.push" }, ask] },
  ]);
  expect(markers).toMatchObject([{ allowance: { effect: { content: 1 } } }]);
  expect(proseOf(markers[0] as Marker)).toContain("ask `maya`, `robin` for another review");
  // Settled as done where the head has moved: a request that was not taken undoes no round.
  const before = labelled(onto(refused({ gate: asked }), steps, markers), "cairn:implementing");
  const { gate: _gate, ...rest } = before;
  const run = owned({ ...rest, starts: { kind: "known", starts: [] } });
  const waits: GateView = { kind: "waits", head: other, code: "review-again", for: "@robin", again: null };
  const pushed = labelled({ ...run, run: over, pulls: [at(other)], gate: waits }, "cairn:reviewing");
  expect(decide(pushed)).toMatchObject({ kind: "rest", state: "reviewing", code: "review-again" });
});

test("a head that conflicts with its base is given back with the base's commit: what is pushed is a merge of those two", () => {
  const conflict = { ...red, reason: "conflict", detail: "#41 conflicts with main" } as GateView;
  const { steps, markers } = advanced(decide(refused({ gate: conflict })));
  const merges = config.kind === "valid" ? config.commit : "";
  const push = {
    kind: "branch.push",
    key: `branch.push:cairn/12-g1@${pull.head}+${merges}#g1f1`,
    branch: "cairn/12-g1",
    pull: 41,
    head: pull.head,
    merges,
  };
  expect(steps).toMatchObject([{ step: "declare", edge: "fix", attempt: 1, effects: [{}, push] }]);
  expect(markers).toMatchObject([
    { pins: { commit: merges }, fixes: { reason: "conflict", found: "#41 conflicts with main", rounds: 2 } },
  ]);
  const words = proseOf(markers[0] as Marker);
  expect(words).toContain(
    `merge ${merges.slice(0, 12)}, with which it conflicts, into #41 by its work, if that passes the checks, on ${pull.head.slice(0, 12)} and nothing else`,
  );
  // No other reason merges anything.
  expect(JSON.stringify(advanced(decide(refused())).steps)).not.toContain("merges");
});

test("what does not conflict any more is for the gate, and what is not solved for people", () => {
  const before = owned();
  const { open } = stateOf(before);
  const effects = Object.fromEntries((open?.effects ?? []).map(({ key }) => [key, "not-sent" as const]));
  const told = (reason: "conflict-gone" | "conflict-unsolved"): Snapshot => ({
    ...onto(before, [{ step: "result", run: { id: 6, attempt: 1 }, reason, digest: "d", effects }]),
    run: { ...over, conclusion: "failure" },
  });
  expect(advanced(decide(told("conflict-gone")))).toMatchObject({
    steps: [{ step: "settle", edge: "fix", attempt: 1, as: "failed" }],
    markers: [],
  });
  expect(advanced(decide(told("conflict-unsolved"))).markers).toMatchObject([
    { type: "hold", reason: "conflict-unsolved" },
  ]);
});

test.each<readonly [string, Partial<Snapshot>, string]>([
  [
    "a review that cannot be used is for people",
    { gate: { ...red, reason: "review-unusable" } as GateView },
    "review-unusable",
  ],
  [
    "a conflict for which there is no round",
    {
      config: { ...config, fixRounds: 0 } as typeof config,
      gate: { ...red, reason: "conflict" } as GateView,
    },
    "conflict",
  ],
  ["no rounds are configured", { config: { ...config, fixRounds: 0 } as typeof config }, "check-failed"],
  ["the configuration cannot be used", { config: { kind: "invalid", why: "line 3" } }, "check-failed"],
])("%s: people are asked", (_what, fields, reason) => {
  expect(advanced(decide(refused(fields))).markers).toMatchObject([{ type: "hold", reason }]);
});

test("configuration, comments and slots are asked for before a round begins", () => {
  expect(decide(without(refused(), "config"))).toEqual(look("config"));
  expect(decide(without(refused(), "ledger"))).toEqual(look("ledger"));
  expect(decide(without(refused(), "slots"))).toEqual(look("slots"));
});

test("a round waits for a slot and for the end of quiet hours as all work does, in review", () => {
  const full = { limit: 1, holders: [3], ahead: [] };
  expect(decide(refused({ slots: full }))).toMatchObject({
    kind: "rest",
    state: "reviewing",
    code: "slots-full",
  });
  const quietUntil = NOW + 1;
  expect(decide(refused({ config: { ...config, quietUntil } as typeof config }))).toMatchObject({
    kind: "rest",
    code: "quiet-hours",
    again: quietUntil,
  });
});

test("a text that changed since the last intent is for people, and not for the agent", () => {
  expect(advanced(decide(edited(refused()))).markers).toMatchObject([
    { type: "hold", reason: "text-changed-in-review" },
  ]);
});

test("while it is under way the issue is at work, an act stops it, and so does the issue's end", () => {
  expect(decide(declared())).toMatchObject({ kind: "start" });
  expect(decide(owned())).toMatchObject({ kind: "rest", state: "implementing", code: "run-works" });
  const asked = advanced(decide({ ...owned(), acts: [act(2, "hold")] }));
  expect(asked.steps).toEqual([{ step: "cancel", why: "act" }]);
  expect(advanced(decide(closed(owned()))).steps).toEqual([{ step: "cancel", why: "issue-closed" }]);
});

test("nobody took it up in time: withdrawn, and the gate is asked again", () => {
  const late = { ...declared(), now: NOW + 86_400_001, gate: red };
  expect(advanced(decide(late)).steps).toEqual([{ step: "seal", why: "expired" }]);
});

test("another head on the pull request is what the round came to; the next begins where that is refused too", () => {
  const pushed = { ...owned(), run: over, pulls: [at(other)] };
  const { open } = stateOf(pushed);
  const world = { branch: { kind: "own", sha: other }, superseded: [] } as const;
  expect(open && missing(open, { ...world, pulls: [pull] }).map(({ kind }) => kind)).toEqual([
    "agent.run",
    "branch.push",
  ]);
  expect(open && missing(open, { ...world, pulls: [at(other)] })).toEqual([]);
  const waits: GateView = { kind: "waits", head: other, code: "review-again", for: "@robin", again: null };
  const reviewed = labelled({ ...pushed, gate: waits }, "cairn:reviewing");
  expect(decide(reviewed)).toMatchObject({ kind: "rest", state: "reviewing", code: "review-again" });
  const again = labelled({ ...pushed, gate: { ...red, head: other } as GateView }, "cairn:reviewing");
  const { steps } = advanced(decide(again));
  expect(steps).toMatchObject([
    { step: "settle", edge: "fix", attempt: 1, as: "applied" },
    { step: "declare", edge: "fix", attempt: 2 },
  ]);
  const second = onto(again, steps);
  expect(stateOf(second).applied).toEqual(["implement", "fix"]);
  const spent = { ...owned(declared(again)), run: over, pulls: [at("c".repeat(40))] };
  const third = labelled({ ...spent, gate: { ...red, head: "c".repeat(40) } as GateView }, "cairn:reviewing");
  const { steps: last, markers } = advanced(decide(third));
  expect(last).toMatchObject([{ step: "settle", edge: "fix", attempt: 2 }, { step: "hold" }]);
  expect(markers).toMatchObject([
    { reason: "check-failed", detail: "test (failure), after 2 rounds of fixing", evidence: [] },
  ]);
  expect(stateOf(onto(third, last)).applied).toEqual(["implement", "fix"]);
});

test("what people push looks the same: without the owner's word the round ends behind its fence alone", () => {
  const failed = { ...over, conclusion: "failure" };
  const moved = { ...owned(), run: failed, pulls: [at(other)] };
  const { steps } = advanced(decide(moved));
  expect(steps).toEqual([{ step: "cancel", why: "owner-over" }]);
  const fenced = { ...onto(moved, steps), run: failed };
  expect(decide(fenced)).toMatchObject({ kind: "rest", state: "implementing", code: "quiet-period" });
});

test("a round that is lost counts as one; the gate says whether there is another", () => {
  const failed = { ...over, conclusion: "failure" };
  const lost = { ...owned(), run: failed };
  const fenced = { ...onto(lost, advanced(decide(lost)).steps), ...settleable, run: failed };
  const { steps } = advanced(decide(fenced));
  expect(steps).toMatchObject([{ step: "settle", edge: "fix", attempt: 1, as: "lost" }]);
  const gate = { ...onto(fenced, steps), gate: red };
  expect(advanced(decide(labelled(gate, "cairn:reviewing"))).steps).toMatchObject([
    { step: "declare", edge: "fix", attempt: 2 },
  ]);
  const one = { ...config, fixRounds: 1 } as typeof config;
  expect(advanced(decide(labelled({ ...gate, config: one }, "cairn:reviewing"))).markers).toMatchObject([
    {
      reason: "check-failed",
      detail: "test (failure), after 1 round of fixing",
      evidence: [{ attempt: 1, conclusion: "failure", worked: 600_000 }],
    },
  ]);
});

test("somebody moved the branch before the push: the owner says so, and the gate is asked at what is there", () => {
  const before = owned();
  const { open } = stateOf(before);
  const effects = Object.fromEntries((open?.effects ?? []).map(({ key }) => [key, "not-sent" as const]));
  const told = onto(before, [
    { step: "result", run: { id: 6, attempt: 1 }, reason: "head-moved", digest: "d", effects },
  ]);
  const failed = { ...over, conclusion: "failure" } as const;
  const { steps, markers } = advanced(decide({ ...told, run: failed }));
  expect([steps, markers]).toEqual([[{ step: "settle", edge: "fix", attempt: 1, as: "failed" }], []]);
  // They can see whose head it is now, and that nothing of the owner's is under way.
  const theirs = { ...told, run: failed, pulls: [at(other)], gate: { ...red, head: other } as GateView };
  expect(advanced(decide(labelled(theirs, "cairn:reviewing"))).steps).toMatchObject([
    { step: "settle", edge: "fix", attempt: 1, as: "applied" },
    { step: "declare", edge: "fix", attempt: 2 },
  ]);
});
