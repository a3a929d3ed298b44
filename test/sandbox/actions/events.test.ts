/** What starts workflows (docs: "Events that trigger workflows"; "Workflow syntax", `on` and its filters). */
import { expect, test } from "vitest";
import { machine } from "./machine.ts";

const MINUTE = 60_000;
const path = (name: string): string => `.github/workflows/${name}.yml`;
const job = "jobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: ";
const workflow = (on: string, run = '"true"', name = ""): string => `${name}on:\n${on}\n${job}${run}\n`;

/** `file event` of every run so far, oldest first, when all of them have ended. */
async function runsOf(m: Awaited<ReturnType<typeof machine>>): Promise<readonly string[]> {
  const all = () => m.sandbox.engine?.runs(m.repository.id) ?? [];
  const over = () => all().every((run) => run.status === "completed");
  // The end of a run may start another one.
  for (let before = -1; before !== all().length || !over(); ) {
    before = all().length;
    await expect.poll(over, { timeout: 20_000, interval: 20 }).toBe(true);
    await m.sandbox.waitIdle();
  }
  return all()
    .map((run) => `${run.workflowPath.slice(".github/workflows/".length, -4)} ${run.event}`)
    .reverse();
}

/** Schedules are looked at behind the clock's back: waits for so many runs. */
const appeared = (m: Awaited<ReturnType<typeof machine>>, count: number) =>
  expect.poll(() => m.sandbox.engine?.runs(m.repository.id).length, { interval: 10 }).toBe(count);

const asMaya = (m: Awaited<ReturnType<typeof machine>>) => {
  m.sandbox.addCollaborator(m.repository, "maya", "admin");
  const call = m.fixture.as(m.fixture.tokens.maintainer);
  return (method: string, tail: string, body?: unknown) => call(method, `/repos/acme/flows${tail}`, body);
};

test("a schedule runs on the default branch's last commit when the clock says so, once for a clock set forward", async () => {
  // A whole hour, far enough away that its half has not come since: whatever the time of day is.
  const hour = Math.ceil((Date.now() + 120 * MINUTE) / (60 * MINUTE)) * 60 * MINUTE;
  const nightly = `30 ${new Date(hour).getUTCHours()} * * *`;
  const files = {
    [path("nightly")]: workflow(
      `  schedule:\n    - cron: '${nightly}'`,
      'echo "by $GITHUB_ACTOR for ${{ github.event.schedule }}"',
    ),
    [path("often")]: workflow("  schedule: [{ cron: '*/5 * * * *' }, { cron: '0 0 1 1 *' }]"),
    [path("push")]: workflow("  push:"),
  };
  await using m = await machine(files);
  const maya = asMaya(m);
  const { clock } = m.sandbox;
  clock.advance(hour - clock.now());
  await appeared(m, 1);
  expect(await runsOf(m)).toEqual(["often schedule"]);
  const { commit } = (await maya("PUT", "/contents/a.txt", { message: "a", content: "eA==" })).body;
  expect(await runsOf(m)).toEqual(["often schedule", "push push"]);
  clock.advance(hour + 31 * MINUTE - clock.now());
  await appeared(m, 4);
  expect((await runsOf(m)).slice(2).sort()).toEqual(["nightly schedule", "often schedule"]);
  const run = m.sandbox.engine?.runs(m.repository.id).find((one) => one.workflowPath === path("nightly"));
  expect(run).toMatchObject({ sha: commit.sha, headBranch: "main", displayTitle: path("nightly") });
  expect(m.sandbox.engine?.jobLog(run?.jobs[0]?.id ?? 0)).toMatch(/by \S+ for 30 \d+ \* \* \*/);
  expect(m.sandbox.errors).toEqual([]);
});

