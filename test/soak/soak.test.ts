/**
 * 33 in small: one process of the app and issues over hours of virtual time. 500 of them, by hand: `record.ts`, whose
 * outcome stands in docs/soak.md.
 */
import { expect, test } from "vitest";
import { soak } from "./run.ts";
import { problemsOf } from "./soak.ts";

const EVERY = 2 * 60_000;

test("issues come and go: the app's memory and handles stay as they were, and nothing is left unsettled", async () => {
  const came = await soak({ waves: [5, 5, 5, 5], every: EVERY, leak: { bytes: 0, timers: 0 } });
  expect(problemsOf(came)).toEqual([]);
  expect(came.issues).toHaveLength(20);
  expect(came.done).toBeGreaterThan(0);
  // A sweep that is due, and what is late for a request that was answered: nothing of any issue's.
  expect(came.checkpoints.map((one) => one.requests)).toEqual([0, 0, 0, 0]);
  expect(Object.keys(came.faults).length).toBeGreaterThan(10);
});

test("an app that keeps something for each issue is noticed, memory and timers", async () => {
  const leak = { bytes: 4_000_000, timers: 12 };
  const problems = problemsOf(await soak({ waves: [2, 2, 2, 2], every: EVERY, leak }));
  expect(problems).toContainEqual(expect.stringMatching(/^the second half had \d+\.\d MB more/));
  expect(problems).toContainEqual(expect.stringMatching(/^the second half had \d+\.\d handles more/));
  expect(problems).toContainEqual(expect.stringMatching(/^checkpoint 4 was \d+\.\d MB above/));
  expect(problems).toContainEqual(expect.stringMatching(/^checkpoint 4 had \d+ handles more/));
});
