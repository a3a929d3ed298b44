/** A merge that has landed: its owner reads it back; where the owner ended without a word, the app does, once. */
import { expect, test } from "vitest";
import { decide } from "../../src/core/decide.ts";
import type { GateView, PullView, ReadBackView, RunView, Snapshot } from "../../src/core/snapshot.ts";
import {
  act,
  advanced,
  claimed,
  closed,
  labelled,
  look,
  NOW,
  onto,
  over,
  pull,
  stateOf,
  without,
} from "./snapshots.ts";

const RUN = { id: 6, attempt: 1 };
const DIED: RunView = { ...over, conclusion: "cancelled", url: "run-6" };
const landed: PullView = { ...pull, state: "closed", merged: true, mergeSha: "m".repeat(40) };
const OTHER: ReadBackView = { kind: "mismatch", what: "aaa is no parent of mmm" };

/** The merge was declared and claimed, and the pull request is merged. */
function merging(fields: Partial<Snapshot> = {}, synthetic = false): Snapshot {
  const gate: GateView = { kind: synthetic ? "synthetic" : "open", head: pull.head, pull: 41 };
  const reviewing = { ...labelled(claimed(), "cairn:reviewing"), run: over, pulls: [pull], gate };
  const { steps, markers } = advanced(decide(reviewing));
  const open = without(onto(reviewing, steps, markers), "run");
  const digest = stateOf(open).open?.digest ?? "";
  const owned = onto(open, [{ step: "claim", run: RUN, digest }]);
  return { ...closed(labelled(owned, "cairn:done")), pulls: [landed], ...fields };
}

const SETTLED = { step: "settle", edge: "merge", attempt: 1, as: "applied" };

test("25: an owner that lives reads its merge back itself; whether it lives is asked as long as it has not said anything", () => {
  expect(decide(merging())).toEqual(look("run"));
  const alive = { kind: "alive", status: "in_progress", since: NOW - 600_000 } as const;
  expect(decide(merging({ run: alive }))).toMatchObject({
    kind: "rest",
    code: "merged",
    again: NOW + 600_000,
  });
  const nobody = { kind: "cannot-tell", why: "x" } as const;
  expect(decide(merging({ run: nobody }))).toMatchObject({
    kind: "rest",
    code: "merged",
    again: NOW + 60_000,
  });
  // What is shown at the end is shown meanwhile.
  expect(decide(labelled(merging({ run: alive }), "cairn:reviewing"))).toMatchObject({
    kind: "label",
    state: "done",
  });
});

test("25: behind an owner that ended without a word it is read back, once, and a merge of something else is a hold", () => {
  expect(decide(merging({ run: DIED }))).toEqual(look("readBack"));
  const sound = advanced(decide(merging({ run: DIED, readBack: { kind: "sound" } })));
  expect(sound).toMatchObject({ steps: [SETTLED], markers: [] });
  const after = onto(merging({ run: DIED }), sound.steps);
  expect(decide(after)).toMatchObject({ kind: "rest", code: "merged", again: null });
  const { steps, markers } = advanced(decide(merging({ run: DIED, readBack: OTHER })));
  expect(steps).toMatchObject([SETTLED, { step: "hold", reason: "merge-mismatch" }]);
  expect(markers).toMatchObject([
    { reason: "merge-mismatch", detail: "#41: aaa is no parent of mmm", run: { id: 6, url: "run-6" } },
  ]);
  // Whoever acts meanwhile hears of it first.
  const asked = { acts: [act(7, "hold")], run: DIED };
  expect(advanced(decide(merging({ ...asked, readBack: OTHER }))).markers).toMatchObject([
    { reason: "merge-mismatch" },
  ]);
  expect(advanced(decide(merging({ ...asked, readBack: { kind: "sound" } }))).steps).toMatchObject([
    SETTLED,
    { step: "hold", acts: [7] },
  ]);
});

test("what cannot be read back yet is looked at again, until the quiet period is over", () => {
  const unseen = { run: DIED, readBack: { kind: "unseen" } } as const;
  expect(decide(merging(unseen))).toMatchObject({ kind: "rest", code: "merged", again: NOW + 60_000 });
  expect(advanced(decide(merging({ ...unseen, now: NOW + 120_000 }))).steps).toMatchObject([SETTLED]);
});

test("a run that somebody deleted has ended, once GitHub surely shows no such run; there is no page of it", () => {
  const run = { kind: "gone" } as const;
  expect(decide(merging({ run }))).toMatchObject({ code: "merged", again: NOW + 60_000 });
  const late = merging({ run, now: NOW + 120_000 });
  expect(decide(late)).toEqual(look("readBack"));
  const [hold] = advanced(decide({ ...late, readBack: OTHER })).markers;
  expect(hold).toMatchObject({ reason: "merge-mismatch" });
  expect(hold).not.toHaveProperty("run");
});

test("what the owner said of it, and the end of a try that somebody merged, are not looked into", () => {
  const key = stateOf(merging()).open?.effects[0]?.key ?? "";
  const effects = { [key]: "applied" } as const;
  const said = { step: "result", run: RUN, reason: "agent-failed", digest: "d", effects } as const;
  const ended = { kind: "rest", code: "merged", again: null };
  expect(decide(onto(merging(), [said]))).toMatchObject(ended);
  expect(decide(merging({ run: over }))).toMatchObject(ended);
  expect(decide(merging({}, true))).toMatchObject(ended);
});
