/** From the pull request to the end: the gate's words, the merge of one head, and what stays to be done behind it. */
import { expect, test } from "vitest";
import { decide } from "../../src/core/decide.ts";
import type { GateView, PullView, Snapshot } from "../../src/core/snapshot.ts";
import { act, advanced, base, claimed, labelled, look, NOW, onto, over, pull, stateOf } from "./snapshots.ts";

const open: GateView = { kind: "open", head: pull.head, pull: 41 };
const waits: GateView = {
  kind: "waits",
  head: pull.head,
  code: "review-missing",
  for: "a review",
  again: NOW + 5,
};
const settle = { step: "settle", edge: "implement", attempt: 1, as: "applied" } as const;

/** The implement edge is settled; its pull request is open. */
function reviewing(fields: Partial<Snapshot> = {}): Snapshot {
  const settled = onto({ ...claimed(), pulls: [pull] }, [settle]);
  return { ...labelled(settled, "cairn:reviewing"), ...fields };
}

const merged: PullView = { ...pull, state: "closed", merged: true, mergeSha: "0123456789abcdef" };

test("pull requests, then the gate, are asked for; its state is shown between", () => {
  const { pulls: _pulls, ...unread } = reviewing();
  expect(decide(unread)).toEqual(look("pulls"));
  expect(decide(labelled(reviewing(), "cairn:implementing"))).toEqual({
    kind: "label",
    state: "reviewing",
    add: ["cairn:reviewing"],
    remove: ["cairn:implementing"],
  });
  expect(decide(reviewing())).toEqual(look("gate"));
});

test("the gate waits in its own words, and as long as it says", () => {
  expect(decide(reviewing({ gate: waits }))).toEqual({
    kind: "rest",
    code: "review-missing",
    state: "reviewing",
    waitsFor: "a review",
    again: NOW + 5,
  });
});

test("nothing is merged in quiet hours, whatever the gate says; a withdrawn merge is withdrawn at once", () => {
  const quietUntil = NOW + 3_600_000;
  const config = { ...base.config, quietUntil } as NonNullable<Snapshot["config"]>;
  expect(decide(reviewing({ gate: open, config }))).toMatchObject({
    kind: "rest",
    state: "reviewing",
    code: "quiet-hours",
    again: quietUntil,
  });
  const declared = reviewing({ gate: open });
  const { steps, markers } = advanced(decide(declared));
  const expired = { ...onto(declared, steps, markers), now: NOW + 86_400_001, config } as Snapshot;
  const withdrawn = decide({ ...expired, starts: { kind: "known", starts: [] }, gate: open });
  expect(withdrawn).toEqual({ kind: "advance", steps: [{ step: "seal", why: "expired" }], markers: [] });
});

test("held: the gate refuses, the pull request was closed, the issue was closed before it", () => {
  const held = (fields: Partial<Snapshot>) => {
    const { steps, markers } = advanced(decide(reviewing(fields)));
    return [steps.length, markers[0]?.type === "hold" && [markers[0].reason, markers[0].detail]];
  };
  const refused: GateView = { kind: "refused", head: pull.head, reason: "check-failed", detail: "test" };
  expect(held({ gate: refused })).toEqual([1, ["check-failed", "test"]]);
  expect(
    held({
      pulls: [
        { ...pull, state: "closed" },
        { ...pull, number: 40, state: "closed" },
      ],
    }),
  ).toEqual([1, ["pull-closed", "#41"]]);
  const closed = { ...base.issue, labels: ["cairn:reviewing"], open: false };
  expect(held({ issue: closed })).toEqual([1, ["issue-closed", "#41 is still open"]]);
});

