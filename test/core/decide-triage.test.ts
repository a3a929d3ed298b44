/** An act that asks for work, on an issue that is not taken as it stands: asked once, and taken when it is there. */
import { expect, test } from "vitest";
import { decide } from "../../src/core/decide.ts";
import { proseOf } from "../../src/core/prose.ts";
import type { Snapshot, TriageView } from "../../src/core/snapshot.ts";
import { type Finding, questionOf, TRIAGE } from "../../src/core/triage.ts";
import { act, advanced, base, closed, labelled, look, NOW, onto, stateOf, without } from "./snapshots.ts";

const SHORT: Finding = { code: "too-short", detail: "5 of 140 characters" };
/** What an edit comes to depends on whose it is. */
const THEN =
  "Then Cairn looks again by itself; the label need not be set again. Only where the last edit is by somebody without write access, somebody who has it reads the text and sets the label again.";
const UNCLEAR: Finding = { code: "no-acceptance", detail: "" };
const triaged = (view: Partial<TriageView>): TriageView => ({
  findings: [],
  blockers: [],
  answers: [],
  changedBy: null,
  ...view,
});
const ready = (view: Partial<TriageView>): Snapshot => ({ ...base, acts: [act(1)], triage: triaged(view) });

/** Asked, and the question seen. */
const asked = (...findings: Finding[]): Snapshot => {
  const before = ready({ findings });
  const { steps, markers } = advanced(decide(before));
  return onto(before, steps, markers);
};

test("no label skips triage: it is looked at before anything is raised, and before anything else is read", () => {
  expect(decide(without({ ...base, acts: [act(1)] }, "triage"))).toEqual(look("triage"));
  expect(
    decide({
      ...without({ ...base, acts: [act(1)] }, "triage"),
      issue: { ...base.issue, open: false, labels: ["cairn:ready"] },
    }).kind,
  ).toBe("rest");
});

test("nobody is asked before the comments are read: a chain that was moved back may have asked already", () => {
  expect(decide(without(ready({ findings: [SHORT] }), "ledger"))).toEqual(look("ledger"));
});

test("what is missing is asked for at once, and consumes no act", () => {
  const { steps, markers } = advanced(decide(ready({ findings: [SHORT, UNCLEAR] })));
  expect(steps).toMatchObject([{ step: "ask" }]);
  expect(markers).toMatchObject([{ type: "question", generation: 0, seq: 1, findings: [SHORT, UNCLEAR] }]);
  expect(stateOf(asked(SHORT)).acts).toEqual([]);
});

test("asked, it waits with the label by which holds are found; the same question is never asked again", () => {
  const waits = asked(SHORT);
  const { labels, ...label } = {
    labels: ["cairn:ready", "cairn:hold"],
    kind: "label",
    state: "hold",
    add: ["cairn:hold"],
    remove: [],
  };
  // The label by which somebody asked stays, as it was not obeyed.
  expect(decide(labelled(waits, "cairn:ready"))).toEqual(label);
  const rest = { kind: "rest", state: "hold", code: "text-lacks", again: null };
  expect(decide(labelled(waits, ...labels))).toMatchObject(rest);
  expect(decide(labelled(asked(SHORT, UNCLEAR), ...labels))).toEqual({
    ...rest,
    waitsFor:
      "The text is too short for anybody who does not know what you know. 5 of 140 characters Nothing says how one could tell that it is done.",
  });
  // Another count is the same question; so is another act by somebody who sets the label once more.
  const still = {
    ...waits,
    triage: triaged({ findings: [{ ...SHORT, detail: "9 of 140 characters" }] }),
    acts: [act(1), act(2)],
  };
  expect(decide(labelled(still, ...labels))).toMatchObject({
    ...rest,
    waitsFor: expect.stringMatching(/9 of 140 characters$/),
  });
});

test("another question is asked where something else is missing; what any question asked for is not asked for again", () => {
  const waits = { kind: "rest", code: "text-lacks" };
  const now = (before: Snapshot, ...findings: Finding[]) => ({ ...before, triage: triaged({ findings }) });
  const first = asked(SHORT, UNCLEAR);
  // One of two gaps is mended, or the other, or both come back: of each it was said.
  for (const findings of [[SHORT], [UNCLEAR], [UNCLEAR, SHORT]])
    expect(decide(labelled(now(first, ...findings), "cairn:hold"))).toMatchObject(waits);
  const word: Finding = { code: "reserved-word", detail: "auth" };
  const second = now(first, SHORT, word);
  const { steps, markers } = advanced(decide(second));
  // What is still missing stands in the last comment, with what is new.
  expect(markers).toMatchObject([{ findings: [SHORT, word] }]);
  const third = onto(second, steps, markers);
  for (const findings of [[word], [word, UNCLEAR], [SHORT, UNCLEAR, word]])
    expect(decide(labelled(now(third, ...findings), "cairn:hold"))).toMatchObject(waits);
});

