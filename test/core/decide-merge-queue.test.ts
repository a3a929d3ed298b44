/** A base with a merge queue: what was put in has not landed, and its edge stays open until it is merged or out again. */
import { expect, test } from "vitest";
import { decide } from "../../src/core/decide.ts";
import { mergeEnqueue, pullClose } from "../../src/core/keys.ts";
import { entersQueue, inQueue } from "../../src/core/merge-queue.ts";
import type { GateView, QueueView, Snapshot } from "../../src/core/snapshot.ts";
import {
  act,
  advanced,
  base,
  claimed,
  closed,
  labelled,
  look,
  NOW,
  onto,
  over,
  pull,
  settleable,
  stateOf,
} from "./snapshots.ts";

const gate: GateView = { kind: "open", head: pull.head, pull: 41, queue: true };
const IN: QueueView = { kind: "in", position: 2 };
const out = (why: string | null, entered = true): QueueView => ({ kind: "out", entered, why });

/** An issue whose merge the gate has let through. */
const reviewed = (): Snapshot => ({
  ...labelled(claimed(), "cairn:reviewing"),
  run: over,
  pulls: [pull],
  gate,
});

/** The edge that enters the queue, claimed; its run is over. */
function entering(fields: Partial<Snapshot> = {}): Snapshot {
  const before = reviewed();
  const { steps, markers } = advanced(decide(before));
  const open = onto(before, steps, markers);
  const digest = stateOf(open).open?.digest ?? "";
  return { ...onto(open, [{ step: "claim", run: { id: 6, attempt: 1 }, digest }]), ...fields };
}

test("what the gate lets through goes into the queue, by the queue's own method", () => {
  const { steps, markers } = advanced(decide(reviewed()));
  expect(steps.map(({ step }) => step)).toEqual(["settle", "declare"]);
  expect(markers).toMatchObject([{ type: "intent", edge: "merge" }]);
  const key = `merge.enqueue:pull/41@${pull.head}#g1a1`;
  const effects = [{ kind: "merge.enqueue", key, pull: 41, head: pull.head }];
  expect(markers).toMatchObject([{ effects }]);
});

test("while its run lives nothing is asked of the queue; behind it the queue is, and waited for", () => {
  const alive = { kind: "alive", status: "in_progress", since: NOW } as const;
  expect(decide(entering({ run: alive }))).toMatchObject({ code: "run-works", state: "merging" });
  expect(decide(entering())).toEqual(look("queue"));
  expect(decide(entering({ queue: IN }))).toEqual({
    kind: "rest",
    state: "merging",
    code: "in-merge-queue",
    waitsFor: "the merge queue to merge #41, which is number 2 there",
    again: NOW + 300_000,
  });
  // Closing the issue gives up no merge.
  expect(decide(closed(entering({ queue: IN })))).toMatchObject({ code: "in-merge-queue" });
});

test("merged there: done, and nothing is asked of the queue", () => {
  const merged = [{ ...pull, state: "closed", merged: true, mergeSha: "f".repeat(40) } as const];
  expect(decide(entering({ pulls: merged }))).toMatchObject({ kind: "label", state: "done" });
  // The pull request lags behind its own history.
  expect(decide(entering({ queue: out("merged") }))).toMatchObject({
    kind: "rest",
    state: "merging",
    code: "in-merge-queue",
    waitsFor: "GitHub to show #41 as merged by the merge queue",
    again: NOW + 1_000,
  });
});

