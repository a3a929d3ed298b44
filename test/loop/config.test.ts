/** A person's pull request that touches the configuration is told on its head what is wrong, whatever branch it is on. */
import { expect, test } from "vitest";
import { CONFIG_CHECK } from "../../src/effects/index.ts";
import { startLoop } from "./loop.ts";
import { holdOf, request } from "./observing.ts";

test("a broken configuration is shown on the pull request that brings it, and mended with its next head", async () => {
  await using loop = await startLoop();
  const path = `${loop.repo}/contents/.github/cairn.yml`;
  const { world } = loop.stage.sandbox;
  const { object } = await loop.maintainer.get<{ object: { sha: string } }>(
    `${loop.repo}/git/ref/heads/main`,
  );
  expect(
    await request(loop, "POST", `${loop.repo}/git/refs`, { ref: "refs/heads/tune", sha: object.sha }),
  ).toBe(201);
  const put = async (text: string): Promise<void> => {
    const { sha } = await loop.maintainer.get<{ sha: string }>(`${path}?ref=tune`);
    const content = Buffer.from(text).toString("base64");
    expect(await request(loop, "PUT", path, { message: "Tune", content, sha, branch: "tune" })).toBe(200);
  };
  const says = (title: string): Promise<unknown> =>
    loop.until(title, () =>
      [...world.checkRuns.values()].find((one) => one.name === CONFIG_CHECK && one.output?.title === title),
    );
  await put("slot: 3\n");
  await loop.maintainer.post(`${loop.repo}/pulls`, { title: "Tune", head: "tune", base: "main" });
  await says("It cannot be used: 1 problem");
  await put("slots: 3\n");
  await says("It can be used");
});

test("31: a configuration that is no plain file is a hold that says what it is", async () => {
  await using loop = await startLoop();
  const git = `${loop.repo}/git`;
  const { object } = await loop.maintainer.get<{ object: { sha: string } }>(`${git}/ref/heads/main`);
  const { tree } = await loop.maintainer.get<{ tree: { sha: string } }>(`${git}/commits/${object.sha}`);
  const link = { path: ".github/cairn.yml", mode: "120000", type: "blob", content: "../../elsewhere.yml" };
  const made = await loop.maintainer.post<{ sha: string }>(`${git}/trees`, {
    base_tree: tree.sha,
    tree: [link],
  });
  const { sha } = await loop.maintainer.post<{ sha: string }>(`${git}/commits`, {
    message: "Link",
    tree: made.sha,
    parents: [object.sha],
  });
  expect(await request(loop, "PATCH", `${git}/refs/heads/main`, { sha })).toBe(200);
  const issue = await loop.issue();
  await loop.ready(issue);
  expect(await holdOf(loop, issue)).toBe("config-invalid");
  const { comments } = await loop.shown(issue);
  expect(comments.at(-1)?.body).toContain(
    "found a link to ../../elsewhere.yml; allowed: a plain file of at most 1 MB",
  );
});
