/** A finished issue that somebody opens again: the next generation, where they may ask for one (I10). */
import { expect, test } from "vitest";
import { decide } from "../../src/core/decide.ts";
import type { PullView, ReopeningView, Snapshot } from "../../src/core/snapshot.ts";
import { deedOf, wantOf } from "../../src/core/weigh.ts";
import { act, advanced, base, claimed, labelled, look, NOW, onto, pull } from "./snapshots.ts";

const END = NOW - 60_000;
const maya = { id: 1, login: "maya" };
const by: Extract<ReopeningView, { kind: "by" }> = {
  kind: "by",
  id: 77,
  actor: maya,
  at: END + 1_000,
  permitted: true,
};
const merged: PullView = {
  ...pull,
  state: "closed",
  merged: true,
  mergeSha: "0123456789abcdef",
  closedAt: END,
};

/** Done: merged by a person, its issue closed, and open again since. */
function reopened(fields: Partial<Snapshot> = {}): Snapshot {
  const steps = [{ step: "settle", edge: "implement", attempt: 1, as: "applied" }] as const;
  const settled = onto({ ...claimed(), pulls: [pull] }, steps);
  const issue = { ...base.issue, open: true, reopened: true, labels: ["cairn:done"] };
  return { ...labelled(settled, "cairn:done"), issue, pulls: [merged], opened: [], ...fields };
}
const kept = (fields: Partial<Snapshot>) => expect(decide(reopened(fields)), JSON.stringify(fields));

test("who did it is asked for, and it raises the next generation like any act", () => {
  const { pulls: _pulls, ...unread } = reopened();
  expect(decide(unread)).toEqual(look("pulls"));
  expect(decide(reopened())).toEqual(look("reopening"));
  const { steps } = advanced(decide(reopened({ reopening: by })));
  expect(steps).toMatchObject([
    { step: "raise", generation: 2, act: 77, at: by.at, with: [] },
    { step: "declare", edge: "implement", generation: 2, attempt: 1 },
  ]);
});

test("with other acts it is taken in the order of their times", () => {
  const acts = [{ ...act(9), at: by.at + 1 }];
  const first = advanced(decide(reopened({ reopening: by, acts })));
  expect(first.steps).toMatchObject([{ step: "raise", act: 9, with: [77] }, { step: "declare" }]);
  const last = advanced(decide(reopened({ reopening: { ...by, at: by.at + 2 }, acts })));
  expect(last.steps).toMatchObject([{ step: "raise", act: 77, with: [9] }, { step: "declare" }]);
});

test("events that do not show it yet are read again", () => {
  kept({ reopening: { kind: "unclear" } }).toEqual({
    kind: "rest",
    state: "done",
    code: "reopening-unseen",
    waitsFor: "GitHub to show who opened the issue again",
    again: NOW + 2_000,
  });
});

test("by somebody without the right, by an account that is gone, before the end, or taken already: it is done still", () => {
  const more = "nothing: #41 is merged as 0123456789ab; it was opened again: set cairn:ready to begin anew";
  const still = { kind: "rest", state: "done", code: "merged", waitsFor: more, again: null };
  kept({ reopening: { ...by, permitted: false } }).toEqual(still);
  kept({ reopening: { ...by, actor: null } }).toEqual(still);
  // Closed and opened again while the work was under way: it is the same work.
  kept({ reopening: { ...by, at: END } }).toEqual(still);
  const { closedAt: _at, ...timeless } = merged;
  kept({ pulls: [timeless] }).toEqual(still);
  const snapshot = reopened({ reopening: by });
  if (snapshot.chain.kind !== "sound") throw new Error("no chain");
  const state = { ...snapshot.chain.state, acts: [...snapshot.chain.state.acts, 77] };
  expect(decide({ ...snapshot, chain: { ...snapshot.chain, state } })).toEqual(still);
});

test("where work is open, held, or was never begun, opening the issue again asks for nothing", () => {
  const open = decide(reopened({ pulls: [pull], reopening: by, labels: [] } as Partial<Snapshot>));
  expect(open).not.toMatchObject({ kind: "advance" });
  const closed: PullView = { ...pull, state: "closed", closedAt: END };
  const { steps } = advanced(decide(reopened({ pulls: [closed], reopening: by })));
  expect(steps).toMatchObject([{ step: "hold", reason: "pull-closed" }]);
  const issue = { ...base.issue, reopened: true };
  expect(decide({ ...base, issue, acts: [] })).toMatchObject({ kind: "rest", code: "nobody-asked" });
  const held = onto(reopened(), steps, advanced(decide(reopened({ pulls: [closed] }))).markers);
  expect(decide({ ...held, pulls: [merged], reopening: by })).not.toMatchObject({ kind: "advance" });
});

test("a try that is over and opened again is the next one's beginning", () => {
  const snapshot = reopened({ pulls: [{ ...pull, state: "closed", closedAt: END }], reopening: by });
  if (snapshot.chain.kind !== "sound") throw new Error("no chain");
  const state = { ...snapshot.chain.state, synthetic: true } as const;
  const { steps } = advanced(decide({ ...snapshot, chain: { ...snapshot.chain, state } }));
  expect(steps).toMatchObject([{ step: "raise", generation: 2, act: 77 }, { step: "declare" }]);
});

test("it wants work, and people read who did it", () => {
  const reopening = { id: 77, kind: "reopen", actor: maya, at: END } as const;
  expect(wantOf(reopening)).toBe("ready");
  expect(deedOf(reopening)).toBe("@maya opened it again");
});
