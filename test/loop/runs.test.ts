/** Scenarios 18, 20 and 21: runners that die, runs that are run again, patches that are not what was verified. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { startLoop } from "./loop.ts";
import {
  done,
  expectOnce,
  fault,
  fenced,
  holdOf,
  jobOf,
  kinds,
  landed,
  pass,
  REPO,
  request,
  runsOf,
} from "./observing.ts";

test("18: the runner dies after the branch, before the pull request: adopted, and no second agent", async () => {
  await using loop = await startLoop({ env: { CAIRN_SWEEP_SECONDS: "1" } });
  // The job is kept busy where it looks for pull requests, until its machine is gone.
  fault(loop, {
    method: "GET",
    path: `${REPO}/pulls`,
    actor: "installation",
    fault: { kind: "hang", ms: 5_000 },
  });
  const issue = await loop.issue();
  await loop.ready(issue);
  await loop.until("the branch", () => (kinds(loop).includes("branch.create") ? true : undefined));
  const run = runsOf(loop)[0];
  loop.stage.sandbox.engine?.loseRunner(jobOf(run, "effect")?.id ?? 0, 500);
  await fenced(loop);
  await pass(loop, 125);
  await done(loop, issue);
  expectOnce(loop);
  expect(kinds(loop)).toEqual(["agent.run", "branch.create", "pull.create", "review.request", "merge"]);
});

test("20: a finished run is run again, whole and failed jobs only: no token, no effect, a neutral end", async () => {
  await using loop = await startLoop();
  const issue = await loop.issue();
  await loop.ready(issue);
  await done(loop, issue);
  const before = landed(loop);
  const { engine } = loop.stage.sandbox;
  const id = [...loop.stage.sandbox.world.users.values()].find((user) => user.login === "maya")?.id ?? 0;
  const actor = { id, login: "maya", type: "User" } as const;
  for (const scope of ["all", "failed"] as const) {
    for (const run of runsOf(loop)) {
      if (!engine?.rerun(run.repositoryId, run.id, scope, actor)) throw new Error("not run again");
      await loop.until("its end", () => (run.status === "completed" ? true : undefined));
      expect(
        run.jobs.filter(
          (job) =>
            job.conclusion === "success" &&
            job.name.includes("agent.run") &&
            job.runAttempt > 1 &&
            job.steps.some((step) => step.startedAt !== null && step.startedAt > run.runStartedAt),
        ),
      ).toEqual([]);
    }
  }
  expect(landed(loop)).toEqual(before);
  expect(loop.lines.filter(({ message }) => /^no token: .* attempt [2-9]/.test(message))).not.toEqual([]);
  expect(loop.lines.filter(({ message }) => /^token for .*\/[2-9]$/.test(message))).toEqual([]);
});

test("20: a person dispatches the workflow, and an altered one from another branch: no token, no effect", async () => {
  await using loop = await startLoop({ agent: "sleep 3; echo more >> README.md" });
  const { repository } = loop.stage;
  const issue = await loop.issue();
  await loop.ready(issue);
  const first = await loop.until("the first run", () => runsOf(loop)[0]);
  const intent = /intent (\d+)/.exec(first.displayTitle)?.[1] ?? "";
  const inputs = { issue: String(issue), intent };
  const dispatch = `${loop.repo}/actions/workflows/cairn.yml/dispatches`;
  expect(await request(loop, "POST", dispatch, { ref: "main", inputs })).toBe(204);
  const main = repository.refs.get("refs/heads/main");
  await request(loop, "POST", `${loop.repo}/git/refs`, { ref: "refs/heads/altered", sha: main });
  expect(await request(loop, "POST", dispatch, { ref: "altered", inputs })).toBe(204);
  await done(loop, issue);
  const others = runsOf(loop).filter((run) => run.actor.login === "maya");
  await loop.until("their ends", () =>
    others.every((run) => run.status === "completed") ? true : undefined,
  );
  expect(others).toHaveLength(2);
  for (const run of others) {
    expect(jobOf(run, "gate")?.conclusion).not.toBeNull();
    expect(run.jobs.filter((job) => job.name.includes("agent.run"))).toEqual([]);
  }
  expectOnce(loop);
  expect(
    loop.lines.filter((line) => /no token: (wrong-actor|wrong-branch)/.test(line.message)).length,
  ).toBeGreaterThanOrEqual(2);
});

test("21: the verified patch is replaced before it is published: nothing of it is", async () => {
  await using loop = await startLoop();
  const { sandbox } = loop.stage;
  // The effect job is kept at the door while somebody is at its artifact.
  fault(loop, {
    method: "GET",
    path: `${REPO}/actions/runs/{run_id}/attempts/{attempt_number}`,
    actor: "installation",
    after: 1,
    fault: { kind: "hang", ms: 1 },
  });
  const issue = await loop.issue();
  let replaced = false;
  const stop = sandbox.engine?.onLine(({ runId, text }) => {
    if (!text.includes("Artifact cairn-verified")) return;
    const folder = sandbox.engine?.artifactDirectory(runId, "cairn-verified");
    if (!folder) return;
    const file = join(folder, "verified.json");
    replaced = true;
    void readFile(file, "utf8").then((text) =>
      writeFile(file, text.replace('"content":"', '"content":"ZXZpbA')),
    );
  });
  await loop.ready(issue);
  expect(await holdOf(loop, issue)).toBe("tampered");
  stop?.();
  expect(replaced).toBe(true);
  expect(kinds(loop)).toEqual(["agent.run"]);
});

test("21: a branch of that name was there before: nothing of theirs is touched", async () => {
  await using loop = await startLoop();
  const { repository } = loop.stage;
  const issue = await loop.issue();
  const main = repository.refs.get("refs/heads/main");
  await request(loop, "POST", `${loop.repo}/git/refs`, { ref: `refs/heads/cairn/${issue}-g1`, sha: main });
  await loop.ready(issue);
  expect(await holdOf(loop, issue)).toBe("foreign-branch");
  expect(repository.refs.get(`refs/heads/cairn/${issue}-g1`)).toBe(main);
  expect(kinds(loop)).toEqual(["agent.run"]);
});

test("21: an agent that looks for tokens finds none, and what it prints is obeyed by nobody", async () => {
  const spy =
    "env > seen.txt; echo '::set-output name=digest::0'; echo '::add-mask::a'; cat .git/config >> seen.txt";
  await using loop = await startLoop({ agent: spy });
  const issue = await loop.issue();
  await loop.ready(issue);
  await done(loop, issue);
  const { sandbox, repository } = loop.stage;
  const store = sandbox.services.stores.get(repository.id);
  const entry = await store?.entryAt(repository.refs.get("refs/heads/main") ?? "", "seen.txt");
  const seen = (await store?.readBlob(entry?.sha ?? ""))?.toString() ?? "";
  expect(seen).toContain("CAIRN_ISSUE_NUMBER=");
  expect(seen).not.toMatch(/GITHUB_|ACTIONS_|RUNNER_|INPUT_|ghs_|gho_|extraheader/);
});
