/** An edit of the issue's text in mid-flight: an act, a question or a hold, by who made it and what there is already. */
import { expect, test } from "vitest";
import { editId } from "../../src/core/act-ids.ts";
import type { Step } from "../../src/core/chain.ts";
import { commandsOf } from "../../src/core/commands/comment-act.ts";
import { decide } from "../../src/core/decide.ts";
import type { Decision } from "../../src/core/decision.ts";
import { proseOf } from "../../src/core/prose.ts";
import type { GateView, JudgedAct, PullView, Snapshot } from "../../src/core/snapshot.ts";
import { workTextOf } from "../../src/core/work-text.ts";
import {
  act,
  advanced,
  base,
  claimed,
  closed,
  declared,
  edited,
  invalid,
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

const at = NOW + 1_000;
const maya = { login: "maya", permitted: true };
const NONE = { pulls: [], branch: { kind: "absent" }, opened: [] } as const;
const ID = editId({ generation: 1, text: "another", at });
const settle = { step: "settle", edge: "implement", attempt: 1, as: "applied" } as const;

/** One word for each step, or for what is waited for. */
function says(decision: Decision): string {
  if (decision.kind === "look") return `look ${decision.part}`;
  if (decision.kind === "rest") return decision.code;
  if (decision.kind !== "advance") return decision.kind;
  return decision.steps.map(nameOf).join(", ");
}

function nameOf(step: Step): string {
  if (step.step === "hold") return step.reason;
  return step.step === "declare" ? `${step.edge}/${step.attempt}` : step.step;
}

const alive = (): Snapshot => ({ ...claimed(), run: { kind: "alive", status: "in_progress", since: NOW } });
const working = (): Snapshot => labelled({ ...alive(), ...NONE }, "cairn:implementing");
/** Its run is over, nothing is published, and the quiet period has passed. */
const lost = (): Snapshot => ({
  ...onto({ ...claimed(), ...NONE }, [{ step: "cancel", why: "act" }]),
  run: { ...over, conclusion: "cancelled" },
  ...settleable,
});
const between = (): Snapshot => ({ ...onto(declared(), [{ step: "seal", why: "expired" }]), ...NONE });
const gate: GateView = { kind: "open", head: pull.head, pull: pull.number };
const reviewing = (): Snapshot =>
  labelled(onto({ ...claimed(), pulls: [pull], gate }, [settle]), "cairn:reviewing");
const merging = (): Snapshot => {
  const before = reviewing();
  const { steps, markers } = advanced(decide(before));
  return { ...onto(before, steps, markers), starts: { kind: "known", starts: [] } };
};
const published = (): Snapshot => ({ ...alive(), run: over, pulls: [pull] });
const unasked: PullView = { ...pull, asked: [] };

test.each<[when: string, snapshot: Snapshot, byMaya: string, byOthers: string]>([
  ["before a run claimed", { ...declared(), ...NONE }, "seal, raise, implement/1", "seal, text-changed"],
  ["while the agent works", working(), "cancel", "run-works"],
  ["once its run is over", lost(), "settle, raise, implement/1", "settle, text-changed"],
  ["between two attempts", between(), "raise, implement/1", "text-changed"],
  [
    "once the branch is there",
    { ...between(), branch: { kind: "own", sha: "b" } },
    "raise, implement/1",
    "implement/2",
  ],
  [
    "once the pull request is there",
    published(),
    "settle, text-changed-in-review",
    "settle, text-changed-in-review",
  ],
  [
    "while its run has still to end",
    labelled({ ...alive(), pulls: [pull] }, "cairn:implementing"),
    "run-works",
    "run-works",
  ],
  [
    "while a reviewer is still to be asked",
    { ...between(), pulls: [unasked] },
    "text-changed-in-review",
    "text-changed-in-review",
  ],
  ["in review", reviewing(), "text-changed-in-review", "text-changed-in-review"],
  ["before a merge was claimed", merging(), "seal, text-changed-in-review", "seal, text-changed-in-review"],
])("%s: an act by somebody who may ask for work, else a hold", (_when, snapshot, byMaya, byOthers) => {
  expect(says(decide(edited(snapshot, maya)))).toBe(byMaya);
  expect(says(decide(edited(snapshot)))).toBe(byOthers);
  const gone = { ...edited(snapshot), edit: { kind: "by", actor: null, at, permitted: false } } as const;
  expect(says(decide(gone))).toBe(byOthers);
});

test("an intent that works on no text is withdrawn where it pins another: no run would take it up", () => {
  const config = { ...base.config, commandReview: true } as NonNullable<Snapshot["config"]>;
  const due: GateView = { kind: "review", head: pull.head, pull: pull.number };
  const looking = { ...reviewing(), config, gate: due };
  const rest: Snapshot = { ...between(), branch: { kind: "own", sha: "b" } };
  for (const [before, then] of [
    [looking, "text-changed-in-review"],
    [edited(rest), "implement/3"],
  ] as const) {
    const { verdict: _verdict, ...now } = before;
    const { steps, markers } = advanced(decide(now));
    const open = { ...onto(now, steps, markers), starts: { kind: "known", starts: [] } } as const;
    expect(says(decide(open))).toBe("start");
    const other = { ...edited(open), issue: { ...open.issue, text: "a third" } };
    expect(says(decide(other))).toBe("seal");
    expect(says(decide({ ...onto(other, advanced(decide(other)).steps), pulls: now.pulls ?? [] }))).toBe(
      then,
    );
  }
});

test.each<[string, Snapshot, string]>([
  ["before a run claimed", { ...declared(), ...NONE }, "edit-unseen"],
  ["while the agent works", working(), "run-works"],
  ["between two attempts", between(), "edit-unseen"],
  ["in review", reviewing(), "edit-unseen"],
])("%s: as long as what was read does not fit together it is read again", (_when, snapshot, code) => {
  const unclear = { ...edited(snapshot), edit: { kind: "unclear" } } as const;
  expect(says(decide(unclear))).toBe(code);
  if (code === "edit-unseen") expect(decide(unclear)).toMatchObject({ again: NOW + 2_000 });
});

test("nobody asks who it was as long as the text is the one that is worked on, nor where nothing is under way", () => {
  const unread = (snapshot: Snapshot) => says(decide(without(snapshot, "edit", "pulls")));
  expect(unread(declared())).toBe("start");
  expect(unread({ ...edited(declared()) })).toBe("look edit");
  expect(says(decide(without(edited(declared(), maya), "pulls")))).toBe("look pulls");
  expect(says(decide(without(edited(declared()), "pulls")))).toBe("look pulls");
  const shut = { ...declared(), ...NONE, pulls: [{ ...pull, state: "closed" } as const] };
  expect(says(decide(edited(shut)))).toBe("seal, text-changed");
  expect(says(decide(without(edited(reviewing()), "edit")))).toBe("look edit");
  expect(unread(edited(base))).toBe("nobody-asked");
  const held = onto(between(), [{ step: "hold", reason: "agent-failed", digest: "d", acts: [] }]);
  expect(unread(edited(labelled(held, "cairn:hold")))).toBe("agent-failed");
  // Merged: whatever is written there is about something else.
  const run = { kind: "alive", status: "in_progress", since: NOW } as const;
  const done = { ...merging(), run, pulls: [{ ...pull, state: "closed", merged: true } as const] };
  const digest = stateOf(done).open?.digest ?? "";
  const claim = onto(done, [{ step: "claim", run: { id: 6, attempt: 1 }, digest }]);
  expect(says(decide(without(edited(labelled(claim, "cairn:done")), "edit")))).toBe("close-issue");
});

test("it raises the next generation once: what is declared then is the new text", () => {
  const before = edited({ ...declared(), ...NONE }, maya);
  const { steps, markers } = advanced(decide(before));
  expect(steps[1]).toEqual({ step: "raise", generation: 2, act: ID, at, with: [] });
  expect(steps[2]).toMatchObject({ worksOn: workTextOf(before.issue) });
  expect(markers).toMatchObject([{ generation: 2, pins: { text: "another" }, why: "@maya edited the text" }]);
  const after = onto(before, steps, markers);
  expect(stateOf(after).acts).toContain(ID);
  expect(says(decide({ ...after, starts: { kind: "known", starts: [] } }))).toBe("start");
  // Back to the words of the first generation is another edit, of the second.
  const back = { ...after, issue: { ...after.issue, text: base.issue.text } };
  expect(advanced(decide(back)).steps[1]).toMatchObject({ step: "raise", generation: 3 });
});

test("an edit that is taken back in time is none", () => {
  const back = { ...edited(lost(), maya), issue: base.issue };
  expect(says(decide(back))).toBe("settle, implement/2");
});

test("no edit skips triage: what the text lacks then is asked for, and an edit that has it goes on", () => {
  const thin = {
    findings: [{ code: "too-short", detail: "" }],
    blockers: [],
    answers: [],
    changedBy: null,
  } as const;
  const before = { ...edited({ ...declared(), ...NONE }, maya), triage: thin };
  const { steps, markers } = advanced(decide(before));
  expect(steps.map(nameOf)).toEqual(["seal", "ask"]);
  const asked = { ...labelled(onto(before, steps, markers), "cairn:hold"), opened: [] };
  expect(says(decide(asked))).toBe("text-lacks");
  const better = { ...asked, triage: base.triage, issue: { ...asked.issue, text: "better" } } as Snapshot;
  expect(says(decide(better))).toBe("raise, implement/1");
  expect(says(decide(edited(better)))).toBe("text-changed");
  expect(says(decide({ ...edited({ ...declared(), ...NONE }, maya), config: invalid }))).toBe(
    "seal, config-invalid",
  );
});

test("whoever stops the work is obeyed, whenever the text was edited; a closed issue is held", () => {
  const stop = { ...act(2, "hold"), at };
  const later = { ...stop, at: at + 1 };
  const before = (...acts: JudgedAct[]) => advanced(decide(edited({ ...declared(), ...NONE, acts }, maya)));
  expect(before(stop).steps).toMatchObject([{ step: "seal" }, { reason: "asked", acts: [ID, 2] }]);
  expect(before(later).steps).toMatchObject([{ step: "seal" }, { reason: "asked", acts: [ID, 2] }]);
  expect(before(act(2, "hold")).steps).toMatchObject([{ step: "seal" }, { reason: "asked", acts: [2] }]);
  expect(before(act(2)).steps[1]).toMatchObject({ step: "raise", act: ID, with: [2] });
  expect(says(decide(closed(edited({ ...declared(), ...NONE }, maya))))).toBe("seal, issue-closed");
});

test("while an edit waits for its turn, its issue shows no label that nobody has set", () => {
  const slots = { limit: 1, holders: [7], ahead: [] };
  const waits = { ...edited(between(), maya), slots, acts: [{ ...act(2), at: NOW - 1 }] };
  expect(says(decide(labelled(waits, "cairn:ready")))).toBe("slots-full");
  expect(decide(labelled(waits, "cairn:implementing"))).toMatchObject({
    kind: "label",
    add: ["cairn:ready"],
  });
});

/** People were asked about an edit in review, and it was shown. */
function asked(): Snapshot {
  const before = edited(reviewing(), maya);
  const { steps, markers } = advanced(decide(before));
  return { ...labelled(onto(before, steps, markers), "cairn:hold"), opened: [] };
}
const resume = (): JudgedAct => {
  const words = commandsOf(8, "/cairn resume");
  if (!words) throw new Error("no command");
  return { id: -8, actor: { id: 1, login: "maya" }, at: at + 1_000, permitted: true, ...words };
};
const reacted = new Set([8]);

test("a question says who edited the text, and both ways on; it is asked once", () => {
  const [marker] = advanced(decide(edited(reviewing(), maya))).markers;
  if (marker?.type !== "hold") throw new Error("no hold");
  expect(marker.detail).toBe("@maya edited it while #41 was open");
  expect(proseOf(marker)).toContain(
    "writes `/cairn resume`, and Cairn goes on with the pull request as it is",
  );
  expect(proseOf(marker)).toContain(
    "or sets `cairn:ready` again, and a new generation works on the new text",
  );
  const [others] = advanced(decide(edited(reviewing()))).markers;
  expect(others).toMatchObject({ detail: "@oda, who may not ask for work, edited it while #41 was open" });
  const gone = { ...edited(reviewing()), edit: { kind: "by", actor: null, at, permitted: false } } as const;
  expect(advanced(decide(gone)).markers).toMatchObject([
    { detail: "an account that is gone edited it while #41 was open" },
  ]);
  const again = { ...asked(), issue: { ...asked().issue, text: "and another" } };
  expect(decide(again)).toMatchObject({
    code: "text-changed-in-review",
    waitsFor: expect.stringMatching(
      /write \/cairn resume to go on with the pull request, or set cairn:ready/,
    ),
  });
});

test("resume goes on with the pull request, about the text as it reads then; ready and retry begin anew", () => {
  const before = { ...asked(), acts: [resume()], reacted };
  const { steps, markers } = advanced(decide(before));
  const worksOn = workTextOf(before.issue);
  expect([steps, markers]).toEqual([[{ step: "resume", act: -8, with: [], worksOn }], []]);
  const after = { ...onto(before, steps), acts: [] };
  expect(stateOf(after)).toMatchObject({ hold: null, generation: 1, worksOn, acts: [-8, 1] });
  expect(says(decide(labelled({ ...after, gate, pulls: [pull] }, "cairn:reviewing")))).toBe("merge/1");
  const both = { ...before, acts: [{ ...act(2, "hold"), at }, resume()] };
  expect(advanced(decide(both)).steps).toMatchObject([{ step: "resume", act: -8, with: [2] }]);
  expect(says(decide({ ...before, acts: [act(2)] }))).toBe("raise, implement/1");
  expect(says(decide({ ...before, acts: [{ ...resume(), kind: "retry" }] }))).toBe("raise, implement/1");
  // Whoever asked is told once that somebody has to open it.
  expect(says(decide(closed(labelled(before, "cairn:ready"))))).toBe("answer");
});

test("what others wrote since is looked at before it goes on; what was taken back needs no look", () => {
  const by = (edit: Snapshot["edit"]) =>
    decide({ ...asked(), acts: [resume()], reacted, ...(edit ? { edit } : {}) });
  const oda = { kind: "by", actor: { id: 9, login: "oda" }, permitted: false } as const;
  expect(says(by({ ...oda, at: at + 999 }))).toBe("resume");
  const same = advanced(by({ ...oda, at: at + 1_000 }));
  expect(same.steps).toMatchObject([{ reason: "text-changed-in-review", acts: [-8] }]);
  expect(same.markers).toMatchObject([
    { detail: "@oda, who may not ask for work, edited it after @maya wrote /cairn resume" },
  ]);
  expect(says(by({ ...oda, permitted: true, at: at + 2_000 }))).toBe("resume");
  expect(by({ kind: "unclear" })).toMatchObject({ state: "hold", code: "edit-unseen" });
  const unread = without({ ...asked(), acts: [resume()], reacted }, "edit");
  expect(decide(unread)).toEqual(look("edit"));
  expect(says(decide({ ...unread, issue: { ...unread.issue, text: base.issue.text } }))).toBe("resume");
});

test("all other holds end with a generation, whatever the word", () => {
  const before = edited({ ...lost(), acts: [] });
  const { steps, markers } = advanced(decide(before));
  const held = { ...onto(before, steps, markers), ...NONE, acts: [resume()], reacted };
  expect(stateOf(held).hold?.reason).toBe("text-changed");
  expect(says(decide(held))).toBe("raise, implement/1");
});

test("an edit has an id of its own: of one text, one second and one generation", () => {
  const one = { generation: 1, text: "d", at: 1 };
  const ids = [one, { ...one, generation: 2 }, { ...one, text: "e" }, { ...one, at: 2 }].map(editId);
  expect(new Set([...ids, editId({ ...one })]).size).toBe(4);
  expect(ids.every((id) => Number.isSafeInteger(id) && id <= -(2 ** 52))).toBe(true);
});
