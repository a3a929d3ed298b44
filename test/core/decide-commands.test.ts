/** Commands in `decide`: which count as the chain stands, what is said to the others, and when. */
import { expect, test } from "vitest";
import { commandsOf } from "../../src/core/commands/comment-act.ts";
import { repliesOf } from "../../src/core/commands/replies.ts";
import { decide } from "../../src/core/decide.ts";
import type { Decision } from "../../src/core/decision.ts";
import { foldLedger } from "../../src/core/ledger.ts";
import { type AnswerMarker, encodeMarker } from "../../src/core/marker.ts";
import type { JudgedAct, Snapshot } from "../../src/core/snapshot.ts";
import {
  act,
  advanced,
  base,
  claimed,
  issue,
  judged,
  labelled,
  look,
  NOW,
  onto,
  over,
  pull,
  quiet,
  stateOf,
  without,
} from "./snapshots.ts";

/** A command, found in comment `id`, by somebody who may. */
const wrote = (id: number, body: string, permitted = true): JudgedAct => {
  const commands = commandsOf(id, body);
  if (!commands) throw new Error(`no command in ${body}`);
  return { id: -id, actor: { id: 1, login: "maya" }, at: NOW, ...judged(permitted), ...commands };
};

const withActs = (snapshot: Snapshot, ...acts: JudgedAct[]): Snapshot => ({ ...snapshot, acts });
const stepsOf = (decision: Decision): unknown[] => [...advanced(decision).steps];
const kindsOf = (decision: Decision): string[] => advanced(decision).steps.map(({ step }) => step);

function saidTo(decision: Decision): AnswerMarker["says"] {
  const marker = decision.kind === "note" ? decision.marker : advanced(decision).markers[0];
  if (marker?.type !== "answer") throw new Error("no answer");
  return marker.says;
}

/** On hold for this reason, its marker seen. */
function held(by: JudgedAct = act(1, "hold")): Snapshot {
  const { steps, markers } = advanced(decide(withActs(base, by)));
  return labelled({ ...onto(base, steps, markers), acts: [] }, "cairn:hold");
}

/** In review: the implement edge is open, its run is over, and its pull request is there. */
const reviewed = (): Snapshot =>
  labelled(
    {
      ...claimed(),
      run: over,
      pulls: [pull],
      branch: { kind: "own", sha: pull.head },
      gate: { kind: "waits", head: pull.head, code: "review-missing", for: "a review", again: null },
    },
    "cairn:reviewing",
  );

test.each([
  ["/cairn ready", base],
  ["/cairn resume", held()],
  ["/cairn retry", quiet()],
] as const)("%s begins the next generation, and says by whose word", (line, snapshot) => {
  const decision = decide(withActs({ ...snapshot, opened: [] }, wrote(9, line)));
  expect(kindsOf(decision)).toEqual(["raise", "declare"]);
  expect(stepsOf(decision)[0]).toMatchObject({ act: -9, at: NOW, with: [] });
  expect(advanced(decision).markers[0]).toMatchObject({ type: "intent", why: `@maya wrote ${line}` });
});

test.each<[string, Snapshot, RegExp]>([
  ["/cairn resume", base, /^nothing is held here/],
  ["/cairn retry", base, /^nothing was tried yet/],
  ["/cairn retry", held(), /^somebody asked for a hold/],
  ["/cairn cancel", base, /^nobody has asked for work/],
  ["/cairn reject no", base, /^nothing waits for a yes or a no/],
  ["/cairn reject no", held(), /^nothing waits for a yes or a no/],
  ["/cairn approve", base, /^Cairn has asked for no approval here/],
])("%s with nothing to do is answered, consumed, and changes nothing", (line, snapshot, words) => {
  const decision = decide(withActs(snapshot, wrote(9, line)));
  expect(saidTo(decision)).toEqual([
    { about: "nothing", wrote: line.replace(" no", ""), why: expect.stringMatching(words) },
  ]);
  expect(stepsOf(decision)).toMatchObject([{ step: "answer", acts: [-9] }]);
  const { steps, markers } = advanced(decision);
  const after = onto(snapshot, steps, markers);
  expect(stateOf(after)).toMatchObject({
    acts: expect.arrayContaining([-9]),
    hold: snapshot === base ? null : {},
  });
});

