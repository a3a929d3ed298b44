/** The simulation: the same for the same seed, without a violation, and with one wherever a guard is missing. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { RULES } from "../../src/simulation/checker/index.ts";
import { CRASH_POINTS } from "../../src/simulation/crash-points.ts";
import type { Kept } from "../../src/simulation/kept.ts";
import { KNOBS, PROFILES } from "../../src/simulation/knobs.ts";
import { GUARDS } from "../../src/simulation/without.ts";
import { simulate } from "./run.ts";

const MINUTES = 60_000;

test(
  "the same seeds tell the same, to the last request, in one process and in two",
  async () => {
    const seeds = ["--seeds", "4", "--start", "501", "--json"];
    const one = await simulate(...seeds, "--processes", "1");
    const two = await simulate(...seeds, "--processes", "2");
    expect(one.summary.violations).toEqual([]);
    expect(one.code).toBe(0);
    expect(two.summary.hash).toBe(one.summary.hash);
    expect({ ...two.summary, seedsPerSecond: 0 }).toEqual({ ...one.summary, seedsPerSecond: 0 });
    const others = await simulate("--seeds", "4", "--start", "601", "--json");
    expect(others.summary.hash).not.toBe(one.summary.hash);
  },
  4 * MINUTES,
);

test(
  "the summary says what was tried, in the names that there are",
  async () => {
    const { summary } = await simulate("--seeds", "6", "--start", "701", "--profile", "storm", "--json");
    expect(summary).toMatchObject({ type: "summary", seeds: 6, start: 701, violations: [] });
    expect(summary.hash).toMatch(/^[0-9a-f]{64}$/);
    expect(summary.simulatedHours).toBeGreaterThan(0);
    expect(KNOBS).toEqual(expect.arrayContaining(Object.keys(summary.faults)));
    expect(summary.crashPointsHit + summary.crashPointsMissed.length).toBe(CRASH_POINTS.length);
    const ends = summary.done + Object.values(summary.held).reduce((all, one) => all + one, 0);
    expect(ends).toBeGreaterThan(0);
  },
  3 * MINUTES,
);

test(
  "seeds that once failed hold, and each says why it is kept",
  async () => {
    const kept = JSON.parse(readFileSync(join(import.meta.dirname, "seeds.json"), "utf8")) as readonly Kept[];
    for (const one of kept) {
      expect(one.why.length).toBeGreaterThan(20);
      expect(Object.keys(PROFILES)).toContain(one.profile);
    }
    const { summary, code } = await simulate("--kept", "--json");
    expect(summary.violations).toEqual([]);
    expect(summary.seeds).toBe(kept.length);
    expect(code).toBe(0);
  },
  4 * MINUTES,
);

test.each(Object.keys(GUARDS))(
  "without the guard %s something is caught",
  async (guard) => {
    const { summary, code } = await simulate("--without", guard, "--seeds", "1", "--stories", "0", "--json");
    expect(code).toBe(1);
    expect(summary.violations.length).toBeGreaterThan(0);
    expect(RULES).toEqual(expect.arrayContaining(summary.violations.map((one) => one.rule)));
  },
  4 * MINUTES,
);

test(
  "a violation is told as a story, shortened, with the command that repeats it",
  async () => {
    const { out, code } = await simulate(
      "--without",
      "probe",
      "--seeds",
      "1",
      "--profile",
      "calm",
      "--stories",
      "1",
    );
    expect(code).toBe(1);
    expect(out).toContain("landed-twice");
    const again = /again: npm run cairn -- simulate (.*)/.exec(out)?.[1]?.split(" ") ?? [];
    expect(again).toContain("--without");
  },
  4 * MINUTES,
);

test(
  "5: six issues, and no comment can be written for five minutes: none starts unseen, none is killed, all finish",
  async () => {
    const { summary, code } = await simulate("--profile", "cascade", "--seeds", "2", "--json");
    expect(summary.violations).toEqual([]);
    expect(code).toBe(0);
    expect(summary.limited).toBeGreaterThan(0);
    expect(summary.done).toBe(12);
    expect(summary.landed["agent.run"]).toBe(12);
    expect(summary.landed.merge).toBe(12);
  },
  3 * MINUTES,
);

test(
  "6: the same without the barrier: agents start again, and healthy issues are killed",
  async () => {
    const { summary, code } = await simulate(
      ...["--profile", "cascade", "--seeds", "2", "--without", "barrier", "--stories", "0", "--json"],
    );
    expect(code).toBe(1);
    expect(summary.violations.map((one) => one.rule)).toContain("landed-twice");
    expect(summary.landed["agent.run"]).toBeGreaterThanOrEqual(2 * 12);
    expect(summary.held["never-started"]).toBeGreaterThan(0);
  },
  4 * MINUTES,
);

test.each([
  [["--seeds", "0"], "--seeds 0 must be a whole number of at least 1"],
  [["--profile", "wild"], "--profile wild: there are calm"],
  [["--without", "luck"], "--without luck: there are barrier"],
  [["--small-scope", "all"], "--small-scope all: there are writes"],
  [["--small-scope", "writes", "--world", "flat"], "--world flat: there are merge"],
  [["--world", "merge"], "--world goes with --small-scope"],
  [["--case", "flat:1:404"], "--case flat: there are merge"],
  [["--case", "merge:1:405"], "--case merge:1:405: there is none"],
  [["--speed"], "simulate --help"],
])("%j cannot be used, and the words say what can", async (args, words) => {
  const { code, errors } = await simulate(...args);
  expect(code).toBe(2);
  expect(errors).toContain(words);
});