test("a list without the pull request is old; only when other lists go on so, people are asked", () => {
  const rest = {
    kind: "rest",
    state: "reviewing",
    code: "pull-unseen",
    waitsFor: "GitHub to show the pull request",
  };
  const none = { pulls: [] };
  expect(decide(reviewing(none))).toEqual(look("opened"));
  expect(decide(reviewing({ ...none, opened: [] }))).toEqual({ ...rest, again: NOW + 120_000 });
  const late = { ...none, now: NOW + 120_000 };
  const opened = [
    { generation: 1, pull: 41 },
    { generation: 2, pull: 50 },
  ];
  expect(decide(reviewing({ ...late, opened }))).toEqual({ ...rest, again: NOW + 180_000 });
  expect(decide(reviewing({ ...late, now: NOW + 119_999, opened: [] })).kind).toBe("rest");
  const { markers } = advanced(decide(reviewing({ ...late, opened: [{ generation: 2, pull: 50 }] })));
  expect(markers).toMatchObject([{ reason: "pull-closed", detail: "no list shows it any more" }]);
});

test("open: the merge of exactly that head is declared, and why", () => {
  const gate: GateView = { ...open, head: "0123456789abcdef" };
  const { steps, markers } = advanced(decide(reviewing({ gate })));
  expect(steps).toMatchObject([{ step: "declare", edge: "merge", generation: 1, attempt: 1, budget: null }]);
  expect(markers).toMatchObject([
    {
      type: "intent",
      edge: "merge",
      seq: 5,
      effects: [{ kind: "merge", pull: 41, head: "0123456789abcdef", method: "merge" }],
      until: NOW + 86_400_000,
      why: "all required checks are green on 0123456789ab and it is approved",
    },
  ]);
  const { config: _config, ...unread } = reviewing({ gate });
  expect(decide(unread)).toEqual(look("config"));
  const invalid = advanced(decide(reviewing({ gate, config: { kind: "invalid", why: "line 3" } })));
  expect(invalid.markers).toMatchObject([{ reason: "config-invalid", detail: "line 3" }]);
});

test("a merge that expired is sealed: the gate is asked again, and says what comes next", () => {
  const { steps, markers } = advanced(decide(reviewing({ gate: open })));
  const declared = onto(reviewing({ gate: open }), steps, markers);
  const {
    gate: _gate,
    pulls: _pulls,
    ...late
  } = {
    ...declared,
    now: NOW + 86_400_001,
    starts: { kind: "known", starts: [] } as const,
  };
  expect(decide(late)).toEqual(look("pulls"));
  expect(decide({ ...late, pulls: [pull] })).toEqual(look("gate"));
  const seal = { step: "seal", why: "expired" };
  expect(decide({ ...late, pulls: [pull], gate: waits })).toEqual({
    kind: "advance",
    steps: [seal],
    markers: [],
  });
  expect(advanced(decide({ ...late, pulls: [pull], gate: open })).steps).toMatchObject([
    seal,
    { step: "declare", edge: "merge", attempt: 2 },
  ]);
  // While it may be claimed it shows as a review, and a run is woken for it.
  expect(decide({ ...late, now: NOW })).toMatchObject({ kind: "start" });
  const waiting = { ...late, now: NOW, startedAt: NOW };
  expect(decide(waiting)).toMatchObject({
    kind: "rest",
    code: "run-to-start",
    state: "merging",
    waitsFor: "a run to take up merge/1",
  });
  expect(decide(labelled(waiting))).toMatchObject({
    kind: "label",
    state: "merging",
    add: ["cairn:reviewing"],
  });
});

test("merged by anybody: the label, the issue closed, and rest; opened again it is a person's to begin anew", () => {
  const done = (
    open: boolean,
    reopened: boolean,
    labels = ["cairn:done"],
    pulls: readonly PullView[] = [merged],
  ) => decide(reviewing({ issue: { ...base.issue, open, reopened, labels }, pulls }));
  expect(done(true, false, ["cairn:reviewing", "bug"])).toEqual({
    kind: "label",
    state: "done",
    add: ["cairn:done"],
    remove: ["cairn:reviewing"],
  });
  expect(done(true, false)).toEqual({ kind: "close-issue" });
  const rest = {
    kind: "rest",
    code: "merged",
    state: "done",
    waitsFor: "nothing: #41 is merged as 0123456789ab",
    again: null,
  };
  expect(done(false, false)).toEqual(rest);
  expect(done(false, true)).toMatchObject({ kind: "rest" });
  expect(done(true, true)).toEqual({
    ...rest,
    waitsFor: `${rest.waitsFor}; it was opened again: set cairn:ready to begin anew`,
  });
  expect(
    done(
      false,
      false,
      ["cairn:done"],
      [
        { ...pull, number: 40 },
        { ...merged, mergeSha: null },
      ],
    ),
  ).toEqual({
    ...rest,
    waitsFor: "nothing: #41 is merged as unknown",
  });
});

