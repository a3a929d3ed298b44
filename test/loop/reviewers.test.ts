/** Who is asked for a review, where GitHub does not let everybody be asked. */
import { expect, test } from "vitest";
import { startLoop } from "./loop.ts";
import {
  chainOf,
  configure,
  done,
  expectOnce,
  greenPull,
  holdOf,
  landed,
  runsOf,
  waitsFor,
} from "./observing.ts";

test("21: one reviewer who cannot be asked keeps nobody else from being asked, and the issue goes on; of nobody it is a hold", async () => {
  await using loop = await startLoop();
  await configure(loop, { reviewers: ["robin", "cairn-dev"] });
  const issue = await loop.issue();
  await loop.ready(issue);
  const pull = await greenPull(loop, issue);
  await waitsFor(loop, /reviewing: a review of/);
  expect((await chainOf(loop, issue)).hold).toBeNull();
  const { requested_reviewers: asked } = await loop.maintainer.get<{
    requested_reviewers: readonly { login: string }[];
  }>(`${loop.repo}/pulls/${pull.number}`);
  expect(asked.map(({ login }) => login)).toEqual(["robin"]);
  const said = (await loop.shown(issue)).comments.map(({ body }) => body).join("\n");
  expect(said).toMatch(
    /implement\/1 was done\*\*, but for this: .*GitHub does not let @cairn-dev \(422 .*\) be asked for a review/,
  );
  await done(loop, issue);
  expect(runsOf(loop)).toHaveLength(2);
  expect(landed(loop).filter((key) => key.startsWith("review.request:"))).toEqual([
    `review.request:pull/${pull.number}@robin`,
  ]);
  expectOnce(loop);
  await configure(loop, { reviewers: ["cairn-dev", "nobody-here"] });
  const other = await loop.issue({ title: "Another" });
  await loop.ready(other);
  expect(await holdOf(loop, other)).toBe("publish-refused");
}, 120_000);
