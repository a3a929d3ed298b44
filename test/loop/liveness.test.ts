/** Scenarios 16, 17 and 19: runs that are silent, die, or never start (I9). */
import { expect, test } from "vitest";
import { decodeMarker, type HoldMarker } from "../../src/core/marker.ts";
import { patientAgent } from "./agents.ts";
import { type Loop, startLoop } from "./loop.ts";
import {
  agentRuns,
  chainOf,
  configure,
  control,
  done,
  expectOnce,
  fenced,
  holdOf,
  kinds,
  loseAtWork,
  pass,
  REPO,
  request,
  runsOf,
  waitsFor,
} from "./observing.ts";

async function lastHold(loop: Loop, issue: number): Promise<HoldMarker> {
  await holdOf(loop, issue);
  const { comments } = await loop.shown(issue);
  const found = decodeMarker(comments.at(-1)?.body ?? "");
  if (found.kind !== "marker" || found.marker.type !== "hold") throw new Error("no hold");
  return found.marker;
}

test("16: a run that lives is left alone, silent beyond its budget or not to be looked up", async () => {
  const agent = await patientAgent();
  await using loop = await startLoop({ agent: agent.command });
  await configure(loop, { "agent.timeout-minutes": 360, "budgets.implementing": 5 });
  const issue = await loop.issue();
  await loop.ready(issue);
  await loop.until("the agent", () => agentRuns(loop)[0], { review: "no" });
  await waitsFor(loop, "to finish implement/1");
  const claimed = await chainOf(loop, issue);
  await pass(loop, 1_800);
  await waitsFor(loop, /to finish implement\/1; its budget of 5 min is spent/);
  const lookups = `${REPO}/actions/runs/{run_id}/attempts/{attempt_number}`;
  const answers = [
    { status: 502, waits: /waiting: .*actions.runs.*it is asked again/ },
    { status: 404, waits: /\(unknown: the run cannot be seen\) to finish implement\/1/ },
  ];
  for (const { status, waits } of answers) {
    const fault = { kind: "status", status };
    const at = { method: "GET", path: lookups, actor: "installation", count: 1_000 };
    await control(loop, "POST /faults", { ...at, fault });
    await pass(loop, 1_800);
    await loop.app.idle();
    await waitsFor(loop, waits);
    expect(await chainOf(loop, issue)).toEqual(claimed);
    await control(loop, "DELETE /faults", {});
  }
  await agent.end();
  await done(loop, issue);
  expectOnce(loop);
  expect(agentRuns(loop)).toEqual([`agent.run:${issue}#g1a1`]);
});

test("17: the runner dies in the middle of the agent: a new attempt under a new key; after the last, a hold with the evidence", async () => {
  const agent = await patientAgent();
  await using loop = await startLoop({ agent: agent.command });
  await configure(loop, { attempts: 2 });
  const issue = await loop.issue();
  await loop.ready(issue);
  for (const attempt of [1, 2]) {
    const key = `agent.run:${issue}#g1a${attempt}`;
    const run = await loseAtWork(loop, key, 300);
    await loop.until("the end of the run", () => (run?.status === "completed" ? true : undefined));
    await fenced(loop, attempt);
    await pass(loop, 125);
  }
  const hold = await lastHold(loop, issue);
  expect(hold).toMatchObject({ reason: "attempts-spent", generation: 1 });
  expect(hold.evidence.map(({ attempt, run, conclusion }) => [attempt, run.id, conclusion])).toEqual(
    runsOf(loop).map((run, index) => [index + 1, run.id, "failure"]),
  );
  for (const { worked } of hold.evidence) expect(Math.round(worked / 60_000)).toBe(5);
  expect(kinds(loop)).toEqual(["agent.run", "agent.run"]);
  expectOnce(loop);
  // Lifted by the label: the next generation begins with attempts and budget of its own.
  await agent.end();
  await loop.ready(issue);
  await done(loop, issue);
  expectOnce(loop);
});

