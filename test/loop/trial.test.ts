/** `merge: shadow` over the whole loop: what was said before the trial is no prediction, and what is said in it is. */
import { expect, test } from "vitest";
import { lookAtGraduation } from "../../src/app/graduation.ts";
import { connect, createGovernor, realClock } from "../../src/github/index.ts";
import { type Loop, startLoop } from "./loop.ts";
import { configure, done, greenPull, type Pull, request } from "./observing.ts";

const NO_REVIEW = { review: "no" } as const;

/** What the app has said of the pull request's head, as soon as it is this. */
const says = (loop: Loop, { head }: Pull, wanted: RegExp): Promise<string> =>
  loop.until(
    String(wanted),
    async () => {
      await loop.app.sweep();
      const { sandbox, app } = loop.stage;
      const own = [...sandbox.world.checkRuns.values()].filter(
        (run) => run.headSha === head.sha && run.appId === app.app.id,
      );
      expect(own.length).toBeLessThanOrEqual(1);
      return own.map(({ externalId }) => externalId).find((one) => wanted.test(one));
    },
    NO_REVIEW,
  );

function score({ stage, repo }: Loop) {
  const [owner = "", name = ""] = repo.split("/").slice(-2);
  const { reads } = connect({
    apiUrl: stage.sandbox.url,
    address: () => ({ owner, repo: name }),
    clock: realClock,
    governor: createGovernor({ clock: realClock }),
    token: async () => stage.tokens.reviewer,
    retryPause: 1,
  });
  return lookAtGraduation(reads, undefined);
}

test("25: people merge what lacks a review, before the trial and in it: only the second speaks against Cairn", async () => {
  await using loop = await startLoop();
  const { defaultBranch, protections } = loop.stage.repository;
  const protection = protections.get(defaultBranch);
  // So that GitHub lets people merge without a review.
  if (protection) protections.set(defaultBranch, { ...protection, requiredReviews: null });
  await configure(loop, { merge: "never" });
  const [before, during] = [await loop.issue({ title: "One" }), await loop.issue({ title: "Two" })];
  await loop.ready(before);
  const first = await greenPull(loop, before);
  await says(loop, first, /^review-missing [0-9a-f]{16}$/);
  await loop.ready(during);
  const second = await greenPull(loop, during);
  await says(loop, second, /^review-missing [0-9a-f]{16}$/);
  const merge = ({ number }: Pull) => request(loop, "PUT", `${loop.repo}/pulls/${number}/merge`, {});
  expect(await merge(first)).toBe(200);
  await done(loop, before, NO_REVIEW);
  await configure(loop, { merge: "shadow" });
  // The same verdict is said once more: now it is a prediction.
  await says(loop, second, /^review-missing [0-9a-f]{16} shadow$/);
  expect(await score(loop)).toMatchObject({ compared: [], merge: "shadow" });
  expect(await merge(second)).toBe(200);
  await done(loop, during, NO_REVIEW);
  expect((await score(loop)).compared).toEqual([
    { number: second.number, is: "merged-anyway", verdict: "review-missing" },
  ]);
}, 120_000);
