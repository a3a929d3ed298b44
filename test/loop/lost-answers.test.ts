/** Scenario 7 over the whole loop: the answer to a write is lost, or it lands late. */
import { expect, test } from "vitest";
import { startLoop } from "./loop.ts";
import { done, expectOnce, fault, fenced, kinds, pass, REPO } from "./observing.ts";

test.each<[string, string, string]>([
  ["branch", "POST", `${REPO}/git/refs`],
  ["pull request", "POST", `${REPO}/pulls`],
  ["review request", "POST", `${REPO}/pulls/{pull_number}/requested_reviewers`],
  ["merge", "PUT", `${REPO}/pulls/{pull_number}/merge`],
])("7: the answer to the %s is lost in mid-loop: it lands once", async (_what, method, path) => {
  await using loop = await startLoop();
  fault(loop, { method, path, actor: "installation", count: 2, fault: { kind: "answer-lost" } });
  const issue = await loop.issue();
  await loop.ready(issue);
  await done(loop, issue);
  expectOnce(loop);
  expect(kinds(loop)).toEqual(["agent.run", "branch.create", "pull.create", "review.request", "merge"]);
});

test("7: a pull request that lands thirty seconds late is found, not opened again", async () => {
  await using loop = await startLoop({ env: { CAIRN_SWEEP_SECONDS: "1" } });
  fault(loop, { method: "POST", path: `${REPO}/pulls`, fault: { kind: "applied-late", delayMs: 30_000 } });
  const issue = await loop.issue();
  await loop.ready(issue);
  await fenced(loop);
  await pass(loop, 31);
  await loop.until("the pull request", () => (kinds(loop).includes("pull.create") ? true : undefined));
  await pass(loop, 125);
  await done(loop, issue);
  expectOnce(loop);
  expect(kinds(loop).filter((kind) => kind === "agent.run")).toHaveLength(1);
});
