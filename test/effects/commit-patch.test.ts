/** The verified patch as git objects: what GitHub has made must be what was verified, and nothing else is published. */
import { expect, test } from "vitest";
import { blobsOf, commitPatch, type PatchedFile, PublishRefused } from "../../src/effects/index.ts";
import { type Scene, scene } from "../memory/scene.ts";
import { refused } from "../memory/wire.ts";

const text = (path: string, content: string): PatchedFile => ({
  path,
  mode: "100644",
  content: Buffer.from(content),
});
const publish = (
  s: Scene,
  files: readonly PatchedFile[],
  tree = `tree with ${files.map(({ path }) => path)}`,
) => commitPatch(s.site, { base: "base", baseTree: "tree", tree, files }, "the message");

test("text goes along with the tree, bytes as a blob, a removal with neither", async () => {
  const s = scene();
  const bytes = Buffer.from([0xff, 0x00, 0xfe]);
  const sha = await publish(s, [
    text("a.txt", "ä\n"),
    { path: "run.sh", mode: "100755", content: Buffer.from("") },
    { path: "logo.png", mode: "100644", content: bytes },
    { path: "gone", mode: "100644", content: undefined },
  ]);
  expect(s.site.sent).toEqual(["POST blob", "POST tree", "POST commit"]);
  expect(s.repository.trees.get("tree with a.txt,run.sh,logo.png,gone")).toEqual([
    { path: "a.txt", mode: "100644", content: "ä\n" },
    { path: "run.sh", mode: "100755", content: "" },
    { path: "logo.png", mode: "100644", blob: "blob ff00fe" },
    { path: "gone", mode: "100644" },
  ]);
  expect(s.repository.git.commits.get(sha)).toMatchObject({
    message: "the message",
    parents: ["base"],
    tree: "tree with a.txt,run.sh,logo.png,gone",
  });
});

test("another tree than the verified one is not committed", async () => {
  const s = scene();
  const end = publish(s, [text("a", "1")], "verified");
  await expect(end).rejects.toBeInstanceOf(PublishRefused);
  await expect(end).rejects.toMatchObject({
    code: "not-intended",
    message: "GitHub made tree tree with a of the patch, verified was verified",
  });
  expect(s.site.sent).toEqual(["POST tree"]);
});

test("objects are sent again where the answer is lost or a limit refuses, once each", async () => {
  const limit = refused("wait", 429);
  for (const fault of ["lost-applied", "lost-unapplied", limit] as const) {
    const s = scene();
    s.site.faults.push(fault, "none", fault, "none", fault);
    const file = { path: "b", mode: "100644", content: Buffer.from([0xff]) } as const;
    await expect(publish(s, [file])).resolves.toHaveLength(40);
    expect(s.site.sent).toEqual([
      "POST blob",
      "POST blob",
      "POST tree",
      "POST tree",
      "POST commit",
      "POST commit",
    ]);
    const twice = scene();
    twice.site.faults.push(fault, fault);
    await expect(publish(twice, [file])).rejects.toBeInstanceOf(PublishRefused);
    expect(twice.site.sent).toHaveLength(2);
  }
});

test("any other refusal ends it at once, in GitHub's words", async () => {
  const s = scene();
  s.site.faults.push(refused("Resource not accessible by integration", 403));
  await expect(publish(s, [text("a", "1")])).rejects.toThrow("Resource not accessible by integration");
  expect(s.site.sent).toHaveLength(1);
});

test("what is no text is counted beforehand: a request for each", () => {
  const bytes = Buffer.from([0xff]);
  expect(blobsOf([])).toBe(0);
  expect(
    blobsOf([
      text("a", "1"),
      { path: "b", mode: "100644", content: bytes },
      { path: "c", mode: "100644", content: undefined },
      { path: "d", mode: "100644", content: bytes },
    ]),
  ).toBe(2);
});
