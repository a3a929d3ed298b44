/** Local repositories whose objects or git directory lie elsewhere are taken over whole, or refused with the way out. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { importRepository } from "../../src/sandbox/git/import.ts";
import { git } from "./shapes/git.ts";
import { makeHistory } from "./shapes/history.ts";

let folder: string;
let source: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "cairn-import-"));
  source = join(folder, "source.git");
  const files = { "a.txt": "a\n", "d/b.txt": "b\n" };
  makeHistory(
    source,
    "main",
    [
      { branch: "main", files },
      { branch: "main", from: 0, files: { "a.txt": "A\n" } },
    ],
    { v1: 0 },
  );
  git(source, "config", "uploadpack.allowFilter", "true");
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Refs of the copy, after git has found every object that they need. */
async function taken(from: string): Promise<string> {
  const to = mkdtempSync(join(folder, "taken-"));
  const { store } = await importRepository(from, to);
  await store.close();
  git(to, "fsck", "--full", "--strict");
  return git(to, "for-each-ref", "--format=%(objectname) %(refname)", "refs/heads/main", "refs/tags");
}

const refsOf = (): string =>
  git(source, "for-each-ref", "--format=%(objectname) %(refname)", "refs/heads/main", "refs/tags");

test.each<[string, (at: string) => void]>([
  ["a linked work tree", (at) => git(source, "worktree", "add", "-q", "-b", "linked", at)],
  ["a clone that borrows its objects", (at) => git(folder, "clone", "-q", "--shared", source, at)],
  [
    "a clone with its git directory elsewhere",
    (at) => git(folder, "clone", "-q", "--separate-git-dir", `${at}-git`, source, at),
  ],
  [
    "one in which a commit is replaced",
    (at) => {
      git(folder, "clone", "-q", source, at);
      git(at, "replace", "HEAD", "HEAD~1");
    },
  ],
  [
    "a partial clone that has got all by now",
    (at) => {
      git(folder, "clone", "-q", "--filter=blob:none", `file://${source}`, at);
      git(at, "fetch", "-q", "--refetch", "--no-filter");
    },
  ],
])("%s is taken over with every object", async (what, make) => {
  const at = join(folder, what);
  make(at);
  expect(await taken(at)).toBe(refsOf());
});

test("a partial clone that lacks objects is refused, with what to do", async () => {
  const at = join(folder, "partial");
  git(folder, "clone", "-q", "--no-checkout", "--filter=blob:none", `file://${source}`, at);
  await expect(taken(at)).rejects.toMatchObject({
    kind: "partial-repository",
    next: expect.stringContaining("git fetch --refetch --no-filter"),
  });
});
