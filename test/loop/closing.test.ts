/** Scenario 26: a person closes the issue while its agent works, or opens a pull request again that was closed. */
import { expect, test } from "vitest";
import { patientAgent } from "./agents.ts";
import { markersOn, say, sweeps } from "./commanding.ts";
import { startLoop } from "./loop.ts";
import {
  agentRuns,
  done,
  expectOnce,
  fenced,
  greenPull,
  holdOf,
  kinds,
  labelled,
  landed,
  pass,
  request,
  runsOf,
} from "./observing.ts";

const NO_REVIEW = { review: "no" } as const;

test("26: the issue is closed while its agent works: the run is stopped, nothing is published, and opened again it begins anew", async () => {
  const agent = await patientAgent();
  await using loop = await startLoop({ agent: agent.command });
  const issue = await loop.issue();
  await loop.ready(issue);
  const first = `agent.run:${issue}#g1a1`;
  await loop.until(first, () => (landed(loop).includes(first) ? true : undefined), NO_REVIEW);
  expect(await request(loop, "PATCH", `${loop.repo}/issues/${issue}`, { state: "closed" })).toBe(200);
  const [run] = runsOf(loop);
  await loop.until("the end of the run", () => (run?.status === "completed" ? true : undefined), NO_REVIEW);
  await agent.end();
  await fenced(loop);
  await pass(loop, 125);
  expect(await holdOf(loop, issue)).toBe("issue-closed");
  expect(kinds(loop)).toEqual(["agent.run"]);
  expect(await request(loop, "PATCH", `${loop.repo}/issues/${issue}`, { state: "open" })).toBe(200);
  await say(loop, issue, "/cairn retry");
  await done(loop, issue);
  expectOnce(loop);
  expect(agentRuns(loop)).toEqual([first, `agent.run:${issue}#g2a1`]);
});

test("26: a pull request that a person closed and opened again is not merged before somebody asks anew, and not by its first work", async () => {
  await using loop = await startLoop({ agent: 'echo "$CAIRN_GENERATION" > who.txt' });
  const issue = await loop.issue();
  await loop.ready(issue);
  const pull = await greenPull(loop, issue);
  await labelled(loop, issue, "cairn:reviewing", NO_REVIEW);
  const state = (to: "open" | "closed"): Promise<number> =>
    request(loop, "PATCH", `${loop.repo}/pulls/${pull.number}`, { state: to });
  expect(await state("closed")).toBe(200);
  await loop.until(
    "the hold",
    async () => (await markersOn(loop, issue, "hold")).find(({ reason }) => reason === "pull-closed"),
    NO_REVIEW,
  );
  expect(await state("open")).toBe(200);
  await loop.approve();
  await sweeps(loop);
  expect(kinds(loop)).not.toContain("merge");
  expect((await loop.shown(issue)).labels).toEqual(["cairn:hold"]);
  await say(loop, issue, "/cairn resume");
  await done(loop, issue);
  expectOnce(loop);
  expect(landed(loop).filter((key) => key.startsWith("pull.close"))).toEqual([
    `pull.close:pull/${pull.number}`,
  ]);
  const first = await loop.maintainer.get<{ merged: boolean; state: string }>(
    `${loop.repo}/pulls/${pull.number}`,
  );
  expect(first).toMatchObject({ merged: false, state: "closed" });
});
