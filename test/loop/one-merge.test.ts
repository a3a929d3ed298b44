/** Scenario 25: one merge into a base at a time. Whoever comes second waits, and is judged again behind the first. */
import { expect, test } from "vitest";
import { type Loop, startLoop } from "./loop.ts";
import {
  chainOf,
  configure,
  done,
  expectOnce,
  fault,
  greenPull,
  landed,
  REPO,
  request,
  waitsFor,
} from "./observing.ts";

const NO_REVIEW = { review: "no" } as const;

/**
 * Two pull requests that need nothing but an approval; their issues and numbers. Another app goes on from here: what it
 * knows of merges it has read, and the minute's points are not spent on what came before. What the first one's merge makes of
 * the base asks nothing more of the second.
 */
async function twoPulls(loop: Loop) {
  await configure(loop, { "untested-base": "accept" });
  const issues = [await loop.issue(), await loop.issue()] as const;
  for (const issue of issues) await loop.ready(issue);
  const withPull = async (issue: number) => ({ issue, pull: (await greenPull(loop, issue)).number });
  const two = [await withPull(issues[0]), await withPull(issues[1])] as const;
  await loop.app.stop();
  loop.app = await loop.startApp({ PORT: String(loop.port) });
  return two;
}

async function approve(loop: Loop, pull: number): Promise<void> {
  const path = `${loop.repo}/pulls/${pull}/reviews`;
  const event = { event: "APPROVE" };
  expect(await request(loop, "POST", path, event, loop.stage.tokens.reviewer)).toBe(200);
}

const merging = (loop: Loop, issue: number): Promise<true> =>
  loop.until(
    `the intent to merge for #${issue}`,
    async () => ((await chainOf(loop, issue)).open?.edge === "merge" ? true : undefined),
    NO_REVIEW,
  );

const mergesOf = (loop: Loop): number[] =>
  landed(loop).flatMap((key) => (key.startsWith("merge:pull/") ? [Number(/\d+/.exec(key)?.[0])] : []));

/** GitHub puts merges off for a while: each performer asks again, after longer and longer pauses. */
const busy = (loop: Loop): void =>
  fault(loop, {
    method: "PUT",
    path: `${REPO}/pulls/{pull_number}/merge`,
    count: 2,
    fault: {
      kind: "status",
      status: 405,
      message: "Base branch was modified. Review and try the merge again.",
    },
  });

test("25: while a merge is under way another one waits for it, and says so", async () => {
  await using loop = await startLoop();
  const [first, second] = await twoPulls(loop);
  busy(loop);
  await approve(loop, second.pull);
  await merging(loop, second.issue);
  await approve(loop, first.pull);
  await waitsFor(loop, `the merge of #${second.issue} into main`);
  expect((await chainOf(loop, first.issue)).open?.edge).not.toBe("merge");
  await done(loop, second.issue, NO_REVIEW);
  await done(loop, first.issue, NO_REVIEW);
  expect(mergesOf(loop)).toEqual([second.pull, first.pull]);
  expectOnce(loop);
  for (const { issue } of [first, second]) expect((await chainOf(loop, issue)).attempts.merge.last).toBe(1);
}, 120_000);

test("25: two that were declared because neither was to be seen: the later one steps back, and comes again", async () => {
  await using loop = await startLoop();
  const [first, second] = await twoPulls(loop);
  busy(loop);
  const before = loop.stage.sandbox.faults.snapshot();
  const path = `${REPO}/issues/comments`;
  await approve(loop, first.pull);
  await merging(loop, first.issue);
  // The app's list lags, and shows no intent to merge; the one that the run reads does.
  fault(loop, { method: "GET", path, count: 2, fault: { kind: "stale", asOf: before } });
  await approve(loop, second.pull);
  await merging(loop, second.issue);
  await done(loop, first.issue, NO_REVIEW);
  await done(loop, second.issue, NO_REVIEW);
  expect(mergesOf(loop)).toEqual([first.pull, second.pull]);
  expectOnce(loop);
  expect((await chainOf(loop, first.issue)).attempts.merge.last).toBe(1);
  expect((await chainOf(loop, second.issue)).attempts.merge.last).toBe(2);
}, 120_000);