test("17: a run that was lost, and then deleted by somebody, is followed by the next attempt", async () => {
  const agent = await patientAgent();
  await using loop = await startLoop({ agent: agent.command });
  const issue = await loop.issue();
  await loop.ready(issue);
  const run = await loseAtWork(loop, "agent.run", 300);
  await loop.until("the end of the run", () => (run?.status === "completed" ? true : undefined));
  expect(await request(loop, "DELETE", `${loop.repo}/actions/runs/${run?.id}`)).toBe(204);
  await agent.end();
  // Not to be seen, so over; fenced; lost: a quiet period each, whatever was seen of the run before.
  for (let period = 0; period < 3; period += 1) {
    await pass(loop, 125);
    await loop.app.idle();
  }
  await done(loop, issue);
  expectOnce(loop);
  expect(agentRuns(loop)).toEqual([1, 2].map((attempt) => `agent.run:${issue}#g1a${attempt}`));
});

test("17: agents that worked as long as they may, and were lost: a hold although attempts are left", async () => {
  const agent = await patientAgent();
  await using loop = await startLoop({ agent: agent.command });
  await configure(loop, { "budgets.implementing": 5 });
  const issue = await loop.issue();
  await loop.ready(issue);
  await loseAtWork(loop, "agent.run", 600);
  await fenced(loop);
  await pass(loop, 125);
  expect(await lastHold(loop, issue)).toMatchObject({ reason: "budget-spent", evidence: [{ attempt: 1 }] });
  await agent.end();
});

/** The caller in a concurrency group that is taken, as a repository's own habit may be. */
async function group(loop: Loop, options: string): Promise<void> {
  const path = `${loop.repo}/contents/.github/workflows/cairn.yml`;
  const file = await loop.maintainer.get<{ sha: string; content: string }>(path);
  const caller = Buffer.from(file.content, "base64").toString();
  const text = `${caller}concurrency: ${options}\n`;
  const body = { message: "Group", content: Buffer.from(text).toString("base64"), sha: file.sha };
  expect(await request(loop, "PUT", path, body)).toBe(200);
}

test("19: a run that waits for ever, is evicted, or has no workflow: a hold that says so, and no attempt is charged", async () => {
  const agent = await patientAgent();
  await using loop = await startLoop({ agent: agent.command, env: { CAIRN_INTENT_SECONDS: "60" } });
  const holder = await loop.issue({ title: "Holds the group" });
  await group(loop, "{ group: all }");
  await loop.ready(holder);
  await loop.until("the agent", () => agentRuns(loop)[0], { review: "no" });
  const one = await loop.issue({ title: "Waits" });
  await loop.ready(one);
  await waitsFor(loop, /run \d+ \(pending\) to claim implement\/1/);
  // Only one may wait: whoever comes later takes its place. Evicted, it is started again, and evicts in turn.
  const other = await loop.issue({ title: "Waits too" });
  await loop.ready(other);
  const evicted = await loop.until(
    "the one that was evicted too often",
    async () => {
      for (const issue of [one, other])
        if ((await loop.shown(issue)).labels.includes("cairn:hold")) return issue;
      return undefined;
    },
    { review: "no" },
  );
  const stays = evicted === one ? other : one;
  await loop.app.idle();
  await pass(loop, 65);
  const ends = { [evicted]: /\/runs\/\d+ was cancelled/, [stays]: /\/runs\/\d+ is still pending/ };
  for (const [issue, words] of Object.entries(ends)) {
    const hold = await lastHold(loop, Number(issue));
    expect(hold).toMatchObject({ reason: "never-started", evidence: [] });
    expect(hold.detail).toMatch(words);
    expect((await chainOf(loop, Number(issue))).attempts.implement).toEqual({ last: 1, lost: [] });
  }

  const path = `${loop.repo}/contents/.github/workflows/cairn.yml`;
  const file = await loop.maintainer.get<{ sha: string }>(path);
  expect(await request(loop, "DELETE", path, { message: "Gone", sha: file.sha })).toBe(200);
  const missing = await loop.issue({ title: "No workflow" });
  await loop.ready(missing);
  expect(await lastHold(loop, missing)).toMatchObject({
    reason: "never-started",
    detail: "there is no .github/workflows/cairn.yml on the default branch",
  });
  await agent.end();
  expect(agentRuns(loop)).toEqual([`agent.run:${holder}#g1a1`]);
});
