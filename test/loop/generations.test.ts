/** Scenarios 12 and 15: new generations, and chains that people have harmed. */
import { expect, test } from "vitest";
import { type Loop, startLoop } from "./loop.ts";
import {
  agentRuns,
  done,
  expectOnce,
  fenced,
  holdOf,
  kinds,
  labelled,
  landed,
  pass,
  request,
  runsOf,
} from "./observing.ts";

test("12: a new generation while a run works: cancelled, settled, then the new one; the old agent lands nothing", async () => {
  await using loop = await startLoop({
    agent: 'if [ "$CAIRN_GENERATION" = 1 ]; then sleep 60; fi; echo "$CAIRN_GENERATION" > who.txt',
    env: { CAIRN_SWEEP_SECONDS: "1" },
  });
  const issue = await loop.issue();
  await loop.ready(issue);
  await loop.until("the first agent", () => (kinds(loop).includes("agent.run") ? true : undefined));
  await labelled(loop, issue, "cairn:implementing");
  await loop.ready(issue);
  const run = runsOf(loop)[0];
  await loop.until("the end of the first run", () => (run?.status === "completed" ? true : undefined));
  await fenced(loop);
  await pass(loop, 125);
  await done(loop, issue);
  expectOnce(loop);
  expect(agentRuns(loop)).toEqual([`agent.run:${issue}#g1a1`, `agent.run:${issue}#g2a1`]);
  expect(landed(loop)).toContain(`branch.create:cairn/${issue}-g2`);
});

test("12: what an older generation left open is closed as superseded before the new work begins", async () => {
  await using loop = await startLoop({ agent: 'echo "$CAIRN_GENERATION" > who.txt' });
  const issue = await loop.issue();
  await loop.ready(issue);
  await labelled(loop, issue, "cairn:reviewing", { review: "no" });
  await loop.app.idle();
  await loop.ready(issue);
  await done(loop, issue);
  expectOnce(loop);
  const keys = landed(loop);
  const closed = keys.findIndex((key) => key.startsWith("pull.close"));
  expect(closed).toBeGreaterThan(0);
  expect(keys.indexOf(`agent.run:${issue}#g2a1`)).toBeGreaterThan(closed);
});

test.each<[string, (loop: Loop, issue: number) => Promise<void>, string]>([
  [
    "deleted",
    async (loop, issue) => {
      await request(loop, "DELETE", `${loop.repo}/git/refs/cairn/${issue}`);
    },
    "chain-missing",
  ],
  [
    "pushed to",
    async (loop, issue) => {
      const main = loop.stage.repository.refs.get("refs/heads/main");
      await request(loop, "PATCH", `${loop.repo}/git/refs/cairn/${issue}`, { sha: main, force: true });
    },
    "chain-foreign",
  ],
  [
    "moved back",
    async (loop, issue) => {
      const { sandbox, repository } = loop.stage;
      const store = sandbox.services.stores.get(repository.id);
      const [, , , first] =
        (await store?.log(repository.refs.get(`refs/cairn/${issue}`) ?? "", { limit: 10 })) ?? [];
      await request(loop, "PATCH", `${loop.repo}/git/refs/cairn/${issue}`, {
        sha: first?.sha,
        force: true,
      });
    },
    "chain-rewound",
  ],
])("15: the chain is %s by a person: a hold, said once, and no effect", async (_what, harm, reason) => {
  await using loop = await startLoop();
  const issue = await loop.issue();
  await loop.ready(issue);
  await done(loop, issue);
  const before = landed(loop);
  await harm(loop, issue);
  await loop.ready(issue);
  expect(await holdOf(loop, issue)).toBe(reason);
  await loop.app.sweep();
  await loop.app.idle();
  expect(landed(loop)).toEqual(before);
  const { comments } = await loop.shown(issue);
  expect(comments.filter(({ body }) => body.includes('"type":"alarm"'))).toHaveLength(1);
});

test("15: the chain is moved back from a claim while its owner works: the agent does not run twice, nor where its run is started again", async () => {
  await using loop = await startLoop({
    agent: "sleep 2; echo more >> README.md",
    env: { CAIRN_SWEEP_SECONDS: "1" },
  });
  const { sandbox, repository } = loop.stage;
  const issue = await loop.issue();
  await loop.ready(issue);
  await loop.until("the agent", () => (kinds(loop).includes("agent.run") ? true : undefined));
  const store = sandbox.services.stores.get(repository.id);
  const [, declare] =
    (await store?.log(repository.refs.get(`refs/cairn/${issue}`) ?? "", { limit: 2 })) ?? [];
  await request(loop, "PATCH", `${loop.repo}/git/refs/cairn/${issue}`, { sha: declare?.sha, force: true });
  expect(await holdOf(loop, issue)).toBe("chain-rewound");
  const [run] = runsOf(loop);
  await loop.until("the run's end", () => (run?.status === "completed" ? true : undefined));
  const id = [...sandbox.world.users.values()].find(({ login }) => login === "maya")?.id ?? 0;
  const maya = { id, login: "maya", type: "User" } as const;
  expect(sandbox.engine?.rerun(repository.id, run?.id ?? 0, "all", maya)).toBeTruthy();
  await loop.until("its end", () => (run?.status === "completed" ? true : undefined));
  expect(loop.lines.map(({ message }) => message)).toContainEqual(
    expect.stringMatching(/^no token: .*chain-unsound/),
  );
  expect(kinds(loop)).toEqual(["agent.run"]);
});
