/** An issue that belongs to another repository: opened there for whoever may ask there, once, and followed there. */
import { expect, test } from "vitest";
import { decide } from "../../src/core/decide.ts";
import { askerOf } from "../../src/core/decide-route.ts";
import { issueCreate } from "../../src/core/keys.ts";
import { proseOf } from "../../src/core/prose.ts";
import type { RoutedView, Snapshot, TriageView } from "../../src/core/snapshot.ts";
import type { Finding } from "../../src/core/triage.ts";
import {
  act,
  advanced,
  base,
  closed,
  edited,
  invalid,
  issue,
  labelled,
  look,
  NOW,
  onto,
  over,
  settleable,
  stateOf,
  without,
} from "./snapshots.ts";

const FINDING: Finding = { code: "other-repository", detail: "area-billing: acme/billing" };
const route = { repository: 8, name: "acme/billing", asker: { id: 1, login: "maya" } };
const KEY = "issue.create:8/from/7/12#g1a1";
const triage: TriageView = { findings: [FINDING], blockers: [], answers: [], changedBy: null, route };

/** Somebody has asked for what belongs elsewhere. */
const ready = (fields: Partial<Snapshot> = {}): Snapshot => ({ ...base, acts: [act(1)], triage, ...fields });
const declared = (before = ready()): Snapshot => {
  const { steps, markers } = advanced(decide(before));
  return { ...onto(before, steps, markers), acts: [], starts: { kind: "known", starts: [] } };
};
const claimed = (before = declared()): Snapshot =>
  onto(before, [{ step: "claim", run: { id: 5, attempt: 1 }, digest: stateOf(before).open?.digest ?? "" }]);
/** Its run is over, and this is to be seen there. */
const ended = (routed: RoutedView, fields: Partial<Snapshot> = {}): Snapshot => ({
  ...claimed(),
  run: over,
  routed,
  ...fields,
});
const fenced = (routed: RoutedView, fields: Partial<Snapshot> = {}): Snapshot => ({
  ...onto(ended(routed, fields), [{ step: "cancel", why: "owner-over" }]),
  ...settleable,
});
const found = { kind: "found", number: 5 } as const;
const absent = { kind: "absent" } as const;
/** Opened there, and the hold is seen. */
const routed = (): Snapshot => {
  const before = ended(found);
  const { steps, markers } = advanced(decide(before));
  return labelled({ ...onto(before, steps, markers), acts: [] }, "cairn:hold");
};

test("the act raises a generation, and declares one issue there: no agent, no slot, no budget", () => {
  const { steps, markers } = advanced(decide(without(ready(), "slots")));
  expect(steps).toMatchObject([
    { step: "raise", generation: 1, act: 1, with: [] },
    { step: "declare", edge: "route", attempt: 1, budget: null, worksOn: { text: "text-digest" } },
  ]);
  const [intent] = markers;
  expect(intent).toMatchObject({
    type: "intent",
    edge: "route",
    effects: [{ kind: "issue.create", key: KEY, ...route }],
  });
  expect(intent && proseOf(intent)).toContain("open it as an issue of `acme/billing`, once, for `maya`");
  expect(stateOf(declared())).toMatchObject({ route, acts: [1], questions: [] });
  expect(issueCreate({ repository: 6, number: 12 }, route, { generation: 1, attempt: 1 }).key).not.toBe(KEY);
});

test("where it may not be opened there people are asked as ever, once, and told why", () => {
  const why = "Cairn is not installed on acme/billing.";
  const { route: _none, ...closedWay } = triage;
  const before = ready({ triage: { ...closedWay, findings: [{ ...FINDING, why }] } });
  const { steps, markers } = advanced(decide(before));
  expect(steps).toMatchObject([{ step: "ask" }]);
  const [question] = markers;
  expect(question && proseOf(question)).toContain(`\`area-billing: acme/billing\` \`${why}\``);
  const waits = labelled(onto(before, steps, markers), "cairn:ready", "cairn:hold");
  expect(decide(waits)).toMatchObject({ code: "text-lacks", waitsFor: expect.stringContaining(why) });
  // Another reason is the same question.
  const other = { ...closedWay, findings: [{ ...FINDING, why: "@maya may not ask for work there." }] };
  expect(decide({ ...waits, triage: other })).toMatchObject({ kind: "rest", code: "text-lacks" });
  // Once nothing stands in the way it is opened, without another word from anybody.
  expect(advanced(decide({ ...waits, triage })).steps).toMatchObject([{ step: "raise" }, { edge: "route" }]);
});

