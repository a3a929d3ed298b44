/** Acts by label: what people ask for by setting one, withdraw by taking it off again, and give up by taking it off later. */
import { expect, test } from "vitest";
import { arrivalOf, type IssueEvent, isReadyByApp, pendingActs, type Taken } from "../../src/core/acts.ts";
import { ENTRY_LABEL } from "../../src/core/entry-label.ts";
import { declared, NOW, onto, stateOf } from "./snapshots.ts";

const APP = { appId: 99, botId: 500 };
const maya = { id: 3, login: "maya" };
const event = (
  id: number,
  what: "labeled" | "unlabeled",
  label: string | null,
  change: Partial<IssueEvent> = {},
): IssueEvent => ({ id, event: what, actor: maya, appId: null, label, createdAt: id * 1_000, ...change });
/** Work of a generation that act 5 raised, at 5 s, is under way. */
const LIVE: Taken = { acts: [5], raised: { act: 5, at: 5_000 } };

const kinds = (events: readonly IssueEvent[], chain: Taken = { acts: [] }): string[] =>
  pendingActs(events, chain, APP, ENTRY_LABEL).map(({ id, kind }) => `${id} ${kind}`);

test("the two labels ask, in the order in which they were set; no other does, and nothing but setting them", () => {
  const events = [
    event(4, "labeled", "cairn:hold"),
    event(2, "labeled", "cairn:ready"),
    event(3, "labeled", "bug"),
    event(1, "labeled", "constructor"),
    event(6, "labeled", null),
    event(7, "unlabeled", null),
  ];
  expect(pendingActs(events, { acts: [] }, APP, ENTRY_LABEL)).toEqual([
    { id: 2, kind: "ready", actor: maya, at: 2_000, label: "cairn:ready" },
    { id: 4, kind: "hold", actor: maya, at: 4_000, label: "cairn:hold" },
  ]);
});

test("what was asked for where the issue was before it was transferred is not asked for here", () => {
  const arrival = { ...event(3, "labeled", null), event: "transferred" };
  const before = [event(1, "labeled", "cairn:ready"), event(2, "labeled", "cairn:hold")];
  expect(kinds([arrival, ...before])).toEqual([]);
  expect(kinds([event(4, "labeled", "cairn:ready"), arrival, ...before])).toEqual(["4 ready"]);
  // It may have been somewhere else before that: the last time counts.
  const again = { ...arrival, id: 5 };
  expect(kinds([again, event(4, "labeled", "cairn:ready"), arrival])).toEqual([]);
  expect(arrivalOf([again, ...before, arrival])?.id).toBe(5);
  expect(arrivalOf(before)).toBeUndefined();
});

test("what was consumed, what nobody did, and what the app did itself, by its id or its bot, asks for nothing", () => {
  const events = [
    event(1, "labeled", "cairn:ready"),
    event(2, "labeled", "cairn:ready", { actor: null }),
    event(3, "labeled", "cairn:ready", { appId: APP.appId }),
    event(4, "labeled", "cairn:ready", { actor: { id: APP.botId, login: "cairn[bot]" } }),
    event(5, "labeled", "cairn:ready", { appId: 98 }),
  ];
  expect(kinds(events, { acts: [1] })).toEqual(["5 ready"]);
});

test("taken off before it was consumed it is withdrawn, of its own kind alone; by the app it stays", () => {
  const both = [event(1, "labeled", "cairn:ready"), event(2, "labeled", "cairn:hold")];
  expect(kinds([...both, event(3, "unlabeled", "cairn:ready")])).toEqual(["2 hold"]);
  expect(kinds([...both, event(3, "unlabeled", "cairn:ready"), event(4, "labeled", "cairn:ready")])).toEqual([
    "2 hold",
    "4 ready",
  ]);
  expect(kinds([...both, event(3, "unlabeled", "cairn:ready", { appId: APP.appId })])).toEqual([
    "1 ready",
    "2 hold",
  ]);
  // Withdrawn is all that it is: the work that another act began goes on.
  expect(kinds([event(6, "labeled", "cairn:ready"), event(7, "unlabeled", "cairn:ready")], LIVE)).toEqual([]);
});

