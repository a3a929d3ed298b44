/** The bundle, job after job, against the sandbox: from a declared intent to a pull request and its merge. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { merge } from "../../src/core/keys.ts";
import { configOf, type RunSoFar, type Stage, setStage, TITLE, type Turn } from "./stage.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await setStage();
});
afterAll(() => stage[Symbol.asyncDispose]());

let runs = 500;
const begin = async (turn?: Turn): Promise<RunSoFar> => stage.begin(turn ?? (await stage.declare()), ++runs);

/** Several jobs, one after the other; fails the test where one of them does. */
async function go(run: RunSoFar, ...names: readonly string[]) {
  let end: Awaited<ReturnType<Stage["job"]>> | undefined;
  for (const name of names) {
    end = await stage.job(run, name);
    expect(end.code, `${name}: ${end.log}`).toBe(0);
  }
  return end?.outputs ?? {};
}

test("from gate to conclude: one agent, one branch, one pull request with its review asked for", async () => {
  const run = await begin();
  const { issue } = run.turn;
  const before = stage.landed().length;
  expect(await go(run, "gate")).toMatchObject({
    outcome: "go",
    edge: "implement",
    "agent-key": `agent.run:${issue}#g1a1`,
    base: "main",
    "timeout-minutes": "70",
    title: TITLE,
  });
  expect(await go(run, "agent")).toMatchObject({ outcome: "done" });
  expect(await go(run, "verify")).toMatchObject({
    outcome: "go",
    digest: expect.stringMatching(/^[0-9a-f]{64}$/),
  });
  const said = await go(run, "effect");
  expect(said.outcome).toBe("done");
  const pull = Number(said.pull);
  expect(stage.landed().slice(before)).toEqual([
    `branch.create:cairn/${issue}-g1`,
    `pull.create:cairn/${issue}-g1`,
    `review.request:pull/${pull}@rui`,
  ]);
  const shown = (await stage.maintainer("GET", `~/pulls/${pull}`)).body;
  expect(shown).toMatchObject({
    title: TITLE,
    user: { login: "cairn[bot]" },
    requested_reviewers: [{ login: "rui" }],
  });
  expect(shown.body).toContain(`Closes #${issue}`);
  const files = (await stage.maintainer("GET", `~/pulls/${pull}/files`)).body;
  expect(files.map((file: { filename: string }) => file.filename)).toEqual([`src/sum-${issue}.js`]);
  const { message, verification } = (await stage.maintainer("GET", `~/git/commits/${shown.head.sha}`)).body;
  expect(verification.verified).toBe(true);
  expect(message).toContain(
    `Cairn-Effect: branch.create:cairn/${issue}-g1\nCairn-Patch: sha256:${run.needs.verify?.outputs.digest}`,
  );
  const mark = stage.mark();
  const { summary } = await stage.job(run, "conclude");
  expect(stage.writesSince(mark)).toEqual([]);
  expect(summary).toContain("### Done");
  expect(summary).toContain(`/pull/${pull}): done`);
}, 20_000);

test("no token, of either kind, is in any output, log or summary", async () => {
  const run = await begin();
  const tokens = new Set<string>();
  for (const name of ["gate", "agent", "verify", "effect", "conclude"]) {
    const before = new Set(stage.fixture.sandbox.world.tokens.keys());
    const end = await stage.job(run, name);
    for (const token of stage.fixture.sandbox.world.tokens.keys()) if (!before.has(token)) tokens.add(token);
    const masked = end.log.split("\n").filter((line) => !line.startsWith("::add-mask::"));
    const told = JSON.stringify([end.outputs, masked, end.summary]);
    expect(told).not.toMatch(/ghs_|id-token/);
    // The token of the job that asked for one is gone with the job; those of agent and verify are the runner's.
    if (name !== "agent" && name !== "verify") expect(tokens.size).toBe(name === "gate" ? 0 : 2);
  }
}, 20_000);

