/** A head that lacks the newest commit of its base: brought up to date by an edge `merge` that merges nothing, and judged anew. */
import { expect, test } from "vitest";
import { MOST_UPDATES, updatesHead } from "../../src/core/base-update.ts";
import { decide } from "../../src/core/decide.ts";
import { digestOfMarker, type ResultMarker } from "../../src/core/marker.ts";
import { proseOf } from "../../src/core/prose.ts";
import type { GateView, Snapshot } from "../../src/core/snapshot.ts";
import { verdictOf } from "../../src/core/verdict.ts";
import {
  act,
  advanced,
  base,
  claimed,
  closed,
  issue,
  labelled,
  look,
  NOW,
  onto,
  over,
  pull,
  settleable,
  stateOf,
} from "./snapshots.ts";

const BRANCH = "cairn/12-g1";
const gate: Extract<GateView, { kind: "update" }> = {
  kind: "update",
  head: pull.head,
  pull: 41,
  askedBy: ["robin"],
};
const updated = { ...pull, head: "b".repeat(40) };
const alive = { kind: "alive", status: "in_progress", since: NOW } as const;

/** An issue whose head only lacks the base's newest commit. */
const reviewed = (view: GateView = gate): Snapshot => ({
  ...labelled(claimed(), "cairn:reviewing"),
  run: over,
  pulls: [pull],
  gate: view,
});

/** The edge that updates, declared. */
function declared(before = reviewed()): Snapshot {
  const { steps, markers } = advanced(decide(before));
  return { ...onto(before, steps, markers), starts: { kind: "known", starts: [] } };
}

/** The same, claimed; its run is over. */
function updating(fields: Partial<Snapshot> = {}, before = reviewed()): Snapshot {
  const open = declared(before);
  const digest = stateOf(open).open?.digest ?? "";
  return { ...onto(open, [{ step: "claim", run: { id: 6, attempt: 1 }, digest }]), ...fields };
}

test("what only lacks the base's newest commit is updated at that head, and whoever approved it is asked again", () => {
  const { steps, markers } = advanced(decide(reviewed()));
  expect(steps.map(({ step }) => step)).toEqual(["settle", "declare"]);
  const update = {
    kind: "branch.update",
    key: `branch.update:pull/41@${pull.head}#g1a1`,
    pull: 41,
    head: pull.head,
  };
  const ask = {
    kind: "review.request",
    key: `review.request:${BRANCH}@${pull.head}#g1a1`,
    branch: BRANCH,
    reviewers: ["robin"],
    after: pull.head,
  };
  expect(markers).toMatchObject([{ type: "intent", edge: "merge", effects: [update, ask] }]);
  const [intent] = markers;
  if (intent?.type !== "intent") throw new Error("no intent");
  expect(proseOf(intent)).toContain("**Cairn will bring this up to date** (generation 1, attempt 1)");
  expect(proseOf(intent)).toContain(`merge the base into #41 at ${pull.head.slice(0, 12)}`);
  expect(intent.allowance?.gate).toMatchObject({ requests: 110, content: 1 });
  const nobody = advanced(decide(reviewed({ kind: "update", head: pull.head, pull: 41, askedBy: [] })));
  expect(nobody.markers).toMatchObject([{ effects: [update] }]);
});

test("the head says that Cairn brings it up to date, and is not called through", () => {
  expect(verdictOf(gate)).toMatchObject({
    conclusion: null,
    title: "All else holds: Cairn brings it up to date with its base first",
  });
});

test("a try is closed without an update", () => {
  const settle = { step: "settle", edge: "implement", attempt: 1, as: "applied" } as const;
  const at = onto(reviewed(), [settle]);
  if (at.chain.kind !== "sound") throw new Error("no chain");
  const tried = { ...at, chain: { ...at.chain, state: { ...at.chain.state, synthetic: true as const } } };
  const { markers } = advanced(decide({ ...tried, gate }));
  expect(markers).toMatchObject([{ effects: [{ kind: "pull.close", pull: 41 }] }]);
});

test("the head has moved: settled as applied, alone, as no merge, and the new head is judged from the start", () => {
  // The gate still speaks of the head before it.
  const { steps, markers } = advanced(decide(updating({ pulls: [updated] })));
  expect(steps).toEqual([{ step: "settle", edge: "merge", attempt: 1, as: "applied" }]);
  expect(markers).toEqual([]);
  const settled = onto(updating({ pulls: [updated] }), steps);
  expect(stateOf(settled)).toMatchObject({ updated: 1, applied: ["implement"], open: null });
  const { gate: _old, ...rest } = settled;
  expect(decide(rest)).toEqual(look("gate"));
  // What people close then is no try that came to its end.
  const shut = { ...rest, pulls: [{ ...updated, state: "closed" as const }] };
  expect(advanced(decide(shut)).markers).toMatchObject([{ type: "hold", reason: "pull-closed" }]);
  // A merge behind it is a merge.
  const merge = advanced(decide({ ...rest, gate: { kind: "open", head: updated.head, pull: 41 } }));
  expect(merge.markers).toMatchObject([{ attempt: 2, effects: [{ kind: "merge", head: updated.head }] }]);
  // Another generation has updated nothing.
  const { steps: next } = advanced(decide({ ...rest, acts: [act(2)], opened: [] }));
  expect(stateOf(onto(settled, next))).not.toHaveProperty("updated");
});

