/** While a run owns the edge, and after it: what is found, what is failed, and what is lost behind the fence. */
import { expect, test } from "vitest";
import type { Step } from "../../src/core/chain.ts";
import { decide } from "../../src/core/decide.ts";
import type { HoldReason } from "../../src/core/holds.ts";
import { pullClose } from "../../src/core/keys.ts";
import { foldLedger } from "../../src/core/ledger.ts";
import { digestOfMarker, encodeMarker, type ResultMarker } from "../../src/core/marker.ts";
import type { PullView, RunView, Snapshot } from "../../src/core/snapshot.ts";
import type { Effect, Fate } from "../../src/core/words.ts";
import {
  act,
  advanced,
  base,
  claimed,
  closed,
  declared,
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

const RUN = { id: 5, attempt: 1 };
const alive = { kind: "alive", status: "in_progress", since: NOW } as const;
const working = (run: RunView = alive): Snapshot => ({ ...labelled(claimed(), "cairn:implementing"), run });

/** A generation whose merge of `pull` is claimed. */
function merging(fields: Partial<Snapshot> = {}): Snapshot {
  const gate = { kind: "open", head: pull.head, pull: 41 } as const;
  const reviewed = { ...labelled(claimed(), "cairn:reviewing"), run: over, pulls: [pull], gate };
  const { steps, markers } = advanced(decide(reviewed));
  const open = onto(reviewed, steps, markers);
  const digest = stateOf(open).open?.digest ?? "";
  return { ...onto(open, [{ step: "claim", run: { id: 6, attempt: 1 }, digest }]), ...fields };
}

test("the run is asked for first; while it lives it is waited for by name, its state shown", () => {
  expect(decide(claimed())).toEqual(look("run"));
  expect(decide({ ...claimed(), run: alive })).toEqual({
    kind: "label",
    state: "implementing",
    add: ["cairn:implementing"],
    remove: [],
  });
  expect(decide(working())).toEqual({
    kind: "rest",
    code: "run-works",
    state: "implementing",
    waitsFor: "run 5 (in_progress) to finish implement/1",
    again: NOW + 180_000,
  });
  // The longer it takes, the later it is looked at again: as long as it has taken.
  expect(decide({ ...working(), now: NOW + 180_000 })).toMatchObject({ again: NOW + 360_000 });
  expect(decide({ ...working(), now: NOW + 180_001 })).toMatchObject({ again: NOW + 360_002 });
  expect(decide(working({ kind: "cannot-tell", why: "502" }))).toMatchObject({
    waitsFor: "run 5 (unknown: 502) to finish implement/1",
    again: NOW + 60_000,
  });
});

test("a person's act, or the closed issue, cancels once; then the run is asked to stop, unless it is over", () => {
  expect(decide({ ...working(), acts: [act(2, "hold")] })).toEqual({
    kind: "advance",
    steps: [{ step: "cancel", why: "act" }],
    markers: [],
  });
  expect(decide(closed(working()))).toEqual({
    kind: "advance",
    steps: [{ step: "cancel", why: "issue-closed" }],
    markers: [],
  });
  const fenced = (why: "act" | "issue-closed" | "owner-over", run: RunView = alive) => ({
    ...onto(working(), [{ step: "cancel", why }]),
    run,
  });
  const stop = { kind: "cancel-run", run: RUN };
  expect(decide({ ...fenced("act"), acts: [act(2)] })).toEqual(stop);
  expect(decide(closed(fenced("issue-closed")))).toEqual(stop);
  // Over once, and live again: a re-run is not this owner's, and nobody has asked for a stop.
  expect(decide(fenced("owner-over"))).toMatchObject({ kind: "rest" });
  expect(decide(fenced("act", { kind: "cannot-tell", why: "502" }))).toMatchObject({ kind: "rest" });
});

test("the budget: asked of the jobs once the run is old enough, said when it is spent, and ending nothing", () => {
  const at = (age: number, worked?: number, run: RunView = alive) =>
    decide({ ...working(run), now: NOW + age, ...(worked === undefined ? {} : { worked }) });
  expect(at(3_599_999)).toMatchObject({ waitsFor: "run 5 (in_progress) to finish implement/1" });
  expect(at(3_600_000)).toEqual(look("worked"));
  expect(at(3_600_000, 3_599_999)).toMatchObject({ waitsFor: "run 5 (in_progress) to finish implement/1" });
  expect(at(3_600_000, 3_600_000)).toEqual({
    kind: "rest",
    code: "run-works",
    state: "implementing",
    waitsFor:
      "run 5 (in_progress) to finish implement/1; its budget of 60 min is spent, and nothing that lives is stopped for that: set cairn:hold to stop it",
    again: NOW + 7_200_000,
  });
  // Of whom nobody can tell, nothing is known to be spent.
  expect(at(9_000_000, undefined, { kind: "cannot-tell", why: "x" })).toMatchObject({ kind: "rest" });
});

test("a merge runs no agent, shows as a review, and goes on when the issue is closed", () => {
  const run = { ...alive, since: NOW - 9_000_000 };
  const waiting = {
    kind: "rest",
    code: "run-works",
    state: "merging",
    waitsFor: "run 6 (in_progress) to finish merge/1",
    again: NOW + 9_000_000,
  };
  expect(decide(merging({ run }))).toEqual(waiting);
  expect(decide(closed(merging({ run })))).toEqual(waiting);
});

test("the merge commit is its own result, while the run lives too", () => {
  const merged: PullView = { ...pull, state: "closed", merged: true, mergeSha: "m".repeat(40) };
  const { pulls: _pulls, ...unread } = merging();
  expect(decide(unread)).toEqual(look("pulls"));
  const done = labelled(
    closed(merging({ run: alive, pulls: [{ ...pull, number: 40 }, merged] })),
    "cairn:done",
  );
  expect(decide(done)).toEqual({
    kind: "rest",
    code: "merged",
    state: "done",
    waitsFor: `nothing: #41 is merged as ${"m".repeat(12)}`,
    // The owner reads it back: its end is looked at, should nobody tell of it.
    again: NOW + 60_000,
  });
  const asked = { ...done, acts: [act(7, "hold")] };
  expect(advanced(decide(asked)).steps).toMatchObject([
    { step: "settle", edge: "merge", attempt: 1, as: "applied" },
    { step: "hold", acts: [7] },
  ]);
  // Of an implement edge a merge says the same, by way of its effects.
  const implement = { ...labelled(claimed(), "cairn:reviewing"), run: alive, pulls: [merged] };
  expect(decide(implement)).toMatchObject({ kind: "label", state: "implementing" });
});

test("over: its effects are probed, each part asked for where it is needed", () => {
  const gone = { ...claimed(), run: over };
  expect(decide(gone)).toEqual(look("pulls"));
  expect(decide({ ...gone, pulls: [] })).toEqual(look("branch"));
  // A pull request tells of the branch as well.
  expect(decide({ ...gone, pulls: [pull] }).kind).toBe("label");
  const asked = { ...declared(), acts: [act(2)], opened: [{ generation: 1, pull: 40 }] };
  const { steps, markers } = advanced(decide(asked));
  const second = onto(asked, steps, markers);
  const digest = stateOf(second).open?.digest ?? "";
  const { opened: _opened, ...owned } = {
    ...onto(second, [{ step: "claim", run: RUN, digest }]),
    acts: [],
    run: over,
    pulls: [pull],
  };
  expect(decide(owned)).toEqual(look("opened"));
  const still = decide({ ...owned, opened: [{ generation: 1, pull: 40 }] });
  expect(still).toMatchObject({ kind: "advance", steps: [{ step: "cancel" }] });
  expect(decide({ ...owned, opened: [] }).kind).toBe("label");
  // An open one of this very generation is none that it replaces.
  expect(decide({ ...owned, opened: [{ generation: 2, pull: 40 }] }).kind).toBe("label");
});

test("a merge needs no look at the branch", () => {
  expect(decide(merging({ run: over, pulls: [] }))).toMatchObject({
    steps: [{ step: "cancel", why: "owner-over" }],
  });
});

test("all found: settled as applied with the next step, or with the act that came", () => {
  const found = { ...labelled(claimed(), "cairn:reviewing"), run: over, pulls: [pull] };
  expect(advanced(decide({ ...found, acts: [act(7, "hold")] })).steps).toMatchObject([
    { step: "settle", edge: "implement", attempt: 1, as: "applied" },
    { step: "hold", acts: [7] },
  ]);
});

test("found, but the owner never said how its request ended, and people ask for reviews too: fenced and quiet first", () => {
  const failed: RunView = { ...over, conclusion: "failure" };
  const found = { ...labelled(claimed(), "cairn:reviewing"), run: failed, pulls: [pull] };
  const cancel: Step = { step: "cancel", why: "owner-over" };
  expect(decide(found)).toEqual({ kind: "advance", steps: [cancel], markers: [] });
  const behind = { ...onto(found, [cancel]), run: failed, pulls: [pull] };
  expect(decide({ ...behind, now: NOW + 10_000, probedSince: NOW + 10_000 }).kind).toBe("label");
  const early = labelled({ ...behind, now: NOW + 119_999, probedSince: NOW + 119_999 }, "cairn:implementing");
  expect(decide(early)).toMatchObject({ kind: "rest", code: "quiet-period" });
  const late = { ...behind, now: NOW + 120_000, probedSince: NOW + 120_000, acts: [act(7, "hold")] };
  expect(advanced(decide(late)).steps).toMatchObject([{ step: "settle", as: "applied" }, { step: "hold" }]);
  // What the owner said of it is enough, and so is an effect that nobody else brings about.
  const told = { ...NOTHING, "review.request:cairn/12-g1#g1a1": "applied" } as const;
  const said = { ...resulted("publish-refused", told), run: failed, pulls: [pull], acts: [act(7, "hold")] };
  expect(advanced(decide(said)).steps).toMatchObject([{ step: "settle", as: "applied" }, { step: "hold" }]);
  const unsaid = {
    ...said,
    ...resulted("publish-refused", { ...told, "review.request:cairn/12-g1#g1a1": "unknown" }),
  };
  expect(decide({ ...unsaid, run: failed, pulls: [pull] })).toMatchObject({ steps: [cancel] });
  const { chain } = found;
  if (chain.kind !== "sound" || !chain.state.open) throw new Error("no open edge");
  const { state } = chain;
  const { open } = chain.state;
  const only = (effects: readonly Effect[]): Snapshot => ({
    ...found,
    chain: { ...chain, state: { ...state, open: { ...open, effects } } },
    opened: [],
    acts: [act(7, "hold")],
  });
  const own = only(open.effects.filter(({ kind }) => kind !== "review.request"));
  expect(advanced(decide(own)).steps).toMatchObject([{ step: "settle", as: "applied" }, { step: "hold" }]);
  // People close what it replaces, too.
  const close = pullClose(40, { generation: 1, attempt: 1 });
  expect(decide(only([close]))).toEqual({ kind: "advance", steps: [cancel], markers: [] });
});

/** The owner has left its word on these effects. */
function resulted(reason: HoldReason, fates: Readonly<Record<string, Fate>>, seen = true): Snapshot {
  const before = claimed();
  const marker: ResultMarker = {
    v: 1,
    type: "result",
    issue,
    seq: 4,
    edge: "implement",
    generation: 1,
    attempt: 1,
    run: RUN,
    reason,
    detail: "why it failed",
    effects: fates,
  };
  const digest = digestOfMarker(marker);
  const step: Step = { step: "result", run: RUN, reason, digest, effects: fates };
  const after = {
    ...onto(before, [step], [marker]),
    run: over,
    pulls: [],
    branch: { kind: "absent" } as const,
  };
  return seen
    ? after
    : { ...after, ledger: { kind: "complete", ledger: foldLedger([], undefined, issue, 99) } };
}
const NOTHING: Readonly<Record<string, Fate>> = {
  "agent.run:12#g1a1": "not-sent",
  "branch.create:cairn/12-g1": "not-sent",
  "pull.create:cairn/12-g1": "not-sent",
  "review.request:cairn/12-g1#g1a1": "not-sent",
};

test("the owner's word that nothing was sent settles at once, and holds with its reason and its words", () => {
  const { steps, markers } = advanced(decide(resulted("no-change", NOTHING)));
  expect(steps).toMatchObject([
    { step: "settle", edge: "implement", attempt: 1, as: "failed" },
    { step: "hold", reason: "no-change", acts: [] },
  ]);
  const run = { id: 5, url: "run-5" };
  expect(markers).toMatchObject([
    { type: "hold", reason: "no-change", detail: "why it failed", evidence: [], run },
  ]);
  // A run that was deleted has no page that people could read.
  const gone = { ...resulted("no-change", NOTHING), run: { kind: "gone" }, now: NOW + 120_000 } as const;
  const unread = advanced(decide(gone));
  expect(unread.steps).toMatchObject([{ as: "failed" }, { step: "hold", reason: "no-change" }]);
  expect(unread.markers).toMatchObject([{ type: "hold", reason: "no-change", detail: "why it failed" }]);
  expect(unread.markers[0]).not.toHaveProperty("run");
  expect(advanced(decide({ ...resulted("no-change", NOTHING), acts: [act(7, "hold")] })).steps).toMatchObject(
    [{ as: "failed" }, { step: "hold", reason: "asked", acts: [7] }],
  );
});

test("the words of a result are read where it is seen, or from the chain's head that declares it", () => {
  const later = resulted("no-change", NOTHING);
  // The head declares something else: the comment tells.
  if (later.chain.kind !== "sound") throw new Error("no chain");
  const moved = { ...later, chain: { ...later.chain, record: { ...later.chain.record, markers: [] } } };
  expect(advanced(decide(moved)).markers).toMatchObject([{ detail: "why it failed" }]);
  const { ledger: _ledger, ...unseen } = moved;
  expect(advanced(decide(unseen)).markers).toMatchObject([{ detail: "" }]);
});

test("21: reviewers whom GitHub refused stop nothing, as long as the owner says so and one is asked", () => {
  const config = { ...base.config, reviewers: ["robin", "sam"] } as NonNullable<Snapshot["config"]>;
  const { steps, markers } = advanced(decide({ ...base, config, acts: [act(1)] }));
  const open = labelled(onto({ ...base, config }, steps, markers), "cairn:reviewing");
  const before = onto(open, [{ step: "claim", run: RUN, digest: stateOf(open).open?.digest ?? "" }]);
  const effects = stateOf(before).open?.effects ?? [];
  const asks = effects.find(({ kind }) => kind === "review.request")?.key ?? "";
  const told = (fate: Fate, asked: readonly string[]): Snapshot => {
    const fates = Object.fromEntries(
      effects.map(({ key }) => [key, key === asks ? fate : "applied"] as const),
    );
    const step = { run: RUN, reason: "publish-refused", digest: "d".repeat(64), effects: fates } as const;
    const said = onto(before, [{ step: "result", ...step }]);
    return { ...said, run: { ...over, conclusion: "failure" }, pulls: [{ ...pull, asked }] };
  };
  const gate = { kind: "open", head: pull.head, pull: 41 } as const;
  const settled = (snapshot: Snapshot) => advanced(decide({ ...snapshot, gate })).steps;
  expect(settled(told("applied", ["Robin"]))).toMatchObject([
    { step: "settle", edge: "implement", attempt: 1, as: "applied" },
    { step: "declare", edge: "merge" },
  ]);
  expect(settled(told("not-sent", ["robin"]))).toMatchObject([{ as: "failed" }, { step: "hold" }]);
  // Nobody of them is asked, or nobody can say: that is no end yet.
  for (const other of [told("applied", ["rui"]), told("unknown", ["robin"])])
    expect(settled(other)).toEqual([{ step: "cancel", why: "owner-over" }]);
});

test("a head that moved is for the gate to judge: settled, and nothing held", () => {
  expect(decide(resulted("head-moved", NOTHING))).toEqual({
    kind: "advance",
    steps: [{ step: "settle", edge: "implement", attempt: 1, as: "failed" }],
    markers: [],
  });
});

test("one effect that may have been sent, or no word at all, is not failed: it needs the fence", () => {
  const cancel = { kind: "advance", steps: [{ step: "cancel", why: "owner-over" }], markers: [] };
  for (const fates of [{ ...NOTHING, "pull.create:cairn/12-g1": "unknown" }, {}] as const) {
    expect(decide(resulted("publish-refused", fates))).toEqual(cancel);
  }
  expect(decide({ ...claimed(), run: over, pulls: [], branch: { kind: "absent" } })).toEqual(cancel);
  // What is found is not asked of the owner: the rest was never sent.
  const found = { ...resulted("publish-refused", NOTHING), pulls: [{ ...pull, asked: [] }] };
  expect(advanced(decide(found)).steps).toMatchObject([{ as: "failed" }, { reason: "publish-refused" }]);
});

/** Fenced, the owner over: `at` is when the fence came, `over.at` when the run ended. */
const fenced = (fields: Partial<Snapshot> = {}): Snapshot => ({
  ...onto({ ...working(over), pulls: [], branch: { kind: "absent" } }, [
    { step: "cancel", why: "owner-over" },
  ]),
  ...fields,
});

test("the quiet period runs from the later of the run's end and the fence, and every read must begin after it", () => {
  const rest = (again: number) => ({
    kind: "rest",
    code: "quiet-period",
    state: "implementing",
    waitsFor: "the quiet period: implement/1 ended (success) without a result",
    again,
  });
  const early = fenced({ now: NOW + 10_000, probedSince: NOW + 10_000 });
  expect(decide(early)).toEqual(rest(NOW + 120_000));
  expect(decide(labelled(early, "bug"))).toEqual({
    kind: "label",
    state: "implementing",
    add: ["cairn:implementing"],
    remove: [],
  });
  expect(decide(fenced({ now: NOW + 119_999, probedSince: NOW + 119_999 }))).toMatchObject({ kind: "rest" });
  expect(decide(fenced({ now: NOW + 130_000, probedSince: NOW + 119_999 }))).toEqual(rest(NOW + 131_000));
  expect(decide(fenced({ now: NOW + 130_000 }))).toEqual(rest(NOW + 131_000));
  expect(decide(fenced({ now: NOW + 120_000, probedSince: NOW + 120_000 }))).toEqual(look("worked"));
  // The run ended after the fence.
  const run = { ...over, at: NOW + 50_000 };
  expect(decide(fenced({ run, now: NOW + 169_999, probedSince: NOW + 169_999 }))).toEqual(
    rest(NOW + 170_999),
  );
  expect(decide(fenced({ run, now: NOW + 169_000, probedSince: NOW + 169_000 }))).toEqual(
    rest(NOW + 170_000),
  );
  expect(decide(fenced({ run, now: NOW + 170_000, probedSince: NOW + 170_000 }))).toEqual(look("worked"));
  // The fence came after the run's end.
  const before = { ...over, at: NOW - 500_000 };
  expect(decide(fenced({ run: before, now: NOW + 119_000, probedSince: NOW + 119_000 }))).toEqual(
    rest(NOW + 120_000),
  );
});

test("a run that was deleted is over, once the quiet period since the last step has passed", () => {
  const gone = { kind: "gone" } as const;
  const owned = { ...working(gone), pulls: [], branch: { kind: "absent" } } as const;
  expect(decide({ ...owned, now: NOW + 119_999 })).toMatchObject({
    code: "run-works",
    waitsFor: "run 5 (unknown: the run cannot be seen) to finish implement/1",
  });
  expect(decide({ ...owned, now: NOW + 120_000 })).toEqual({
    kind: "advance",
    steps: [{ step: "cancel", why: "owner-over" }],
    markers: [],
  });
  const behind = fenced({ run: gone, now: NOW + 120_000, probedSince: NOW + 120_000 });
  expect(advanced(decide(behind)).steps[0]).toMatchObject({
    as: "lost",
    lost: { url: "5 (deleted)", conclusion: "deleted" },
  });
});

test("the label by which somebody asks stays until that is obeyed: it is not Cairn's to take away", () => {
  const asked = { now: NOW + 10_000, probedSince: NOW + 10_000, acts: [act(7, "hold")] };
  const label = decide(labelled(fenced(asked), "cairn:hold"));
  expect(label).toEqual({ kind: "label", state: "implementing", add: ["cairn:implementing"], remove: [] });
  // Obeyed, withdrawn, or asked by somebody without the right: it goes.
  for (const acts of [[], [act(7, "hold", false)]]) {
    const shows = decide(labelled(fenced({ ...asked, acts }), "cairn:hold"));
    expect(shows).toMatchObject({ kind: "label", remove: ["cairn:hold"] });
  }
  // Somebody has written since what they want: of that no label is to stay. A question takes nothing back.
  const command = { comment: 8, wrote: "/cairn x", reason: "", overrides: [], questions: [], problems: [] };
  const then = (kind: "ready" | "asks") =>
    decide(
      labelled(fenced({ ...asked, acts: [act(7, "hold"), { ...act(-8), kind, command }] }), "cairn:hold"),
    );
  expect(then("ready")).toMatchObject({ kind: "label", remove: ["cairn:hold"] });
  expect(then("asks")).toMatchObject({ kind: "label", remove: [] });
});

const LOST = { attempt: 1, run: RUN, url: "run-5", conclusion: "success", worked: 600_000 };

test("lost: settled with the evidence, by the act that came, or held where the issue is closed", () => {
  const settle = { step: "settle", edge: "implement", attempt: 1, as: "lost", lost: LOST };
  expect(advanced(decide(fenced({ ...settleable, acts: [act(7, "hold")] }))).steps).toMatchObject([
    settle,
    { step: "hold", reason: "asked", acts: [7] },
  ]);
  const ended = advanced(decide(closed(fenced(settleable))));
  expect(ended.steps).toMatchObject([settle, { step: "hold", reason: "issue-closed" }]);
  expect(ended.markers).toMatchObject([{ detail: "run run-5", evidence: [] }]);
  const { config: _config, ...unread } = fenced(settleable);
  expect(decide(unread)).toEqual(look("config"));
});

test("as often as the configuration allows; once, where it cannot be used", () => {
  const twice = { ...base.config, attempts: 2 } as Snapshot["config"];
  const second = advanced(decide(fenced({ ...settleable, config: twice })));
  expect(second.steps).toMatchObject([{ as: "lost" }, { step: "declare", edge: "implement", attempt: 2 }]);
  expect(second.markers).toMatchObject([{ budget: 3_000_000, why: "the attempt before it was lost" }]);
  const once = advanced(decide(fenced({ ...settleable, config: { kind: "invalid", why: "line 3" } })));
  expect(once.steps).toMatchObject([{ as: "lost" }, { step: "hold", reason: "attempts-spent" }]);
  expect(once.markers).toMatchObject([{ detail: "implement/1 was lost, and 1 may be", evidence: [LOST] }]);
});

test("a spent budget says how much of how much", () => {
  const spent = advanced(decide(fenced({ ...settleable, worked: 3_600_000 })));
  expect(spent.markers).toMatchObject([
    { reason: "budget-spent", detail: "60 min of 60 min", evidence: [{ ...LOST, worked: 3_600_000 }] },
  ]);
  expect(advanced(decide(fenced({ ...settleable, worked: 3_599_999 }))).steps[1]?.step).toBe("declare");
});

test("a lost merge is settled without asking what anybody worked, and the gate is asked again", () => {
  const cancelled = { ...onto(merging(), [{ step: "cancel", why: "owner-over" }]), run: over, pulls: [pull] };
  const early = { ...cancelled, now: NOW + 10_000, probedSince: NOW + 10_000 };
  expect(decide(early)).toMatchObject({ kind: "rest", state: "merging" });
  const late = { ...cancelled, now: NOW + 121_000, probedSince: NOW + 121_000 };
  expect(decide(late)).toEqual({
    kind: "advance",
    steps: [
      {
        step: "settle",
        edge: "merge",
        attempt: 1,
        as: "lost",
        lost: { attempt: 1, run: { id: 6, attempt: 1 }, url: "run-5", conclusion: "success", worked: 0 },
      },
    ],
    markers: [],
  });
});

test("a marker that nobody declared is not read as the owner's word", () => {
  const { chain, ...rest } = resulted("no-change", NOTHING);
  const other = {
    v: 1,
    type: "hold",
    issue,
    seq: 4,
    generation: 1,
    reason: "asked",
    detail: "no",
    evidence: [],
  } as const;
  const comments = [{ id: 1, body: encodeMarker("w", other), appId: 99, author: "cairn" }];
  if (chain.kind !== "sound") throw new Error("no chain");
  const record = { ...chain.record, markers: [other] };
  const ledger = foldLedger(comments, { ...chain.state, declared: [digestOfMarker(other)] }, issue, 99);
  const strange = { ...rest, chain: { ...chain, record }, ledger: { kind: "complete", ledger } as const };
  expect(advanced(decide(strange)).markers).toMatchObject([{ detail: "" }]);
});