test("21: a verified patch that was replaced on the way is not published, and the result says so", async () => {
  const run = await begin();
  await go(run, "gate", "agent", "verify");
  const file = join(run.temp, "cairn-verified", "verified.json");
  const patch = JSON.parse(await readFile(file, "utf8"));
  patch.files[0].content = Buffer.from("stolen()\n").toString("base64");
  await writeFile(file, JSON.stringify(patch));
  const mark = stage.mark();
  expect(await go(run, "effect")).toMatchObject({ outcome: "failed", reason: "tampered" });
  expect(stage.writesSince(mark)).toEqual([]);
  expect(await go(run, "conclude")).toMatchObject({ outcome: "failed", reason: "tampered" });
  const { body: ref } = await stage.maintainer("GET", `~/git/ref/cairn/${run.turn.issue}`);
  const { body: commit } = await stage.maintainer("GET", `~/git/commits/${ref.object.sha}`);
  expect(commit.message).toMatch(/^run \d+ reports tampered/);
}, 20_000);

test("21: issue files that were replaced start no agent", async () => {
  const run = await begin();
  await go(run, "gate");
  const file = join(run.temp, "cairn-issue", "context.json");
  const context = JSON.parse(await readFile(file, "utf8"));
  await writeFile(file, JSON.stringify({ ...context, command: "echo started" }));
  const end = await stage.job(run, "agent");
  expect(end.outputs).toMatchObject({ outcome: "failed", reason: "tampered" });
  expect(end.log).not.toContain("started");
});

test("21: a branch that somebody else pushed beforehand is left alone", async () => {
  const run = await begin();
  const { body: main } = await stage.maintainer("GET", "~/git/ref/heads/main");
  const ref = `refs/heads/cairn/${run.turn.issue}-g1`;
  await stage.maintainer("POST", "~/git/refs", { ref, sha: main.object.sha });
  await go(run, "gate", "agent", "verify");
  const mark = stage.mark();
  expect(await go(run, "effect")).toMatchObject({ outcome: "failed", reason: "foreign-branch" });
  expect(stage.writesSince(mark)).toEqual([]);
}, 20_000);

test("7: a pull request whose answer is lost is found, not opened again", async () => {
  const run = await begin();
  await go(run, "gate", "agent", "verify");
  const before = stage.landed().length;
  const lost = { kind: "answer-lost" } as const;
  stage.fixture.sandbox.faults.add({ method: "POST", path: "/repos/acme/work/pulls", fault: lost });
  expect(await go(run, "effect")).toMatchObject({ outcome: "done" });
  const pulls = stage.landed().slice(before);
  expect(pulls.filter((key) => key.startsWith("pull.create"))).toHaveLength(1);
}, 20_000);

test("7: one that nobody can find is not sent again, and no result claims to know", async () => {
  const run = await begin();
  await go(run, "gate", "agent", "verify");
  stage.fixture.sandbox.faults.add({
    method: "POST",
    path: "/repos/acme/work/pulls",
    fault: { kind: "request-lost" },
  });
  const mark = stage.mark();
  const said = await go(run, "effect");
  const { issue } = run.turn;
  expect(said.outcome).toBe("failed");
  expect(JSON.parse(said.effects ?? "")).toEqual({
    [`branch.create:cairn/${issue}-g1`]: "applied",
    [`pull.create:cairn/${issue}-g1`]: "unknown",
    [`review.request:cairn/${issue}-g1#g1a1`]: "not-sent",
  });
  expect(stage.writesSince(mark).filter((line) => line.startsWith("POST pulls "))).toHaveLength(1);
  const quiet = stage.mark();
  // The run does not end as a success: of one that does, the app takes it that every request was answered.
  const end = await stage.job(run, "conclude");
  expect(end).toMatchObject({ code: 1, outputs: { outcome: "failed" } });
  expect(end.log).toContain("failed (unfinished): something was sent, and no answer came. Next: ");
  expect(stage.writesSince(quiet)).toEqual([]);
}, 30_000);

