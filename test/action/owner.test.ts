/** One owner: races, re-runs and cancels, with the bundle as several processes on one chain. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { makeSteps, readChain } from "../../src/barrier/index.ts";
import { type Stage, setStage, type Turn } from "./stage.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await setStage();
});
afterAll(() => stage[Symbol.asyncDispose]());

async function ownerOf(turn: Turn) {
  const { value } = await readChain(turn.site);
  return value.kind === "sound"
    ? { claim: value.state.open?.claim, head: value.head, seq: value.state.seq }
    : undefined;
}

const commentsOf = async (turn: Turn): Promise<number> =>
  (await stage.maintainer("GET", `~/issues/${turn.issue}/comments`)).body.length;

test("4: two runs race for one edge, ten times over: one claim, and the loser ends neutral and writes nothing", async () => {
  const { faults } = stage.fixture.sandbox;
  const before = stage.landed().length;
  for (let round = 1; round <= 10; round += 1) {
    const turn = await stage.declare();
    const runs = [await stage.begin(turn, 1_000 + round), await stage.begin(turn, 2_000 + round)];
    const comments = await commentsOf(turn);
    // Both have proven the intent, and read a chain that nobody has claimed, before either moves it.
    const commits = { method: "POST", path: "/repos/acme/work/git/commits", count: 2 };
    const held = faults.add({ ...commits, fault: { kind: "hang", ms: 250 } });
    const mark = stage.mark();
    const ends = await Promise.all(runs.map((run) => stage.job(run, "gate")));
    faults.remove(held.id);
    expect(ends.map(({ code }) => code)).toEqual([0, 0]);
    const won = ends.findIndex(({ outputs }) => outputs.outcome === "go");
    const [winner, loser] = won === 0 ? [ends[0], ends[1]] : [ends[1], ends[0]];
    const chain = await ownerOf(turn);
    expect(chain?.claim).toEqual({ id: runs[won]?.id, attempt: 1 });
    expect(chain?.head).toBe(winner?.outputs.claim);
    // raise, declare, claim: no third run of steps was made on the ref.
    expect(chain?.seq).toBe(3);
    expect(loser?.outputs).toMatchObject({ outcome: "neutral" });
    expect(Object.keys(loser?.outputs ?? {}).sort()).toEqual(["identity", "outcome"]);
    // Commits that no ref names change nothing; the ref moved once.
    const moved = stage.writesSince(mark).filter((line) => !line.startsWith("POST git/commits"));
    const ref = `git/refs/cairn/${turn.issue}`;
    expect(moved.filter((line) => line === `PATCH ${ref} 200`)).toHaveLength(1);
    expect(moved.every((line) => line.startsWith(`PATCH ${ref} `))).toBe(true);
    expect(await commentsOf(turn)).toBe(comments);
  }
  expect(stage.landed().slice(before)).toEqual([]);
}, 40_000);

test("a limit that is met on the way to the claim is waited for", async () => {
  const turn = await stage.declare();
  const message = "You have exceeded a secondary rate limit.";
  const limit = { kind: "status", status: 403, message, headers: { "retry-after": "1" } } as const;
  stage.fixture.sandbox.faults.add({ method: "POST", path: "/repos/acme/work/git/commits", fault: limit });
  const end = await stage.job(await stage.begin(turn, 21), "gate");
  expect(end.outputs).toMatchObject({ outcome: "go", claim: (await ownerOf(turn))?.head });
});

test("4: a run that comes when another has claimed is told who has it", async () => {
  const turn = await stage.declare();
  await stage.job(await stage.begin(turn, 31), "gate");
  const mark = stage.mark();
  const late = await stage.job(await stage.begin(turn, 32), "gate");
  expect(late.code).toBe(0);
  expect(late.outputs.outcome).toBe("neutral");
  expect(late.summary).toContain("run 31 attempt 1 has it");
  expect(stage.writesSince(mark)).toEqual([]);
});

test("20: the same run, run anew as a whole, is another owner: neutral, and nothing is written", async () => {
  const turn = await stage.declare();
  const run = await stage.begin(turn, 41);
  await stage.job(run, "gate");
  const { head } = (await ownerOf(turn)) ?? {};
  const mark = stage.mark();
  const again = await stage.job(await stage.begin(turn, 41), "gate", 2);
  expect(again.code).toBe(0);
  expect(again.outputs.outcome).toBe("neutral");
  expect(again.summary).toContain("run 41 attempt 1 has it");
  expect(stage.writesSince(mark)).toEqual([]);
  expect((await ownerOf(turn))?.head).toBe(head);
});

test("20: only the failed jobs run anew, with the gate's outputs: no agent, no token's use, no effect, no result", async () => {
  const turn = await stage.declare();
  const run = await stage.begin(turn, 51);
  await stage.job(run, "gate");
  await stage.job(run, "agent");
  await stage.job(run, "verify");
  const before = stage.landed().length;
  const mark = stage.mark();
  for (const name of ["verify", "effect", "agent"]) {
    const end = await stage.job(run, name, 2);
    expect(end.code, `${name}: ${end.log}`).toBe(0);
    expect(end.outputs.outcome).toBe("neutral");
    expect(end.summary).toContain("Nothing to do");
  }
  expect(existsSync(join(run.temp, "agent-2", `src/sum-${turn.issue}.js`))).toBe(false);
  // Even where an earlier job's failure stands among its needs.
  run.needs.agent = { result: "success", outputs: { outcome: "failed", reason: "agent-failed", detail: "" } };
  run.needs.verify = { result: "skipped", outputs: {} };
  run.needs.effect = { result: "skipped", outputs: {} };
  const conclude = await stage.job(run, "conclude", 2);
  expect(conclude.code).toBe(0);
  expect(conclude.outputs.outcome).toBe("neutral");
  expect(stage.writesSince(mark)).toEqual([]);
  expect(stage.landed().slice(before)).toEqual([]);
}, 20_000);

test("12: a run that was fenced meanwhile sends nothing, whatever it has in hand", async () => {
  const turn = await stage.declare();
  const run = await stage.begin(turn, 61);
  for (const name of ["gate", "agent", "verify"]) await stage.job(run, name);
  const { value } = await readChain(turn.site);
  if (value.kind === "foreign") throw new Error(value.why);
  await makeSteps(turn.site, value, [{ step: "cancel", why: "act" }], []);
  const before = stage.landed().length;
  const mark = stage.mark();
  const end = await stage.job(run, "effect");
  expect(end.code).toBe(0);
  expect(end.outputs.outcome).toBe("neutral");
  expect(end.summary).toContain("cancelled");
  await stage.job(run, "conclude");
  expect(stage.writesSince(mark)).toEqual([]);
  expect(stage.landed().slice(before)).toEqual([]);
}, 20_000);

test("13: a cancel between two sends stops the second", async () => {
  const turn = await stage.declare();
  const run = await stage.begin(turn, 71);
  for (const name of ["gate", "agent", "verify"]) await stage.job(run, name);
  const { faults } = stage.fixture.sandbox;
  // The branch's answer takes its time; the fence lands before the next read of the head.
  const slow = { method: "POST", path: "/repos/acme/work/git/refs" };
  faults.add({ ...slow, fault: { kind: "hang", ms: 700 } });
  const before = stage.landed().length;
  const effect = stage.job(run, "effect");
  while (stage.landed().length === before) await new Promise((resolve) => setTimeout(resolve, 20));
  const { value } = await readChain(turn.site);
  if (value.kind === "foreign") throw new Error(value.why);
  expect((await makeSteps(turn.site, value, [{ step: "cancel", why: "act" }], [])).kind).toBe("made");
  const { outputs } = await effect;
  expect(outputs.outcome).toBe("neutral");
  expect(JSON.parse(outputs.effects ?? "")).toMatchObject({
    [`branch.create:cairn/${turn.issue}-g1`]: "applied",
    [`pull.create:cairn/${turn.issue}-g1`]: "not-sent",
  });
  expect(stage.landed().slice(before)).toEqual([`branch.create:cairn/${turn.issue}-g1`]);
}, 20_000);
