/** Scenario 30: a condition of a merge set aside by two people, for exactly that action and head, within the hour. */
import { expect, test } from "vitest";
import type { IntentMarker } from "../../src/core/marker.ts";
import { markersOn, say, sweeps } from "./commanding.ts";
import { type Loop, startLoop } from "./loop.ts";
import {
  chainOf,
  configure,
  expectOnce,
  greenPull,
  kinds,
  labelled,
  request,
  waitsFor,
} from "./observing.ts";

const ACTION = "/cairn override merge:review-missing";

/** GitHub refuses what its own rules ask for, whatever people tell Cairn: here it is Cairn alone that wants a review. */
function askForNoReview({ stage: { repository } }: Loop): void {
  const { defaultBranch, protections } = repository;
  const protection = protections.get(defaultBranch);
  if (protection) protections.set(defaultBranch, { ...protection, requiredReviews: null });
}

/** An issue whose pull request lacks nothing but a review; oda may set that aside as maya may. */
async function unreviewed(loop: Loop): Promise<number> {
  const { sandbox, repository } = loop.stage;
  askForNoReview(loop);
  sandbox.addCollaborator(repository, "oda", "maintain");
  const issue = await loop.issue();
  await loop.ready(issue);
  await labelled(loop, issue, "cairn:reviewing", { review: "no" });
  await loop.app.idle();
  return issue;
}

const mergeOf = async (loop: Loop, issue: number): Promise<IntentMarker | undefined> =>
  (await markersOn(loop, issue, "intent")).find(({ edge }) => edge === "merge");

/** Who has set what aside, as the record of the merge says it. */
const despiteOf = (intent: IntentMarker | undefined) =>
  intent?.despite?.map(({ action, actor }) => `${action} by ${actor.login}`);

test("30: one person twice sets nothing aside; a second one does, once, and the record names both", async () => {
  await using loop = await startLoop();
  const issue = await unreviewed(loop);
  const answers = async () => (await markersOn(loop, issue, "answer")).flatMap(({ says }) => says);
  const answeredTimes = (count: number) =>
    loop.until(`answer ${count}`, async () => ((await answers()).length === count ? true : undefined), {
      review: "no",
    });
  await say(loop, issue, ACTION);
  await answeredTimes(1);
  await say(loop, issue, ACTION);
  await answeredTimes(2);
  // Another action is another one, whoever says it.
  await say(loop, issue, "/cairn override merge:check-failed", loop.outsider);
  await answeredTimes(3);
  expect((await answers()).map((one) => one.about === "override" && [one.state, one.by])).toEqual([
    ["needs-second", ["maya"]],
    ["needs-second", ["maya"]],
    ["needs-second", ["oda"]],
  ]);
  expect(kinds(loop)).not.toContain("merge");
  await say(loop, issue, ACTION, loop.outsider);
  await labelled(loop, issue, "cairn:done", { review: "no" });
  expectOnce(loop);
  const intent = await mergeOf(loop, issue);
  expect(despiteOf(intent)).toEqual(["merge:review-missing by maya", "merge:review-missing by oda"]);
  expect(intent?.why).toMatch(/^@maya and @oda set merge:review-missing aside on [0-9a-f]{12}; all else/);
  expect((await chainOf(loop, issue)).overrides?.map(({ action }) => action)).toEqual(["merge:check-failed"]);
});

test("30: within the hour, and while both have the right: else nothing is merged, and both begin anew", async () => {
  await using loop = await startLoop();
  const { sandbox, repository } = loop.stage;
  const issue = await unreviewed(loop);
  await say(loop, issue, ACTION);
  await loop.until("the first answer", async () => (await markersOn(loop, issue, "answer"))[0], {
    review: "no",
  });
  sandbox.clock.advance(3_601_000);
  await say(loop, issue, ACTION, loop.outsider);
  await sweeps(loop);
  expect(kinds(loop)).not.toContain("merge");
  // Who loses the right in between takes the word along: GitHub asks nobody twice, the gate does.
  sandbox.addCollaborator(repository, "oda", "write");
  await say(loop, issue, ACTION);
  await sweeps(loop);
  expect(kinds(loop)).not.toContain("merge");
  expect((await chainOf(loop, issue)).attempts.merge.last).toBe(0);
  const states = (await markersOn(loop, issue, "answer")).flatMap(({ says }) =>
    says.map((one) => one.about === "override" && one.state),
  );
  expect(states).toEqual(["needs-second", "needs-second", "granted"]);
});

test("30: for exactly that head: what two people set aside does not count for what is pushed behind it", async () => {
  await using loop = await startLoop();
  // Cairn's own condition, which GitHub knows nothing of.
  await configure(loop, { "required-checks": ["deploy"] });
  const issue = await unreviewed(loop);
  const pull = await greenPull(loop, issue);
  const label = { name: "cairn:hold", color: "cccccc", description: "Nothing goes on" };
  expect(await request(loop, "POST", `${loop.repo}/labels`, label)).toBe(201);
  const hold = `${loop.repo}/issues/${pull.number}/labels`;
  await loop.maintainer.post(hold, { labels: ["cairn:hold"] });
  const states = async () =>
    (await markersOn(loop, issue, "answer")).flatMap(({ says }) =>
      says.map((one) => one.about === "override" && one.state),
    );
  await say(loop, issue, "/cairn override merge:check-pending");
  await say(loop, issue, "/cairn override merge:check-pending", loop.outsider);
  await loop.until("both", async () => ((await states()).includes("granted") ? true : undefined), {
    review: "no",
  });
  // A head that GitHub itself has signed: anybody else's would be left to people.
  const put = { message: "Elsewhere", content: Buffer.from("x\n").toString("base64") };
  expect(await request(loop, "PUT", `${loop.repo}/contents/elsewhere.txt`, put)).toBe(201);
  expect(await request(loop, "PUT", `${loop.repo}/pulls/${pull.number}/update-branch`, {})).toBe(202);
  await greenPull(loop, issue);
  const reviews = `${loop.repo}/pulls/${pull.number}/reviews`;
  await loop.reviewer.post(reviews, { event: "APPROVE" });
  expect(await request(loop, "DELETE", `${hold}/cairn:hold`)).toBe(200);
  await sweeps(loop);
  expect(kinds(loop)).not.toContain("merge");
  expect(loop.lines.at(-1)?.message).toContain("deploy");
  // Nothing else is missing.
  await say(loop, issue, "/cairn override merge:check-pending");
  await say(loop, issue, "/cairn override merge:check-pending", loop.outsider);
  await labelled(loop, issue, "cairn:done", { review: "no" });
  expectOnce(loop);
});

test("30: a path that was reserved meanwhile is lifted by two people as well, and only with them it is merged", async () => {
  await using loop = await startLoop();
  const issue = await unreviewed(loop);
  await configure(loop, { "reserved-paths": ["src/"], "untested-base": "accept" });
  await say(loop, issue, ACTION);
  await say(loop, issue, ACTION, loop.outsider);
  await waitsFor(loop, /an approval of [0-9a-f]{12} by a person/);
  expect(kinds(loop)).not.toContain("merge");
  await say(loop, issue, "/cairn override path:src/");
  await say(loop, issue, "/cairn override path:src/", loop.outsider);
  await labelled(loop, issue, "cairn:done", { review: "no" });
  expectOnce(loop);
  expect(despiteOf(await mergeOf(loop, issue))).toEqual([
    "merge:review-missing by maya",
    "merge:review-missing by oda",
    "path:src/ by maya",
    "path:src/ by oda",
  ]);
});
