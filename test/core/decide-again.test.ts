/** An attempt that is lost is repeated on the words that somebody with the right has asked for, and on no others. */
import { expect, test } from "vitest";
import { decide } from "../../src/core/decide.ts";
import { foldLedger } from "../../src/core/ledger.ts";
import { encodeMarker, type IntentMarker, type Marker } from "../../src/core/marker.ts";
import { declaredText } from "../../src/core/moves.ts";
import type { Snapshot } from "../../src/core/snapshot.ts";
import { act, advanced, base, claimed, onto, over, settleable, stateOf, without } from "./snapshots.ts";

/** The first attempt is lost, its intent is there to be seen, and nothing is published. */
function lost(): Snapshot {
  const { markers } = advanced(decide({ ...base, acts: [act(1)] }));
  const failed = { ...over, conclusion: "failure" } as const;
  const before = { ...claimed(), run: failed, pulls: [], branch: { kind: "absent" } } as const;
  const fenced = onto(before, [{ step: "cancel", why: "owner-over" }]);
  const body = encodeMarker("w", markers[0] as Marker);
  const comments = [{ id: 100, body, appId: 99, author: "cairn" }];
  const ledger = foldLedger(comments, stateOf(fenced), base.issue.id, 99);
  return { ...fenced, ...settleable, ledger: { kind: "complete", ledger } };
}

test("as long as they stand it is declared anew; once they were changed people are asked, with what was lost", () => {
  expect(advanced(decide(lost())).steps).toMatchObject([
    { step: "settle", as: "lost" },
    { step: "declare", edge: "implement", attempt: 2 },
  ]);
  const edited = { ...lost(), issue: { ...base.issue, text: "another" } };
  const { steps, markers } = advanced(decide(edited));
  expect(steps).toMatchObject([{ step: "settle", as: "lost" }, { step: "hold" }]);
  expect(markers).toMatchObject([
    { reason: "text-changed", detail: "before another attempt", evidence: [{ attempt: 1 }] },
  ]);
});

test("where the branch is there no agent reads them: what is missing is made good", () => {
  const published = {
    ...lost(),
    branch: { kind: "own", sha: "b" },
    issue: { ...base.issue, text: "another" },
  };
  expect(advanced(decide(published as Snapshot)).steps).toMatchObject([
    { step: "settle", as: "lost" },
    { step: "declare", edge: "implement", attempt: 2 },
  ]);
});

test("the declared text is that of the last intent for work of this generation, whatever order comments stand in", () => {
  const intent = (seq: number, text: string, change: Partial<IntentMarker> = {}) => {
    const { markers } = advanced(decide({ ...base, acts: [act(1)] }));
    const marker = { ...(markers[0] as IntentMarker), seq, ...change };
    return { ...marker, pins: { ...marker.pins, text } };
  };
  const of = (...markers: readonly Marker[]): string => {
    const visible = new Map(markers.map((marker, at) => [String(at), { comment: at, marker }]));
    const ledger = { visible, inert: [], beyond: [], alarms: new Set<string>(), noted: new Set<number>() };
    return declaredText({ ...base, ledger: { kind: "complete", ledger } }, 1);
  };
  const hold = { ...intent(9, "held"), type: "hold" } as unknown as Marker;
  expect(of(intent(5, "second", { edge: "fix" }), intent(2, "first"))).toBe("second");
  expect(of(intent(2, "first"), intent(5, "second"), hold)).toBe("second");
  expect(of(intent(2, "first"), intent(5, "merged", { edge: "merge" }))).toBe("first");
  expect(of(intent(2, "first"), intent(5, "next", { generation: 2 }))).toBe("first");
  expect(of()).toBe(base.issue.text);
  expect(declaredText(without(base, "ledger"), 1)).toBe(base.issue.text);
});
