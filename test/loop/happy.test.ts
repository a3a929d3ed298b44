/** The happy path: every effect once, and what it costs, counted in the sandbox's own log. */
import { expect, test } from "vitest";
import { costOf } from "../../src/sandbox/request-log.ts";
import { startLoop } from "./loop.ts";

// A machine that is busy with others makes a job read its head again (I1), which costs: that is not the happy path.
const again = { retry: 2 };

test("from the label to a merge: each effect lands once, at an exact cost", again, async () => {
  await using loop = await startLoop({ env: { CAIRN_START_SECONDS: "3600", CAIRN_ECHO_SECONDS: "3600" } });
  const { sandbox, repository } = loop.stage;
  await loop.app.idle();
  // The news of green checks comes when the clock is set forward, so that it is always a look of its own.
  const fault = { kind: "webhook", event: "check_suite", mode: "delay", delayMs: 600_000 } as const;
  sandbox.faults.add({ count: 10, fault });
  const since = sandbox.clock.now();
  const issue = await loop.issue();
  await loop.ready(issue);
  // Each part settles before the next begins, so that no two looks fall together by chance.
  await loop.until(
    "a pull request whose checks are green",
    () => {
      const checks = [...sandbox.world.checkRuns.values()].filter((run) => run.name === "test");
      const runs = [...sandbox.world.runs.values()];
      const over = runs.length === 2 && runs.every((run) => run.status === "completed");
      return over && checks.some((run) => run.conclusion === "success") ? true : undefined;
    },
    { review: "no" },
  );
  await loop.until(
    "the label",
    async () => ((await loop.shown(issue)).labels[0] === "cairn:reviewing" ? true : undefined),
    {
      review: "no",
    },
  );
  const settle = async (): Promise<void> => {
    // Longer than the app gathers what comes about one issue.
    await new Promise((resolve) => setTimeout(resolve, 500));
    await loop.app.idle();
  };
  await settle();
  sandbox.clock.advance(600_000);
  await sandbox.waitIdle();
  await settle();
  await loop.approve();
  await loop.until("the end", async () =>
    (await loop.shown(issue)).labels[0] === "cairn:done" ? true : undefined,
  );
  await loop.app.idle();
  const shown = await loop.shown(issue);
  expect(shown).toMatchObject({ state: "closed", labels: ["cairn:done"] });
  const pull = [...sandbox.world.pulls.values()][0];
  expect(pull).toMatchObject({ merged: true, headRef: `cairn/${issue}-g1` });
  const effects = sandbox.landed.filter((entry) => entry.actor.kind !== "user").map((entry) => entry.key);
  expect(effects).toEqual([
    `agent.run:${issue}#g1a1`,
    `branch.create:cairn/${issue}-g1`,
    `pull.create:cairn/${issue}-g1`,
    `review.request:pull/${pull?.number}@robin`,
    `merge:pull/${pull?.number}@${pull?.headSha}`,
  ]);
  const own = sandbox.requestLog.filter((entry) =>
    entry.userAgent.includes(`issue=${repository.id}/${issue})`),
  );
  // docs/adr/0005-cost.md: proof needs more reads than the design's 80 requests.
  const { contentWrites, writes, requests } = costOf(own, { since });
  expect({ contentWrites, writes, requests }).toEqual({ contentWrites: 6, writes: 29, requests: 129 });
  expect(sandbox.errors).toEqual([]);
});
