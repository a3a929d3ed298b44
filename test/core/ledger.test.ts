import { expect, test } from "vitest";
import { pendingActs } from "../../src/core/acts.ts";
import { emptyChain } from "../../src/core/chain.ts";
import { foldLedger, type LedgerComment } from "../../src/core/ledger.ts";
import { digestOfMarker, encodeMarker, type HoldMarker, type Marker } from "../../src/core/marker.ts";

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

test("acts are label events of people, in the order in which they happened, each until it is consumed", () => {
  const events = [
    event(3, "labeled", "cairn:hold"),
    event(1, "labeled", "cairn:ready"),
    event(2, "labeled", "cairn:ready", 500, APP),
    event(4, "labeled", "bug"),
  ];
  expect(pendingActs(events, [], me).map(({ id, kind }) => [id, kind])).toEqual([
    [1, "ready"],
    [3, "hold"],
  ]);
  expect(pendingActs(events, [1], me).map(({ id }) => id)).toEqual([3]);
});

test("a person's removal withdraws an act; the app's own, which may come late, does not", () => {
  const set = event(1, "labeled", "cairn:ready");
  expect(pendingActs([set, event(2, "unlabeled", "cairn:ready")], [], me)).toEqual([]);
  expect(pendingActs([set, event(2, "unlabeled", "cairn:ready", 500, APP)], [], me)).toHaveLength(1);
});

test("a label is a word of people, not a name of the language: `constructor` asks for nothing", () => {
  const words = ["constructor", "toString", "__proto__", "hasOwnProperty"];
  expect(
    pendingActs(
      words.map((word, index) => event(index + 1, "labeled", word)),
      [],
      me,
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