test("after the end an act begins the next generation", () => {
  const issue = { ...base.issue, open: true, reopened: true, labels: ["cairn:done"] };
  const { steps } = advanced(decide(reviewing({ issue, pulls: [merged], acts: [act(9)], opened: [] })));
  expect(steps).toMatchObject([
    { step: "raise", generation: 2, act: 9, with: [] },
    { step: "declare", attempt: 1 },
  ]);
});

test("the settlement of the implement edge rides on whatever comes next", () => {
  const found = { ...labelled(claimed(), "cairn:reviewing"), run: over, pulls: [pull], gate: open };
  expect(advanced(decide(found)).steps).toMatchObject([settle, { step: "declare", edge: "merge" }]);
  const closed = { ...found, pulls: [{ ...pull, state: "closed" } as const] };
  expect(advanced(decide(closed)).steps).toMatchObject([settle, { step: "hold", reason: "pull-closed" }]);
  expect(stateOf(found).applied).toEqual([]);
});

const synthetic: GateView = { kind: "synthetic", head: pull.head, pull: 41 };

test("27: a try is closed where any other is merged, and the issue with it", () => {
  const { steps, markers } = advanced(decide(reviewing({ gate: synthetic })));
  expect(steps).toMatchObject([{ step: "declare", edge: "merge", attempt: 1 }]);
  expect(markers).toMatchObject([
    {
      effects: [{ kind: "pull.close", key: "pull.close:pull/41#g1a1", pull: 41 }],
      why: "all conditions of a merge hold for aaaaaaaaaaaa, and the issue is a try, which is closed instead",
    },
  ]);
  const declared = onto(reviewing({ gate: synthetic }), steps, markers);
  const digest = stateOf(declared).open?.digest ?? "";
  const owned = onto(declared, [{ step: "claim", run: { id: 6, attempt: 1 }, digest }]);
  const ended = { ...owned, run: over, opened: [] };
  // Still open: what is to be closed is not found.
  expect(decide({ ...ended, pulls: [pull] })).toMatchObject({ steps: [{ step: "cancel" }] });
  const closed: PullView = { ...pull, state: "closed" };
  const settled = advanced(decide({ ...ended, pulls: [closed] }));
  expect(settled).toMatchObject({ steps: [{ step: "settle", as: "applied" }], markers: [] });
  const after = { ...onto(owned, settled.steps), pulls: [closed] };
  expect(decide(after)).toMatchObject({ kind: "label", state: "done" });
  const shown = labelled(after, "cairn:done");
  expect(decide(shown)).toEqual({ kind: "close-issue" });
  expect(decide({ ...shown, issue: { ...shown.issue, open: false } })).toEqual({
    kind: "rest",
    state: "done",
    code: "tried",
    waitsFor: "nothing: it was a try, and #41 is closed without a merge",
    again: null,
  });
});

test("27: a try by its title when the work was asked for is never merged, whatever the gate was told since", () => {
  const title = "[cairn-e2e] T";
  const first = advanced(decide({ ...base, issue: { ...base.issue, title }, acts: [act(1)] }));
  expect(first.steps).toMatchObject([{ step: "raise", synthetic: true }, { step: "declare" }]);
  const raised = onto(base, first.steps, first.markers);
  expect(stateOf(raised).synthetic).toBe(true);
  // Another act, another title: it stays one.
  const next = advanced(
    decide({ ...onto(raised, [{ step: "seal", why: "act" }]), acts: [act(2)], opened: [] }),
  );
  expect(next.steps[0]).not.toHaveProperty("synthetic");
  const again = onto(raised, [{ step: "seal", why: "act" }, ...next.steps], next.markers);
  expect(stateOf(again)).toMatchObject({ generation: 2, synthetic: true });
  const { chain } = reviewing();
  if (chain.kind !== "sound") throw new Error("no chain");
  const state = { ...chain.state, synthetic: true as const };
  const told = reviewing({ gate: open, chain: { ...chain, state } });
  expect(advanced(decide(told)).markers).toMatchObject([{ effects: [{ kind: "pull.close" }] }]);
  // A person closed its pull request: the same end.
  const closed = { ...told, pulls: [{ ...pull, state: "closed" } as const] };
  expect(decide(labelled(closed, "cairn:done"))).toEqual({ kind: "close-issue" });
});

