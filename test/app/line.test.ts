/** Waiting for room costs no request: issues stand in line, in order, until the governor has room (I11). */
import { expect, test } from "vitest";
import { createLine } from "../../src/app/line.ts";
import { createGovernor, type Governor, type Scheduler } from "../../src/github/index.ts";
import { simulatedTime } from "../github/simulated-time.ts";

const HOUR = 3_600_000;

function lineOf(governor: Governor, clock: Scheduler, going: ReadonlySet<string> = new Set()) {
  const gone: string[] = [];
  const line = createLine<number>({
    clock,
    governorOf: () => governor,
    isGoing: (key) => going.has(key),
    join: Math.max,
    go: (key) => gone.push(key),
  });
  return { line, gone };
}

function start(remaining: number) {
  const time = simulatedTime();
  const scheduler: Scheduler = {
    schedule(ms, run) {
      let cancelled = false;
      void time.clock.sleep(ms).then(() => {
        if (!cancelled) run();
      });
      return () => {
        cancelled = true;
      };
    },
  };
  const governor = createGovernor({ clock: time.clock, points: 1_000_000 });
  governor.saw({ limit: 5_000, remaining, resetIn: HOUR });
  return { time, scheduler, governor };
}

test("a thousand issues at once: as many begin as the hour covers, oldest first; an end lets the next go", () => {
  const { governor, scheduler } = start(5_000);
  const { line, gone } = lineOf(governor, scheduler);
  for (let issue = 1; issue <= 1_000; issue += 1) line.add(`#${issue}`, issue);
  const begun = gone.length;
  // docs/adr/0009-governor.md: some 30 to 45 issues at once, of 106 requests each.
  expect(begun).toBeGreaterThan(25);
  expect(begun).toBeLessThan(47);
  expect(gone).toEqual(Array.from({ length: begun }, (_, index) => `#${index + 1}`));
  expect(line.waiting(() => true)).toBe(1_000 - begun);
  governor.release("#3");
  expect(gone.slice(begun)).toEqual([`#${begun + 1}`]);
});

test("what has a chain goes before what is new, however late it comes", () => {
  const { governor, scheduler } = start(400);
  const { line, gone } = lineOf(governor, scheduler, new Set(["approved"]));
  for (let issue = 1; issue <= 9; issue += 1) line.add(`#${issue}`, issue);
  const begun = [...gone];
  line.add("approved", 10);
  governor.release("#1");
  expect(gone.slice(begun.length)[0]).toBe("approved");
});

test("work in flight does not stand in line", () => {
  const { governor, scheduler } = start(400);
  const { line, gone } = lineOf(governor, scheduler);
  for (let issue = 1; issue <= 9; issue += 1) line.add(`#${issue}`, issue);
  governor.begin("#1");
  const before = gone.length;
  line.add("#1", 1);
  expect(gone.slice(before)).toEqual(["#1"]);
});

test("one issue waits once, and a new hour lets all go that it covers", async () => {
  const { governor, scheduler, time } = start(50);
  const { line, gone } = lineOf(governor, scheduler);
  for (let again = 0; again < 5; again += 1) line.add("#1", again);
  line.add("#2", 1);
  expect(gone).toEqual([]);
  expect(line.waiting(() => true)).toBe(2);
  await time.run(HOUR - 1);
  expect(gone).toEqual([]);
  await time.run(HOUR);
  expect(gone).toEqual(["#1", "#2"]);
});

test("behind a limit nothing begins before its end", async () => {
  const { governor, scheduler, time } = start(5_000);
  const { line, gone } = lineOf(governor, scheduler);
  governor.limited(90_000);
  line.add("#1", 1);
  await time.run(89_999);
  expect(gone).toEqual([]);
  await time.run(90_000);
  expect(gone).toEqual(["#1"]);
});
