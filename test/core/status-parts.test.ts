/** Lines of the status comment that are told in the same way wherever they stand: a run, a pull request, the last steps. */
import { expect, test } from "vitest";
import type { PullView, Snapshot } from "../../src/core/snapshot.ts";
import { claimed, declared, pull, without } from "./snapshots.ts";
import { implementing, merging, past, replaced, restOf, reviewing, text } from "./statuses.ts";

const UNDER_WAY = "Now: A run of the workflow, to take the work up and to end.";
const STOP = "Who can act: Nothing; somebody with write access can set `cairn:hold` to stop it.";

test.each([
  ["run-to-start", "a run to take up implement/1"],
  ["run-to-claim", "run 5 (queued) to claim implement/1"],
  ["run-to-end", "run 5 to end"],
  ["run-works", "run 5 (in_progress) to finish implement/1"],
] as const)("%s is told in one sentence, with the attempt alone", (code, waitsFor) => {
  const rest = { kind: "rest", state: "implementing", code, waitsFor, again: null } as const;
  expect(text(implementing(), [], rest)).toContain(`\n- ${UNDER_WAY} \`implement/1\`\n- ${STOP}\n`);
});

const shut = { ...pull, number: 40, state: "closed" } as const;
const merged = { ...shut, number: 42, merged: true };

test.each<[why: string, number: number, pulls: readonly PullView[]]>([
  ["the one that is merged", 42, [shut, pull, merged]],
  ["else the one that is open", 41, [shut, pull]],
  ["else the first", 40, [shut, { ...shut, number: 39 }]],
  ["as the gate names it, where no list shows it", 41, []],
])("of several pull requests %s is named", (_why, number, pulls) => {
  const gate = { kind: "open", head: pull.head, pull: 41 } as const;
  const snapshot: Snapshot = { ...reviewing(), pulls, gate };
  expect(text(snapshot, [], restOf(reviewing()))).toContain(`\n- Pull request: #${number}\n`);
});

test("no pull request is named where none is seen: not one that is waited for, replaced, or of an older generation", () => {
  const waiting = without(reviewing(), "pulls");
  expect(text(waiting, past(claimed(), declared()), restOf(reviewing()))).not.toContain("Pull request");
  const steps = past(replaced(), merging());
  expect(steps[0]?.steps).toMatchObject([
    { step: "raise", generation: 2 },
    { step: "declare", effects: [{ kind: "pull.close", pull: 40 }, {}, {}, {}, {}] },
  ]);
  expect(text(replaced(), steps)).not.toContain("Pull request");
});

test("of the steps the last five are told", () => {
  const many = Array.from({ length: 9 }, () => past(declared())).flat();
  expect(text(implementing(), many).match(/Z: generation 1 raised/g)).toHaveLength(5);
});

test("a trial stands below the steps, above the end", () => {
  const said = text(reviewing(), past(declared()), restOf(reviewing()), null, [
    "Trial: one",
    "",
    "- #3 agreed",
  ]);
  expect(said).toMatch(/ declared.*\n\nTrial: one\n\n- #3 agreed\n\nCairn keeps this comment up to date/);
});
