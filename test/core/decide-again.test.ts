/** An attempt that is lost is repeated on the words that somebody with the right has asked for, and on no others. */
import { expect, test } from "vitest";
import { decide } from "../../src/core/decide.ts";
import { foldLedger } from "../../src/core/ledger.ts";
import { encodeMarker, type Marker } from "../../src/core/marker.ts";
import type { Snapshot } from "../../src/core/snapshot.ts";
import { act, advanced, base, claimed, edited, onto, over, settleable, stateOf } from "./snapshots.ts";

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
  const { steps, markers } = advanced(decide(edited(lost())));
  expect(steps).toMatchObject([{ step: "settle", as: "lost" }, { step: "hold" }]);
  expect(markers).toMatchObject([
    {
      reason: "text-changed",
      detail: "@oda, who may not ask for work, edited it before another attempt",
      evidence: [{ attempt: 1 }],
    },
  ]);
});

test("where the branch is there no agent reads them: what is missing is made good", () => {
  const published = edited({ ...lost(), branch: { kind: "own", sha: "b" } });
  const { steps } = advanced(decide(published));
  expect(steps).toMatchObject([
    { step: "settle", as: "lost" },
    { step: "declare", edge: "implement", attempt: 2 },
  ]);
  // What the agent had worked on stays what it was: the pull request is looked at before it goes on.
  expect(steps[1]).not.toHaveProperty("worksOn");
});
