/** Review by whom `CODEOWNERS` names: GitHub asks them by itself, and Cairn takes their word like any other's. */
import { expect, test } from "vitest";
import { startLoop } from "./loop.ts";
import { configure, done, expectOnce, greenPull, kinds, request } from "./observing.ts";

test("owners of what was changed are asked without a word in the configuration, and their approval is what is waited for", async () => {
  await using loop = await startLoop();
  await configure(loop, { reviewers: [] });
  const owners = { message: "Owners", content: Buffer.from("* @robin\n").toString("base64") };
  expect(await request(loop, "PUT", `${loop.repo}/contents/.github/CODEOWNERS`, owners)).toBe(201);
  const issue = await loop.issue();
  await loop.ready(issue);
  const { number } = await greenPull(loop, issue);
  const pull = [...loop.stage.sandbox.world.pulls.values()].find((one) => one.number === number);
  const { requested_reviewers: asked } = await loop.maintainer.get<{
    requested_reviewers: readonly { readonly login: string }[];
  }>(`${loop.repo}/pulls/${number}`);
  expect(asked.map(({ login }) => login)).toEqual(["robin"]);
  expect(pull?.merged).toBe(false);
  // Approves whoever was asked.
  await done(loop, issue);
  expect(kinds(loop)).toEqual(["agent.run", "branch.create", "pull.create", "merge"]);
  expectOnce(loop);
}, 60_000);
