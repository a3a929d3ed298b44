/** Whether an agent may begin now: how far Cairn may go, quiet hours, and slots, oldest first. */
import { expect, test } from "vitest";
import { decide } from "../../src/core/decide.ts";
import type { ConfigView, SlotsView, Snapshot } from "../../src/core/snapshot.ts";
import { act, advanced, base, declared, labelled, look, NOW, onto, without } from "./snapshots.ts";

type Valid = Extract<ConfigView, { kind: "valid" }>;
const configured = (change: Partial<Valid>): Snapshot => ({
  ...base,
  acts: [act(1)],
  config: { ...(base.config as Valid), ...change },
});
const slots = (view: Partial<SlotsView>): Snapshot =>
  labelled({ ...configured({}), slots: { limit: 2, holders: [], ahead: [], ...view } }, "cairn:ready");

test("who works and who waits is read before an agent is declared, and not before the text is taken", () => {
  expect(decide(without(configured({}), "slots"))).toEqual(look("slots"));
  expect(decide(without(configured({}), "slots", "triage"))).toEqual(look("triage"));
});

test.each([
  ["none is taken", { holders: [] }, true],
  ["one of two is taken", { holders: [3] }, true],
  ["both are taken", { holders: [3, 5] }, false],
  ["more are taken than there are any more", { holders: [3, 5, 6] }, false],
  ["two are free, and one waits longer", { ahead: [4] }, true],
  ["two are free, and two wait longer", { ahead: [4, 6] }, false],
  ["one is free, and one waits longer", { holders: [3], ahead: [4] }, false],
])("a slot: %s", (_when, view, taken) => {
  const decision = decide(slots(view));
  if (taken) expect(advanced(decision).steps).toMatchObject([{ step: "raise" }, { step: "declare" }]);
  else expect(decision).toMatchObject({ kind: "rest", state: "ready", code: "slots-full" });
});

test("who waits for a slot keeps its label and its act, and is told its position and who holds them", () => {
  expect(decide(slots({ holders: [3, 5], ahead: [4] }))).toEqual({
    kind: "rest",
    state: "ready",
    code: "slots-full",
    waitsFor: "a slot (2 of 2 are taken, by #3, #5)",
    again: NOW + 60 * 60_000,
    position: 2,
  });
  // Nobody works yet: whoever waits longer comes first all the same.
  expect(decide(slots({ ahead: [4, 6] }))).toMatchObject({ waitsFor: "a slot (none is taken)", position: 3 });
  const finished = labelled({ ...slots({ holders: [3, 5] }) }, "cairn:ready", "cairn:done");
  expect(decide(finished)).toMatchObject({ kind: "label", state: "ready", add: [], remove: ["cairn:done"] });
});

test("no agent begins in quiet hours, whoever asks; the act is taken at their end", () => {
  const quietUntil = NOW + 3_600_000;
  const quiet = labelled(configured({ quietUntil }), "cairn:ready");
  expect(decide(quiet)).toMatchObject({
    kind: "rest",
    state: "ready",
    code: "quiet-hours",
    again: quietUntil,
  });
  expect(decide(quiet)).toMatchObject({
    waitsFor: expect.stringContaining(new Date(quietUntil).toISOString()),
  });
  // A person who stops it is heard at any hour.
  expect(advanced(decide({ ...quiet, acts: [act(2, "hold")] })).steps).toMatchObject([{ step: "hold" }]);
});

test("`suggest`: it says what it would do, and declares nothing", () => {
  const { steps, markers } = advanced(decide(configured({ autonomy: "suggest" })));
  expect(steps).toMatchObject([{ step: "hold", reason: "only-suggests", acts: [1] }]);
  expect(markers).toMatchObject([{ type: "hold", detail: "it would publish on cairn/12-g1, into main" }]);
});