test("the right is the asker's own: what was asked about somebody else opens nothing", () => {
  const other = { ...triage, route: { ...route, asker: { id: 2, login: "robin" } } };
  expect(advanced(decide(ready({ triage: other }))).steps).toMatchObject([{ step: "ask" }]);
});

test("words that nobody with the right has seen go nowhere; in quiet hours it waits; a closed issue waits to be opened", () => {
  expect(advanced(decide(ready({ triage: { ...triage, changedBy: "oda" } }))).steps).toMatchObject([
    { step: "hold", reason: "text-unseen", acts: [1] },
  ]);
  const quietUntil = NOW + 3_600_000;
  const config = { ...base.config, quietUntil } as NonNullable<Snapshot["config"]>;
  const waits = labelled(ready({ config }), "cairn:ready");
  expect(decide(waits)).toMatchObject({
    kind: "rest",
    state: "ready",
    code: "quiet-hours",
    again: quietUntil,
  });
  expect(decide(labelled(closed(ready()), "cairn:ready"))).toMatchObject({ code: "issue-to-open" });
});

test("unclaimed: it is withdrawn by an act, by a closed issue, and by an edit of others; too late, it is declared anew", () => {
  const waits = labelled(declared(), "cairn:ready");
  const seal = { step: "seal" };
  expect(decide({ ...waits, acts: [act(2, "cancel")], pulls: [] })).toMatchObject({
    steps: [seal, { step: "hold", reason: "cancelled" }],
  });
  expect(decide(closed(waits))).toMatchObject({ steps: [seal, { step: "hold", reason: "issue-closed" }] });
  const byOthers = { ...edited(waits), pulls: [] };
  expect(decide(byOthers)).toMatchObject({ steps: [seal, { step: "hold", reason: "text-changed" }] });
  // Whoever may ask has other words opened: another generation.
  const edits = edited(waits, { login: "robin", permitted: true });
  const asker = { id: 9, login: "robin" };
  expect(decide({ ...edits, pulls: [], triage: { ...triage, route: { ...route, asker } } })).toMatchObject({
    steps: [seal, { step: "raise", generation: 2 }, { step: "declare", edge: "route", attempt: 1 }],
  });
  expect(decide({ ...waits, now: NOW + 86_400_001 })).toMatchObject({
    steps: [seal, { step: "declare", edge: "route", attempt: 2 }],
  });
});

test("while its run is at work the label by which somebody asked stays; who cancels, or closes the issue, stops it", () => {
  const alive = { kind: "alive", status: "in_progress", since: NOW } as const;
  const works = labelled({ ...claimed(), run: alive }, "cairn:ready");
  expect(decide(works)).toMatchObject({ kind: "rest", state: "routing", code: "run-works" });
  const cancel = { step: "cancel" };
  expect(decide({ ...works, acts: [act(2, "cancel")] })).toMatchObject({
    steps: [{ ...cancel, why: "act" }],
  });
  expect(decide(closed(works))).toMatchObject({ steps: [{ ...cancel, why: "issue-closed" }] });
});

test("found there, it is settled and held with a link, whatever the run said; whoever asks later is led there too", () => {
  expect(decide(without(ended(found), "routed"))).toEqual(look("routed"));
  const { steps, markers } = advanced(decide(ended(found, { run: { ...over, conclusion: "failure" } })));
  expect(steps).toMatchObject([
    { step: "settle", edge: "route", as: "applied", opened: 5 },
    { step: "hold", reason: "routed" },
  ]);
  const [hold] = markers;
  expect(hold && proseOf(hold)).toContain("was opened there. acme/billing#5\n");
  expect(hold && proseOf(hold)).toContain("take the label off");
  expect(stateOf(routed()).routed).toEqual([{ repository: 8, name: "acme/billing", number: 5 }]);
  expect(decide(routed())).toMatchObject({ kind: "rest", state: "hold", code: "routed" });
  // In that repository once, in any generation.
  const again = advanced(decide({ ...routed(), acts: [act(2)], triage }));
  expect(again.steps).toMatchObject([{ step: "hold", reason: "routed", acts: [2] }]);
  expect(again.markers).toMatchObject([{ detail: "acme/billing#5" }]);
  const elsewhere = { ...triage, route: { ...route, repository: 9, name: "acme/shop" } };
  expect(advanced(decide({ ...routed(), acts: [act(2)], triage: elsewhere })).steps).toMatchObject([
    { step: "raise", generation: 2 },
    { step: "declare", edge: "route", effects: [{ key: "issue.create:9/from/7/12#g2a1" }] },
  ]);
  // The label is off: it is work of this repository.
  const here = { ...triage, findings: [] };
  const { route: _none, ...plain } = here;
  const taken = advanced(decide({ ...routed(), acts: [act(2)], triage: plain, opened: [] }));
  expect(taken.steps).toMatchObject([{ step: "raise" }, { step: "declare", edge: "implement" }]);
});

