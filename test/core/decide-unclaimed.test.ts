/** An intent that nobody has claimed: the runs that are woken for it, what stops it, and the attempt after it. */
import { expect, test } from "vitest";
import { decide } from "../../src/core/decide.ts";
import type { IntentMarker } from "../../src/core/marker.ts";
import type { Snapshot, StartView } from "../../src/core/snapshot.ts";
import {
  act,
  advanced,
  base,
  closed,
  declared,
  edited,
  invalid,
  labelled,
  look,
  NOW,
  onto,
  pull,
  quiet,
  without,
} from "./snapshots.ts";

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
  const changed = edited({ ...declared(), pulls: [] });
  const by = "@oda, who may not ask for work, edited it after the intent was declared";
  expect(held(changed)).toEqual(["text-changed", "text-changed", by]);
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
  // What a run could not take up no other can: an answer that belongs to the text is another one.
  const altered = { ...started(start(1)), alteredAnswers: [77] };
  expect(held(altered)).toEqual([
    "text-changed",
    "text-changed",
    "comment 77, which belongs to it, was edited or deleted after the intent was declared",
  ]);
  expect(decide({ ...started(), alteredAnswers: [77] }), "the list may be old").toMatchObject({
    kind: "start",
  });
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
