import { expect, test } from "vitest";
import { createGovernor } from "../../src/github/index.ts";
import { limitPause } from "../../src/github/limits.ts";

/** A clock that only moves when somebody sleeps. */
function fakeClock() {
  let now = 0;
  return {
    now: () => now,
    sleep: async (ms: number) => {
      now += ms;
    },
    advance(ms: number) {
      now += ms;
    },
  };
}

test("content-creating requests stay below 80 in any minute and 500 in any hour; others are not slowed", async () => {
  const clock = fakeClock();
  const governor = createGovernor({ clock, patience: 10 * 3_600_000 });
  const sent: number[] = [];
  for (let index = 0; index < 700; index += 1) {
    (await governor.admit("content", "POST x"))();
    sent.push(clock.now());
  }
  const most = (window: number): number =>
    Math.max(...sent.map((from) => sent.filter((at) => at >= from && at < from + window).length));
  expect(most(60_000)).toBeLessThan(80);
  expect(most(3_600_000)).toBeLessThan(500);
  const before = clock.now();
  // 500 of the 900 points that GitHub allows in a minute.
  for (let index = 0; index < 100; index += 1) (await governor.admit("write", "PATCH x"))();
  expect(clock.now()).toBe(before);
});

test("behind a limit nothing goes, and what would wait too long is put off (I11)", async () => {
  const clock = fakeClock();
  const governor = createGovernor({ clock });
  governor.limited(60_000);
  await expect(governor.admit("read", "GET x")).rejects.toMatchObject({
    kind: "rate-limited",
    retryAfter: 60_000,
  });
  clock.advance(60_001);
  (await governor.admit("read", "GET x"))();
});

test("a limit's length: its header, the reset, or at least a minute; a missing header is not zero", () => {
  expect(limitPause(403, { "retry-after": "30" }, "", 0)).toBe(30_000);
  expect(limitPause(403, { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "100" }, "", 40_000)).toBe(
    60_000,
  );
  expect(limitPause(403, {}, "You have exceeded a secondary rate limit.", 0)).toBe(60_000);
  expect(limitPause(429, {}, "", 0)).toBe(60_000);
  expect(limitPause(403, {}, "Resource not accessible by integration", 0)).toBeUndefined();
  expect(limitPause(404, { "retry-after": "1" }, "", 0)).toBeUndefined();
});

test("the words of older servers for the same limit count too", () => {
  expect(limitPause(403, {}, "You have triggered an abuse detection mechanism.", 0)).toBe(60_000);
});

test("what would wait too long for its turn is put off at once, and says for how long", async () => {
  const clock = fakeClock();
  const governor = createGovernor({ clock, perMinute: 2, patience: 5_000 });
  for (let index = 0; index < 2; index += 1) (await governor.admit("content", "POST x"))();
  clock.advance(20_000);
  await expect(governor.admit("content", "POST x")).rejects.toMatchObject({
    kind: "rate-limited",
    retryAfter: 40_000,
  });
  expect(clock.now()).toBe(20_000);
  clock.advance(36_000);
  // Four seconds more are waited for.
  (await governor.admit("content", "POST x"))();
  expect(clock.now()).toBe(60_000);
});

test("what is paced keeps nobody else from going: it waits without a slot", async () => {
  let wake: (() => void) | undefined;
  const clock = {
    now: () => 0,
    sleep: () =>
      new Promise<void>((resolve) => {
        wake = resolve;
      }),
  };
  const governor = createGovernor({ clock, perMinute: 1, patience: 90_000, concurrent: 1 });
  (await governor.admit("content", "POST x"))();
  void governor.admit("content", "POST x");
  await Promise.resolve();
  for (let index = 0; index < 3; index += 1) (await governor.admit("read", "GET x"))();
  expect(wake).toBeTypeOf("function");
});

test("no more than so many are under way at once, and none is forgotten when a limit comes", async () => {
  const clock = fakeClock();
  const governor = createGovernor({ clock, concurrent: 2 });
  const first = await governor.admit("read", "GET x");
  const second = await governor.admit("read", "GET x");
  let admitted = 0;
  const waiting = [1, 2, 3].map(async () => {
    const release = await governor.admit("read", "GET x");
    admitted += 1;
    return release;
  });
  const ends = Promise.allSettled(waiting);
  await new Promise((resolve) => setImmediate(resolve));
  expect(admitted).toBe(0);
  first();
  await new Promise((resolve) => setImmediate(resolve));
  expect(admitted).toBe(1);
  // One place becomes free behind the limit; all who wait are told of it.
  governor.limited(60_000);
  second();
  expect((await ends).map(({ status }) => status)).toEqual(["fulfilled", "rejected", "rejected"]);
});
