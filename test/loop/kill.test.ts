/** Scenario 15: the app's process is killed after each of its writes; the next one goes on from GitHub alone. */
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type AppProcess, startAppProcess } from "../../src/cli/app-process.ts";
import { startLoop } from "./loop.ts";

test("SIGKILL between any two writes of the app: the same single merge, every effect once", async () => {
  await using loop = await startLoop({ app: "none" });
  const { stage, port } = loop;
  const { sandbox } = stage;
  // It starts a dozen times: nothing has to be compiled anew.
  const compiled = join(tmpdir(), "cairn-test-compiled");
  const env = { CAIRN_SWEEP_SECONDS: "1", CAIRN_START_SECONDS: "3", NODE_COMPILE_CACHE: compiled };
  const launch = (): Promise<AppProcess> => startAppProcess({ stage, port, env, onLine: () => undefined });
  /** Writes of the app itself; those of jobs come with their own tokens from other processes. */
  const writes = (): number =>
    sandbox.requestLog.filter(
      (entry) => entry.write && entry.installationId !== null && APP_WRITES.test(entry.path),
    ).length;
  let app = await launch();
  let kills = 0;
  try {
    const issue = await loop.issue();
    await loop.ready(issue);
    let seen = writes();
    const end = Date.now() + 110_000;
    for (;;) {
      const { labels } = await loop.shown(issue);
      if (labels.includes("cairn:done")) break;
      if (Date.now() > end)
        throw new Error(`not done after ${kills} kills; landed ${sandbox.landed.map((one) => one.key)}`);
      if (writes() > seen) {
        app.process.kill("SIGKILL");
        kills += 1;
        app = await launch();
        // What the old one had under way when it died was not seen to be answered by anybody.
        seen = writes();
      }
      await loop.approve();
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  } finally {
    await app.stop();
  }
  expect(kills).toBeGreaterThanOrEqual(5);
  const keys = sandbox.landed.filter((entry) => entry.actor.kind !== "user").map((entry) => entry.key);
  expect(keys).toEqual([...new Set(keys)]);
  expect(keys.map((key) => key.split(":")[0])).toEqual([
    "agent.run",
    "branch.create",
    "pull.create",
    "review.request",
    "merge",
  ]);
}, 150_000);

const APP_WRITES = /\/(?:labels|comments|dispatches|git\/refs\/cairn|git\/refs)(?:\/|$)/;
