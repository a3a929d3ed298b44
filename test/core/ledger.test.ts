import { expect, test } from "vitest";
import { pendingActs } from "../../src/core/acts.ts";
import { emptyChain } from "../../src/core/chain.ts";
import { ENTRY_LABEL } from "../../src/core/entry-label.ts";
import { alarmName, foldLedger, type LedgerComment } from "../../src/core/ledger.ts";
import {
  type AlarmMarker,
  digestOfMarker,
  encodeMarker,
  type HoldMarker,
  type Marker,
} from "../../src/core/marker.ts";

const APP = 99;
const issue = { repository: 7, number: 12 };
const hold = (seq: number, number = 12): HoldMarker => ({
  v: 1,
  type: "hold",
  issue: { repository: 7, number },
  seq,
  generation: 1,
  reason: "asked",
  detail: `step ${seq}`,
  evidence: [],
});
const comment = (id: number, marker: Marker, appId: number | null = APP): LedgerComment => ({
  id,
  body: encodeMarker("words", marker),
  appId,
  author: "somebody",
});
const chainOf = (seq: number, ...declared: Marker[]) => ({
  ...emptyChain(issue),
  seq,
  declared: declared.map(digestOfMarker),
});

test("a marker counts if the app wrote it and the chain declares it; doubles are one (I7)", () => {
  const one = hold(2);
  const ledger = foldLedger([comment(10, one), comment(11, one)], chainOf(2, one), issue, APP);
  expect([...ledger.visible.values()]).toEqual([{ comment: 10, marker: one }]);
  expect(ledger.inert).toEqual([]);
});

test("forged, copied, edited and undeclared markers are inert, each reported with its reason", () => {
  const real = hold(2);
  const edited = { ...comment(14, real), body: comment(14, real).body.replace("step 2", "step X") };
  const ledger = foldLedger(
    [
      comment(11, real, null),
      comment(12, real, 15_368),
      comment(13, hold(2, 99)),
      edited,
      { ...comment(15, real), body: `${comment(15, real).body} and more` },
    ],
    chainOf(2, real),
    issue,
    APP,
  );
  expect(ledger.visible.size).toBe(0);
  expect(ledger.inert.map(({ comment: id, why }) => [id, why])).toEqual([
    [11, "not-ours"],
    [12, "not-ours"],
    [13, "other-issue"],
    [14, "undeclared"],
    [15, "malformed"],
  ]);
});

test("a marker beyond the head's step shows that the chain was moved back", () => {
  const later = hold(5);
  expect(foldLedger([comment(10, later)], chainOf(2), issue, APP).beyond).toEqual([{ comment: 10, seq: 5 }]);
  expect(foldLedger([comment(10, later)], undefined, issue, APP).beyond).toHaveLength(1);
  // Edited beyond recognition, it is still the app's: without a chain that is a trace of one.
  const spoilt = { ...comment(10, later), body: "gone" };
  expect(foldLedger([spoilt], undefined, issue, APP).beyond).toEqual([{ comment: 10, seq: null }]);
  expect(foldLedger([spoilt], chainOf(2), issue, APP).beyond).toEqual([]);
  expect(foldLedger([{ ...spoilt, appId: null }], undefined, issue, APP).beyond).toEqual([]);
  // So is the alarm about a chain that is gone; one about somebody else's is not.
  const alarm = (reason: "chain-missing" | "chain-foreign"): AlarmMarker => ({
    v: 1,
    type: "alarm",
    issue,
    seq: 1,
    reason,
    detail: "",
    head: null,
  });
  const missing = comment(10, alarm("chain-missing"));
  expect(foldLedger([missing], undefined, issue, APP).beyond).toEqual([{ comment: 10, seq: null }]);
  expect(foldLedger([missing], chainOf(2), issue, APP).beyond).toEqual([]);
  expect(foldLedger([comment(10, alarm("chain-foreign"))], undefined, issue, APP).beyond).toEqual([]);
});

const me = { appId: APP, botId: 500 };
const event = (
  id: number,
  kind: "labeled" | "unlabeled",
  label: string,
  actor = 1,
  appId: number | null = null,
) => ({
  id,
  event: kind,
  label,
  actor: { id: actor, login: `user${actor}` },
  appId,
  createdAt: id,
});

const NONE = { acts: [] };

test("acts are label events of people, in the order in which they happened, each until it is consumed", () => {
  const events = [
    event(3, "labeled", "cairn:hold"),
    event(1, "labeled", "cairn:ready"),
    event(2, "labeled", "cairn:ready", 500, APP),
    event(4, "labeled", "bug"),
  ];
  expect(pendingActs(events, NONE, me, ENTRY_LABEL).map(({ id, kind }) => [id, kind])).toEqual([
    [1, "ready"],
    [3, "hold"],
  ]);
  expect(pendingActs(events, { acts: [1] }, me, ENTRY_LABEL).map(({ id }) => id)).toEqual([3]);
});