test("put out again: settled as what had entered, alone, as the gate has not heard of that yet", () => {
  const waits: GateView = {
    kind: "waits",
    head: pull.head,
    code: "queue-left",
    for: "a person",
    again: null,
  };
  const shown = { id: 1, says: "queue-left" };
  // The gate lets it through still, as the chain does not say that this head was in the queue.
  const { steps, markers } = advanced(decide(entering({ queue: out("failed_checks"), gate })));
  expect(steps).toEqual([{ step: "settle", edge: "merge", attempt: 1, as: "applied" }]);
  expect(markers).toEqual([]);
  const settled = onto(entering(), [{ step: "settle", edge: "merge", attempt: 1, as: "applied" }]);
  expect(stateOf(settled)).toMatchObject({ queued: pull.head, applied: ["implement"], open: null });
  expect(decide({ ...settled, gate: waits, verdict: shown })).toMatchObject({ kind: "verdict" });
  // Closed there it is no try.
  const shut = [{ ...pull, state: "closed" } as const];
  const hold = (snapshot: Snapshot) => advanced(decide(snapshot)).markers;
  expect(hold({ ...settled, pulls: shut })).toMatchObject([{ type: "hold", reason: "pull-closed" }]);
  expect(advanced(decide(entering({ pulls: shut, queue: out("manual") }))).steps).toMatchObject([
    { as: "applied" },
  ]);
  // Another generation has put nothing in.
  const { steps: next } = advanced(decide({ ...settled, acts: [act(2)], opened: [] }));
  expect(stateOf(onto(settled, next))).not.toHaveProperty("queued");
});

test("whoever acts is obeyed by taking it out first: fenced, taken out, settled, and then what was asked for", () => {
  const acts = [act(2, "hold")];
  expect(decide({ ...entering({ queue: IN }), acts })).toEqual({
    kind: "advance",
    steps: [{ step: "cancel", why: "act" }],
    markers: [],
  });
  const fenced = (queue: QueueView): Snapshot => ({
    ...onto(entering(), [{ step: "cancel", why: "act" }]),
    queue,
    acts,
  });
  expect(decide(fenced(IN))).toEqual({ kind: "dequeue", pull: 41 });
  const { steps, markers } = advanced(decide(fenced(out("manual"))));
  expect(steps).toMatchObject([
    { step: "settle", as: "applied" },
    { step: "hold", reason: "asked" },
  ]);
  expect(markers).toMatchObject([{ reason: "asked" }]);
  // It was merged before anybody could take it out: there is nothing to stop.
  const merged = [{ ...pull, state: "closed", merged: true, mergeSha: null } as const];
  expect(advanced(decide({ ...fenced(IN), pulls: merged })).steps[0]).toMatchObject({ as: "applied" });
});

test("where the owner does not know, what people put in is no sign that its own request has ended", () => {
  const died = { ...over, conclusion: "cancelled" };
  const fenced = onto(entering({ run: died }), [{ step: "cancel", why: "owner-over" }]);
  expect(decide({ ...entering({ run: died }), queue: out("manual") })).toMatchObject({
    steps: [{ step: "cancel", why: "owner-over" }],
  });
  expect(decide({ ...fenced, queue: out("manual") })).toMatchObject({ code: "quiet-period" });
  const settledAs = (queue: QueueView) => advanced(decide({ ...fenced, ...settleable, queue })).steps[0];
  expect(settledAs(out("manual"))).toMatchObject({ step: "settle", as: "applied" });
  // Nobody has seen it there: lost, and the gate is asked again.
  expect(settledAs(out(null, false))).toMatchObject({ step: "settle", as: "lost" });
  // As long as it is there, it is waited for.
  expect(decide({ ...fenced, ...settleable, queue: IN })).toMatchObject({ code: "in-merge-queue" });
  expect(base.config).toMatchObject({ attempts: 3 });
});

test("an edge enters a queue if any of its effects does; of others nothing is said, whatever the queue holds", () => {
  const turn = { generation: 1, attempt: 1 };
  const enqueue = mergeEnqueue(41, pull.head, turn);
  expect(entersQueue({ effects: [pullClose(3, turn), enqueue] })).toBe(true);
  expect(entersQueue({ effects: [pullClose(3, turn)] })).toBe(false);
  const { open } = stateOf(entering());
  if (!open) throw new Error("nothing is open");
  expect(
    inQueue({ ...base, queue: IN }, { ...open, effects: [pullClose(41, turn)] }, undefined),
  ).toBeUndefined();
  expect(inQueue(base, open, undefined)).toBeUndefined();
});