test("an update whose answer got lost is looked for behind the fence, and never declared as landed by another's word", () => {
  const ended = { ...over, conclusion: "failure" } as const;
  // Nobody is asked with it: what tells is the update alone.
  const open = updating({ run: ended }, reviewed({ ...gate, askedBy: [] }));
  // Whoever moved the head: the request may still be under way.
  expect(advanced(decide({ ...open, pulls: [updated] })).steps).toEqual([
    { step: "cancel", why: "owner-over" },
  ]);
  const fenced = { ...onto(open, [{ step: "cancel", why: "owner-over" }]), run: ended };
  expect(decide({ ...fenced, pulls: [updated] })).toMatchObject({ kind: "rest", code: "quiet-period" });
  const behind = { ...fenced, ...settleable };
  expect(advanced(decide({ ...behind, pulls: [updated] })).steps).toMatchObject([{ as: "applied" }]);
  const lost = advanced(decide({ ...behind, pulls: [pull] }));
  expect(lost.steps).toMatchObject([{ step: "settle", edge: "merge", as: "lost" }]);
});

/** Its run said that nothing came of it. */
function refused(before: Snapshot, reason: "head-moved" | "merge-refused"): Snapshot {
  const open = declared(before);
  const { seq, open: edge } = stateOf(open);
  const run = { id: 100 + seq, attempt: 1 };
  const effects = Object.fromEntries((edge?.effects ?? []).map(({ key }) => [key, "not-sent" as const]));
  const marker: ResultMarker = {
    ...{ v: 1, type: "result", issue, seq: seq + 2, edge: "merge", attempt: edge?.attempt ?? 0 },
    ...{ generation: 1, run, reason, detail: "branch.update: 422 no", effects },
  };
  const mine = onto(open, [{ step: "claim", run, digest: edge?.digest ?? "" }]);
  const step = { step: "result", run, reason, digest: digestOfMarker(marker), effects } as const;
  return { ...onto(mine, [step], [marker]), run: over };
}

test("GitHub's no sends back to the gate, and of one head not more often than five times", () => {
  let now = reviewed();
  for (let one = 1; one <= 4; one += 1) {
    const ended = refused(now, "head-moved");
    const { steps, markers } = advanced(decide(ended));
    expect(steps).toMatchObject([{ step: "settle", attempt: one, as: "failed" }]);
    const settled = onto(ended, steps, markers);
    expect(stateOf(settled)).not.toHaveProperty("updated");
    now = settled;
  }
  const { steps } = advanced(decide(refused(now, "head-moved")));
  expect(steps).toMatchObject([{ as: "failed" }, { step: "hold", reason: "merge-refused" }]);
  const forbidden = advanced(decide(refused(reviewed(), "merge-refused"))).steps;
  expect(forbidden).toMatchObject([{ as: "failed" }, { step: "hold", reason: "merge-refused" }]);
});

test("whoever acts, or closes the issue, is obeyed before it lands", () => {
  const acts = [act(2, "cancel")];
  expect(advanced(decide({ ...declared(), acts })).steps).toMatchObject([
    { step: "seal", why: "act" },
    { step: "hold", reason: "cancelled" },
  ]);
  expect(advanced(decide({ ...updating({ run: alive }), acts })).steps).toEqual([
    { step: "cancel", why: "act" },
  ]);
  expect(advanced(decide(closed(updating({ run: alive })))).steps).toEqual([
    { step: "cancel", why: "issue-closed" },
  ]);
});

test("an update that nobody took up is declared anew", () => {
  const late = { ...declared(), now: NOW + base.settings.intentLifetime + 1 };
  expect(advanced(decide(late))).toMatchObject({
    steps: [{ step: "seal", why: "expired" }, { step: "declare" }],
    markers: [{ attempt: 2, effects: [{ kind: "branch.update" }, { kind: "review.request" }] }],
  });
});

test("only an edge that names an update is one", () => {
  expect(MOST_UPDATES).toBe(10);
  expect(updatesHead({ effects: [{ kind: "agent.run", key: "agent.run:12#g1a1" }] })).toBe(false);
  expect(updatesHead({ effects: stateOf(updating()).open?.effects ?? [] })).toBe(true);
});