test("a person's removal withdraws an act; the app's own, which may come late, does not", () => {
  const set = event(1, "labeled", "cairn:ready");
  expect(pendingActs([set, event(2, "unlabeled", "cairn:ready")], NONE, me, ENTRY_LABEL)).toEqual([]);
  expect(
    pendingActs([set, event(2, "unlabeled", "cairn:ready", 500, APP)], NONE, me, ENTRY_LABEL),
  ).toHaveLength(1);
});

test("a label is a word of people, not a name of the language: `constructor` asks for nothing", () => {
  const words = ["constructor", "toString", "__proto__", "hasOwnProperty"];
  expect(
    pendingActs(
      words.map((word, index) => event(index + 1, "labeled", word)),
      NONE,
      me,
      ENTRY_LABEL,
    ),
  ).toEqual([]);
});

test("comments are told in the order of their ids, whatever order they arrived in", () => {
  const one = hold(2);
  const arrived = [comment(12, one), comment(10, one), comment(11, hold(2, 99)), comment(12, one)];
  const ledger = foldLedger(arrived, chainOf(2, one), issue, APP);
  expect([...ledger.visible.values()]).toEqual([{ comment: 10, marker: one }]);
  expect(ledger.inert).toEqual([{ comment: 11, author: "somebody", why: "other-issue" }]);
});

test("comments without a marker are nothing; a marker of another repository is a copy", () => {
  const elsewhere = { ...hold(2), issue: { repository: 8, number: 12 } };
  const words = { id: 9, body: "words", appId: APP, author: "cairn" };
  const ledger = foldLedger(
    [words, { ...words, id: 8, appId: null }, comment(10, elsewhere)],
    chainOf(2),
    issue,
    APP,
  );
  expect(ledger).toEqual({
    visible: new Map(),
    inert: [{ comment: 10, author: "somebody", why: "other-issue" }],
    beyond: [],
    alarms: new Set(),
    noted: new Set(),
  });
});

test("alarms are known by their reason and the head that they speak of", () => {
  const alarm = { v: 1, type: "alarm", issue, seq: 1, reason: "chain-missing", detail: "" } as const;
  const alarms = [
    comment(1, { ...alarm, head: null }),
    comment(2, { ...alarm, reason: "chain-foreign", head: "abc" }),
  ];
  const ledger = foldLedger(alarms, undefined, issue, APP);
  expect([...ledger.alarms]).toEqual(["chain-missing@gone", "chain-foreign@abc"]);
  expect([...ledger.alarms]).toEqual([alarmName("chain-missing", null), alarmName("chain-foreign", "abc")]);
  expect(ledger.inert).toEqual([]);
});

test("nobody declared it and the head is not behind it: undeclared", () => {
  expect(foldLedger([comment(10, hold(2))], chainOf(2), issue, APP).inert).toMatchObject([
    { why: "undeclared" },
  ]);
  expect(foldLedger([comment(10, hold(3))], chainOf(2), issue, APP).beyond).toEqual([
    { comment: 10, seq: 3 },
  ]);
});

test("neither the app nor its bot asks for anything, with or without the other's id", () => {
  expect(pendingActs([event(1, "labeled", "cairn:ready", 1, APP)], NONE, me, ENTRY_LABEL)).toEqual([]);
  expect(pendingActs([event(1, "labeled", "cairn:ready", 500)], NONE, me, ENTRY_LABEL)).toEqual([]);
  expect(
    pendingActs([{ ...event(1, "labeled", "cairn:ready"), actor: null }], NONE, me, ENTRY_LABEL),
  ).toEqual([]);
  expect(
    pendingActs([{ ...event(1, "labeled", "cairn:ready"), label: null }], NONE, me, ENTRY_LABEL),
  ).toEqual([]);
});

test("only the label that was removed is withdrawn, and an act says who set it and when", () => {
  const events = [event(1, "labeled", "cairn:ready"), event(2, "labeled", "cairn:hold", 7)];
  expect(pendingActs([...events, event(3, "unlabeled", "cairn:ready")], NONE, me, ENTRY_LABEL)).toEqual([
    { id: 2, kind: "hold", actor: { id: 7, login: "user7" }, at: 2, label: "cairn:hold" },
  ]);
  const renamed = { ...event(4, "labeled", "cairn:ready"), event: "renamed" };
  expect(pendingActs([renamed], NONE, me, ENTRY_LABEL)).toEqual([]);
});