test("a limit is waited for, and then the pull request is opened once", async () => {
  const run = await begin();
  await go(run, "gate", "agent", "verify");
  const before = stage.landed().length;
  const message = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.";
  const limit = { kind: "status", status: 403, message, headers: { "retry-after": "1" } } as const;
  stage.fixture.sandbox.faults.add({ method: "POST", path: "/repos/acme/work/pulls", fault: limit });
  const mark = stage.mark();
  expect(await go(run, "effect")).toMatchObject({ outcome: "done" });
  const sent = stage.writesSince(mark).filter((line) => line.startsWith("POST pulls "));
  expect(sent).toEqual(["POST pulls 403", "POST pulls 201"]);
  expect(
    stage
      .landed()
      .slice(before)
      .filter((key) => key.startsWith("pull.create")),
  ).toHaveLength(1);
}, 20_000);

test("an agent that fails leaves a result with its reason, and nothing is sent", async () => {
  await using own = await setStage({ "agent.sh": "echo cannot; exit 3\n" });
  const run = await own.begin(await own.declare(), 1);
  await own.job(run, "gate");
  const end = await own.job(run, "agent");
  expect(end.code).toBe(0);
  expect(end.outputs).toMatchObject({ outcome: "failed", reason: "agent-failed", detail: "it ended with 3" });
  for (const name of ["verify", "effect"]) run.needs[name] = { result: "skipped", outputs: {} };
  const { log, outputs } = await own.job(run, "conclude");
  expect(outputs).toMatchObject({ outcome: "failed", reason: "agent-failed" });
  expect(log).toContain("result agent-failed: made");
  expect(own.landed()).toEqual([]);
  const comments = (await own.maintainer("GET", `~/issues/${run.turn.issue}/comments`)).body;
  expect(comments.at(-1).body).toContain("The agent ended with an error.");
}, 20_000);

test("files of the runner's that the agent finds keep what stood in them, and its outputs are the job's own", async () => {
  const agent = [
    // As far as a process of the same account can look.
    "environ() { tr '\\0' '\\n' < /proc/$PPID/environ; }",
    "for name in GITHUB_OUTPUT GITHUB_STEP_SUMMARY; do",
    '  file=$(environ | sed -n "s/^$name=//p")',
    '  echo "found $file"; ls "$file"; printf "reason=mine\\n" >> "$file"; rm "$file"; ln -s "$HOME/x" "$file"',
    "done",
    "exit 3",
  ].join("\n");
  await using own = await setStage({ "agent.sh": agent });
  const run = await own.begin(await own.declare(), 1);
  await own.job(run, "gate");
  const end = await own.job(run, "agent");
  expect(end.log).toContain(`found ${join(run.temp, "output")}`);
  expect(end.raw).not.toContain("mine");
  expect(end.outputs).toMatchObject({ outcome: "failed", reason: "agent-failed" });
  expect(end.summary).toMatch(/^### Agent/);
});

test("the agent does not find the job's secrets where a process of the same account can look", async () => {
  const agent = "echo \"pid $PPID\"; tr '\\0' '\\n' < /proc/$PPID/environ > seen.txt\n";
  await using own = await setStage({ "agent.sh": agent });
  const run = await own.begin(await own.declare(), 1);
  await own.job(run, "gate");
  const end = await own.job(run, "agent");
  expect(end.log).not.toContain("this machine shows");
  const patch = await readFile(join(run.temp, "cairn-patch", "patch.diff"), "utf8");
  expect(patch).toContain("+GITHUB_RUN_ID=1");
  expect(patch).toMatch(/\+INPUT_GITHUB-TOKEN=x+\n/);
  expect(patch).not.toMatch(/ghs_|canary/);
});

test("a cancelled job takes the agent along, and says nothing of what it would have come to", async () => {
  await using own = await setStage({ "agent.sh": "sleep 300 & echo left $! behind; wait\n" });
  const run = await own.begin(await own.declare(), 1);
  await own.job(run, "gate");
  const end = await own.job(run, "agent", 1, "behind");
  expect(end.code).toBe(1);
  expect(end.outputs.outcome).toBeUndefined();
  const [, pid] = /left (\d+) behind/.exec(end.log) ?? [];
  expect(pid).toBeTruthy();
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "gone");
  expect(stat).toMatch(/^gone$|\) Z /);
  for (const name of ["verify", "effect"]) run.needs[name] = { result: "skipped", outputs: {} };
  const mark = own.mark();
  await own.job(run, "conclude");
  expect(own.writesSince(mark)).toEqual([]);
});

