/** Scenario 22: what the repository's own check says of a patch counts, whatever the agent says of it. */
import { mkdtempDisposable, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type Loop, startLoop } from "./loop.ts";
import {
  agentRuns,
  configure,
  done,
  expectOnce,
  fenced,
  holdOf,
  jobOf,
  kinds,
  pass,
  runsOf,
} from "./observing.ts";

/** The first generation leaves what no test passes, and says the opposite in every way that it knows. */
const LIAR = [
  'echo "all tests pass"; echo "::notice::all tests pass"; echo "::set-output name=outcome::done"',
  'if [ "$CAIRN_GENERATION" = 1 ]; then echo "export const greet = () => 1;" > src/greet.js',
  "else sh tools/agent.sh; fi; exit 0",
].join("\n");

const check = (loop: Loop, nth = 0) => jobOf(runsOf(loop)[nth], "check");
const held = async (loop: Loop, issue: number): Promise<string> =>
  (await loop.shown(issue)).comments.at(-1)?.body ?? "";

/** As a person does from the run's page. */
async function rerunFailed(loop: Loop): Promise<void> {
  const { engine, world } = loop.stage.sandbox;
  const id = [...world.users.values()].find((user) => user.login === "maya")?.id ?? 0;
  const [run] = runsOf(loop);
  if (!run || !engine?.rerun(run.repositoryId, run.id, "failed", { id, login: "maya", type: "User" }))
    throw new Error("not run again");
  await loop.until("its end", () => (run.status === "completed" ? true : undefined));
}

test("22: the agent says that tests pass, the check says no: nothing is pushed, and a patch that passes is merged", async () => {
  await using loop = await startLoop({ agent: LIAR });
  const { sandbox } = loop.stage;
  await configure(loop, { "check.command": "node --test", attempts: 1 });
  const issue = await loop.issue();
  await loop.ready(issue);
  expect(await holdOf(loop, issue)).toBe("check-red");
  expect(kinds(loop)).toEqual(["agent.run"]);
  const [run] = runsOf(loop);
  const text = await held(loop, issue);
  expect(text).toContain("`node --test ended with 1: ");
  expect(text).toMatch(/\[run \d+\]\(http\S+\/actions\/runs\/\d+\)/);
  expect(check(loop)?.conclusion).toBe("failure");
  expect(jobOf(run, "effect")?.conclusion).toBe("skipped");
  const left = sandbox.engine?.artifactDirectory(run?.id ?? 0, "cairn-check") ?? "";
  expect(await readFile(join(left, "check.log"), "utf8")).toContain("greets one person");
  // Somebody has another try at what failed: it is the same patch, and this attempt owns nothing.
  await rerunFailed(loop);
  expect(sandbox.engine?.jobLog(check(loop)?.id ?? 0)).toContain("nothing is checked");
  expect(kinds(loop)).toEqual(["agent.run"]);
  await loop.ready(issue);
  await done(loop, issue);
  expectOnce(loop);
  expect(kinds(loop)).toEqual([
    "agent.run",
    "agent.run",
    "branch.create",
    "pull.create",
    "review.request",
    "merge",
  ]);
});

test("22: a check whose machine is lost has said nothing: the attempt is lost, and the next one is checked", async () => {
  await using loop = await startLoop({ env: { CAIRN_SWEEP_SECONDS: "1" } });
  await using folder = await mkdtempDisposable(join(tmpdir(), "cairn-check-"));
  // It goes on only when it may.
  const go = join(folder.path, "go");
  await configure(loop, { "check.command": `[ -e '${go}' ] || sleep 60; node --test` });
  const issue = await loop.issue();
  await loop.ready(issue);
  await loop.until("the check", () =>
    check(loop)?.steps.some((step) => step.status === "in_progress" && /action/.test(step.name))
      ? true
      : undefined,
  );
  loop.stage.sandbox.engine?.loseRunner(check(loop)?.id ?? 0, 500);
  await writeFile(go, "");
  await fenced(loop);
  await pass(loop, 125);
  await done(loop, issue);
  expect(agentRuns(loop)).toEqual([`agent.run:${issue}#g1a1`, `agent.run:${issue}#g1a2`]);
  expect(check(loop, 1)?.conclusion).toBe("success");
  expectOnce(loop);
});

test("22: the command is the one that the intent names, whatever the base says by now", async () => {
  await using loop = await startLoop({ agent: "sleep 3; echo more >> README.md" });
  await configure(loop, { "check.command": "false", attempts: 1 });
  const issue = await loop.issue();
  await loop.ready(issue);
  await loop.until("the agent", () => (kinds(loop).includes("agent.run") ? true : undefined));
  await configure(loop, { "check.command": "true" });
  expect(await holdOf(loop, issue)).toBe("check-red");
  expect(await held(loop, issue)).toContain("`false ended with 1");
  expect(kinds(loop)).toEqual(["agent.run"]);
});
