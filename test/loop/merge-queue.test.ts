/** Scenario 25 with a merge queue: Cairn puts each head into it once, and what came of it is GitHub's to say. */
import { expect, test } from "vitest";
import { entriesOf } from "../../src/sandbox/world/merge-queue.ts";
import { queueRuleset } from "../sandbox/graphql/queue-scene.ts";
import { reactions, say } from "./commanding.ts";
import { type Loop, startLoop } from "./loop.ts";
import {
  chainOf,
  done,
  expectOnce,
  greenPull,
  landed,
  type Pull,
  pass,
  request,
  waitsFor,
} from "./observing.ts";

const NO_REVIEW = { review: "no" } as const;

/** A base with a queue that wants the check `test`; a pull request that was approved; and that it is in the queue. */
async function queued(loop: Loop): Promise<{ readonly issue: number; readonly pull: Pull }> {
  const { repo, stage } = loop;
  const ruleset = queueRuleset({ min_entries_to_merge_wait_minutes: 0 });
  expect(await request(loop, "POST", `${repo}/rulesets`, ruleset)).toBe(201);
  const issue = await loop.issue();
  await loop.ready(issue);
  const pull = await greenPull(loop, issue);
  const review = { event: "APPROVE" };
  expect(
    await request(loop, "POST", `${repo}/pulls/${pull.number}/reviews`, review, stage.tokens.reviewer),
  ).toBe(200);
  await trial(loop);
  return { issue, pull };
}

const entries = ({ stage }: Loop) => entriesOf(stage.sandbox.world, stage.repository.id, "main");

/** The commit on which the queue tries the only entry. */
const trial = (loop: Loop): Promise<string> =>
  loop.until("the trial of the queue", () => entries(loop)[0]?.build?.headSha, NO_REVIEW);

const left = (loop: Loop): Promise<true> =>
  loop.until("the queue to be empty", () => (entries(loop).length === 0 ? true : undefined), NO_REVIEW);

/** The required check of the trial says this. */
async function reports(loop: Loop, state: "success" | "failure"): Promise<void> {
  const path = `${loop.repo}/statuses/${await trial(loop)}`;
  expect(await request(loop, "POST", path, { state, context: "test" })).toBe(201);
}

const entered = ({ number, head }: Pull): string[] => [`merge.enqueue:pull/${number}@${head.sha}`];
const enqueued = (loop: Loop): string[] => landed(loop).filter((key) => key.startsWith("merge.enqueue:"));
const again = (loop: Loop, { number }: Pull): Promise<Pull> =>
  loop.maintainer.get(`${loop.repo}/pulls/${number}`);

test("25: a base with a merge queue: what the gate lets through is put in, and the queue merges it", async () => {
  await using loop = await startLoop();
  const { issue, pull } = await queued(loop);
  await waitsFor(loop, `the merge queue to merge #${pull.number}, which is number 1 there`);
  expect((await again(loop, pull)).merged).toBe(false);
  await reports(loop, "success");
  await done(loop, issue, NO_REVIEW);
  expectOnce(loop);
  expect(enqueued(loop)).toEqual(entered(pull));
  const merges = loop.stage.sandbox.landed.filter(({ kind }) => kind === "merge");
  expect(merges.map(({ actor }) => actor)).not.toContainEqual(
    expect.objectContaining({ appId: loop.stage.app.app.id }),
  );
  expect(merges).toHaveLength(1);
  expect((await loop.shown(issue)).state).toBe("closed");
});

test("25: what the queue puts out is not put in again: people look, put it in themselves, and it is merged", async () => {
  await using loop = await startLoop();
  const { issue, pull } = await queued(loop);
  await reports(loop, "failure");
  await left(loop);
  await waitsFor(loop, `a person to put #${pull.number} into the merge queue of main again`);
  await pass(loop, 400);
  await loop.app.idle();
  expect(enqueued(loop)).toEqual(entered(pull));
  expect(await chainOf(loop, issue)).toMatchObject({
    open: null,
    hold: null,
    queued: pull.head.sha,
    // Nor was it asked for again, to be refused by a run.
    attempts: { merge: { last: 1 } },
  });
  const query = `mutation ($id: ID!) { enqueuePullRequest(input: { pullRequestId: $id }) { mergeQueueEntry { id } } }`;
  const { node_id: id } = await loop.maintainer.get<{ node_id: string }>(`${loop.repo}/pulls/${pull.number}`);
  expect(await request(loop, "POST", "/graphql", { query, variables: { id } })).toBe(200);
  await waitsFor(loop, `#${pull.number}, number 1 of the merge queue of main, to be merged there`);
  await reports(loop, "success");
  await done(loop, issue, NO_REVIEW);
  expect(enqueued(loop)).toEqual(entered(pull));
});

test("25: whoever cancels is obeyed by taking it out again, however green its trial", async () => {
  await using loop = await startLoop();
  const { issue, pull } = await queued(loop);
  const sha = await trial(loop);
  await waitsFor(loop, "which is number 1 there");
  const comment = await say(loop, issue, "/cairn cancel");
  await left(loop);
  expect(
    await request(loop, "POST", `${loop.repo}/statuses/${sha}`, { state: "success", context: "test" }),
  ).toBe(201);
  await loop.until(
    "the work to be given up",
    async () => ((await chainOf(loop, issue)).hold?.reason === "cancelled" ? true : undefined),
    NO_REVIEW,
  );
  expect(await reactions(loop, comment)).toEqual(["+1"]);
  await pass(loop, 400);
  await loop.app.idle();
  expect(entries(loop)).toEqual([]);
  expect(await again(loop, pull)).toMatchObject({ state: "open", merged: false });
  expectOnce(loop);
});
