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
  for (let index = 0; index < 200; index += 1) (await governor.admit("write", "PATCH x"))();
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