test("a chain that names whole questions and no findings is read: what it asked is not asked again, and it goes on from there", () => {
  const old = (...findings: Finding[]): Snapshot => {
    const before = ready({ findings });
    const { steps, markers } = advanced(decide(before));
    const plain = steps.map((step) => {
      if (step.step !== "ask") return step;
      const { findings: _names, ...rest } = step;
      return rest;
    });
    return onto(before, plain, markers);
  };
  const both = old(SHORT, UNCLEAR);
  expect(stateOf(both).questions).toEqual([questionOf([SHORT, UNCLEAR])]);
  const waits = { kind: "rest", code: "text-lacks" };
  expect(decide(labelled(both, "cairn:hold"))).toMatchObject(waits);
  expect(decide(labelled(old(SHORT), "cairn:hold"))).toMatchObject(waits);
  // Of which findings it was, the chain does not say: they are asked for once more, and then never.
  const one = { ...both, triage: triaged({ findings: [SHORT] }) };
  const { steps, markers } = advanced(decide(one));
  expect(markers).toMatchObject([{ findings: [SHORT] }]);
  expect(decide(labelled(onto(one, steps, markers), "cairn:hold"))).toMatchObject(waits);
});

test("another label, path or word is another question; another count, or another order, is none", () => {
  const path: Finding = { code: "reserved-path", detail: "migrations/" };
  expect(questionOf([{ ...path, detail: "ci/" }])).not.toBe(questionOf([path]));
  expect(questionOf([{ ...SHORT, detail: "9 of 140 characters" }])).toBe(questionOf([SHORT]));
  expect(questionOf([path, SHORT])).toBe(questionOf([SHORT, path]));
  expect(questionOf([path, SHORT])).not.toBe(questionOf([path]));
});

test("once it is there, the act that waited is taken, with what was answered", () => {
  const answers = [{ comment: 500, digest: "d" }];
  const { steps, markers } = advanced(decide({ ...asked(SHORT), triage: triaged({ answers }) }));
  expect(steps).toMatchObject([{ step: "raise", act: 1, generation: 1, answers }, { step: "declare" }]);
  expect(markers).toMatchObject([{ type: "intent", pins: { text: "text-digest", answers } }]);
  const after = stateOf(onto(asked(SHORT), steps, markers));
  expect(after).toMatchObject({ questions: [], answers, acts: [1] });
});

test("a lost attempt works on the same answers as the one before it", () => {
  const answers = [{ comment: 500, digest: "d" }];
  const first = advanced(decide({ ...asked(SHORT), triage: triaged({ answers }) }));
  const declared = onto(asked(SHORT), first.steps, first.markers);
  const late: Snapshot = {
    ...without(declared, "triage"),
    acts: [],
    now: NOW + 86_400_001,
    starts: { kind: "known", starts: [] },
    branch: { kind: "absent" },
    pulls: [],
  };
  expect(advanced(decide(late)).markers).toMatchObject([{ attempt: 2, pins: { answers } }]);
});

test("withdrawn before it was there: the act is gone, the question is closed, and its label goes", () => {
  const withdrawn = { ...asked(SHORT), acts: [] };
  expect(decide(labelled(withdrawn, "cairn:hold"))).toMatchObject({
    kind: "label",
    state: "idle",
    remove: ["cairn:hold"],
  });
  expect(decide(withdrawn)).toMatchObject({ kind: "rest", state: "idle", code: "nobody-asked" });
  // Whoever asks anew is told nothing new, as nothing has changed.
  expect(decide(labelled({ ...withdrawn, acts: [act(2)] }, "cairn:hold"))).toMatchObject({
    code: "text-lacks",
  });
});

test("a hold takes the act that waited, and what was asked may be asked again after it", () => {
  const held = advanced(decide({ ...asked(SHORT), acts: [act(1), act(2, "hold")] }));
  expect(held.steps).toMatchObject([{ step: "hold", acts: [1, 2] }]);
  const again = { ...onto(asked(SHORT), held.steps, held.markers), acts: [act(3)] };
  expect(advanced(decide(again)).steps).toMatchObject([{ step: "ask" }]);
});

test("closed, it waits to be opened, and nobody is asked", () => {
  expect(decide(labelled(closed(ready({ findings: [SHORT] })), "cairn:ready"))).toMatchObject({
    kind: "rest",
    code: "issue-to-open",
  });
});