test.each<[string, Snapshot, string[]]>([
  ["/cairn resume", base, ["answer"]],
  ["/cairn status", reviewed(), ["settle", "answer"]],
  ["/cairn override merge:review-missing", reviewed(), ["settle", "override"]],
])("%s is answered with the number of the step that declares the answer", (line, snapshot, kinds) => {
  const { steps, markers } = advanced(decide(withActs(snapshot, wrote(9, line))));
  expect(steps.map(({ step }) => step)).toEqual(kinds);
  expect(markers).toMatchObject([{ type: "answer", act: -9, seq: stateOf(onto(snapshot, steps)).seq }]);
});

test("what is to be done comes before what is to be said: a hold is shown, and then somebody is answered", () => {
  const asked = withActs(held(), wrote(9, "/cairn status"));
  expect(decide(labelled(asked))).toEqual({ kind: "label", state: "hold", add: ["cairn:hold"], remove: [] });
  expect(kindsOf(decide(asked))).toEqual(["answer"]);
});

test("hold and reject hold with the reason; cancel gives up, and rests as if nobody had asked", () => {
  const holding = advanced(decide(withActs(base, wrote(9, "/cairn hold wait for `Friday`"))));
  expect(holding.markers[0]).toMatchObject({ reason: "asked", detail: "by @maya: wait for `Friday`" });
  const rejected = advanced(decide(withActs(reviewed(), wrote(9, "/cairn reject not like this"))));
  expect(rejected.steps.map(({ step }) => step)).toEqual(["settle", "hold"]);
  expect(rejected.markers[0]).toMatchObject({ reason: "asked", detail: "by @maya: not like this" });
  const { steps, markers } = advanced(decide(withActs(reviewed(), wrote(9, "/cairn cancel"))));
  expect(markers[0]).toMatchObject({ reason: "cancelled", detail: "@maya wrote /cairn cancel" });
  const cancelled = { ...onto(reviewed(), steps, markers), acts: [] };
  expect(decide(cancelled)).toEqual({ kind: "label", state: "idle", add: [], remove: ["cairn:reviewing"] });
  expect(decide(labelled(cancelled))).toEqual({
    kind: "rest",
    state: "idle",
    code: "nobody-asked",
    waitsFor: "somebody to set cairn:ready: the work was cancelled",
    again: null,
  });
});

test("what is merged stays merged, whoever cancels, and whatever was asked for before that", () => {
  const merged = { ...reviewed(), pulls: [{ ...pull, merged: true, state: "closed" as const }] };
  const snapshot = withActs(
    labelled(merged, "cairn:done"),
    wrote(8, "/cairn ready"),
    wrote(9, "/cairn cancel"),
  );
  const decision = decide(snapshot);
  expect(stepsOf(decision)).toMatchObject([{ step: "settle" }, { step: "answer", acts: [-8, -9] }]);
  expect(saidTo(decision)).toMatchObject([{ why: "#41 is merged, and stays so." }]);
});

test("before work is given up its pull requests are read; where none was ever begun there is none to read", () => {
  expect(decide(withActs(without(quiet(), "pulls"), wrote(9, "/cairn cancel")))).toEqual(look("pulls"));
  const acts = [wrote(8, "/cairn ready"), wrote(9, "/cairn cancel")] as const;
  const early = advanced(decide(withActs(without(held(), "pulls"), ...acts)));
  expect(early.steps).toMatchObject([{ step: "hold", reason: "cancelled", acts: [-8, -9] }]);
});

test("acts count in their order: a resume behind a hold lifts it, a hold behind a resume holds", () => {
  const both = [wrote(8, "/cairn hold x"), wrote(9, "/cairn resume")] as const;
  expect(stepsOf(decide(withActs(base, ...both)))[0]).toMatchObject({ step: "raise", act: -9, with: [-8] });
  const [hold] = stepsOf(decide(withActs(held(), wrote(8, "/cairn resume"), wrote(9, "/cairn hold x"))));
  expect(hold).toMatchObject({ step: "hold", acts: [-8, -9] });
});

