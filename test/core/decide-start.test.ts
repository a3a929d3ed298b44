/** Before anything is declared, or can be seen: what is read first, acts, holds, and the marker of the head. */
import { expect, test } from "vitest";
import { decide } from "../../src/core/decide.ts";
import type { Decision } from "../../src/core/decision.ts";
import { foldLedger } from "../../src/core/ledger.ts";
import { encodeMarker, type HoldMarker } from "../../src/core/marker.ts";
import type { Snapshot } from "../../src/core/snapshot.ts";
import {
  act,
  advanced,
  base,
  claimed,
  closed,
  declared,
  invalid,
  issue,
  labelled,
  look,
  NOW,
  onto,
  quiet,
  stateOf,
  without,
} from "./snapshots.ts";

/** Declared, and its marker not written yet. */
function unannounced(snapshot = base): Snapshot {
  const { steps, markers } = advanced(decide({ ...snapshot, acts: [act(1)] }));
  return { ...onto(snapshot, steps, markers, false), acts: [] };
}

test("each part is asked for before it is leant on, and only where it is", () => {
  expect(decide(without(base, "ledger"))).toEqual(look("ledger"));
  expect(decide(without(unannounced(), "ledger"))).toEqual(look("ledger"));
  // A head that declares nothing has nothing to be seen.
  expect(decide(without({ ...quiet(), acts: [act(2)] }, "ledger", "config"))).toEqual(look("config"));
  expect(decide(without(base, "acts"))).toEqual(look("acts"));
  expect(decide(without({ ...base, acts: [act(1)] }, "config"))).toEqual(look("config"));
  expect(decide(without(declared(), "starts"))).toEqual(look("starts"));
});

test("nobody has asked: idle, and nothing to look at again", () => {
  expect(decide(base)).toEqual({
    kind: "rest",
    code: "nobody-asked",
    state: "idle",
    waitsFor: "somebody to set cairn:ready",
    again: null,
  });
  // One of its own may come behind a person who has just taken theirs away: nobody could set it any more.
  expect(decide({ ...labelled(base, "cairn:ready"), readyByApp: true })).toEqual({
    kind: "label",
    state: "idle",
    add: [],
    remove: ["cairn:ready"],
  });
  // A label that Cairn did not set is not its to take away.
  expect(decide(labelled(base, "cairn:done"))).toEqual(decide(base));
});

test("a chain that is gone or ends before what a comment cites", () => {
  const { steps, markers } = advanced(decide({ ...base, acts: [act(1)] }));
  const seen = onto(base, steps, markers);
  const [marker] = markers;
  if (!marker) throw new Error("no marker");
  const later = { ...marker, seq: 9 };
  const comments = [
    { id: 99, body: encodeMarker("w", { ...marker, seq: 8 }), appId: 99, author: "cairn" },
    { id: 100, body: encodeMarker("w", later), appId: 99, author: "cairn" },
  ];
  const gone = {
    ...base,
    ledger: { kind: "complete", ledger: foldLedger(comments, undefined, issue, 99) } as const,
  };
  expect(decide(gone)).toEqual({
    kind: "alarm",
    marker: {
      v: 1,
      type: "alarm",
      issue,
      seq: 1,
      reason: "chain-missing",
      detail: "comment 100 cites step 9",
      head: null,
    },
  });
  const ledger = { kind: "complete", ledger: foldLedger(comments, stateOf(seen), issue, 99) } as const;
  expect(decide({ ...seen, ledger })).toMatchObject({
    kind: "alarm",
    marker: {
      reason: "chain-rewound",
      detail: "comment 100 cites step 9, the chain ends at 2",
      head: "h".repeat(40),
      seq: 2,
    },
  });
});

test("one comment that cites a step beyond the chain is enough", () => {
  const { markers } = advanced(decide({ ...base, acts: [act(1)] }));
  const [marker] = markers;
  if (!marker) throw new Error("no marker");
  const comments = [{ id: 5, body: encodeMarker("w", marker), appId: 99, author: "cairn" }];
  const ledger = foldLedger(comments, undefined, issue, 99);
  expect(decide({ ...base, ledger: { kind: "complete", ledger } })).toMatchObject({
    kind: "alarm",
    marker: { reason: "chain-missing", detail: "comment 5 cites step 2" },
  });
});

test("a comment of the app's own without a chain is a trace of one, whatever became of its text", () => {
  const comments = [{ id: 5, body: "edited away", appId: 99, author: "cairn" }];
  const ledger = foldLedger(comments, undefined, issue, 99);
  expect(ledger).toMatchObject({ beyond: [{ comment: 5, seq: null }], inert: [] });
  expect(decide({ ...base, ledger: { kind: "complete", ledger } })).toMatchObject({
    marker: { reason: "chain-missing", detail: "comment 5 was written behind a step of it" },
  });
  // Of others it is nothing, and where there is a chain it says nothing against it.
  expect(
    foldLedger([{ id: 5, body: "words", appId: null, author: "eve" }], undefined, issue, 99).beyond,
  ).toEqual([]);
  expect(foldLedger(comments, stateOf(declared()), issue, 99).beyond).toEqual([]);
});

