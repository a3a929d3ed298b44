/** How runs end before their time: cancelled, timed out, lost, stopped (docs: "Canceling a workflow"). */
import { writeFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { flow, steps, W } from "./flow.ts";
import { machine } from "./machine.ts";

test("timeout-minutes of a job ends it on the sandbox's clock", async () => {
  await using m = await machine(
    flow(`
  slow:
    runs-on: ubuntu-latest
    timeout-minutes: 1
    steps: [{ run: sleep 60 }]
`),
  );
  const run = await m.begin(W);
  await expect.poll(() => run.jobs[0]?.steps[0]?.status).toBe("in_progress");
  m.sandbox.clock.advance(61_000);
  const { jobs, log } = await m.ended(run);
  expect(jobs.slow).toBe("cancelled");
  expect(log).toContain("exceeded the maximum execution time of 1m0s");
});

test("a cancel stops what runs, lets always() jobs run, and starts no other", async () => {
  await using m = await machine(
    flow(`
  one:
    runs-on: ubuntu-latest
    steps:
      - run: echo begun; sleep 60
      - run: echo "cleanup ran"
        if: always()
      - run: echo "not this"
  two:
    needs: one
    runs-on: ubuntu-latest
    steps: [{ run: echo no }]
  three:
    needs: one
    if: always()
    runs-on: ubuntu-latest
    steps: [{ run: "echo concluded after \${{ needs.one.result }}" }]
`),
  );
  const run = await m.begin(W);
  await m.said(run, "Z begun");
  expect(m.sandbox.engine?.cancel(run.repositoryId, run.id, "ask")).toBe(true);
  const { jobs, log } = await m.ended(run);
  expect(jobs).toEqual({ one: "cancelled", two: "cancelled", three: "success" });
  expect(log).toContain("cleanup ran");
  expect(log).not.toContain("Z not this");
  expect(log).toContain("concluded after cancelled");
  expect(run.conclusion).toBe("cancelled");
});

test("a lost machine takes its processes along and is called failed later", async () => {
  await using m = await machine(
    flow(`
  one:
    runs-on: ubuntu-latest
    steps:
      - run: echo begun; sleep 60
      - run: echo "after all"
        if: always()
`),
  );
  const run = await m.begin(W);
  await m.said(run, "Z begun");
  m.sandbox.engine?.loseRunner(run.jobs[0]?.id ?? 0, 60_000);
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(run.status).toBe("in_progress");
  m.sandbox.clock.advance(60_000);
  const { jobs, log } = await m.ended(run);
  expect(jobs.one).toBe("failure");
  expect(log).not.toContain("after all");
  expect(log).toContain("lost communication");
});

test("a job that times out is cancelled: what always() or cancelled() says still runs", async () => {
  await using m = await machine(
    flow(`
  slow:
    runs-on: ubuntu-latest
    timeout-minutes: 90
    steps:
      - run: echo begun; sleep 60
      - run: echo not this
      - if: failure()
        run: echo nor this
      - if: always()
        run: echo "always, with \${{ job.status }}"
      - if: cancelled()
        run: echo cancelled too
`),
  );
  const run = await m.begin(W);
  await m.said(run, "Z begun");
  m.sandbox.clock.advance(90 * 60_000);
  const { log } = await m.ended(run);
  // The words stand in reports of timed-out jobs: 30m0s, 6h0m0s.
  const message = "The job has exceeded the maximum execution time of 1h30m0s";
  expect(run.jobs[0]).toMatchObject({ conclusion: "cancelled" });
  expect(run.jobs[0]?.annotations).toMatchObject([
    { level: "failure", message, path: ".github" },
    { level: "failure", message: "The operation was canceled." },
  ]);
  expect(log).not.toMatch(/Z nor? t/);
  expect(log).toContain("Z always, with cancelled");
  expect(log).toContain("Z cancelled too");
  expect(run.conclusion).toBe("cancelled");
});

test("a cancel leaves a step alone whose condition still holds, for five minutes", async () => {
  await using m = await machine(
    steps(`
- if: always()
  run: echo begun; until test -e go; do sleep 0.02; done; echo finished
- if: always()
  run: echo second; sleep 60
- if: always()
  run: echo third
`),
  );
  const run = await m.begin(W);
  await m.said(run, "Z begun");
  expect(m.sandbox.engine?.cancel(run.repositoryId, run.id, "ask")).toBe(true);
  const folder = `${m.sandbox.directory}/actions/jobs/${run.id}-1-${run.jobs[0]?.id}/work/flows/flows`;
  await writeFile(`${folder}/go`, "");
  await m.said(run, "Z second");
  expect(run.status).toBe("in_progress");
  // docs: "Canceling a workflow run": what has not ended after five minutes is ended by force.
  m.sandbox.clock.advance(300_000);
  const { jobs, log } = await m.ended(run);
  expect(jobs.a).toBe("cancelled");
  expect(log).toContain("Z finished");
  expect(log).not.toContain("Z third");
});

test("a run that is cancelled as soon as it exists runs nothing", async () => {
  await using m = await machine(steps("- run: sleep 4"));
  const run = await m.begin(W);
  expect(m.sandbox.engine?.cancel(run.repositoryId, run.id, "ask")).toBe(true);
  expect((await m.ended(run)).run.conclusion).toBe("cancelled");
});

test("the engine stops at once, whatever runs or is lost", async () => {
  const m = await machine(steps("- run: echo begun; sleep 60"));
  const first = await m.begin(W);
  const lost = await m.begin(W);
  await m.said(first, "Z begun");
  await m.said(lost, "Z begun");
  m.sandbox.engine?.loseRunner(lost.jobs[0]?.id ?? 0, 60_000);
  await m.begin(W);
  const before = Date.now();
  await m.sandbox.stop();
  expect(Date.now() - before).toBeLessThan(3000);
});

test("a lost machine takes along what left its process group", async () => {
  await using m = await machine(steps("- run: setsid bash -c 'echo pid=$$; exec sleep 60' & wait"));
  const run = await m.begin(W);
  await m.said(run, "Z pid=");
  const log = m.sandbox.engine?.jobLog(run.jobs[0]?.id ?? 0) ?? "";
  const pid = Number(/Z pid=(\d+)/.exec(log)?.[1]);
  m.sandbox.engine?.loseRunner(run.jobs[0]?.id ?? 0, 100);
  const alive = (): boolean => {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  };
  await expect.poll(alive, { timeout: 5000 }).toBe(false);
});