test("workflow_run follows the workflows that it names, by conclusion, branch and activity", async () => {
  await using m = await machine({
    [path("ci")]: workflow("  push:", "exit 1", "name: CI\n"),
    [path("after")]: workflow(
      "  workflow_run:\n    workflows: [CI]\n    types: [completed]\n    branches: [main, '!other']",
      'echo "it was ${{ github.event.workflow_run.conclusion }} of ${{ github.event.workflow_run.name }}"',
      "name: After\n",
    ),
    [path("chain")]: workflow(
      "  workflow_run: { workflows: [After], types: [completed] }",
      '"true"',
      "name: Chain\n",
    ),
    [path("third")]: workflow(
      "  workflow_run: { workflows: [Chain], types: [completed] }",
      '"true"',
      "name: Third\n",
    ),
    [path("fourth")]: workflow("  workflow_run: { workflows: [Third], types: [completed] }"),
    [path("other")]: workflow("  workflow_run: { workflows: [Else] }"),
    [path("branch")]: workflow("  workflow_run: { workflows: [CI], branches: [release/**] }"),
    [path("begun")]: workflow("  workflow_run: { workflows: [CI], types: [requested] }"),
  });
  const maya = asMaya(m);
  await maya("PUT", "/contents/a.txt", { message: "a", content: "eA==" });
  const runs = await runsOf(m);
  expect([...runs].sort()).toEqual([
    "after workflow_run",
    "begun workflow_run",
    "chain workflow_run",
    "ci push",
    "third workflow_run",
  ]);
  const after = m.sandbox.engine?.runs(m.repository.id).find((run) => run.workflowPath === path("after"));
  expect(m.sandbox.engine?.jobLog(after?.jobs[0]?.id ?? 0)).toContain("it was failure of CI");
});

test("repository_dispatch and issue_comment start workflows of the default branch by their type", async () => {
  await using m = await machine({
    [path("signal")]: workflow(
      "  repository_dispatch: { types: [go, stop] }",
      'echo "got ${{ github.event.client_payload.n }}"',
    ),
    [path("comment")]: workflow(
      "  issue_comment: { types: [created] }",
      'echo "said ${{ github.event.comment.body }}"',
    ),
    [path("edited")]: workflow("  issue_comment: { types: [edited] }"),
    [path("labeled")]: workflow("  issues: { types: [labeled] }"),
  });
  const maya = asMaya(m);
  expect((await maya("POST", "/dispatches", { event_type: "go", client_payload: { n: 7 } })).status).toBe(
    204,
  );
  await maya("POST", "/dispatches", { event_type: "other" });
  const { number } = (await maya("POST", "/issues", { title: "t" })).body;
  await maya("POST", `/issues/${number}/comments`, { body: "hello" });
  expect(await runsOf(m)).toEqual(["signal repository_dispatch", "comment issue_comment"]);
  const logs = m.sandbox.engine
    ?.runs(m.repository.id)
    .map((run) => m.sandbox.engine?.jobLog(run.jobs[0]?.id ?? 0));
  expect(logs?.join("")).toContain("Z got 7");
  expect(logs?.join("")).toContain("Z said hello");
});

