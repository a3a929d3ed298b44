/** Reads that lag behind the webhooks which speak of them (I10), for the whole way. */
import { expect, test } from "vitest";
import { startLoop } from "./loop.ts";
import { control, done, expectOnce, kinds } from "./observing.ts";

test("every read is a second old: news that cannot be read yet is looked for again, without a sweep", async () => {
  await using loop = await startLoop({ env: { CAIRN_SWEEP_SECONDS: "3600", CAIRN_ECHO_SECONDS: "2" } });
  await control(loop, "POST /lag", { lag: "list=1s,get=1s,count=1s" });
  const issue = await loop.issue();
  await loop.ready(issue);
  await loop.until("the merge", () => (kinds(loop).includes("merge") ? true : undefined));
  await done(loop, issue);
  expectOnce(loop);
  expect(kinds(loop)).toEqual(["agent.run", "branch.create", "pull.create", "review.request", "merge"]);
});
