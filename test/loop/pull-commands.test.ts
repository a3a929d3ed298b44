/** Commands in comments on a pull request of Cairn's, over the whole loop: they are its issue's. */
import { expect, test } from "vitest";
import { answered, markersOn, reactions, say, sweeps } from "./commanding.ts";
import { type Loop, startLoop } from "./loop.ts";
import { chainOf, done, expectOnce, greenPull, holdOf, kinds, labelled } from "./observing.ts";

/** An issue whose pull request waits for nothing but a review. */
async function inReview(loop: Loop) {
  const issue = await loop.issue();
  await loop.ready(issue);
  const pull = await greenPull(loop, issue);
  await labelled(loop, issue, "cairn:reviewing", { review: "no" });
  return { issue, pull };
}

const loseComments = (loop: Loop): void =>
  void loop.stage.sandbox.faults.add({
    count: 50,
    fault: { kind: "webhook", event: "issue_comment", mode: "drop" },
  });

const approve = (loop: Loop, { number, head }: { number: number; head: { sha: string } }): Promise<unknown> =>
  loop.reviewer.post(`${loop.repo}/pulls/${number}/reviews`, { event: "APPROVE", commit_id: head.sha });

test("29: cancel on the pull request is the issue's: it is answered there, and no approval merges it any more", async () => {
  await using loop = await startLoop();
  const { issue, pull } = await inReview(loop);
  const cancel = await say(loop, pull.number, "This is not it.\n\n/cairn cancel");
  await answered(loop, cancel, "+1");
  await loop.until("no label", async () =>
    (await loop.shown(issue)).labels.length === 0 ? true : undefined,
  );
  await approve(loop, pull);
  await sweeps(loop);
  expect(await reactions(loop, cancel)).toEqual(["+1"]);
  expect(kinds(loop)).not.toContain("merge");
  expect(await markersOn(loop, issue, "hold")).toMatchObject([{ reason: "cancelled" }]);
  expect((await chainOf(loop, issue)).acts).toContain(-cancel);
});

test("29: a hold on the pull request whose webhook was lost is found before the merge, which an approval asks for", async () => {
  await using loop = await startLoop();
  const { issue, pull } = await inReview(loop);
  loseComments(loop);
  const hold = await say(loop, pull.number, "/cairn hold wait for the release");
  await approve(loop, pull);
  expect(await holdOf(loop, issue)).toBe("asked");
  expect(await reactions(loop, hold)).toEqual(["+1"]);
  expect(kinds(loop)).not.toContain("merge");
});

test("29: on a pull request of an issue on hold, a command whose webhook was lost is found by a sweep, and once", async () => {
  await using loop = await startLoop();
  const { issue, pull } = await inReview(loop);
  await say(loop, pull.number, "/cairn hold wait for the release");
  expect(await holdOf(loop, issue)).toBe("asked");
  await sweeps(loop);
  loseComments(loop);
  const resume = await say(loop, pull.number, "/cairn resume");
  await sweeps(loop);
  await answered(loop, resume, "+1");
  await done(loop, issue);
  await sweeps(loop);
  expectOnce(loop);
  expect((await chainOf(loop, issue)).generation).toBe(2);
});

test("29: on a pull request the same people have the same rights: who may not is told so, once, and nothing is stopped", async () => {
  await using loop = await startLoop();
  const { issue, pull } = await inReview(loop);
  loop.stage.sandbox.addCollaborator(loop.stage.repository, "oda", "read");
  const cancel = await say(loop, pull.number, "/cairn cancel", loop.outsider);
  await answered(loop, cancel, "-1");
  await loop.until(
    "the refusal",
    async () => ((await markersOn(loop, issue, "refusal")).length > 0 ? true : undefined),
    { review: "no" },
  );
  await approve(loop, pull);
  await done(loop, issue);
  expect(await markersOn(loop, issue, "refusal")).toMatchObject([{ act: -cancel, reason: "no-right" }]);
});
