/** The governor: new work begins only where the limits cover it beside what the work in flight may still need (I11). */
import { expect, test } from "vitest";
import { createGovernor, type Governor } from "../../src/github/index.ts";
import { simulatedTime } from "./simulated-time.ts";

const HOUR = 3_600_000;
const need = { requests: 100, content: 5, points: 60 };

/** An hour's requests, as GitHub's headers tell: GITHUB-like 5,000 of which so many are left. */
const hour = (remaining: number, resetIn = HOUR) => ({ limit: 5_000, remaining, resetIn });

async function spend(governor: Governor, work: string, requests: number): Promise<void> {
  for (let index = 0; index < requests; index += 1) (await governor.admit("read", "GET x", { work }))();
}

test("so many begin as the hour's requests cover with all that they may need, and one more when one is settled", () => {
  const time = simulatedTime();
  const governor = createGovernor({ clock: time.clock, points: 1_000_000 });
  governor.saw(hour(1_000));
  const begun: number[] = [];
  for (let work = 0; work < 20; work += 1) {
    if (governor.reserve(`#${work}`, need) === 0) begun.push(work);
  }
  // 25 of 5,000 are never used.
  expect(begun).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
  expect(governor.reserve("#9", need)).toBe(HOUR);
  governor.release("#3");
  expect(governor.reserve("#9", need)).toBe(0);
  expect(governor.reserve("#10", need)).toBe(HOUR);
});

test("what a piece of work has spent is not kept for it any more", async () => {
  const time = simulatedTime();
  const governor = createGovernor({ clock: time.clock });
  governor.saw(hour(225));
  expect(governor.reserve("a", need)).toBe(0);
  expect(governor.reserve("b", need)).toBe(0);
  expect(governor.reserve("c", { ...need, requests: 10 })).toBeGreaterThan(0);
  await spend(governor, "a", 60);
  // 60 fewer are left, and 60 fewer are kept.
  expect(governor.reserve("c", { ...need, requests: 10 })).toBeGreaterThan(0);
  governor.release("a");
  expect(governor.reserve("c", { ...need, requests: 10 })).toBe(0);
});

test("a request for work that nothing is kept for leaves alone what is kept for others; what serves all may draw on it", async () => {
  const time = simulatedTime();
  const governor = createGovernor({ clock: time.clock });
  governor.saw(hour(125));
  expect(governor.reserve("a", need)).toBe(0);
  await expect(governor.admit("read", "GET x", { work: "b" })).rejects.toMatchObject({
    kind: "rate-limited",
    retryAfter: HOUR,
  });
  await spend(governor, "a", 99);
  (await governor.admit("read", "GET /repos/{owner}/{repo}"))();
});

test("an hour's end makes room", () => {
  const time = simulatedTime();
  const governor = createGovernor({ clock: time.clock });
  governor.saw(hour(50, 10_000));
  expect(governor.reserve("a", need)).toBe(10_000);
  time.set(10_000);
  expect(governor.reserve("a", need)).toBe(0);
});

test("answers overtake each other: of one hour the least counts, and a new hour is told by its end", () => {
  const time = simulatedTime();
  const governor = createGovernor({ clock: time.clock });
  governor.saw(hour(100));
  governor.saw(hour(4_000));
  expect(governor.reserve("a", need)).toBe(HOUR);
  governor.saw(hour(4_000, HOUR + 10_000));
  expect(governor.reserve("a", need)).toBe(0);
});

test("while a limit lasts nothing begins and no job is let go", () => {
  const time = simulatedTime();
  const governor = createGovernor({ clock: time.clock });
  expect(governor.reserve("a", need)).toBe(0);
  governor.limited(90_000);
  expect(governor.reserve("b", need)).toBe(90_000);
  expect(governor.lend("a", need)).toBe(90_000);
  time.set(90_000);
  expect(governor.reserve("b", need)).toBe(0);
  expect(governor.lend("a", need)).toBe(0);
});

test("a limit that is smaller than one piece of work lets one go at a time", () => {
  const time = simulatedTime();
  const governor = createGovernor({ clock: time.clock });
  governor.saw({ limit: 60, remaining: 60, resetIn: HOUR });
  expect(governor.reserve("a", need)).toBe(0);
  expect(governor.reserve("b", need)).toBe(HOUR);
  governor.release("a");
  expect(governor.reserve("b", need)).toBe(0);
});

test("jobs spend points and content by themselves: counted when they begin, they make others wait", async () => {
  const time = simulatedTime();
  const governor = createGovernor({ clock: time.clock, points: 100, perMinute: 3 });
  governor.reserve("a", need);
  governor.begin("a");
  expect(governor.lend("a", { requests: 40, content: 2, points: 60 })).toBe(0);
  const pause = governor.lend("b", { requests: 40, content: 2, points: 60 });
  expect(pause).toBeGreaterThan(0);
  time.set(pause + 15_000);
  expect(governor.lend("b", { requests: 40, content: 2, points: 60 })).toBe(0);
});

test("the start of many is spread over the minutes, as each spends its points at once", () => {
  const time = simulatedTime();
  const governor = createGovernor({ clock: time.clock, points: 850 });
  const begun = Array.from({ length: 12 }, (_, work) =>
    governor.reserve(`#${work}`, { ...need, points: 100 }),
  );
  // 85 % of the points: the rest is for the jobs of what has begun.
  expect(begun.filter((wait) => wait === 0)).toHaveLength(7);
});

test("the hour's content is kept for those who have begun", async () => {
  const time = simulatedTime();
  const governor = createGovernor({ clock: time.clock, perHour: 12, points: 1_000_000 });
  expect(governor.reserve("a", need)).toBe(0);
  expect(governor.reserve("b", need)).toBe(0);
  expect(governor.reserve("c", need)).toBeGreaterThan(0);
  governor.release("a");
  expect(governor.reserve("c", need)).toBe(0);
});
