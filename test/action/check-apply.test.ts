/** The check's checkout is, byte by byte, the tree that would be published, whatever kind of change it takes. */
import { readFile, readlink, stat } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { applyVerified } from "../../action/check-process.ts";
import type { VerifiedPatch } from "../../action/handover.ts";
import { setAside, takePatch } from "../../action/patch.ts";
import { type Checkout, checkout, type Files, RULES, verifyIn } from "./checkout.ts";

const FILES: Files = {
  "README.md": "# Work\n",
  "bin/run": "#!/bin/sh\n",
  "old/a.txt": "a\n",
  "old/b.txt": "b\n",
  folder: "a file that becomes a folder\n",
  "windows.txt": "one\r\ntwo\r\n",
  ".gitattributes": "windows.txt text eol=crlf\n",
};

/** What the agent's change comes to, and a checkout of the base for the check. */
async function verified(change: (agent: Checkout) => Promise<unknown>) {
  const agent = await checkout(FILES);
  const own = await checkout(FILES);
  await using trusted = await checkout(FILES);
  const aside = await setAside(agent.path, agent.temp);
  await change(agent);
  const patch = await verifyIn(trusted, await takePatch(aside, agent.commit, RULES));
  await agent[Symbol.asyncDispose]();
  return { own, patch: { ...patch, base: own.commit } };
}

const treeOf = (own: Checkout) => ({
  gitDir: join(own.path, ".git"),
  workTree: own.path,
  indexFile: join(own.path, ".git/index"),
});

const apply = (own: Checkout, patch: VerifiedPatch): Promise<void> => applyVerified(treeOf(own), patch);

test("added, changed, removed, executable, linked, and a file that becomes a folder", async () => {
  const { own, patch } = await verified(async (agent) => {
    await agent.write("README.md", "# More work\n");
    await agent.write('new ä/"quoted" file', Buffer.from([0, 255, 10, 13]));
    await agent.remove("old/a.txt");
    await agent.executable("bin/run");
    await agent.link("link", "old/b.txt");
    await agent.remove("folder");
    await agent.write("folder/inside", "inside\n");
    await agent.write("windows.txt", "one\r\nthree\r\n");
  });
  await using _ = own;
  await apply(own, patch);
  expect(await own.git("write-tree")).toBe(patch.tree);
  expect(await own.git("status", "--porcelain", "--untracked-files=all")).not.toMatch(/^.[^ ]/m);
  expect(await own.git("rev-parse", "HEAD")).toBe(own.commit);
  expect(await readFile(join(own.path, 'new ä/"quoted" file'))).toEqual(Buffer.from([0, 255, 10, 13]));
  expect((await stat(join(own.path, "bin/run"))).mode & 0o111).not.toBe(0);
  expect(await readlink(join(own.path, "link"))).toBe("old/b.txt");
  expect(await readFile(join(own.path, "folder/inside"), "utf8")).toBe("inside\n");
  expect(await readFile(join(own.path, "windows.txt"), "utf8")).toBe("one\r\nthree\r\n");
  await expect(stat(join(own.path, "old/a.txt"))).rejects.toMatchObject({ code: "ENOENT" });
});

test.each<[string, (patch: VerifiedPatch) => VerifiedPatch, RegExp]>([
  ["of another base", (patch) => ({ ...patch, base: "f".repeat(40) }), /the checkout is at/],
  ["that does not give its tree", (patch) => ({ ...patch, tree: "f".repeat(40) }), /its tree is/],
])("a patch %s changes no file", async (_what, altered, words) => {
  const { own, patch } = await verified((agent) => agent.write("README.md", "# More work\n"));
  await using _ = own;
  await expect(apply(own, altered(patch))).rejects.toMatchObject({
    reason: "tampered",
    message: expect.stringMatching(words),
  });
  expect(await own.git("status", "--porcelain")).toBe("");
});
