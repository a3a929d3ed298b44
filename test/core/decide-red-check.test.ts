/** Behind a check that said no: another attempt that mends the work, or a hold with the evidence. */
import { expect, test } from "vitest";
import type { Step } from "../../src/core/chain.ts";
import { decide } from "../../src/core/decide.ts";
import { digestOfMarker, type Marker, type ResultMarker } from "../../src/core/marker.ts";
import { proseOf } from "../../src/core/prose.ts";
import { mendsOfRound } from "../../src/core/red-check.ts";
import type { GateView, RunView, Snapshot } from "../../src/core/snapshot.ts";
import {
  act,
  advanced,
  base,
  claimed,
  closed,
  edited,
  issue,
  labelled,
  look,
  NOW,
  onto,
  over,
  pull,
  settleable,
  stateOf,
  without,
} from "./snapshots.ts";

const TREE = "1".repeat(40);
const OTHER = "2".repeat(40);
const ended: RunView = { ...over, conclusion: "failure" };
const config = base.config as Extract<NonNullable<Snapshot["config"]>, { kind: "valid" }>;
const configured = (more: Partial<typeof config>): Pick<Snapshot, "config"> => ({
  config: { ...config, ...more },
});

/** The owner of the open edge has left its word: the check said no to this tree. */
function checked(before: Snapshot, tree: string | undefined, fields: Partial<Snapshot> = {}): Snapshot {
  const { open, seq } = stateOf(before);
  if (!open?.claim) throw new Error("nobody owns it");
  const effects = Object.fromEntries(open.effects.map(({ key }) => [key, "not-sent" as const]));
  const named = tree === undefined ? {} : { tree };
  const marker: ResultMarker = {
    ...{ v: 1, type: "result", issue, seq: seq + 1, edge: open.edge, attempt: open.attempt },
    ...{
      generation: 1,
      run: open.claim,
      reason: "check-red",
      detail: "npm test ended with 1: not ok",
      effects,
    },
    ...named,
  };
  const step: Step = {
    ...{ step: "result", run: open.claim, reason: "check-red", digest: digestOfMarker(marker), effects },
    ...named,
  };
  const { run: _run, ...rest } = onto(before, [step], [marker]);
  return { ...rest, run: ended, pulls: [], branch: { kind: "absent" }, worked: 90_000, ...fields };
}

/** The next attempt is declared, and a run owns it. */
function begun(before: Snapshot, id: number): Snapshot {
  const { steps, markers } = advanced(decide(before));
  const after = onto(before, steps, markers);
  const digest = stateOf(after).open?.digest ?? "";
  return onto(after, [{ step: "claim", run: { id, attempt: 1 }, digest }]);
}

const red = (tree: string, attempt = 1, run = 5) => ({
  ...{ attempt, run: { id: run, attempt: 1 }, url: "run-5", conclusion: "failure", worked: 90_000 },
  red: { tree, said: "npm test ended with 1: not ok" },
});
const settled = { step: "settle", edge: "implement", attempt: 1, as: "failed", lost: red(TREE) } as const;

test("what the agent worked is asked for; then it is charged, and the next attempt is told what it mends", () => {
  expect(decide(without(checked(claimed(), TREE), "worked"))).toEqual(look("worked"));
  expect(decide(without(checked(claimed(), TREE), "config"))).toEqual(look("config"));
  const { steps, markers } = advanced(decide(checked(claimed(), TREE)));
  const run = { id: 5, attempt: 1 };
  expect(steps).toMatchObject([settled, { step: "declare", edge: "implement", attempt: 2, mends: run }]);
  expect(markers).toMatchObject([
    {
      type: "intent",
      attempt: 2,
      effects: [{ key: "agent.run:12#g1a2" }, {}, {}, {}],
      // The check's log is read beside what any attempt reads.
      allowance: { gate: { requests: 50 } },
      budget: 3_510_000,
      mends: { attempt: 1, run, said: "npm test ended with 1: not ok" },
    },
  ]);
  const words = proseOf(markers[0] as Marker);
  expect(words).toContain(
    "the check said no to attempt 1, of which nothing was published: npm test ended with 1",
  );
  expect(words).toContain("- give the agent what the check said of implement/1, as data\n");
  expect(stateOf(onto(checked(claimed(), TREE), steps)).open?.mends).toEqual(run);
});