test("open dependencies are waited for, and nobody is asked", () => {
  const waits = {
    kind: "rest",
    state: "ready",
    code: "blocked",
    waitsFor: "#3, acme/tools#4 to be closed",
    again: NOW + 300_000,
  };
  expect(decide(labelled(ready({ blockers: ["#3", "acme/tools#4"] }), "cairn:ready"))).toEqual(waits);
  // What it lacked is there now: the label that said so goes.
  const answered = labelled({ ...asked(SHORT), triage: triaged({ blockers: ["#3"] }) }, "cairn:hold");
  expect(decide(answered)).toMatchObject({ kind: "label", state: "ready", remove: ["cairn:hold"] });
  const taken = advanced(decide(ready({})));
  expect(taken.steps[0]).toMatchObject({ step: "raise" });
  // Where nobody was asked, nobody has answered.
  expect(taken.markers[0]).toHaveProperty("pins", {
    text: "text-digest",
    config: "config-digest",
    commit: "c".repeat(40),
    base: "main",
  });
});

test("words that nobody with the right has seen are not worked on: whoever asked is asked to look", () => {
  const held = advanced(decide({ ...ready({ changedBy: "eve" }), acts: [act(1), act(2)] }));
  expect(held.steps).toMatchObject([{ step: "hold", reason: "text-unseen", acts: [1, 2] }]);
  expect(held.markers).toMatchObject([{ detail: "@eve changed it after somebody had asked for this" }]);
  // No work was declared on anything, and the words say so.
  const said = held.markers.map((marker) => proseOf(marker)).join("");
  expect(said).toContain("without write access changed the issue's text after work was asked for");
  expect(said).toContain("`@eve changed it after somebody had asked for this`");
  expect(said).toContain("Then somebody with write access sets `cairn:ready` again");
  // What is missing is asked for all the same, and first.
  expect(advanced(decide(ready({ changedBy: "eve", findings: [SHORT] }))).steps[0]?.step).toBe("ask");
});

test("what was open is ended before people are asked, or waited for", () => {
  const first = advanced(decide(ready({})));
  const open: Snapshot = { ...onto(ready({}), first.steps, first.markers), acts: [act(2)], opened: [] };
  const lacking: Snapshot = { ...open, triage: triaged({ findings: [SHORT] }) };
  const { steps, markers } = advanced(decide(lacking));
  expect(steps).toMatchObject([{ step: "seal", why: "act" }, { step: "ask" }]);
  expect(markers).toMatchObject([{ type: "question", seq: 4 }]);
  // Withdrawn, so that the work goes on; whoever asks anew ends that, and is told nothing new.
  const withdrawn = { ...onto(lacking, steps, markers), acts: [] };
  const next = advanced(decide({ ...withdrawn, branch: { kind: "absent" }, pulls: [] }));
  expect(next.steps).toMatchObject([{ step: "declare", attempt: 2 }]);
  expect(decide({ ...onto(withdrawn, next.steps, next.markers), acts: [act(3)] })).toEqual({
    kind: "advance",
    steps: [{ step: "seal", why: "act" }],
    markers: [],
  });
  const blocked = advanced(decide({ ...open, triage: triaged({ blockers: ["#3"] }) }));
  expect(blocked).toEqual({ kind: "advance", steps: [{ step: "seal", why: "act" }], markers: [] });
});

test("the question says what is missing, what to copy, who can do it, and that no label is needed", () => {
  const [question] = advanced(
    decide(ready({ findings: [SHORT, UNCLEAR, { code: "reserved-label", detail: "le`gal" }] })),
  ).markers;
  expect(question && proseOf(question)).toBe(
    [
      "**Cairn does not take this yet.**",
      "",
      "- The text is too short for anybody who does not know what you know. `5 of 140 characters`",
      "- Nothing says how one could tell that it is done.",
      "- A label says that this is for people. `le'gal`",
      "",
      "To copy into the issue's text:",
      "",
      "```markdown",
      "What happens now:",
      "",
      "What should happen instead, and where:",
      "- [ ] it should …",
      "- [ ] this command shows it: `…`",
      "```",
      "",
      `Somebody with write access edits the text, or answers; or its author edits it. Somebody with write access removes that label, or a person does the work. ${THEN}`,
    ].join("\n"),
  );
});

test("where nothing that is written helps, there is nothing to copy", () => {
  for (const code of [
    "too-long",
    "too-many-tasks",
    "reserved-label",
    "reserved-path",
    "reserved-word",
  ] as const) {
    const [question] = advanced(decide(ready({ findings: [{ code, detail: "it" }] }))).markers;
    expect(question && proseOf(question).split("\n")).toEqual([
      "**Cairn does not take this yet.**",
      "",
      `- ${TRIAGE[code].what} \`it\``,
      "",
      `${TRIAGE[code].next} ${THEN}`,
    ]);
  }
});
