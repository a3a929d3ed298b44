/** Scenario 32: as many agents at once as there are slots; who is dead frees its own. */
import { expect, test } from "vitest";
import { SAMPLE_ISSUE } from "../../src/cli/sample.ts";
import { WAITS } from "../../src/core/waits.ts";
import { patientAgent } from "./agents.ts";
import { markersOn, say } from "./commanding.ts";
import { type Loop, startLoop } from "./loop.ts";
import {
  agentRuns,
  chainOf,
  configure,
  done,
  expectOnce,
  fault,
  fenced,
  holdOf,
  landed,
  loseAtWork,
  pass,
  request,
  waitsFor,
} from "./observing.ts";

/** One slot, taken by the first; the second waits for it. */
async function waiting(
  loop: Loop,
  more: Readonly<Record<string, unknown>> = {},
): Promise<readonly [number, number]> {
  await configure(loop, { slots: 1, ...more });
  const [first, second] = [await loop.issue(), await loop.issue()];
  await loop.ready(first);
  const key = `agent.run:${first}#g1a1`;
  await loop.until(key, () => (landed(loop).includes(key) ? true : undefined), { review: "no" });
  await loop.ready(second);
  await waitsFor(loop, `a slot (1 of 1 are taken, by #${first}); position 1 in the queue`);
  return [first, second];
}

test("32: one slot: the next issue waits, says for whom, and begins by itself once the first one's run is dead", async () => {
  const agent = await patientAgent();
  await using loop = await startLoop({ agent: agent.command });
  const [first, second] = await waiting(loop, { attempts: 1 });
  const key = `agent.run:${first}#g1a1`;
  expect((await loop.shown(second)).labels).toEqual(["cairn:ready"]);
  const run = await loseAtWork(loop, key, 300);
  await loop.until("the end of the run", () => (run?.status === "completed" ? true : undefined));
  await fenced(loop);
  // Its run is over, and what it has sent may still land: the slot is free before that is settled.
  await say(loop, second, "Any news?");
  await begins(loop, second);
  expect((await chainOf(loop, first)).open?.claim).toBeTruthy();
  await agent.end();
  await pass(loop, 125);
  await holdOf(loop, first);
  await done(loop, second);
  expectOnce(loop);
  expect(agentRuns(loop)).toEqual([key, `agent.run:${second}#g1a1`]);
});

const begins = (loop: Loop, issue: number): Promise<true> =>
  loop.until(`the agent of #${issue}`, () =>
    landed(loop).includes(`agent.run:${issue}#g1a1`) ? true : undefined,
  );

test("32: an issue on hold has no slot, whatever the chain says to which somebody moved it back", async () => {
  const agent = await patientAgent();
  await using loop = await startLoop({ agent: agent.command });
  const [first, second] = await waiting(loop);
  const { sandbox, repository } = loop.stage;
  const store = sandbox.services.stores.get(repository.id);
  const ref = `refs/cairn/${first}`;
  const [, declare] = (await store?.log(repository.refs.get(ref) ?? "", { limit: 2 })) ?? [];
  await request(loop, "PATCH", `${loop.repo}/git/${ref}`, { sha: declare?.sha, force: true });
  await loop.app.sweep();
  expect(await holdOf(loop, first)).toBe("chain-rewound");
  await begins(loop, second);
  await agent.end();
  await done(loop, second);
});

test("32: whoever could not be seen while it waited is looked at again, though nothing about it has changed", async () => {
  const agent = await patientAgent();
  await using loop = await startLoop({ agent: agent.command });
  const [first, second] = await waiting(loop);
  // GitHub's times are whole seconds: the look that rests has to come clearly behind the label.
  loop.stage.sandbox.clock.advance(10_000);
  await loop.app.sweep();
  await loop.app.idle();
  // The look that the first one's end brings, and its echo.
  fault(loop, {
    method: "GET",
    path: `${loop.repo}/issues/${second}`,
    actor: "installation",
    count: 2,
    fault: { kind: "status", status: 404, message: "Not Found" },
  });
  await agent.end();
  await done(loop, first);
  await loop.until("both looks", () =>
    loop.stage.sandbox.requestLog.filter(
      ({ path, status }) => path === `${loop.repo}/issues/${second}` && status === 404,
    ).length === 2
      ? true
      : undefined,
  );
  await loop.app.idle();
  await loop.app.sweep();
  await begins(loop, second);
  await done(loop, second);
});

test("32: whoever waits for its first work shows its place, or what it is blocked by; /cairn status says the same", async () => {
  const agent = await patientAgent();
  await using loop = await startLoop({ agent: agent.command });
  const [first, second] = await waiting(loop);
  const third = await loop.issue({ body: `${SAMPLE_ISSUE.body}\n\nBlocked by: #${second}` });
  await loop.ready(third);
  await waitsFor(loop, `#${second} to be closed`);
  await loop.app.idle();
  // An issue that is about to start shows nothing.
  expect((await loop.shown(second)).comments).toEqual([]);
  await pass(loop, 61);
  const shows = (issue: number, words: string): Promise<true> =>
    loop.until(
      `${words} on #${issue}`,
      async () => {
        await pass(loop, 10);
        const bodies = (await loop.shown(issue)).comments.map(({ body }) => body);
        return bodies.some((body) => body.includes(words)) ? true : undefined;
      },
      { review: "no" },
    );
  await shows(second, "- Position: 1 of those that wait");
  await shows(third, `\`#${second} to be closed\``);
  expect((await loop.shown(second)).comments).toHaveLength(1);
  await say(loop, second, "/cairn status");
  const [answer] = await loop.until(
    "the answer",
    async () => {
      const answers = await markersOn(loop, second, "answer");
      return answers.length > 0 ? answers : undefined;
    },
    { review: "no" },
  );
  expect(answer?.says).toMatchObject([
    {
      about: "status",
      what: WAITS["slots-full"].what,
      detail: `a slot (1 of 1 are taken, by #${first}); position 1 of those that wait`,
    },
  ]);
  await agent.end();
  await begins(loop, second);
  await loop.until("its status", async () =>
    (await loop.shown(second)).comments.some(({ body }) => body.startsWith("**Cairn: implementing**"))
      ? true
      : undefined,
  );
  const statuses = (await loop.shown(second)).comments.filter(({ body }) => body.startsWith("**Cairn: "));
  expect(statuses).toHaveLength(1);
});