test("10: an issue whose text changed is refused with its code, before anything is written", async () => {
  const run = await begin();
  await stage.maintainer("PATCH", `~/issues/${run.turn.issue}`, { body: "Something else." });
  const mark = stage.mark();
  const end = await stage.job(run, "gate");
  expect(end.code).toBe(1);
  expect(end.outputs).toMatchObject({ outcome: "refused", reason: "text-changed" });
  expect(end.log).not.toMatch(/\n {4}at /);
  expect(stage.writesSince(mark)).toEqual([]);
  expect(end.outputs.claim).toBeUndefined();
});

test("10: the comment of another issue's intent opens nothing here", async () => {
  const other = await stage.declare();
  const own = await stage.declare();
  const end = await stage.job(await begin({ ...own, intent: other.intent }), "gate");
  expect(end.code).toBe(1);
  expect(end.outputs).toMatchObject({ outcome: "refused", reason: "other-issue" });
});

/** A pull request of an issue's first attempt, approved, and the intent to merge it. */
async function readyToMerge(own = stage) {
  const run = await own.begin(await own.declare(), ++runs);
  for (const name of ["gate", "agent", "verify", "effect"]) {
    const end = await own.job(run, name);
    expect(end.code, `${name}: ${end.log}`).toBe(0);
  }
  const pull = Number(run.needs.effect?.outputs.pull);
  const { body } = await own.maintainer("GET", `~/pulls/${pull}`);
  const reviewer = own.fixture.as(own.fixture.tokens.reviewer);
  await reviewer("POST", `/repos/acme/work/pulls/${pull}/reviews`, {
    event: "APPROVE",
    commit_id: body.head.sha,
  });
  const effect = merge(pull, body.head.sha, "merge", { generation: 1, attempt: 1 });
  const settle = { step: "settle", edge: "implement", attempt: 1, as: "applied" } as const;
  return {
    pull,
    head: body.head.ref as string,
    turn: await own.declareNext(run.turn, [settle], "merge", [effect]),
  };
}

/** A merge that has come to nothing, of which no app is told here: it would still be under way for those behind it. */
const giveUp = async (pull: number): Promise<void> => {
  expect((await stage.maintainer("PATCH", `~/pulls/${pull}`, { state: "closed" })).status).toBe(200);
};

test("a merge is done at the gate, once, with its key in the commit", async () => {
  const { pull, turn } = await readyToMerge();
  const run = await begin(turn);
  const said = await go(run, "gate");
  expect(said).toMatchObject({ outcome: "done", edge: "merge", pull: String(pull) });
  expect(said["agent-key"]).toBeUndefined();
  const { body: commit } = await stage.maintainer("GET", `~/git/commits/${said["merge-sha"]}`);
  expect(commit.message).toContain(`Cairn-Effect: ${turn.marker.effects[0]?.key}`);
  for (const name of ["agent", "verify", "effect"]) run.needs[name] = { result: "skipped", outputs: {} };
  expect(await go(run, "conclude")).toMatchObject({ outcome: "done" });
}, 20_000);

test("25: a head that moved since the intent is not merged, and the gate is asked again", async () => {
  const { pull, head, turn } = await readyToMerge();
  const put = { message: "More", content: Buffer.from("more\n").toString("base64"), branch: head };
  expect((await stage.maintainer("PUT", "~/contents/more.txt", put)).status).toBe(201);
  const run = await begin(turn);
  expect(await go(run, "gate")).toMatchObject({ outcome: "failed", reason: "head-moved" });
  expect((await stage.maintainer("GET", `~/pulls/${pull}`)).body.merged).toBe(false);
  await giveUp(pull);
}, 20_000);