test("of several commands in a comment the last that does something counts; an unreadable one makes all of it nothing", () => {
  expect(commandsOf(1, "/cairn ready\n\n/cairn hold x\n\n/cairn status")).toMatchObject({ kind: "hold" });
  expect(commandsOf(1, "/cairn status\n\n/cairn help")).toMatchObject({
    kind: "asks",
    command: { questions: ["status", "help"] },
  });
  expect(commandsOf(1, "/cairn hold x\n\n/cairn sttus")).toMatchObject({ kind: "unreadable" });
  expect(commandsOf(1, "> /cairn hold x")).toBeUndefined();
});

test("status says what is waited for; while a run owns the edge no step is made for it, and it is said once", () => {
  const asked = withActs(reviewed(), wrote(9, "/cairn status"));
  const status = {
    about: "status",
    detail: "a review",
    what: "A pull request waits for checks and for people.",
  };
  expect(saidTo(decide(asked))).toMatchObject([status]);
  expect(kindsOf(decide(asked))).toEqual(["settle", "answer"]);
  const run = { kind: "alive", status: "in_progress", since: NOW } as const;
  const working = withActs(labelled({ ...claimed(), run }, "cairn:implementing"), wrote(9, "/cairn status"));
  const note = decide(working);
  expect(note).toMatchObject({ marker: { seq: stateOf(working).seq } });
  expect(saidTo(note)).toMatchObject([
    { about: "status", detail: expect.stringMatching(/^run 5\/1|^run 5 /) },
  ]);
  if (note.kind !== "note") throw new Error("no note");
  const comment = { id: 7, body: encodeMarker("w", note.marker), appId: 99, author: "cairn" };
  const ledger = foldLedger([comment], stateOf(working), issue, 99);
  expect(decide({ ...working, ledger: { kind: "complete", ledger } })).toMatchObject({ kind: "rest" });
  // I6: a list that is too short does not show that nobody has answered.
  const short = { kind: "short", ledger: base.ledger?.ledger, expected: 2, found: 1 } as Snapshot["ledger"];
  expect(decide({ ...working, ledger: short } as Snapshot)).toMatchObject({ kind: "rest" });
  expect(decide(without(working, "ledger"))).toMatchObject({ kind: "rest" });
  const elsewhere = foldLedger([{ ...comment, appId: 98 }], stateOf(working), issue, 99);
  expect(elsewhere.noted).toEqual(new Set());
});

test("what is asked of an issue on hold is answered with the hold's own words; the help is the help", () => {
  const asked = decide(withActs(held(), wrote(9, "/cairn status\n\n/cairn help")));
  expect(saidTo(asked)).toEqual([
    {
      about: "status",
      what: "Somebody asked for a hold.",
      detail: "",
      next: "Nothing is wrong; go on whenever you like. Then somebody with write access sets `cairn:ready` again, or writes `/cairn resume`; a new generation starts.",
    },
    { about: "help" },
  ]);
  expect(repliesOf(saidTo(asked))).toMatch(/^\*\*Now\*\*: Somebody asked for a hold\.\n\nNothing is wrong/);
});

/** Merged by somebody, while the run of Cairn's own merge had not ended. */
function mergedMeanwhile(): Snapshot {
  const gate = { kind: "open", head: pull.head, pull: 41 } as const;
  const { steps, markers } = advanced(decide({ ...reviewed(), gate }));
  const open = onto(reviewed(), steps, markers);
  const digest = stateOf(open).open?.digest ?? "";
  const owned = onto(open, [{ step: "claim", run: { id: 6, attempt: 1 }, digest }]);
  const pulls = [{ ...pull, merged: true, state: "closed" as const, mergeSha: "m".repeat(40) }];
  const { issue } = labelled(owned, "cairn:done");
  return { ...owned, issue: { ...issue, open: false }, pulls };
}