test("other files and no again, until as many attempts as there may be: a hold with each of them", () => {
  const two = begun(checked(claimed(), TREE), 6);
  const three = begun(checked(two, OTHER), 7);
  const { steps, markers } = advanced(decide(checked(three, "3".repeat(40))));
  expect(steps).toMatchObject([
    { step: "settle", attempt: 3, as: "failed", lost: { attempt: 3 } },
    { step: "hold", reason: "check-red" },
  ]);
  expect(markers).toMatchObject([
    {
      detail: "npm test ended with 1: not ok",
      run: { id: 7 },
      evidence: [red(TREE), red(OTHER, 2, 6), red("3".repeat(40), 3, 7)],
    },
  ]);
  expect(proseOf(markers[0] as Marker)).toContain(
    "\n- attempt 2: in [run 6](run-5) the check said no to tree 222222222222, `npm test ended with 1: not ok`; its agent was at work for 2 min\n",
  );
  // One attempt is all that there may be: as if there were no other.
  const one = advanced(decide(checked(claimed(), TREE, configured({ attempts: 1 }))));
  expect(one.steps).toMatchObject([settled, { step: "hold", reason: "check-red" }]);
  expect(one.markers).toMatchObject([{ evidence: [red(TREE)] }]);
});

test("the same files and no again: a hold that says so, whatever is left, and whichever attempt they were of", () => {
  const many = configured({ attempts: 9 });
  const two = begun(checked(claimed(), TREE, many), 6);
  const held = advanced(decide(checked(two, TREE)));
  expect(held.steps).toMatchObject([{ step: "settle", attempt: 2, lost: red(TREE, 2, 6) }, { step: "hold" }]);
  expect(held.markers).toMatchObject([
    {
      reason: "check-red",
      detail: "the same files as in attempt 1: npm test ended with 1: not ok",
      evidence: [{}, {}],
    },
  ]);
  const back = advanced(decide(checked(begun(checked(two, OTHER), 7), TREE)));
  expect(back.markers).toMatchObject([
    { type: "hold", detail: expect.stringMatching(/^the same files as in attempt 1/) },
  ]);
});

test("a result that names no files is of an Action that did not say them: a hold, as nobody can tell whether any change", () => {
  const { steps, markers } = advanced(decide(checked(claimed(), undefined)));
  expect(steps).toMatchObject([{ as: "failed" }, { step: "hold", reason: "check-red" }]);
  expect(steps[0]).not.toHaveProperty("lost");
  expect(markers).toMatchObject([{ type: "hold", evidence: [], run: { id: 5 } }]);
  // Nor does a tree beside another reason make it a check's.
  const other = checked(claimed(), undefined);
  const { chain } = other;
  if (chain.kind !== "sound" || !chain.state.open?.result) throw new Error("no result");
  const result = { ...chain.state.open.result, reason: "no-change", tree: TREE } as const;
  const told: Snapshot = {
    ...other,
    chain: { ...chain, state: { ...chain.state, open: { ...chain.state.open, result } } },
  };
  expect(advanced(decide(told)).steps).toMatchObject([
    { as: "failed" },
    { step: "hold", reason: "no-change" },
  ]);
});

test("no attempt begins on a closed issue, or where the configuration cannot be used: a hold with the evidence", () => {
  for (const fields of [
    closed(checked(claimed(), TREE)),
    checked(claimed(), TREE, { config: { kind: "invalid", why: "line 3" } }),
  ]) {
    const { steps, markers } = advanced(decide(fields));
    expect(steps).toMatchObject([settled, { step: "hold", reason: "check-red" }]);
    expect(markers).toMatchObject([{ evidence: [red(TREE)] }]);
  }
});

test("it waits for a slot and for its hour, and is charged at once; who gives it up meanwhile is obeyed", () => {
  const full = { limit: 1, holders: [3], ahead: [] };
  const { steps, markers } = advanced(decide(checked(claimed(), TREE, { slots: full })));
  expect([steps, markers]).toEqual([[settled], []]);
  const waiting: Snapshot = {
    ...labelled(onto(checked(claimed(), TREE), steps), "cairn:implementing"),
    slots: full,
  };
  expect(decide(waiting)).toMatchObject({ kind: "rest", state: "implementing", code: "slots-full" });
  const free = { ...waiting, slots: { limit: 1, holders: [], ahead: [] } };
  expect(advanced(decide(free)).steps).toMatchObject([{ step: "declare", attempt: 2, mends: { id: 5 } }]);
  for (const kind of ["cancel", "hold"] as const) {
    const stopped = advanced(decide({ ...free, acts: [act(2, kind)] }));
    expect(stopped.steps).toMatchObject([{ step: "hold", acts: [2] }]);
  }
  // One that comes before the attempt is settled: it is charged all the same.
  const early = advanced(decide(checked(claimed(), TREE, { acts: [act(2, "cancel")] })));
  expect(early.steps).toMatchObject([settled, { step: "hold", reason: "cancelled", acts: [2] }]);
});

test("what was edited by others, and what agents have worked for, end it as they end every attempt", () => {
  const text = advanced(decide(edited(checked(claimed(), TREE))));
  expect(text.steps).toMatchObject([settled, { step: "hold", reason: "text-changed" }]);
  expect(text.markers).toMatchObject([{ evidence: [red(TREE)] }]);
  const spent = advanced(decide(checked(claimed(), TREE, { worked: 3_600_000 })));
  expect(spent.steps).toMatchObject([{ as: "failed" }, { step: "hold", reason: "budget-spent" }]);
});

