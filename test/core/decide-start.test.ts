/** Before anybody owns the work: acts, holds, the intent's marker, and the runs that are woken for it. */
import { expect, test } from "vitest";
import { decide } from "../../src/core/decide.ts";
import type { Decision } from "../../src/core/decision.ts";
import { foldLedger } from "../../src/core/ledger.ts";
import { encodeMarker, type HoldMarker, type IntentMarker } from "../../src/core/marker.ts";
import type { Snapshot, StartView } from "../../src/core/snapshot.ts";
import { act, advanced, base, claimed, declared, issue, NOW, onto, pull, stateOf } from "./snapshots.ts";

const look = (part: string) => ({ kind: "look", part });
const without = <K extends keyof Snapshot>(snapshot: Snapshot, ...parts: readonly K[]): Snapshot =>
  Object.fromEntries(
    Object.entries(snapshot).filter(([part]) => !parts.includes(part as K)),
  ) as unknown as Snapshot;
const labelled = (snapshot: Snapshot, ...labels: string[]): Snapshot => ({
  ...snapshot,
  issue: { ...snapshot.issue, labels },
});
const closed = (snapshot: Snapshot): Snapshot => ({ ...snapshot, issue: { ...snapshot.issue, open: false } });
const invalid = { kind: "invalid", why: "line 3" } as const;

/** Declared, and its marker not written yet. */
function unannounced(snapshot = base): Snapshot {
  const { steps, markers } = advanced(decide({ ...snapshot, acts: [act(1)] }));
  return { ...onto(snapshot, steps, markers, false), acts: [] };
}

/** A chain whose last step declares no marker. */
const quiet = (): Snapshot => onto(declared(), [{ step: "seal", why: "act" }]);

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
  expect(decide(labelled(after, "cairn:hold"))).toMatchObject({ kind: "rest", state: "hold", again: null });
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
      detail: "@maya set cairn:ready; that needs write access to this repository",
    },
  ]);
  expect(steps).toEqual([{ step: "refuse", act: 1, digest: expect.stringMatching(/^[0-9a-f]{64}$/) }]);
  expect(decide({ ...declared(), acts: [act(2, "hold", false)] }).kind).toBe("start");
});