test("pushes are filtered by branch, tag and path, the last pattern that matches decides", async () => {
  await using m = await machine({
    [path("a-branches")]: workflow(
      "  push: { branches: ['feature/**', '!feature/old/**', 'feature/old/but'] }",
    ),
    [path("b-ignored")]: workflow("  push: { branches-ignore: ['feature/**'] }"),
    [path("c-tags")]: workflow("  push: { tags: ['v[12].*', '!v1.0'] }"),
    [path("d-paths")]: workflow("  push: { paths: ['docs/**', '!docs/private/**'], branches: [main] }"),
    [path("e-not-paths")]: workflow("  push: { paths-ignore: ['**.md'], branches: [main] }"),
  });
  const maya = asMaya(m);
  const head = async () => (await maya("GET", "/git/ref/heads/main")).body.object.sha;
  const started = async (act: () => Promise<unknown>): Promise<readonly string[]> => {
    const before = (await runsOf(m)).length;
    await act();
    return (await runsOf(m))
      .slice(before)
      .map((run) => run.split(" ")[0] ?? "")
      .sort();
  };
  const ref = (name: string) => async () =>
    maya("POST", "/git/refs", { ref: `refs/${name}`, sha: await head() });
  const file = (name: string) => () => maya("PUT", `/contents/${name}`, { message: name, content: "eA==" });
  expect(await started(ref("heads/feature/new"))).toEqual(["a-branches"]);
  expect(await started(ref("heads/feature/old/x"))).toEqual([]);
  expect(await started(ref("heads/feature/old/but"))).toEqual(["a-branches"]);
  expect(await started(ref("heads/fix"))).toEqual(["b-ignored"]);
  expect(await started(ref("tags/v1.1"))).toEqual(["c-tags"]);
  expect(await started(ref("tags/v1.0"))).toEqual([]);
  expect(await started(ref("tags/x"))).toEqual([]);
  expect(await started(file("docs/a.md"))).toEqual(["b-ignored", "d-paths"]);
  expect(await started(file("docs/private/a.md"))).toEqual(["b-ignored"]);
  expect(await started(file("src/a.ts"))).toEqual(["b-ignored", "e-not-paths"]);
  // docs: "Skipping workflow runs".
  for (const message of ["quiet [skip ci]", "quiet\n\nskip-checks: true"]) {
    const content = { message, content: "eA==" };
    expect(await started(() => maya("PUT", `/contents/src/${message.length}.ts`, content))).toEqual([]);
  }
});

test("pull requests are filtered by activity, base and path", async () => {
  await using m = await machine({
    [path("a-default")]: workflow("  pull_request:"),
    [path("b-types")]: workflow("  pull_request: { types: [labeled, closed] }"),
    [path("c-base")]: workflow("  pull_request: { branches: ['release/*'] }"),
    [path("d-paths")]: workflow("  pull_request: { paths: ['src/**', '!src/gen/**'] }"),
    [path("e-target")]: workflow(
      "  pull_request_target: { types: [opened] }",
      'echo "at ${{ github.ref }} head ${{ github.head_ref }}"',
    ),
  });
  const maya = asMaya(m);
  const main = (await maya("GET", "/git/ref/heads/main")).body.object.sha;
  await maya("POST", "/git/refs", { ref: "refs/heads/topic", sha: main });
  await maya("PUT", "/contents/src/gen/a.ts", { message: "a", content: "eA==", branch: "topic" });
  const { number } = (await maya("POST", "/pulls", { title: "t", head: "topic", base: "main" })).body;
  expect(await runsOf(m)).toEqual(["a-default pull_request", "e-target pull_request_target"]);
  const logs = m.sandbox.engine
    ?.runs(m.repository.id)
    .map((run) => m.sandbox.engine?.jobLog(run.jobs[0]?.id ?? 0));
  expect(logs?.join("")).toContain("at refs/heads/main head topic");
  await maya("PUT", "/contents/src/b.ts", { message: "b", content: "eA==", branch: "topic" });
  expect((await runsOf(m)).slice(2)).toEqual(["a-default pull_request", "d-paths pull_request"]);
  await maya("POST", `/issues/${number}/labels`, { labels: ["x"] });
  expect((await runsOf(m)).slice(4)).toEqual(["b-types pull_request"]);
  await maya("PATCH", `/pulls/${number}`, { state: "closed" });
  expect((await runsOf(m)).slice(5)).toEqual(["b-types pull_request"]);
});

test("a schedule in a time zone that nobody knows fails to start and says so", async () => {
  await using m = await machine({
    [path("w")]: workflow("  push:\n  schedule: [{ cron: '0 0 * * *', timezone: Mars/Olympus }]"),
  });
  const maya = asMaya(m);
  await maya("PUT", "/contents/a.txt", { message: "a", content: "eA==" });
  await runsOf(m);
  expect(m.sandbox.engine?.runs(m.repository.id)[0]).toMatchObject({
    conclusion: "startup_failure",
    startupError: expect.stringContaining("Mars/Olympus"),
  });
});
