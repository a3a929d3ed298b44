/** Scenario 25: what was merged is read back, also where the run that has merged it is gone. */
import { expect, test } from "vitest";
import { type Loop, startLoop } from "./loop.ts";
import { chainOf, done, expectOnce, fault, holdOf, jobOf, pass, REPO, request, runsOf } from "./observing.ts";

/** An issue whose run has merged, and whose runner is lost before it has read that back. */
async function mergedAndLost(loop: Loop): Promise<number> {
  // Nothing but the reading back compares commits.
  const compare = `${REPO}/compare/{basehead}`;
  fault(loop, { method: "GET", path: compare, actor: "installation", fault: { kind: "hang", ms: 4_000 } });
  const issue = await loop.issue();
  await loop.ready(issue);
  await loop.until("the merge", () => loop.stage.sandbox.landed.find(({ kind }) => kind === "merge"));
  const run = runsOf(loop).at(-1);
  loop.stage.sandbox.engine?.loseRunner(jobOf(run, "gate")?.id ?? 0, 500);
  await loop.until("the end of the run", () => (run?.status === "completed" ? true : undefined));
  return issue;
}

test("25: the runner dies behind its merge: the app reads it back once, and settles it", async () => {
  await using loop = await startLoop();
  const issue = await mergedAndLost(loop);
  await done(loop, issue);
  await loop.until("the settlement", async () => ((await chainOf(loop, issue)).open ? undefined : true));
  expectOnce(loop);
  const settled = await chainOf(loop, issue);
  expect(settled).toMatchObject({ hold: null, applied: ["implement", "merge"] });
  await pass(loop, 400);
  await loop.app.idle();
  expect(await chainOf(loop, issue)).toEqual(settled);
});

test("25: the runner dies behind its merge, and the base has lost that: a hold that says so", async () => {
  await using loop = await startLoop();
  const { repo } = loop;
  const main = await loop.maintainer.get<{ object: { sha: string } }>(`${repo}/git/ref/heads/main`);
  const issue = await mergedAndLost(loop);
  const { sha } = main.object;
  // An administrator may, where the branch is not protected.
  await request(loop, "DELETE", `${repo}/branches/main/protection`);
  expect(await request(loop, "PATCH", `${repo}/git/refs/heads/main`, { sha, force: true })).toBe(200);
  const content = Buffer.from("another way\n").toString("base64");
  const file = { message: "Another way", content, branch: "main" };
  expect(await request(loop, "PUT", `${repo}/contents/another-way.txt`, file)).toBe(201);
  await pass(loop, 400);
  expect(await holdOf(loop, issue)).toBe("merge-mismatch");
  const { comments } = await loop.shown(issue);
  expect(comments.at(-1)?.body).toContain("is not on main");
});
