/** Scenario 32: in quiet hours Cairn merges nothing: not by its gate, not by a run that starts late. People may. */
import { expect, test } from "vitest";
import { readTerms } from "../../src/app/settings.ts";
import { lookAtGate } from "../../src/cli/gate/look.ts";
import { connect, createGovernor, realClock } from "../../src/github/index.ts";
import { type Loop, startLoop } from "./loop.ts";
import {
  chainOf,
  configure,
  done,
  expectOnce,
  greenPull,
  kinds,
  pass,
  request,
  waitsFor,
} from "./observing.ts";

const NO_REVIEW = { review: "no" } as const;
const MINUTE = 60_000;

/** From now on in so many minutes, by GitHub's clock. */
function hours({ stage }: Loop, from: number, to: number): string {
  const now = stage.sandbox.clock.now();
  const at = (minutes: number): string => new Date(now + minutes * MINUTE).toISOString().slice(11, 16);
  return `${at(from)}-${at(to)}`;
}

const approve = (loop: Loop, pull: number): Promise<number> =>
  request(
    loop,
    "POST",
    `${loop.repo}/pulls/${pull}/reviews`,
    { event: "APPROVE" },
    loop.stage.tokens.reviewer,
  );

/** What the head's own check run says. */
const shownOn = ({ stage }: Loop, sha: string) =>
  [...stage.sandbox.world.checkRuns.values()]
    .filter((run) => run.headSha === sha && run.appId === stage.app.app.id)
    .map(({ conclusion, output }) => [conclusion, output.title]);

function gateOf({ stage, repo }: Loop, pull: number) {
  const [owner = "", name = ""] = repo.split("/").slice(-2);
  const connection = connect({
    apiUrl: stage.sandbox.url,
    address: () => ({ owner, repo: name }),
    clock: realClock,
    governor: createGovernor({ clock: realClock }),
    token: async () => stage.tokens.reviewer,
    retryPause: 1,
  });
  return lookAtGate({ connection, pull, terms: readTerms({}), slug: undefined });
}

test("32: in quiet hours the check run and `cairn gate` say what the app waits for, and a person may merge", async () => {
  await using loop = await startLoop();
  const issue = await loop.issue();
  await loop.ready(issue);
  const { number, head } = await greenPull(loop, issue);
  await configure(loop, { "quiet-hours": hours(loop, -60, 360), "untested-base": "accept" });
  expect(await approve(loop, number)).toBe(200);
  await waitsFor(loop, "the end of the quiet hours");
  await loop.app.idle();
  // Completed, so that where it is required it keeps nobody from merging.
  expect(shownOn(loop, head.sha)).toEqual([
    ["success", expect.stringMatching(/^All conditions hold; it waits for the end of the quiet hours, 20/)],
  ]);
  const report = await gateOf(loop, number);
  expect(report?.nearest).toBe("quiet-hours");
  expect(report?.conditions.filter(({ state }) => state !== "holds").map(({ code }) => code)).toEqual([
    "quiet-hours",
  ]);
  expect(await request(loop, "PUT", `${loop.repo}/pulls/${number}/merge`, {})).toBe(200);
  await done(loop, issue, NO_REVIEW);
  expect(kinds(loop)).not.toContain("merge");
}, 120_000);

test("32: a merge whose run starts when quiet hours have begun is not sent; it comes at their end", async () => {
  await using loop = await startLoop();
  const issue = await loop.issue();
  await loop.ready(issue);
  const { number } = await greenPull(loop, issue);
  await configure(loop, { "quiet-hours": hours(loop, 3, 30), "untested-base": "accept" });
  expect(await approve(loop, number)).toBe(200);
  await loop.until(
    "the intent to merge",
    async () => ((await chainOf(loop, issue)).open?.edge === "merge" ? true : undefined),
    NO_REVIEW,
  );
  loop.stage.sandbox.clock.advance(4 * MINUTE);
  await waitsFor(loop, "the end of the quiet hours");
  expect(kinds(loop)).not.toContain("merge");
  await pass(loop, 30 * 60);
  await done(loop, issue, NO_REVIEW);
  expect(kinds(loop).filter((kind) => kind === "merge")).toEqual(["merge"]);
  expectOnce(loop);
}, 120_000);
