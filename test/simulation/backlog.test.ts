/** Limits as a resource, end to end: the real app and Action, a backlog, GitHub's limits in small (I11). */
import { Worker } from "node:worker_threads";
import { expect, test } from "vitest";
import type { Backlog, BacklogInput } from "./backlog-world.ts";

async function workOff(input: BacklogInput): Promise<Backlog> {
  const worker = new Worker(new URL("./backlog-world.ts", import.meta.url), { workerData: input });
  try {
    return await new Promise<Backlog>((resolve, reject) => {
      worker.once("error", reject);
      worker.once("message", resolve);
    });
  } finally {
    await worker.terminate();
  }
}

const hoursOf = ({ spans }: Backlog): readonly number[] =>
  Array.from({ length: Math.ceil(spans.length / 6) }, (_, hour) =>
    spans.slice(6 * hour, 6 * hour + 6).reduce((sum, one) => sum + one.requests, 0),
  );

test("a backlog beyond the hour's requests: nothing is refused, the hour is used, all issues end done", async () => {
  const limit = 1_000;
  const backlog = await workOff({ issues: 14, hours: 6, limits: `requests=${limit}/h` });
  expect(backlog.labels).toEqual({ "cairn:done": 14 });
  expect(backlog.spans.reduce((sum, one) => sum + one.refused, 0)).toBe(0);
  const [first = 0, ...later] = hoursOf(backlog);
  expect(later.length).toBeGreaterThan(0);
  // At an hour's end less than one issue's need is left over, whatever the limit is.
  expect(first).toBeGreaterThan(limit - 160);
  for (const spent of [first, ...later]) expect(spent).toBeLessThanOrEqual(limit);
  expect(new Set(backlog.landed).size).toBe(backlog.landed.length);
});
