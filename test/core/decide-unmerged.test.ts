/** Merges that come to nothing: the gate is asked again, and of one head no more often than five times. */
import { expect, test } from "vitest";
import { decodeRecord, encodeRecord } from "../../src/core/commit-message.ts";
import { decide } from "../../src/core/decide.ts";
import { digestOfMarker, type ResultMarker } from "../../src/core/marker.ts";
import { proseOf } from "../../src/core/prose.ts";
import type { GateView, RunView, Snapshot } from "../../src/core/snapshot.ts";
import { act, advanced, claimed, issue, labelled, NOW, onto, over, pull, stateOf } from "./snapshots.ts";

const OTHER = "b".repeat(40);
const SAID = "merge: 405 Base branch was modified.";
const ended: RunView = { ...over, conclusion: "failure" };
const settle = { step: "settle", edge: "implement", attempt: 1, as: "applied" } as const;

function reviewing(): Snapshot {
  return labelled(onto({ ...claimed(), pulls: [pull] }, [settle]), "cairn:reviewing");
}

/** The gate lets a head through, a run takes the merge up, and says that nothing came of it. */
function tried(before: Snapshot, head: string, queue?: true): Snapshot {
  const gate: GateView = { kind: "open", head, pull: 41, ...(queue ? { queue } : {}) };
  const { run: _run, ...asked } = { ...before, gate };
  const declared = advanced(decide(asked));
  const open = onto(asked, declared.steps, declared.markers);
  const { seq, open: edge } = stateOf(open);
  const run = { id: 100 + seq, attempt: 1 };
  const effects = Object.fromEntries((edge?.effects ?? []).map(({ key }) => [key, "not-sent" as const]));
  const attempt = edge?.attempt ?? 0;
  const reason = "head-moved";
  const marker: ResultMarker = {
    ...{ v: 1, type: "result", issue, seq: seq + 2, edge: "merge", attempt, generation: 1 },
    ...{ run, reason, detail: SAID, effects },
  };
  const digest = digestOfMarker(marker);
  const mine = onto(open, [{ step: "claim", run, digest: edge?.digest ?? "" }]);
  const said = onto(mine, [{ step: "result", run, reason, digest, effects }], [marker]);
  return { ...said, run: ended, ...(queue ? { queue: OUT } : {}) };
}

const OUT = { kind: "out", entered: false, why: null } as const;

/** So many of them, one after the other. */
function times(count: number, head: string, before = reviewing(), queue?: true): Snapshot {
  let now = before;
  for (let one = 0; one < count; one += 1) now = settledOf(tried(now, head, queue));
  return now;
}

function settledOf(snapshot: Snapshot): Snapshot {
  const { steps, markers } = advanced(decide(snapshot));
  return onto(snapshot, steps, markers);
}

test("25: a head that is asked to be merged five times, and never is, is held with each end; before that the gate is asked", () => {
  const fourth = times(4, pull.head);
  expect(stateOf(fourth)).toMatchObject({ open: null, hold: null });
  const fifth = advanced(decide(tried(fourth, pull.head)));
  expect(fifth.steps).toMatchObject([
    { step: "settle", edge: "merge", attempt: 5, as: "failed" },
    { step: "hold", reason: "merge-refused" },
  ]);
  const [hold] = fifth.markers;
  if (hold?.type !== "hold") throw new Error("no hold");
  expect(hold.detail).toBe(SAID);
  expect(hold.evidence.map(({ attempt }) => attempt)).toEqual([1, 2, 3, 4, 5]);
  const prose = proseOf(hold);
  expect(prose).toContain("**On hold**: GitHub refused the merge.");
  expect(prose.match(/merged nothing, `merge: 405 Base branch was modified\.`/g)).toHaveLength(5);
});

test("25: another head is another merge, and what was put into a queue and came to nothing counts the same", () => {
  const moved = tried(times(4, pull.head), OTHER);
  expect(advanced(decide(moved)).steps).toMatchObject([{ step: "settle", as: "failed" }]);
  expect(stateOf(settledOf(moved)).attempts.merge.unmerged).toMatchObject({
    head: OTHER,
    ended: [{ attempt: 5 }],
  });
  const queued = tried(times(4, pull.head, reviewing(), true), pull.head, true);
  expect(advanced(decide(queued)).steps.at(-1)).toMatchObject({ step: "hold", reason: "merge-refused" });
});

test("25: whoever acts is obeyed all the same, and another generation begins at nothing", () => {
  const asked = advanced(decide({ ...tried(times(4, pull.head), pull.head), acts: [act(7, "hold")] }));
  expect(asked.steps.at(-1)).toMatchObject({ step: "hold", reason: "asked" });
  const { steps, markers } = advanced(
    decide({ ...tried(times(4, pull.head), pull.head), acts: [act(8)], opened: [], now: NOW + 1 }),
  );
  expect(steps.map(({ step }) => step)).toEqual(["settle", "raise", "declare"]);
  const raised = onto(tried(times(4, pull.head), pull.head), steps, markers);
  expect(stateOf(raised).attempts.merge).toEqual({ last: 0, lost: [] });
});

test("25: chains of apps that did not count are read as they are: the count begins at the next end", () => {
  const { chain } = times(3, pull.head);
  if (chain.kind !== "sound") throw new Error("no chain");
  const { merge, ...edges } = chain.state.attempts;
  const { unmerged: _uncounted, ...older } = merge;
  const state = { ...chain.state, attempts: { ...edges, merge: older } };
  const read = decodeRecord(encodeRecord("t", { ...chain.record, state }));
  if (read.kind !== "record") throw new Error(read.why);
  const before = { ...times(3, pull.head), chain: { ...chain, state: read.record.state } };
  const next = settledOf(tried(before, pull.head));
  expect(stateOf(next).attempts.merge).toMatchObject({ last: 4, unmerged: { ended: [{ attempt: 4 }] } });
});