test("a foreign chain: comments are read first, it is said once, and then shown", () => {
  const foreign = { ...base, chain: { kind: "foreign", head: "f", why: "unsigned" } as const };
  expect(decide(without(foreign, "ledger"))).toEqual(look("ledger"));
  const alarm = decide(foreign);
  expect(alarm).toMatchObject({ kind: "alarm", marker: { seq: 1, detail: "unsigned", head: "f" } });
  if (alarm.kind !== "alarm") return;
  const said = foldLedger(
    [{ id: 1, body: encodeMarker("w", alarm.marker), appId: 99, author: "c" }],
    undefined,
    issue,
    99,
  );
  const after = { ...foreign, ledger: { kind: "complete", ledger: said } as const };
  expect(decide(after)).toEqual({ kind: "label", state: "hold", add: ["cairn:hold"], remove: [] });
  // Nothing else is read for it: what people asked for meanwhile waits for the repair.
  expect(decide(without(labelled(after, "cairn:hold"), "acts"))).toEqual({
    kind: "rest",
    state: "hold",
    code: "chain-foreign",
    waitsFor:
      "The chain of this issue was moved by somebody else than Cairn. Move the ref back to the last commit that Cairn made. Then the app goes on by itself.",
    again: null,
  });
  expect(decide(without(after, "acts")).kind).toBe("label");
  expect(decide({ ...after, chain: { ...foreign.chain, head: "g" } }).kind).toBe("alarm");
});

test("what the head declares is written before anything else; a short list is waited for, then told", () => {
  const unseen = unannounced();
  const marker = (decide(unseen) as Extract<Decision, { kind: "announce" }>).marker;
  expect(decide(unseen)).toEqual({ kind: "announce", marker });
  const { ledger } = unseen;
  if (!ledger) throw new Error("no ledger");
  const short = { ...unseen, ledger: { ...ledger, kind: "short", expected: 3, found: 1 } as const };
  expect(decide(short)).toEqual({
    kind: "rest",
    code: "comments-short",
    state: "ready",
    waitsFor: "all comments to be readable (1 of 3)",
    again: NOW + 2_000,
  });
  expect(decide({ ...short, now: NOW + 120_000 })).toMatchObject({ again: NOW + 122_000 });
  expect(decide({ ...short, now: NOW + 120_001 })).toEqual({
    kind: "rest",
    code: "not-visible",
    state: "ready",
    waitsFor: "not-visible: GitHub shows 1 of 3 comments; its status page may say more",
    again: NOW + 150_001,
  });
});

test("an act with the right withdraws what nobody could claim; one without, or behind a claim, does not", () => {
  const unseen = unannounced();
  expect(advanced(decide({ ...unseen, acts: [act(2)], opened: [] })).steps[0]).toEqual({
    step: "seal",
    why: "act",
  });
  expect(decide({ ...unseen, acts: [act(2, "ready", false)] }).kind).toBe("announce");
  const { markers } = advanced(decide({ ...base, acts: [act(1)] }));
  const owned = claimed();
  const hidden = onto(owned, [{ step: "cancel", why: "act" }], markers, false);
  expect(decide({ ...hidden, acts: [act(2)] }).kind).toBe("announce");
});

test("an act without the right is answered by a step and a marker, and while an edge is open it waits", () => {
  const { steps, markers } = advanced(decide({ ...base, acts: [act(1, "ready", false), act(2)] }));
  expect(markers).toEqual([
    {
      v: 1,
      type: "refusal",
      issue,
      seq: 1,
      act: 1,
      reason: "no-right",
      by: 1,
      detail: "@maya set cairn:ready; `ready` needs write permission",
    },
  ]);
  expect(steps).toEqual([{ step: "refuse", act: 1, digest: expect.stringMatching(/^[0-9a-f]{64}$/) }]);
  expect(decide({ ...declared(), acts: [act(2, "hold", false)] }).kind).toBe("start");
});

test("the newest permitted act counts, and takes those before it with it", () => {
  const { steps, markers } = advanced(decide({ ...base, acts: [act(3), act(4), act(5)] }));
  expect(steps[0]).toEqual({ step: "raise", generation: 1, act: 5, at: NOW, with: [3, 4] });
  expect(markers[0]).toMatchObject({
    v: 1,
    type: "intent",
    issue,
    seq: 2,
    generation: 1,
    attempt: 1,
    budget: 3_600_000,
    pins: { text: "text-digest", config: "config-digest", commit: "c".repeat(40), base: "main" },
    until: NOW + 86_400_000,
    why: "@maya set cairn:ready",
  });
  const open = { ...declared(), acts: [act(3, "ready", false), act(4, "hold"), act(5, "hold", false)] };
  // While an edge is open, what is refused waits; the hold takes only permitted acts with it.
  expect(advanced(decide(open)).steps).toMatchObject([{ step: "seal" }, { step: "hold", acts: [4] }]);
});