test("`/cairn approve` behind a suggestion: the work begins as a draft, for that generation alone", () => {
  const suggests = configured({ autonomy: "suggest" });
  const { steps, markers } = advanced(decide(suggests));
  const held = onto(suggests, steps, markers);
  const begun = advanced(decide({ ...held, acts: [act(7, "approve")] }));
  expect(begun.steps).toMatchObject([{ step: "raise", act: 7, approved: true }, { step: "declare" }]);
  expect(begun.markers).toMatchObject([
    { type: "intent", effects: expect.arrayContaining([expect.objectContaining({ draft: true })]) },
  ]);
  // The next attempt needs no other yes; the next generation does.
  const lost = onto(onto(held, begun.steps, begun.markers), [{ step: "seal", why: "never-started" }]);
  const waiting: Snapshot = { ...lost, acts: [], branch: { kind: "absent" }, pulls: [] };
  expect(advanced(decide(waiting)).steps).toMatchObject([{ step: "declare", attempt: 2 }]);
  expect(advanced(decide({ ...waiting, acts: [act(9)], opened: [] })).steps).toMatchObject([
    { step: "hold", reason: "only-suggests" },
  ]);
  // Who asks beside it takes nothing of the yes away.
  const both = { ...held, acts: [act(7, "approve"), act(8)] };
  expect(advanced(decide(both)).steps).toMatchObject([{ step: "raise", act: 8, approved: true }, {}]);
  // Whoever else asks says no more than that it be taken: that was answered.
  for (const kind of ["ready", "resume", "retry"] as const)
    expect(advanced(decide({ ...held, acts: [act(8, kind)] })).steps).toMatchObject([
      { reason: "only-suggests" },
    ]);
});

test("work that began at a higher level, and was lost, does not begin again where Cairn only suggests", () => {
  const lost = onto(declared(), [{ step: "seal", why: "never-started" }]);
  const config = { ...(base.config as Valid), autonomy: "suggest" } as const;
  const waiting: Snapshot = { ...lost, acts: [], branch: { kind: "absent" }, pulls: [], config };
  expect(advanced(decide(waiting)).steps).toMatchObject([{ step: "hold", reason: "only-suggests" }]);
});

test("`propose`: the pull request is a draft; above it, it is none", () => {
  const effects = (autonomy: Valid["autonomy"]) =>
    advanced(decide(configured({ autonomy }))).markers.flatMap((one) =>
      one.type === "intent" ? one.effects : [],
    );
  expect(effects("propose")).toContainEqual(expect.objectContaining({ kind: "pull.create", draft: true }));
  for (const level of ["bounded", "full"] as const)
    expect(effects(level).find((one) => one.kind === "pull.create")).not.toHaveProperty("draft");
});

test("a lost attempt waits for its turn like any other work; its loss is settled at once", () => {
  const quietUntil = NOW + 3_600_000;
  const lost = onto(declared(), [{ step: "seal", why: "never-started" }]);
  const waiting: Snapshot = { ...lost, acts: [], branch: { kind: "absent" }, pulls: [] };
  const full = { limit: 1, holders: [3], ahead: [] };
  expect(decide(without(waiting, "slots"))).toEqual(look("slots"));
  expect(decide({ ...waiting, slots: full })).toMatchObject({ state: "implementing", code: "slots-full" });
  const night = { ...(base.config as Valid), quietUntil };
  expect(decide({ ...waiting, config: night })).toMatchObject({ state: "implementing", code: "quiet-hours" });
  // What clears the way is done first, in a step of its own.
  const unsealed: Snapshot = { ...waiting, chain: declared().chain, acts: [act(2)], slots: full };
  expect(decide(unsealed)).toEqual({ kind: "advance", steps: [{ step: "seal", why: "act" }], markers: [] });
  // Its branch is there: no agent is needed any more, and nobody waits.
  const published: Snapshot = { ...waiting, branch: { kind: "own", sha: "b".repeat(40) }, slots: full };
  expect(advanced(decide(published)).steps).toMatchObject([{ step: "declare" }]);
});
