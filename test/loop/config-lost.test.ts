/** Scenario 31 over the whole loop: the configuration is missing, or breaks or goes while an agent works. */
import { expect, test } from "vitest";
import { patientAgent } from "./agents.ts";
import { type Loop, startLoop } from "./loop.ts";
import {
  configure,
  done,
  expectOnce,
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
const FILE = ".github/cairn.yml";

const contents = ({ repo }: Loop): string => `${repo}/contents/${FILE}`;

/** Takes the file away; what gives it back as it was. */
async function without(loop: Loop): Promise<() => Promise<void>> {
  const { sha, content } = await loop.maintainer.get<{ sha: string; content: string }>(contents(loop));
  const gone = { message: "No configuration", sha };
  expect(await request(loop, "DELETE", contents(loop), gone)).toBe(200);
  return async () => {
    const back = { message: "The configuration again", content: content.replaceAll("\n", "") };
    expect(await request(loop, "PUT", contents(loop), back)).toBe(201);
  };
}

/** An issue whose agent is at work. */
async function atWork(loop: Loop): Promise<number> {
  const issue = await loop.issue();
  await loop.ready(issue);
  const key = `agent.run:${issue}#g1a1`;
  await loop.until(key, () => (landed(loop).includes(key) ? true : undefined), NO_REVIEW);
  return issue;
}

/** The status comment, once it says this. */
const status = (loop: Loop, issue: number, words: string | RegExp): Promise<string> =>
  loop.until(
    `a status that says ${words}`,
    async () => {
      const { comments } = await loop.shown(issue);
      const body = comments.map((one) => one.body).find((one) => one.startsWith("**Cairn: ")) ?? "";
      return body.match(words) ? body : undefined;
    },
    NO_REVIEW,
  );

/** All that lets a pull request be merged, and time for it. */
async function approved(loop: Loop, issue: number): Promise<void> {
  await greenPull(loop, issue);
  await labelled(loop, issue, "cairn:reviewing", NO_REVIEW);
  await loop.approve();
  await pass(loop, 65);
  await loop.app.idle();
}

test("31: the configuration is missing from the beginning: no agent is guessed, and the hold says what to set", async () => {
  await using loop = await startLoop();
  const giveBack = await without(loop);
  const issue = await loop.issue();
  await loop.ready(issue);
  expect(await holdOf(loop, issue)).toBe("agent-missing");
  const { comments } = await loop.shown(issue);
  expect(comments.map(({ body }) => body).join("\n")).toContain("agent.command");
  expect(kinds(loop)).not.toContain("branch.create");
  await giveBack();
  await loop.ready(issue);
  await done(loop, issue);
  expectOnce(loop);
});

test("31: it is broken while the agent works: the pull request comes, nothing is merged, and the status says where", async () => {
  const agent = await patientAgent();
  await using loop = await startLoop({ agent: agent.command });
  const issue = await atWork(loop);
  await configure(loop, { merge: "always" });
  await agent.end();
  await approved(loop, issue);
  expect(await status(loop, issue, /\.github\/cairn\.yml:\d+:\d+/)).toContain("**Cairn: reviewing**");
  expect(kinds(loop)).not.toContain("merge");
  await configure(loop, { merge: "on-green-with-review" });
  await loop.app.sweep();
  await done(loop, issue);
  expectOnce(loop);
});

test("31: it is deleted while the agent works: what was pinned is published, and by the defaults nobody merges but people", async () => {
  const agent = await patientAgent();
  await using loop = await startLoop({ agent: agent.command });
  const issue = await atWork(loop);
  const giveBack = await without(loop);
  await agent.end();
  await approved(loop, issue);
  await status(loop, issue, "the configuration leaves the merge to people");
  expect(runsOf(loop)).toHaveLength(1);
  expect(kinds(loop)).not.toContain("merge");
  await giveBack();
  await loop.app.sweep();
  await done(loop, issue);
  expectOnce(loop);
});
