/** Scenario 25 over the whole loop: GitHub goes on refusing a merge in words that ask to try again. */
import { expect, test } from "vitest";
import { startLoop } from "./loop.ts";
import { chainOf, expectOnce, fault, greenPull, holdOf, landed, pass, REPO, request } from "./observing.ts";

test("25: a merge that GitHub puts off for good is asked for by five runs, and then people are told by which", async () => {
  await using loop = await startLoop();
  const issue = await loop.issue();
  await loop.ready(issue);
  const pull = await greenPull(loop, issue);
  const message = "Head branch was modified. Review and try the merge again.";
  const path = `${REPO}/pulls/{pull_number}/merge`;
  fault(loop, { method: "PUT", path, count: 500, fault: { kind: "status", status: 409, message } });
  const review = `${loop.repo}/pulls/${pull.number}/reviews`;
  expect(await request(loop, "POST", review, { event: "APPROVE" }, loop.stage.tokens.reviewer)).toBe(200);
  for (const attempt of [1, 2, 3, 4]) {
    await loop.until(
      `the end of attempt ${attempt}`,
      async () => {
        const { unmerged } = (await chainOf(loop, issue)).attempts.merge;
        return unmerged?.ended[attempt - 1] ? true : undefined;
      },
      { review: "no" },
    );
    // What GitHub lets one process write in a minute is not enough for all of them.
    await loop.app.stop();
    loop.app = await loop.startApp({ PORT: String(loop.port) });
    await pass(loop, 61);
  }
  const held = async () => ((await loop.shown(issue)).labels.includes("cairn:hold") ? true : undefined);
  await loop.until("a hold", held, { review: "no" });
  expect(await holdOf(loop, issue)).toBe("merge-refused");
  const { attempts } = await chainOf(loop, issue);
  expect(attempts.merge).toMatchObject({ last: 5, unmerged: { head: pull.head.sha } });
  const words = (await loop.shown(issue)).comments.at(-1)?.body ?? "";
  expect(words).toContain(message);
  expect(words.match(/- attempt \d: \[run \d+\]\(\S+\) merged nothing/g)).toHaveLength(5);
  const sent = loop.stage.sandbox.requestLog.filter(
    (one) => one.method === "PUT" && one.path.endsWith("/merge"),
  );
  expect(sent).toHaveLength(5);
  expect(landed(loop).filter((key) => key.startsWith("merge:"))).toEqual([]);
  expectOnce(loop);
}, 180_000);
