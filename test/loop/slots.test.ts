/** Scenario 32: as many agents at once as there are slots; who is dead frees its own. */
import { expect, test } from "vitest";
import { patientAgent } from "./agents.ts";
import { startLoop } from "./loop.ts";
import {
  configure,
  done,
  expectOnce,
  fenced,
  holdOf,
  landed,
  loseAtWork,
  pass,
  waitsFor,
} from "./observing.ts";

test("32: one slot: the next issue waits, says for whom, and begins by itself once the first one's run is dead", async () => {
  const agent = await patientAgent();
  await using loop = await startLoop({ agent: agent.command });
  await configure(loop, { slots: 1, attempts: 1 });
  const [first, second] = [await loop.issue(), await loop.issue()];
  await loop.ready(first);
  const key = `agent.run:${first}#g1a1`;
  await loop.until(key, () => (landed(loop).includes(key) ? true : undefined), { review: "no" });
  await loop.ready(second);
  await waitsFor(loop, `a slot (1 of 1 are taken, by #${first}); position 1 in the queue`);
  expect((await loop.shown(second)).labels).toEqual(["cairn:ready"]);
  const run = await loseAtWork(loop, key, 300);
  await loop.until("the end of the run", () => (run?.status === "completed" ? true : undefined));
  await fenced(loop);
  await agent.end();
  await pass(loop, 125);
  await holdOf(loop, first);
  await done(loop, second);
  expectOnce(loop);
  expect(landed(loop).filter((one) => one.startsWith("agent.run"))).toEqual([
    key,
    `agent.run:${second}#g1a1`,
  ]);
});