test("an edge that is over is settled with what is said next: in review and at the end, to a question and to who may not", () => {
  const settled = { step: "settle", edge: "implement", attempt: 1, as: "applied" };
  const refused = advanced(decide(withActs(reviewed(), wrote(9, "/cairn ready", false))));
  expect(refused.steps).toEqual([settled, { step: "refuse", act: -9, digest: expect.any(String) }]);
  expect(refused.markers).toMatchObject([{ type: "refusal", act: -9 }]);
  const done = decide(withActs({ ...mergedMeanwhile(), run: over }, wrote(9, "/cairn status")));
  expect(stepsOf(done)).toEqual([
    { ...settled, edge: "merge" },
    { step: "answer", acts: [-9], digest: expect.any(String) },
  ]);
  expect(saidTo(done)).toMatchObject([{ what: "The work is merged." }]);
});

test("the run's owner is told to stop by cancel and hold, and by nothing that only asks", () => {
  const run = { kind: "alive", status: "in_progress", since: NOW } as const;
  const working = labelled({ ...claimed(), run }, "cairn:implementing");
  for (const line of ["/cairn cancel", "/cairn hold x", "/cairn ready", "/cairn retry"]) {
    expect(stepsOf(decide(withActs(working, wrote(9, line))))).toEqual([{ step: "cancel", why: "act" }]);
  }
  for (const line of ["/cairn status", "/cairn resume", "/cairn approve", "/cairn nonsense"]) {
    expect(decide(withActs(working, wrote(9, line))).kind).toBe("note");
  }
});

test("each command is reacted to before anything else, once, by what it comes to", () => {
  const acts = [
    wrote(5, "/cairn ready"),
    wrote(6, "/cairn help"),
    wrote(7, "/cairn redy"),
    wrote(8, "/cairn ready", false),
  ];
  const given: unknown[] = [];
  const reacted = new Set<number>();
  for (let looks = 0; looks < 4; looks += 1) {
    const decision = decide({ ...withActs(base, ...acts), reacted });
    if (decision.kind !== "react") throw new Error("no reaction");
    given.push([decision.comment, decision.content]);
    reacted.add(decision.comment);
  }
  expect(given).toEqual([
    [5, "+1"],
    [6, "eyes"],
    [7, "confused"],
    [8, "-1"],
  ]);
  expect(decide({ ...withActs(base, ...acts), reacted }).kind).not.toBe("react");
  expect(decide({ ...withActs(base, act(1)), reacted: new Set() }).kind).not.toBe("react");
});

test("who was refused for a reason is told so once: what they write then is consumed without a comment", () => {
  const first = advanced(decide(withActs(base, wrote(9, "/cairn help", false))));
  expect(first.markers).toMatchObject([{ type: "refusal", act: -9, by: 1 }]);
  const told = onto(base, first.steps, first.markers);
  const second = advanced(decide(withActs(told, wrote(10, "/cairn ready", false))));
  expect(second.markers).toEqual([]);
  const [step] = first.steps;
  expect(second.steps).toEqual([{ ...step, act: -10 }]);
  const after = stateOf(onto(told, second.steps));
  expect([after.acts, after.declared]).toEqual([[-10, -9], stateOf(told).declared]);
  // Another person and another reason: each is told.
  const other = { ...wrote(10, "/cairn ready", false), actor: { id: 2, login: "rui" } };
  const why = { refusal: { reason: "not-named", words: "x" } } as const;
  for (const [snapshot, one] of [
    [told, other],
    [told, { ...wrote(10, "/cairn ready", false), ...why } as JudgedAct],
  ] as const)
    expect(advanced(decide(withActs(snapshot, one))).markers).toMatchObject([{ type: "refusal", act: -10 }]);
});

test("whether somebody was told is read before they are told again", () => {
  const { ledger: _unread, ...unread } = reviewed();
  expect(decide(withActs(unread, wrote(9, "/cairn ready", false)))).toEqual(look("ledger"));
});