test("a chain does not take it that something was opened and nobody says what", () => {
  expect(() => onto(claimed(), [{ step: "settle", edge: "route", attempt: 1, as: "applied" }])).toThrow(
    "which issue was opened",
  );
});

test("what GitHub refuses is a hold with its words", () => {
  const before = claimed();
  const result = {
    step: "result",
    run: { id: 5, attempt: 1 },
    reason: "route-refused",
    digest: "d",
    effects: { [KEY]: "not-sent" },
  } as const;
  const told = { ...onto(before, [result]), run: over, routed: absent };
  const { steps } = advanced(decide(told));
  expect(steps).toMatchObject([
    { step: "settle", edge: "route", as: "failed" },
    { step: "hold", reason: "route-refused" },
  ]);
});

test("not found, it is lost only behind the fence and the quiet period; then once more, by another key, while all is as it was", () => {
  expect(decide(ended(absent))).toMatchObject({ steps: [{ step: "cancel", why: "owner-over" }] });
  const early = { ...fenced(absent), now: NOW + 60_000 };
  expect(decide(early)).toMatchObject({ kind: "label" });
  expect(decide(labelled(early, "cairn:ready"))).toMatchObject({ state: "routing", code: "quiet-period" });
  const { steps } = advanced(decide(fenced(absent)));
  expect(steps).toMatchObject([
    { step: "settle", as: "lost", lost: { worked: 0 } },
    { step: "declare", edge: "route", attempt: 2, effects: [{ key: "issue.create:8/from/7/12#g1a2" }] },
  ]);
  expect(decide(fenced(absent, { triage: undefined as never }))).toEqual(look("triage"));
  expect(decide(without(fenced(absent), "config"))).toEqual(look("config"));
  const { route: _none, ...closedWay } = triage;
  const why = "Cairn is not installed on acme/billing.";
  for (const [view, detail] of [
    [{ ...closedWay, findings: [{ ...FINDING, why }] }, why],
    [{ ...closedWay, findings: [] }, expect.stringContaining("not as it was")],
    [{ ...triage, route: { ...route, repository: 9 } }, expect.stringContaining("not as it was")],
    [
      { ...triage, route: { ...route, asker: { id: 2, login: "robin" } } },
      expect.stringContaining("not as it was"),
    ],
  ] as const) {
    const held = advanced(decide(fenced(absent, { triage: view })));
    expect(held.steps).toMatchObject([{ as: "lost" }, { step: "hold", reason: "route-refused" }]);
    expect(held.markers).toMatchObject([{ detail }]);
  }
  const bad = advanced(decide({ ...fenced(absent), config: invalid }));
  expect(bad.steps.at(-1)).toMatchObject({ step: "hold" });
  const spent = { ...base.config, attempts: 1 } as NonNullable<Snapshot["config"]>;
  expect(advanced(decide(fenced(absent, { config: spent }))).steps).toMatchObject([
    { as: "lost" },
    { step: "hold", reason: "attempts-spent" },
  ]);
});

test("where nobody can see whether it is there, nothing is opened a second time", () => {
  const why = "Cairn is not installed on acme/billing.";
  const held = advanced(decide(fenced({ kind: "cannot-tell", why })));
  expect(held.steps).toMatchObject([{ as: "lost" }, { step: "hold", reason: "route-refused" }]);
  expect(held.markers).toMatchObject([{ detail: why }]);
});

test("who asks is whoever is to be obeyed; while nobody does, whoever asked for what is under way", () => {
  const robin = { ...act(2), actor: { id: 2, login: "robin" } };
  const before = { ...ready(), acts: [act(1), robin] };
  expect(askerOf(before, stateOf(declared()))).toEqual({ id: 2, login: "robin" });
  expect(askerOf(declared(), stateOf(declared()))).toEqual({ id: 1, login: "maya" });
  expect(askerOf({ ...base, issue: { ...base.issue, id: issue } }, stateOf(declared()))).toEqual(route.asker);
});