test("28: an issue that stays open is merged and not closed, nor where nobody can tell", () => {
  const issue = { ...base.issue, labels: ["cairn:done", "Incident"] };
  expect(decide(reviewing({ issue, pulls: [merged] }))).toMatchObject({ kind: "rest", code: "merged" });
  const other = { ...base.issue, labels: ["cairn:done"] };
  expect(decide(reviewing({ issue: other, pulls: [merged] }))).toEqual({ kind: "close-issue" });
  const { config: _config, ...unread } = reviewing({ issue: other, pulls: [merged] });
  expect(decide(unread)).toEqual(look("config"));
  // Closed already, or opened again by somebody: there is nothing that the configuration could tell.
  for (const change of [{ open: false }, { reopened: true }])
    expect(decide({ ...unread, issue: { ...other, ...change } })).toMatchObject({ code: "merged" });
  const invalid = { kind: "invalid", why: "line 3" } as const;
  expect(decide({ ...unread, config: invalid })).toMatchObject({ kind: "rest", code: "merged" });
  const first = advanced(decide({ ...labelled(base, "incident"), acts: [act(1)] }));
  expect(first.markers).toMatchObject([
    { effects: expect.arrayContaining([expect.objectContaining({ kind: "pull.create", keepsIssue: true })]) },
  ]);
});

test("25: a merge that is not what was tested is a hold, though the pull request is merged", () => {
  const { steps, markers } = advanced(decide(reviewing({ gate: open })));
  const declared = onto(reviewing({ gate: open }), steps, markers);
  const digest = stateOf(declared).open?.digest ?? "";
  const run = { id: 6, attempt: 1 };
  const key = stateOf(declared).open?.effects[0]?.key ?? "";
  const ended = onto(declared, [
    { step: "claim", run, digest },
    { step: "result", run, reason: "merge-mismatch", digest: "said", effects: { [key]: "applied" } },
  ]);
  const held = advanced(decide({ ...ended, pulls: [merged], run: over }));
  expect(held.steps).toMatchObject([
    { step: "settle", as: "failed" },
    { step: "hold", reason: "merge-mismatch" },
  ]);
});

test("the head shows what the gate says: once, over what it showed before, and before anything is decided on it", () => {
  const asked = (verdict: Snapshot["verdict"], gate: GateView = waits) =>
    decide(reviewing({ gate, verdict }));
  const shown = asked(null);
  expect(shown).toMatchObject({
    kind: "verdict",
    head: pull.head,
    shown: null,
    verdict: { conclusion: null },
  });
  const says = shown.kind === "verdict" ? shown.verdict.says : "";
  expect(asked({ id: 8, says })).toMatchObject({ kind: "rest", code: "review-missing" });
  expect(asked({ id: 8, says }, open)).toMatchObject({
    kind: "verdict",
    shown: { id: 8 },
    verdict: { conclusion: "success" },
  });
  const through = asked({ id: 8, says }, open);
  const next = through.kind === "verdict" ? through.verdict.says : "";
  expect(asked({ id: 8, says: next }, open)).toMatchObject({ kind: "advance" });
  // Not read: nobody knows what is there, and nothing waits for that.
  expect(decide(reviewing({ gate: waits })).kind).toBe("rest");
  // What it shows is believed by nobody.
  expect(asked({ id: 8, says: next }, waits)).toMatchObject({ kind: "verdict", shown: { id: 8 } });
});
