/** Limits as a resource, end to end: the real app and Action, a backlog, GitHub's limits in small (I11). */
import { expect, test } from "vitest";
import { hoursOf, workOff } from "./backlog-run.ts";

test("a backlog beyond the hour's requests: nothing is refused, the hour is used, all issues end done", async () => {
  const limit = 1_000;
  const backlog = await workOff({ issues: 14, hours: 6, limits: `requests=${limit}/h` });
  expect(backlog.labels).toEqual({ "cairn:done": 14 });
  expect(backlog.spans.reduce((sum, one) => sum + one.refused, 0)).toBe(0);
  const [first = 0, ...later] = hoursOf(backlog).map((hour) => hour.requests);
  expect(later.length).toBeGreaterThan(0);
  // At an hour's end less than one issue's need is left over, whatever the limit is.
  expect(first).toBeGreaterThan(limit - 160);
  for (const spent of [first, ...later]) expect(spent).toBeLessThanOrEqual(limit);
  expect(new Set(backlog.landed.map((one) => one.key)).size).toBe(backlog.landed.length);
});