/** The request by which a pull request is merged, as GitHub does not take it. */
const refuseMerge = (pull: number, status: number, message: string, count: number) =>
  stage.fixture.sandbox.faults.add({
    method: "PUT",
    path: `/repos/acme/work/pulls/${pull}/merge`,
    count,
    fault: { kind: "status", status, message },
  });
const BUSY = "Base branch was modified. Review and try the merge again.";

test("25: a merge that GitHub puts off is asked for again behind the whole gate, three times at most", async () => {
  const first = await readyToMerge();
  refuseMerge(first.pull, 405, BUSY, 2);
  let mark = stage.mark();
  expect(await go(await begin(first.turn), "gate")).toMatchObject({ outcome: "done" });
  const sent = (pull: number) =>
    stage.writesSince(mark).filter((line) => line.startsWith(`PUT pulls/${pull}/merge`));
  expect(sent(first.pull)).toEqual(
    [405, 405, 200].map((status) => `PUT pulls/${first.pull}/merge ${status}`),
  );
  const second = await readyToMerge();
  refuseMerge(second.pull, 405, BUSY, 5);
  mark = stage.mark();
  const end = await go(await begin(second.turn), "gate");
  expect(end).toMatchObject({ outcome: "failed", reason: "head-moved" });
  expect(sent(second.pull)).toHaveLength(3);
  await giveUp(second.pull);
}, 60_000);

test("25: between two tries the gate is asked again: a hold that came meanwhile stops the second", async () => {
  const { pull, turn } = await readyToMerge();
  refuseMerge(pull, 405, BUSY, 1);
  const run = await begin(turn);
  const going = stage.job(run, "gate");
  const mark = stage.mark();
  const refused = () => stage.writesSince(mark).some((line) => line === `PUT pulls/${pull}/merge 405`);
  while (!refused()) await new Promise((resolve) => setTimeout(resolve, 20));
  await stage.maintainer("POST", `~/issues/${turn.issue}/labels`, { labels: ["cairn:hold"] });
  expect((await going).outputs).toMatchObject({ outcome: "failed", reason: "head-moved" });
  expect((await stage.maintainer("GET", `~/pulls/${pull}`)).body.merged).toBe(false);
  await giveUp(pull);
}, 30_000);

test("25: GitHub says 409, or no for good: not asked again, and each has its reason", async () => {
  for (const [status, message, reason] of [
    [409, "Head branch was modified. Review and try the merge again.", "head-moved"],
    [405, "Pull Request is not mergeable", "merge-refused"],
  ] as const) {
    const { pull, turn } = await readyToMerge();
    refuseMerge(pull, status, message, 5);
    const mark = stage.mark();
    expect(await go(await begin(turn), "gate")).toMatchObject({ outcome: "failed", reason });
    expect(stage.writesSince(mark).filter((line) => line.includes("/merge"))).toHaveLength(1);
    await giveUp(pull);
  }
}, 40_000);

test("28: an issue that stays open is not closed by its merge: the pull request says so no longer", async () => {
  await using own = await setStage({
    ".github/cairn.yml": `${configOf(undefined)}never-close-labels: [incident]\n`,
  });
  const { pull, turn } = await readyToMerge(own);
  await own.maintainer("POST", `~/issues/${turn.issue}/labels`, { labels: ["Incident"] });
  const run = await own.begin(turn, 600);
  expect((await own.job(run, "gate")).outputs).toMatchObject({ outcome: "done" });
  const shown = (await own.maintainer("GET", `~/pulls/${pull}`)).body;
  expect(shown).toMatchObject({ merged: true, body: expect.stringContaining(`For #${turn.issue}\n`) });
  expect((await own.maintainer("GET", `~/issues/${turn.issue}`)).body.state).toBe("open");
}, 40_000);
