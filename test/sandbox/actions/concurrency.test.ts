/** Concurrency groups (docs: "Control the concurrency of workflows and jobs"; changelog of 2026-05-07 for `queue`). */
import { writeFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { createGroups, type Group, type Holder } from "../../../src/sandbox/actions/concurrency.ts";
import type { RunRecord } from "../../../src/sandbox/actions/index.ts";
import { flow, steps, W } from "./flow.ts";
import { type Machine, machine } from "./machine.ts";

/** A step that runs until a file with the name of its word is in the shared folder. */
const HELD = `
- run: echo "begun \${{ inputs.word }}"; until test -e "$RUNNER_TEMP/../../go-\${{ inputs.word }}"; do sleep 0.02; done`;

const begin = (m: Machine, word: string): Promise<RunRecord> => m.begin(W, { word });

async function letGo(m: Machine, word: string): Promise<void> {
  await writeFile(`${m.sandbox.directory}/actions/jobs/go-${word}`, "");
}

const conclusions = async (m: Machine, runs: readonly RunRecord[]): Promise<readonly unknown[]> =>
  (await Promise.all(runs.map((run) => m.ended(run)))).map((end) => end.run.conclusion);

test("a group of workflows runs one, keeps one, and cancels the one that waited before it", async () => {
  await using m = await machine(steps(HELD, "concurrency: only\n"));
  const first = await begin(m, "a");
  await m.said(first, "begun a");
  const second = await begin(m, "b");
  await expect.poll(() => second.status).toBe("pending");
  const third = await begin(m, "c");
  await m.ended(second);
  expect(third.status).toBe("pending");
  await letGo(m, "c");
  await letGo(m, "a");
  expect(await conclusions(m, [first, second, third])).toEqual(["success", "cancelled", "success"]);
  expect(second.jobs).toEqual([]);
});

test("queue: max keeps all that wait, in order", async () => {
  await using m = await machine(
    steps("- run: echo $GITHUB_RUN_NUMBER", "concurrency: { group: only, queue: max }\n"),
  );
  const runs = [await begin(m, "a"), await begin(m, "b"), await begin(m, "c"), await begin(m, "d")];
  expect(await conclusions(m, runs)).toEqual(["success", "success", "success", "success"]);
  const starts = runs.map((run) => run.jobs[0]?.startedAt ?? 0);
  const ends = runs.map((run) => run.jobs[0]?.completedAt ?? 0);
  for (const [index, start] of starts.entries())
    if (index > 0) expect(start).toBeGreaterThanOrEqual(ends[index - 1] ?? 0);
});

test("cancel-in-progress may be an expression, and groups are compared without case", async () => {
  await using m = await machine(
    steps(
      HELD,
      "concurrency:\n  group: ${{ inputs.word == 'a' && 'PROD' || 'prod' }}\n  cancel-in-progress: ${{ inputs.word == 'c' }}\n",
    ),
  );
  const first = await begin(m, "a");
  await m.said(first, "begun a");
  const second = await begin(m, "b");
  await expect.poll(() => second.status).toBe("pending");
  const third = await begin(m, "c");
  await m.said(third, "begun c");
  await letGo(m, "c");
  expect(await conclusions(m, [first, second, third])).toEqual(["cancelled", "cancelled", "success"]);
});

test("jobs have groups of their own, across runs, and with values of their matrix", async () => {
  const job = `
  one:
    runs-on: ubuntu-latest
    strategy: { matrix: { n: [1, 2] } }
    concurrency: { group: "job-\${{ matrix.n }}", cancel-in-progress: "\${{ matrix.n == 2 }}" }
    steps: [{ run: "echo begun \${{ inputs.word }}\${{ matrix.n }}; until test -e $RUNNER_TEMP/../../go-\${{ inputs.word }}; do sleep 0.02; done" }]
`;
  await using m = await machine(flow(job));
  const first = await begin(m, "a");
  await m.said(first, "begun a1");
  await m.said(first, "begun a2");
  const second = await begin(m, "b");
  await m.said(second, "begun b2");
  expect(second.jobs.find((one) => one.name === "one (1)")?.status).toBe("queued");
  await letGo(m, "b");
  await letGo(m, "a");
  const [ended, other] = [await m.ended(first), await m.ended(second)];
  expect(ended.jobs).toEqual({ "one (1)": "success", "one (2)": "cancelled" });
  expect(other.jobs).toEqual({ "one (1)": "success", "one (2)": "success" });
});

test("queue: max and cancel-in-progress exclude each other, and groups are a repository's own", async () => {
  await using m = await machine(
    steps("- run: echo no", "concurrency: { group: x, queue: max, cancel-in-progress: true }\n"),
  );
  const { run } = await m.run(W);
  expect(run.conclusion).toBe("startup_failure");
  expect(run.startupError).toMatch(/queue: max/);
});

test("the queue of a group holds a hundred, and a place that is given up is nobody's", async () => {
  const groups = createGroups();
  const group: Group = { name: "1/x", onArrival: "wait", queue: "max" };
  const holder = (): Holder => ({ cancel: () => undefined });
  const first = holder();
  expect(await groups.enter(group, first)).toBe("go");
  const waiting = Array.from({ length: 100 }, () => {
    const own = holder();
    return { own, verdict: groups.enter(group, own) };
  });
  expect(await groups.enter(group, holder())).toBe("cancelled");
  const [second, third] = waiting;
  if (!second || !third) throw new Error("nobody waits");
  groups.leave(group, second.own);
  expect(await second.verdict).toBe("cancelled");
  groups.leave(group, first);
  expect(await third.verdict).toBe("go");
});