test.each([
  "cairn:ready",
  "cairn:implementing",
  "cairn:reviewing",
])("%s taken off once its act was consumed gives the work up", (label) => {
  expect(pendingActs([event(6, "unlabeled", label)], LIVE, APP, ENTRY_LABEL)).toEqual([
    { id: 6, kind: "cancel", actor: maya, at: 6_000, label },
  ]);
});

test.each<[why: string, label: string, chain: Taken]>([
  ["another label", "cairn:hold", LIVE],
  ["a label that shows an end", "cairn:done", LIVE],
  ["nothing was ever raised", "cairn:ready", { acts: [] }],
  ["it is on hold", "cairn:ready", { ...LIVE, hold: { reason: "asked", digest: "d" } }],
  ["it is merged", "cairn:reviewing", { ...LIVE, applied: ["implement", "merge"] }],
])("a label taken off gives nothing up: %s", (_why, label, chain) => {
  expect(kinds([event(6, "unlabeled", label)], chain)).toEqual([]);
});

test("work that waits between two attempts is given up", () => {
  const lost = onto(declared(), [{ step: "seal", why: "never-started" }]);
  const off = event(6, "unlabeled", "cairn:implementing", { createdAt: NOW });
  expect(kinds([off], stateOf(lost))).toEqual(["6 cancel"]);
});

test("work that was published is given up as well", () => {
  const published: Taken = { ...LIVE, applied: ["implement"] };
  expect(kinds([event(6, "unlabeled", "cairn:reviewing")], published)).toEqual(["6 cancel"]);
});

test("only what came after the act that raised the work gives it up: by the ids of events, by the time of a comment", () => {
  const off = (id: number, createdAt: number) => [event(id, "unlabeled", "cairn:ready", { createdAt })];
  const byLabel: Taken = { ...LIVE, raised: { act: 5, at: 5_000 } };
  expect(kinds(off(4, 9_000), byLabel)).toEqual([]);
  expect(kinds(off(5, 9_000), { ...byLabel, acts: [] })).toEqual([]);
  expect(kinds(off(6, 1_000), byLabel)).toEqual(["6 cancel"]);
  const byComment: Taken = { acts: [-9], raised: { act: -9, at: 5_000 } };
  expect(kinds(off(4, 5_000), byComment)).toEqual([]);
  expect(kinds(off(4, 5_001), byComment)).toEqual(["4 cancel"]);
  expect(kinds(off(4, 4_000), byComment)).toEqual([]);
});

test("the label is the app's own where it was the last to set it, and nobody has taken it away since", () => {
  const own = { appId: APP.appId };
  const bot = { actor: { id: APP.botId, login: "cairn[bot]" } };
  const is = (...events: IssueEvent[]): boolean => isReadyByApp(events, APP, ENTRY_LABEL);
  const [theirs, taken] = [event(1, "labeled", "cairn:ready"), event(2, "unlabeled", "cairn:ready")];
  expect(is()).toBe(false);
  expect(is(theirs)).toBe(false);
  expect(is(event(3, "labeled", "cairn:ready", own), taken, theirs)).toBe(true);
  expect(is(theirs, taken, event(3, "labeled", "cairn:ready", bot), event(4, "labeled", "bug"))).toBe(true);
  expect(is(event(3, "labeled", "cairn:ready", own), event(4, "unlabeled", "cairn:ready"))).toBe(false);
  expect(is(event(3, "unlabeled", "cairn:ready", own))).toBe(false);
  expect(is(event(3, "labeled", "cairn:hold", own))).toBe(false);
  expect(is(event(3, "labeled", "cairn:ready", { actor: null }))).toBe(false);
});

test("a label that shows a state is no person's, whatever else happened to the issue", () => {
  const byApp = event(2, "labeled", "cairn:ready", { appId: APP.appId });
  expect(isReadyByApp([byApp, event(3, "closed" as "labeled", null)], APP, ENTRY_LABEL)).toBe(true);
});

test("a label that was set before the work was asked for asks for nothing: by the ids of events, whatever their second", () => {
  const set = (id: number) => [event(id, "labeled", "cairn:ready", { createdAt: 5_000 })];
  expect(kinds(set(4), LIVE)).toEqual([]);
  expect(kinds(set(6), LIVE)).toEqual(["6 ready"]);
});