test("lost attempts count with those that the check refused, and change nothing about what is to be mended", () => {
  const two = begun(checked(claimed(), TREE), 6);
  const gone = { ...two, run: ended, pulls: [], branch: { kind: "absent" }, acts: [] } as const;
  const fenced = { ...gone, ...onto(gone, [{ step: "cancel", why: "owner-over" }]), ...settleable };
  const third = advanced(decide(fenced));
  expect(third.steps).toMatchObject([{ as: "lost" }, { step: "declare", attempt: 3, mends: { id: 5 } }]);
  expect(third.markers).toMatchObject([{ why: "the attempt before it was lost", mends: { attempt: 1 } }]);
  const last = advanced(decide({ ...fenced, ...configured({ attempts: 2 }) }));
  expect(last.steps).toMatchObject([{ as: "lost" }, { step: "hold", reason: "attempts-spent" }]);
});

test("of a run that somebody deleted nobody knows how long its agent worked; what is published is adopted, and mends nothing", () => {
  const deleted = checked(claimed(), TREE, { run: { kind: "gone" }, now: NOW + 121_000 });
  const { steps } = advanced(decide(without(deleted, "worked")));
  expect(steps).toMatchObject([{ as: "failed", lost: { worked: 0, conclusion: "deleted" } }, { attempt: 2 }]);
  const { config: _config, ...rest } = without(deleted, "worked");
  const held = advanced(decide({ ...rest, ...configured({ attempts: 1 }) }));
  expect(held.markers[0]).not.toHaveProperty("run");
  const waiting = onto(checked(claimed(), TREE), [settled]);
  const published = { ...waiting, branch: { kind: "own", sha: "b".repeat(40) }, pulls: [] } as const;
  expect(advanced(decide(published)).markers[0]).not.toHaveProperty("mends");
});

const gate: GateView = {
  ...{ kind: "refused", head: pull.head, reason: "changes-requested", detail: "by @robin on #41" },
};

/** A round whose check said no to this tree. */
function round(tree: string, rounds = 2, before?: Snapshot, run = 6): Snapshot {
  const applied = { step: "settle", edge: "implement", attempt: 1, as: "applied" } as const;
  const refused: Snapshot = before ?? {
    ...labelled(onto(claimed(), [applied]), "cairn:reviewing"),
    ...{ pulls: [pull], gate, ...configured({ fixRounds: rounds }) },
  };
  return checked(begun(refused, run), tree, { pulls: [pull] });
}

test("a round of fixing whose check said no is charged, and the gate is asked what is to be mended; the next round is told", () => {
  const first = round(TREE);
  const { steps, markers } = advanced(decide(first));
  expect(steps).toMatchObject([
    { step: "settle", edge: "fix", attempt: 1, as: "failed", lost: red(TREE, 1, 6) },
  ]);
  expect([steps.length, markers]).toEqual([1, []]);
  const between = { ...labelled(onto(first, steps), "cairn:reviewing"), gate };
  const second = advanced(decide(between));
  expect(second.steps).toMatchObject([
    { step: "declare", edge: "fix", attempt: 2, mends: { id: 6, attempt: 1 } },
  ]);
  expect(second.markers).toMatchObject([{ fixes: { rounds: 2 }, mends: { attempt: 1 }, budget: 3_600_000 }]);
  // The rounds are spent.
  const last = advanced(decide(round(OTHER, 2, between, 7)));
  expect(last.steps).toMatchObject([
    { edge: "fix", attempt: 2 },
    { step: "hold", reason: "check-red" },
  ]);
  expect(last.markers).toMatchObject([{ evidence: [red(TREE, 1, 6), red(OTHER, 2, 7)] }]);
  // `attempts` bounds what is lost, and no rounds.
  const more = { ...between, ...configured({ fixRounds: 5, attempts: 1 }) };
  expect(advanced(decide(round(OTHER, 5, more, 7))).steps).toMatchObject([{ edge: "fix", attempt: 2 }]);
  const same = advanced(decide(round(TREE, 5, more, 7)));
  expect(same.markers).toMatchObject([
    { reason: "check-red", detail: expect.stringMatching(/^the same files as in attempt 1/) },
  ]);
});

test("a round mends what the check refused last, unless something was pushed since", () => {
  const mends = { attempt: 2, run: { id: 5, attempt: 1 }, said: "npm test ended with 1: not ok" };
  const { red: _red, ...lost } = red(TREE, 3);
  expect(mendsOfRound([red(TREE), red(OTHER, 2)], 2)).toEqual(mends);
  expect(mendsOfRound([red(OTHER, 2), lost], 3)).toEqual(mends);
  expect(mendsOfRound([red(OTHER, 2)], 3)).toBeUndefined();
  expect(mendsOfRound([lost], 3)).toBeUndefined();
  expect(mendsOfRound([], 0)).toBeUndefined();
});
