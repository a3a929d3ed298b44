/** Scenario 24: the issue's text is edited in mid-flight, before a pull request and with one, by those who may and others. */
import { expect, test } from "vitest";
import { SAMPLE_ISSUE } from "../../src/cli/sample.ts";
import { markersOn, reactions, say, sweeps } from "./commanding.ts";
import { type Loop, startLoop } from "./loop.ts";
import {
  agentRuns,
  chainOf,
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
  waitsFor,
} from "./observing.ts";

const BETTER = `${SAMPLE_ISSUE.body}\n\n- [ ] it should be friendly`;
/** The first generation's agent is slow; each leaves what it was given. */
const SLOW =
  'if [ "$CAIRN_GENERATION" = 1 ]; then sleep 60; fi; cp "$CAIRN_ISSUE_FILE" "text-$CAIRN_ISSUE_NUMBER.md"';
const QUICK = 'cp "$CAIRN_ISSUE_FILE" "text-$CAIRN_ISSUE_NUMBER.md"';

const edit = (loop: Loop, issue: number, body: string, by = loop.stage.tokens.maintainer): Promise<number> =>
  request(loop, "PATCH", `${loop.repo}/issues/${issue}`, { body }, by);

const atWork = (loop: Loop): Promise<true> =>
  loop.until("the agent", () => (kinds(loop).includes("agent.run") ? true : undefined));

/** Its run has stopped, and nothing of it can land any more. */
async function settled(loop: Loop): Promise<void> {
  const [run] = runsOf(loop);
  await loop.until("the end of the first run", () => (run?.status === "completed" ? true : undefined));
  await fenced(loop);
  await pass(loop, 125);
}

/** What the agent of the merged work was given. */
async function givenOf(loop: Loop, issue: number): Promise<string> {
  const { content } = await loop.maintainer.get<{ content: string }>(
    `${loop.repo}/contents/text-${issue}.md`,
  );
  return Buffer.from(content, "base64").toString();
}

/** An issue of somebody without the right, whom the label of somebody with it lets in. */
async function ofOutsider(loop: Loop): Promise<number> {
  loop.stage.sandbox.addCollaborator(loop.stage.repository, "oda", "read");
  return (await loop.outsider.post<{ number: number }>(`${loop.repo}/issues`, SAMPLE_ISSUE)).number;
}

test("24: whoever may ask edits the text while the agent works: it is stopped, and the next generation has the new text", async () => {
  await using loop = await startLoop({ agent: SLOW, env: { CAIRN_SWEEP_SECONDS: "1" } });
  const issue = await loop.issue();
  await loop.ready(issue);
  await atWork(loop);
  await labelled(loop, issue, "cairn:implementing");
  expect(await edit(loop, issue, BETTER)).toBe(200);
  await settled(loop);
  await done(loop, issue);
  expectOnce(loop);
  expect(agentRuns(loop)).toEqual([`agent.run:${issue}#g1a1`, `agent.run:${issue}#g2a1`]);
  expect(await givenOf(loop, issue)).toContain("it should be friendly");
  expect(await markersOn(loop, issue, "hold")).toEqual([]);
  const [, second] = await markersOn(loop, issue, "intent");
  expect(second).toMatchObject({ generation: 2, why: "@maya edited the text" });
});

test("24: an edit that leaves too little stops the agent, and is asked about; the next one goes on", async () => {
  await using loop = await startLoop({ agent: SLOW, env: { CAIRN_SWEEP_SECONDS: "1" } });
  const issue = await loop.issue();
  await loop.ready(issue);
  await atWork(loop);
  expect(await edit(loop, issue, "Greet.")).toBe(200);
  await settled(loop);
  await waitsFor(loop, /^hold: The text is too short/);
  expect(await edit(loop, issue, BETTER)).toBe(200);
  await done(loop, issue);
  expectOnce(loop);
  expect(agentRuns(loop)).toHaveLength(2);
  expect(await markersOn(loop, issue, "question")).toHaveLength(1);
});

test("24: others edit it while the agent works: nothing is stopped, and the pull request waits for somebody with the right", async () => {
  const agent = `sleep 3; ${QUICK}`;
  await using loop = await startLoop({ agent, env: { CAIRN_SWEEP_SECONDS: "1" } });
  const issue = await ofOutsider(loop);
  await loop.ready(issue);
  await atWork(loop);
  expect(await edit(loop, issue, BETTER, loop.stage.tokens.outsider)).toBe(200);
  expect(await holdOf(loop, issue)).toBe("text-changed-in-review");
  await sweeps(loop);
  const holds = await markersOn(loop, issue, "hold");
  expect(holds).toMatchObject([
    { detail: expect.stringMatching(/^@oda, who may not ask for work, edited it/) },
  ]);
  expect(kinds(loop)).not.toContain("merge");
  const comment = await say(loop, issue, "/cairn resume");
  await done(loop, issue);
  expectOnce(loop);
  expect(await reactions(loop, comment)).toEqual(["+1"]);
  expect(agentRuns(loop)).toHaveLength(1);
  expect(await givenOf(loop, issue)).not.toContain("it should be friendly");
  expect((await chainOf(loop, issue)).generation).toBe(1);
});

test.each<[string, (loop: Loop, issue: number) => Promise<unknown>, agents: string[], closed: number]>([
  ["resume goes on with the pull request", (loop, issue) => say(loop, issue, "/cairn resume"), ["#g1a1"], 0],
  ["ready begins anew", (loop, issue) => loop.ready(issue), ["#g1a1", "#g2a1"], 1],
])("24: in review an edit is a question, asked once: %s", async (_what, answer, turns, closed) => {
  await using loop = await startLoop({ agent: QUICK });
  const issue = await loop.issue();
  await loop.ready(issue);
  await labelled(loop, issue, "cairn:reviewing", { review: "no" });
  await loop.app.idle();
  expect(await edit(loop, issue, BETTER)).toBe(200);
  expect(await holdOf(loop, issue)).toBe("text-changed-in-review");
  expect(await edit(loop, issue, `${BETTER}, and short`)).toBe(200);
  await sweeps(loop);
  expect(kinds(loop)).not.toContain("merge");
  await answer(loop, issue);
  await done(loop, issue);
  expectOnce(loop);
  expect(await markersOn(loop, issue, "hold")).toMatchObject([
    {
      reason: "text-changed-in-review",
      detail: expect.stringMatching(/^@maya edited it while #\d+ was open$/),
    },
  ]);
  expect(agentRuns(loop)).toEqual(turns.map((turn) => `agent.run:${issue}${turn}`));
  expect(landed(loop).filter((key) => key.startsWith("pull.close"))).toHaveLength(closed);
});
