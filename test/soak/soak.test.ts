/**
 * 33 in small: one process of the app and issues over hours of virtual time. 500 of them, by hand: `record.ts`, whose
 * outcome stands in docs/soak.md.
 */
import { expect, test } from "vitest";
import { soak } from "./run.ts";
import { problemsOf } from "./soak.ts";

const MINUTE = 60_000;

test("issues come and go: the app's memory and handles stay as they were, and nothing is left unsettled", async () => {
  const none = { bytes: 0, timers: 0 };
  const came = await soak({ waves: [5, 5, 5, 5], every: 12 * MINUTE, leak: none });
  expect(problemsOf(came)).toEqual([]);
  expect(came.issues).toHaveLength(20);
  expect(came.done).toBeGreaterThan(0);
  expect(came.checkpoints.map((one) => one.requests)).toEqual([0, 0, 0, 0]);
  expect(Object.keys(came.faults).length).toBeGreaterThan(10);
});

test("an app that keeps something for each issue is noticed, memory and timers", async () => {
  const leak = { bytes: 8_000_000, timers: 12 };
  const problems = problemsOf(await soak({ waves: [1, 1, 1, 1], every: MINUTE, leak }));
  const more = (of: RegExp) => expect.stringMatching(of);
  expect(problems).toContainEqual(more(/^the second half had \d+\.\d MB more than the first/));
  expect(problems).toContainEqual(more(/^the second half had \d+\.\d handles more than the first/));
  expect(problems).toContainEqual(more(/^checkpoint 4 was \d+\.\d MB above the one before/));
  expect(problems).toContainEqual(more(/^checkpoint 4 had \d+ handles more than the first/));
});
