/** A person stops the work at the very moment of a request, of each request in turn: whoever moved the chain first has it. */
import { expect, test } from "vitest";
import { runPool } from "../../src/simulation/pool.ts";
import { type Case, casesOf, optionsOfCase, undisturbed } from "../../src/simulation/small-scope.ts";
import type { SeedReport } from "../../src/simulation/worker.ts";

/** The effects of an issue that is merged, in their order; each lands once. */
const WAY = ["agent.run", "branch.create", "pull.create", "review.request", "merge"];
const ALL = WAY.map((kind) => `${kind} 1`).join(", ");

const OPTIONS = { processes: 2, without: undefined, stories: 0 };

async function requestsOf(world: "merge"): Promise<readonly string[]> {
  let names: readonly string[] = [];
  await runPool([undisturbed(world)], {
    ...OPTIONS,
    onReport: (report) => {
      names = report.names ?? [];
    },
  });
  return names;
}

test("13: the app cancels while a run starts or is about to send: one moved the chain first, the other stops", async () => {
  const all = casesOf("merge", await requestsOf("merge"), "acts");
  const jobs = (one: Case): boolean => /^(?:gate|effect):/.test(one.name);
  const asks = ({ outcome }: Case): boolean => outcome.startsWith("cairn:hold is set");
  const cases = all.filter((one) => jobs(one) && asks(one));
  expect(cases.length).toBeGreaterThan(60);
  const reports: SeedReport[] = [];
  await runPool(cases.map(optionsOfCase), { ...OPTIONS, onReport: (report) => void reports.push(report) });
  expect(reports.flatMap((one) => one.violations)).toEqual([]);
  // Each ends as the person asked; what had been sent before that has landed, what had not never did.
  for (const { held } of reports) expect(held).toEqual({ asked: 1 });
  const landed = reports.map(({ landed: counts }) =>
    WAY.filter((kind) => counts[kind] !== undefined).map((kind) => `${kind} ${counts[kind]}`),
  );
  // Wherever the job stood still, the app was first, and the next of its sends was stopped.
  const ends = new Set(landed.map((kinds) => kinds.join(", ")));
  expect([...ends].sort()).toEqual(
    WAY.map((_, count) =>
      WAY.slice(0, count)
        .map((kind) => `${kind} 1`)
        .join(", "),
    )
      .concat(ALL)
      .sort(),
  );
}, 400_000);
