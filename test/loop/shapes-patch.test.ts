/** What a patch carries of files that git converts or does not hold itself: what was touched, or a refusal by name. */
import { mkdir, readdir, rmdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { setAside, takePatch } from "../../action/patch.ts";
import { type Checkout, checkout, type Files, RULES, throughVerify, verifyIn } from "../action/checkout.ts";
import { ELSEWHERE, POINTER } from "./shapes/odd.ts";

const failing = (detail: string) =>
  expect.objectContaining({ reason: "patch-unsafe", message: expect.stringContaining(detail) });

const paths = ({ files }: Awaited<ReturnType<typeof throughVerify>>) => files.map(({ path }) => path);

/** Committed with carriage returns, before there was a rule about them. */
async function stale(files: Files): Promise<Checkout> {
  const made = await checkout(files);
  await made.write(".gitattributes", "*.bat text eol=crlf\n");
  await made.git("add", ".gitattributes");
  await made.git("commit", "-q", "-m", "A rule");
  return { ...made, commit: await made.git("rev-parse", "HEAD") };
}

test("files that nobody touched stay out of the patch, though git would convert them now", async () => {
  await using agent = await stale({
    "old.bat": "one\r\ntwo\r\n",
    "other.bat": "one\r\n",
    "README.md": "# A\n",
  });
  const tree = await setAside(agent.path, agent.temp);
  await agent.write("README.md", "# B\n");
  await agent.write("other.bat", "two\r\n");
  const patch = await takePatch(tree, agent.commit, RULES);
  const verified = await verifyIn(agent, patch);
  expect(paths(verified)).toEqual(["README.md", "other.bat"]);
});

test("a rule about line endings changes no file that it is about", async () => {
  const files = { "old.bat": "one\r\ntwo\r\n", "README.md": "# A\n" };
  const verified = await throughVerify(files, (agent) =>
    agent.write(".gitattributes", "*.bat text eol=crlf\n"),
  );
  expect(paths(verified)).toEqual([".gitattributes"]);
});

/** The commit of `vendor/lib` is in no repository here; its folder is empty, as a checkout leaves it. */
async function withSubmodule(change: (agent: Checkout, folder: string) => Promise<unknown>): Promise<string> {
  await using agent = await checkout({ "README.md": "# A\n" });
  await agent.git("update-index", "--add", "--cacheinfo", `160000,${ELSEWHERE},vendor/lib`);
  await agent.git("commit", "-q", "-m", "A submodule");
  const folder = join(agent.path, "vendor/lib");
  await mkdir(folder, { recursive: true });
  const commit = await agent.git("rev-parse", "HEAD");
  const tree = await setAside(agent.path, agent.temp);
  await agent.write("README.md", "# B\n");
  await change(agent, folder);
  return (await takePatch(tree, commit, RULES)).toString("utf8");
}

test("a submodule that was not fetched stays what it is beside a change", async () => {
  const patch = await withSubmodule(async (_agent, folder) => expect(await readdir(folder)).toEqual([]));
  expect(patch.match(/^diff --git .*/gm)).toEqual(["diff --git a/README.md b/README.md"]);
});

test.each<[string, string, (agent: Checkout, folder: string) => Promise<unknown>]>([
  ["removed", "vendor/lib is a submodule", (_agent, folder) => rmdir(folder)],
  [
    "moved to another commit",
    "vendor/lib is a submodule",
    async (agent) => {
      await agent.git("init", "-q", "vendor/lib");
      await agent.git("-C", "vendor/lib", "commit", "-q", "--allow-empty", "-m", "x");
    },
  ],
  [
    "written into",
    "vendor/lib/new.txt lies in a submodule",
    (agent) => agent.write("vendor/lib/new.txt", ""),
  ],
])("a submodule that was %s is refused by its name", async (_what, detail, change) => {
  await expect(withSubmodule(change)).rejects.toEqual(failing(detail));
});

const STORED = {
  ".gitattributes": "*.bin filter=lfs -text\nsecrets/* filter=git-crypt-team\n",
  "logo.bin": POINTER,
  "secrets/key": Buffer.from("\0GITCRYPT\0sealed"),
  "README.md": "# A\n",
};

test("a pointer of Git LFS and a sealed file can be moved, copied, emptied and removed", async () => {
  const verified = await throughVerify(STORED, async (agent) => {
    await agent.write("art/logo.bin", POINTER);
    await agent.remove("logo.bin");
    await agent.write("empty.bin", "");
    await agent.write("secrets/copy", STORED["secrets/key"]);
  });
  expect(paths(verified)).toEqual(["art/logo.bin", "empty.bin", "logo.bin", "secrets/copy"]);
});

test.each([
  ["logo.bin", "belongs to Git LFS"],
  ["new.bin", "belongs to Git LFS"],
  ["secrets/key", "belongs to git-crypt"],
  ["secrets/new", "belongs to git-crypt"],
])("content for %s that no filter has cleaned is refused: %s", async (path, detail) => {
  const work = throughVerify(STORED, (agent) => agent.write(path, "in the clear\n"));
  await expect(work).rejects.toEqual(failing(`${path} ${detail}`));
});

test("what is too large is judged where the agent ran, and never written down as a patch", async () => {
  await using agent = await checkout({ "README.md": "# A\n" });
  const tree = await setAside(agent.path, agent.temp);
  for (let at = 0; at < 40; at += 1) await agent.link(`node_modules/.bin/${at}`, "../../README.md");
  const few = { ...RULES, limits: { files: 39, kilobytes: 1 } };
  await expect(takePatch(tree, agent.commit, few)).rejects.toMatchObject({
    reason: "patch-too-large",
    message: "40 files, 39 are allowed",
  });
  await agent.remove("node_modules");
  await agent.write("core.dump", Buffer.alloc(1_025));
  await expect(takePatch(tree, agent.commit, few)).rejects.toMatchObject({
    reason: "patch-too-large",
    message: "2 KiB, 1 are allowed",
  });
});