test("a hold: by whom, with its acts, on the step after the one that clears the way", () => {
  const { steps, markers } = advanced(decide({ ...declared(), acts: [act(3), act(4, "hold")] }));
  expect(markers).toEqual([
    { v: 1, type: "hold", issue, seq: 4, generation: 1, reason: "asked", detail: "by @maya", evidence: [] },
  ] satisfies HoldMarker[]);
  expect(steps).toEqual([
    { step: "seal", why: "act" },
    { step: "hold", reason: "asked", digest: expect.any(String), acts: [3, 4] },
  ]);
  const held = onto(base, advanced(decide({ ...base, acts: [act(1, "hold")] })).steps);
  expect(decide(held)).toEqual({ kind: "label", state: "hold", add: ["cairn:hold"], remove: [] });
  expect(decide(labelled(held, "cairn:hold", "bug"))).toEqual({
    kind: "rest",
    code: "asked",
    state: "hold",
    waitsFor:
      "Somebody asked for a hold. Nothing is wrong; go on whenever you like. Then set cairn:ready again.",
    again: null,
  });
  expect(decide(labelled(held, "cairn:ready", "bug", "cairn:done"))).toEqual({
    kind: "label",
    state: "hold",
    add: ["cairn:hold"],
    remove: ["cairn:ready", "cairn:done"],
  });
  expect(decide(labelled(held, "cairn:hold", "cairn:ready"))).toEqual({
    kind: "label",
    state: "hold",
    add: [],
    remove: ["cairn:ready"],
  });
});

test("nothing is declared on a closed issue, whatever brought it there", () => {
  const held = advanced(decide(closed(quiet())));
  expect(held.steps).toMatchObject([{ step: "hold", reason: "issue-closed" }]);
  expect(held.markers).toMatchObject([{ detail: "before the work was done" }]);
});

test("what was asked for before the last act counts no more, and its label goes", () => {
  const both = labelled({ ...base, acts: [act(1, "hold"), act(2)] }, "cairn:hold", "cairn:ready");
  expect(decide(closed(both))).toMatchObject({ kind: "label", add: [], remove: ["cairn:hold"] });
});

test("an act on a closed issue waits for it to be opened, behind whatever clears the way", () => {
  expect(decide(closed(labelled({ ...base, acts: [act(1)] }, "cairn:ready")))).toEqual({
    kind: "rest",
    code: "issue-to-open",
    state: "ready",
    waitsFor: "the issue to be reopened",
    again: null,
  });
  expect(decide(closed({ ...declared(), acts: [act(2)] }))).toEqual({
    kind: "advance",
    steps: [{ step: "seal", why: "act" }],
    markers: [],
  });
  // A hold can be asked for on a closed issue too.
  expect(advanced(decide(closed({ ...base, acts: [act(1, "hold")] }))).steps).toMatchObject([
    { step: "hold" },
  ]);
});

test("a configuration that cannot be used holds, with its reason and the acts that asked", () => {
  const { steps, markers } = advanced(decide({ ...base, acts: [act(1), act(2)], config: invalid }));
  expect(steps).toMatchObject([{ step: "hold", reason: "config-invalid", acts: [1, 2] }]);
  expect(markers).toMatchObject([{ detail: "line 3", evidence: [] }]);
});

test("a later generation looks for what the older ones left open, and closes that, and only that", () => {
  const asked = { ...declared(), acts: [act(2)] };
  expect(decide(asked)).toEqual(look("opened"));
  const opened = [
    { generation: 1, pull: 40 },
    { generation: 2, pull: 41 },
    { generation: 3, pull: 42 },
  ];
  const { steps } = advanced(decide({ ...asked, opened }));
  expect(steps).toMatchObject([
    { step: "seal" },
    { step: "raise", generation: 2, act: 2 },
    { step: "declare" },
  ]);
  const declare = steps[2];
  expect(declare?.step === "declare" && declare.effects.map(({ key }) => key)).toEqual([
    "pull.close:pull/40#g2a1",
    "agent.run:12#g2a1",
    "branch.create:cairn/12-g2",
    "pull.create:cairn/12-g2",
    "review.request:cairn/12-g2#g2a1",
  ]);
});

test("before an agent is declared once more, comments are read: they tell of steps that the chain lacks (I2)", () => {
  const sealed = { ...quiet(), acts: [] };
  expect(decide(without(sealed, "ledger"))).toEqual(look("ledger"));
  const raised = { ...quiet(), opened: [], acts: [act(2)] };
  expect(decide(without(raised, "ledger"))).toEqual(look("ledger"));
  // A chain that begins cannot lack any; and a hold needs no agent.
  const hold = { ...quiet(), acts: [act(2, "hold")] };
  expect(decide(without(hold, "ledger")).kind).toBe("advance");
});

test("nobody is asked for a review where nobody is named", () => {
  const config = { ...base.config, reviewers: [] } as Snapshot["config"];
  const { steps } = advanced(decide({ ...base, acts: [act(1)], config }));
  expect(steps[1]?.step === "declare" && steps[1].effects.map(({ kind }) => kind)).toEqual([
    "agent.run",
    "branch.create",
    "pull.create",
  ]);
});