test("the newest permitted act counts, and takes those before it with it", () => {
  const { steps, markers } = advanced(decide({ ...base, acts: [act(3), act(4), act(5)] }));
  expect(steps[0]).toEqual({ step: "raise", generation: 1, act: 5, with: [3, 4] });
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
      "Somebody set `cairn:hold`. Nothing is wrong; go on whenever you like. Then set cairn:ready again.",
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

test("an act on a closed issue waits for it to be opened, behind whatever clears the way", () => {
  expect(decide(closed({ ...base, acts: [act(1)] }))).toEqual({
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

const start = (id: number, fields: Partial<StartView> = {}): StartView => ({
  run: { id, attempt: 1 },
  status: "completed",
  conclusion: "failure",
  at: NOW,
  url: `r${id}`,
  worked: false,
  ...fields,
});
const started = (...starts: readonly StartView[]): Snapshot => ({
  ...declared(),
  starts: { kind: "known", starts },
});

test("what stops an intent before it is claimed: the issue closed, its text changed, no workflow", () => {
  const held = (snapshot: Snapshot) => {
    const { steps, markers } = advanced(decide(snapshot));
    const [seal, hold] = steps;
    const [marker] = markers;
    return [
      seal?.step === "seal" && seal.why,
      hold?.step === "hold" && hold.reason,
      marker?.type === "hold" && marker.detail,
    ];
  };
  expect(held(closed(declared()))).toEqual(["issue-closed", "issue-closed", "before the work began"]);
  const changed = { ...declared(), issue: { ...base.issue, text: "other" } };
  expect(held(changed)).toEqual(["text-changed", "text-changed", "after the intent was declared"]);
  const none = { ...declared(), starts: { kind: "no-workflow", why: "no cairn.yml on main" } as const };
  expect(held(none)).toEqual(["never-started", "never-started", "no cairn.yml on main"]);
  const fates: readonly (readonly [Partial<StartView>, string])[] = [
    [{ conclusion: "cancelled" }, "was cancelled, by a person or by its concurrency group"],
    [
      { conclusion: "startup_failure" },
      "could not start: the workflow file is not valid, or may not call what it calls",
    ],
    [{ conclusion: "success" }, "took up nothing"],
    [{ conclusion: "timed_out" }, "ended as timed_out"],
    [{ conclusion: null }, "ended as nothing"],
  ];
  for (const [fields, words] of fates) {
    const three = [start(1, fields), start(2, fields), start(3, fields)];
    const detail = three.map(({ url }) => `${url} ${words}`).join("; ");
    expect(held(started(...three))).toEqual(["never-started", "never-started", detail]);
  }
  const late = { now: NOW + 86_400_001 };
  expect(held({ ...started(start(1, { status: "pending" })), ...late })[2]).toBe(
    "r1 is still pending: it waits for its concurrency group",
  );
  expect(held({ ...started(start(1, { status: "queued" }), start(2)), ...late })[2]).toBe(
    "r1 is still queued: no runner takes it",
  );
});

test("a run that worked although nobody claimed it: an alarm that names it", () => {
  expect(decide(started(start(1), start(6, { worked: true })))).toMatchObject({
    kind: "alarm",
    marker: { reason: "chain-rewound", detail: "run 6 has worked for this intent", head: "h".repeat(40) },
  });
});

test("a run that lives is waited for by name, its state shown first", () => {
  const alive = started(start(1), start(2, { status: "queued", conclusion: null }));
  expect(decide(alive)).toEqual({
    kind: "label",
    state: "implementing",
    add: ["cairn:implementing"],
    remove: [],
  });
  expect(decide(labelled(alive, "cairn:implementing"))).toEqual({
    kind: "rest",
    code: "run-to-claim",
    state: "implementing",
    waitsFor: "run 2 (queued) to claim implement/1",
    again: NOW + 60_000,
  });
  // Its beginning is told by a webhook: without one it is looked at the later, the longer it waits.
  const shown = labelled(alive, "cairn:implementing");
  expect(decide({ ...shown, now: NOW + 59_000 })).toMatchObject({ again: NOW + 119_000 });
  expect(decide({ ...shown, now: NOW + 200_000 })).toMatchObject({ again: NOW + 400_000 });
});

test("a start that no run shows yet is not repeated within its patience, counted from the newest run's", () => {
  const wake = { kind: "start", comment: 100 };
  const at = (startedAt: number | undefined, now: number, ...starts: readonly StartView[]) =>
    decide(
      labelled(
        { ...started(...starts), now, ...(startedAt === undefined ? {} : { startedAt }) },
        "cairn:implementing",
      ),
    );
  expect(at(undefined, NOW)).toEqual(wake);
  expect(at(NOW, NOW)).toEqual({
    kind: "rest",
    code: "run-to-start",
    state: "implementing",
    waitsFor: "a run to take up implement/1",
    again: NOW + 60_000,
  });
  expect(at(NOW, NOW + 59_999)).toMatchObject({ kind: "rest" });
  expect(at(NOW, NOW + 60_000)).toEqual(wake);
  // A run that began after the last start is that start's: it ended, so another is woken.
  expect(at(NOW, NOW + 10, start(1, { at: NOW + 1 }), start(2, { at: NOW - 5 }))).toEqual(wake);
  expect(at(NOW, NOW + 10, start(1, { at: NOW }))).toMatchObject({ kind: "rest" });
  // Two that ended may be followed by a third; a fourth is not tried.
  expect(at(undefined, NOW, start(1), start(2))).toEqual(wake);
  expect(at(undefined, NOW, start(1), start(2), start(3)).kind).toBe("advance");
});

test("an intent whose comment cannot be seen is not woken", () => {
  const head = onto(declared(), [{ step: "refuse", act: 77, digest: "x" }], [], false);
  expect(decide(labelled(head, "cairn:implementing"))).toMatchObject({
    kind: "rest",
    code: "run-to-start",
    waitsFor: "a run to take up implement/1",
  });
  expect(decide(labelled(without(head, "ledger"), "cairn:implementing"))).toMatchObject({ kind: "rest" });
});

test("an intent may be claimed to its last ms; after that it is declared anew, or people are asked", () => {
  const marker = advanced(decide({ ...base, acts: [act(1)] })).markers[0] as IntentMarker;
  expect(decide({ ...started(), now: marker.until })).toMatchObject({ kind: "start" });
  const late = {
    ...started(start(1)),
    now: marker.until + 1,
    branch: { kind: "absent" },
    pulls: [],
  } as const;
  const { steps, markers } = advanced(decide(late));
  expect(steps).toMatchObject([
    { step: "seal", why: "expired" },
    { step: "declare", edge: "implement", attempt: 2 },
  ]);
  expect(markers[0]).toMatchObject({ seq: 4, attempt: 2, why: "the attempt before it was lost" });
  const gate = { ...late, starts: { kind: "known", starts: [start(4, { status: "in_progress" })] } as const };
  expect(decide(labelled(gate, "cairn:implementing"))).toEqual({
    kind: "rest",
    code: "run-to-end",
    state: "implementing",
    waitsFor: "run 4 to end",
    // As long again as it has taken so far.
    again: gate.now + (gate.now - NOW),
  });
});

test("the next attempt of a generation asks for all that it leans on, one part after the other", () => {
  // Sealed, and nobody has asked since: the attempt is made anew.
  const sealed = { ...quiet(), acts: [] };
  expect(decide(without(sealed, "config"))).toEqual(look("config"));
  expect(decide(sealed)).toEqual(look("branch"));
  const branch = { kind: "absent" } as const;
  expect(decide({ ...sealed, branch })).toEqual(look("pulls"));
  expect(advanced(decide({ ...sealed, branch, pulls: [] })).steps).toMatchObject([
    { step: "declare", attempt: 2 },
  ]);
  const held = (fields: Partial<Snapshot>) => advanced(decide({ ...sealed, branch, pulls: [], ...fields }));
  expect(held({ config: invalid }).steps).toMatchObject([
    { step: "hold", reason: "config-invalid", acts: [] },
  ]);
  expect(held({ config: invalid }).markers).toMatchObject([{ detail: "line 3" }]);
  const foreign = held({ branch: { kind: "foreign", sha: "f00" } });
  expect(foreign.steps).toMatchObject([{ reason: "foreign-branch" }]);
  expect(foreign.markers).toMatchObject([{ detail: "it is at f00" }]);
});

test("a second generation's next attempt also asks what is open", () => {
  const asked = { ...declared(), acts: [act(2)], opened: [] };
  const { steps, markers } = advanced(decide(asked));
  const second = onto(asked, steps, markers);
  const sealed = { ...without(onto(second, [{ step: "seal", why: "expired" }]), "opened"), acts: [] };
  const probed = { ...sealed, branch: { kind: "absent" }, pulls: [] } as const;
  expect(decide(probed)).toEqual(look("opened"));
  const next = advanced(decide({ ...probed, opened: [{ generation: 1, pull: 40 }] }));
  expect(next.steps[0]?.step === "declare" && next.steps[0].effects[0]?.key).toBe("pull.close:pull/40#g2a2");
  // All of its own is there, whatever the case of a login: only what it replaces is left.
  const config = { ...base.config, reviewers: ["Robin"] } as Snapshot["config"];
  const own = {
    ...probed,
    config,
    pulls: [{ ...pull, asked: ["ROBIN"] }],
    opened: [{ generation: 1, pull: 40 }],
  };
  const last = advanced(decide(own));
  expect(last.steps[0]?.step === "declare" && last.steps[0].effects.map(({ key }) => key)).toEqual([
    "pull.close:pull/40#g2a2",
  ]);
});

test("what is published already is adopted: branch, pull request and every reviewer, whatever the case", () => {
  const sealed = { ...quiet(), acts: [] };
  const kinds = (fields: Partial<Snapshot>) => {
    const { steps, markers } = advanced(
      decide({ ...sealed, branch: { kind: "absent" }, pulls: [], ...fields }),
    );
    const why = markers[0]?.type === "intent" ? markers[0].why : "";
    return [
      steps[0]?.step === "declare" ? steps[0].effects.map(({ kind }) => kind).join() : steps[0]?.step,
      why,
    ];
  };
  const adopted = "the branch is there; what is missing is made good";
  expect(kinds({})).toEqual([
    "agent.run,branch.create,pull.create,review.request",
    "the attempt before it was lost",
  ]);
  expect(kinds({ branch: { kind: "own", sha: "b" } })).toEqual(["pull.create,review.request", adopted]);
  expect(kinds({ pulls: [{ ...pull, asked: [] }] })).toEqual(["review.request", adopted]);
  const two = { ...base.config, reviewers: ["Robin", "rui"] } as Snapshot["config"];
  expect(kinds({ config: two, pulls: [{ ...pull, asked: ["ROBIN"] }] })).toEqual(["review.request", adopted]);
  const none = { ...base.config, reviewers: [] } as Snapshot["config"];
  expect(kinds({ config: none, branch: { kind: "own", sha: "b" } })).toEqual(["pull.create", adopted]);
});
