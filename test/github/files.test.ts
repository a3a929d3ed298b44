/** A file that is not there has a meaning, so a 404 alone is no proof of it. */
import { expect, test } from "vitest";
import { connectTo, type Reply, scripted } from "./connection.ts";

const COMMIT = "c".repeat(40);
const MISSING: Reply = { status: 404, body: { message: "Not Found" } };
const FOUND: Reply = {
  body: {
    ...{ type: "file", encoding: "base64", content: Buffer.from("merge: never\n").toString("base64") },
    ...{ size: 13, sha: "a".repeat(40), path: ".github/cairn.yml" },
  },
};
const entry = (path: string): Record<string, string> => ({ path, type: "file", sha: "a".repeat(40) });

/** Answers by the end of the path that is asked for. */
const serving =
  (answers: Readonly<Record<string, Reply>>) =>
  ({ url = "" }: { readonly url?: string }): Reply =>
    Object.entries(answers).find(([end]) => url.split("?")[0]?.endsWith(end))?.[1] ?? MISSING;

test("a file is gone where its folder is listed without it", async () => {
  await using github = await scripted(
    serving({ "/contents/.github": { body: [entry(".github/other.yml")] } }),
  );
  const { reads } = await connectTo(github);
  expect(await reads.file(".github/cairn.yml", COMMIT)).toBeUndefined();
  expect(github.arrived).toHaveLength(2);
});

test("a file is gone where the nearest folder that there is lacks the next", async () => {
  await using github = await scripted(
    serving({ [`/git/trees/${COMMIT}`]: { body: { tree: [entry("README.md")] } } }),
  );
  const { reads } = await connectTo(github);
  expect(await reads.file(".github/cairn.yml", COMMIT)).toBeUndefined();
});

test.each([
  ["its folder lists", { "/contents/.github": { body: [entry(".github/cairn.yml")] } }],
  [
    "lies in a folder that the root lists",
    { [`/git/trees/${COMMIT}`]: { body: { tree: [entry(".github")] } } },
  ],
  ["lies where nothing can be listed", {}],
])("a 404 for a file that %s is no answer", async (_where, answers) => {
  await using github = await scripted(serving(answers));
  const { reads } = await connectTo(github);
  await expect(reads.file(".github/cairn.yml", COMMIT)).rejects.toMatchObject({
    kind: "unavailable",
    message: expect.stringContaining(".github/cairn.yml"),
  });
});

test("what stands at a commit is asked for once, there or not; what stands on a branch each time", async () => {
  await using github = await scripted(
    serving({ "/cairn.yml": FOUND, "/contents/.github": { body: [entry(".github/cairn.yml")] } }),
  );
  const { reads } = await connectTo(github);
  for (const _ of [1, 2]) {
    expect((await reads.file(".github/cairn.yml", COMMIT))?.value.text).toBe("merge: never\n");
    expect(await reads.file(".github/cairn-authority.yml", COMMIT)).toBeUndefined();
  }
  expect(github.arrived).toHaveLength(3);
  for (const _ of [1, 2]) await reads.file(".github/cairn.yml", "main");
  expect(github.arrived).toHaveLength(5);
});

const there = { sha: "a".repeat(40), path: ".github/cairn.yml" };
test.each([
  ["a folder", [entry(".github/cairn.yml/x")], "a folder"],
  ["a link out of the repository", { ...there, type: "symlink", target: "/etc/x" }, "a link to /etc/x"],
  ["a submodule", { ...there, type: "submodule" }, "a submodule"],
  [
    "a file whose text GitHub leaves out",
    { ...there, type: "file", encoding: "none", content: "", size: 1_048_577 },
    "a file of 1048577 bytes",
  ],
])("%s is there, and has no text: it is neither a file without content nor none", async (_what, body, flaw) => {
  await using github = await scripted(serving({ "/cairn.yml": { body } }));
  const { reads } = await connectTo(github);
  expect((await reads.file(".github/cairn.yml", COMMIT))?.value.text).toEqual({ flaw });
});
