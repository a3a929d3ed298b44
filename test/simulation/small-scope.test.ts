/** The small scope: without a fault its worlds end as they should, and between them they send every kind of effect. */
import { expect, test } from "vitest";
import type { Effect } from "../../src/core/words.ts";
import { runPool } from "../../src/simulation/pool.ts";
import type { RequestName } from "../../src/simulation/requests.ts";
import { undisturbed, WORLDS, type WorldName } from "../../src/simulation/small-scope.ts";
import type { SeedReport } from "../../src/simulation/worker.ts";

/** The job and the request that lets each kind land. A new kind has no world here before somebody gives it one. */
const SENT: Readonly<Record<Effect["kind"], `${string}:${RequestName}`>> = {
  // What begins where an agent's job has seen that it may.
  "agent.run": "agent:read",
  "branch.create": "effect:branch.create",
  "branch.push": "effect:branch.push",
  "branch.update": "gate:branch.update",
  "pull.create": "effect:pull.create",
  "pull.close": "gate:pull.close",
  "review.request": "effect:review.request",
  "review.post": "effect:review.post",
  merge: "gate:merge",
  "merge.enqueue": "gate:merge.enqueue",
  "issue.create": "gate:issue.create",
};

test("its worlds end without a fault as they should, and send every kind of effect that is ever declared", async () => {
  const worlds = Object.keys(WORLDS) as WorldName[];
  const reports: SeedReport[] = [];
  await runPool(worlds.map(undisturbed), {
    processes: 2,
    without: undefined,
    stories: 0,
    onReport: (report) => void reports.push(report),
  });
  expect(reports).toHaveLength(worlds.length);
  expect(reports.flatMap(({ violations }) => violations)).toEqual([]);
  expect(reports.flatMap(({ faults }) => Object.keys(faults))).toEqual([]);
  // All are merged but the one that belongs elsewhere.
  const ends = reports.map(({ done, held }) => ({ done, held }));
  expect(ends.filter(({ done }) => done === 1)).toHaveLength(worlds.length - 1);
  expect(ends).toContainEqual({ done: 0, held: { routed: 1 } });
  const names = new Set(reports.flatMap((report) => report.names ?? []));
  expect(Object.values(SENT).filter((name) => !names.has(name))).toEqual([]);
}, 120_000);
