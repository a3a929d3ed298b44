/** The contract over both stores, and what only a real repository can show. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createDiskStore, openDiskStore } from "../../src/sandbox/git/disk.ts";
import { importRepository } from "../../src/sandbox/git/import.ts";
import { createMemoryStore } from "../../src/sandbox/git/memory/store.ts";
import { git, makeScratch } from "./git-machine.ts";
import { describeGitMerges } from "./git-merges.contract.ts";
import { describeGitStore } from "./git-store.contract.ts";

let scratch: Awaited<ReturnType<typeof makeScratch>>;
let count = 0;
const place = (): string => {
  count += 1;
  return join(scratch.path, `repo-${count}`);
};

beforeAll(async () => {
  scratch = await makeScratch();
});
afterAll(() => scratch.remove());

const person = { name: "Jürgen", email: "j@example.com", timestamp: 1700000000, timezone: "+0000" };

const onDisk = () => createDiskStore(place(), { defaultBranch: "main" });
const inMemory = async () => createMemoryStore();
describeGitStore("on disk", onDisk);
describeGitStore("in memory", inMemory);
describeGitMerges("on disk", onDisk);
describeGitMerges("in memory", inMemory);

describe("a store on disk is a repository that git accepts", () => {
  it("passes git fsck --strict with objects of every kind", async () => {
    const store = await createDiskStore(place(), { defaultBranch: "trunk" });
    const sha = await store.createBlob(Buffer.from("ü"));
    const paths = ["a/b/c", "a.b", "a0", "ü ß"].map((path) => ({ path, mode: "100644", sha }) as const);
    const tree = await store.createTree(undefined, [
      ...paths,
      { path: "x", mode: "100755", sha },
      { path: "l", mode: "120000", sha },
    ]);
    const root = await store.createCommit({
      tree,
      parents: [],
      author: { ...person, name: " <Evil>\nname. " },
      committer: person,
      message: "ü",
    });
    const head = await store.createCommit({
      tree: await store.createTree(undefined, []),
      parents: [root],
      author: person,
      committer: person,
      message: "",
    });
    await store.updateRef({ ref: "refs/heads/trunk", to: head, expected: null });
    expect(await git(store.directory, "fsck", "--strict", "--no-dangling")).toBe("");
    expect(await git(store.directory, "rev-list", "HEAD")).toBe(`${head}\n${root}`);
    expect(await git(store.directory, "log", "-1", "--format=%an", root)).toBe("Evilname");
    await store.close();
  });

  it("names commits and trees as git does", async () => {
    const store = await createDiskStore(place(), { defaultBranch: "main" });
    const work = place();
    await git(scratch.path, "init", "-q", work);
    await mkdir(join(work, "d"));
    await writeFile(join(work, "d/ü"), "x\n");
    await git(work, "add", ".");
    await git(work, "commit", "-qm", "Größe");
    const change = { path: "d/ü", mode: "100644", sha: await store.createBlob(Buffer.from("x\n")) } as const;
    const mona = { name: "Mona Lisa", email: "mona@example.com", timestamp: 1700000000, timezone: "+0100" };
    const tree = await store.createTree(undefined, [change]);
    const sha = await store.createCommit({
      tree,
      parents: [],
      author: mona,
      committer: mona,
      message: "Größe\n",
    });
    expect(sha).toBe(await git(work, "rev-parse", "HEAD"));
    await store.close();
  });

  it("sees refs that others moved, packed or deleted", async () => {
    const store = await createDiskStore(place(), { defaultBranch: "main" });
    const tree = await store.createTree(undefined, []);
    const make = (message: string, parents: string[] = []) =>
      store.createCommit({ tree, parents, author: person, committer: person, message });
    const one = await make("one");
    const two = await make("two", [one]);
    await store.updateRef({ ref: "refs/heads/main", to: one });
    await store.updateRef({ ref: "refs/cairn/1", to: one });
    await git(store.directory, "pack-refs", "--all");
    expect((await store.listRefs("")).map(({ ref }) => ref)).toEqual(["refs/cairn/1", "refs/heads/main"]);
    await git(store.directory, "update-ref", "refs/heads/main", two);
    expect(await store.readRef("refs/heads/main")).toBe(two);
    expect(await store.updateRef({ ref: "refs/heads/main", to: one, expected: one })).toBe(false);
    expect(await store.updateRef({ ref: "refs/cairn/1", to: null, expected: one })).toBe(true);
    expect(await store.readRef("refs/cairn/1")).toBeUndefined();
    await git(store.directory, "gc", "-q");
    expect((await store.readCommit(two))?.parents).toEqual([one]);
    await store.close();
  });

  it("writes commits as mails", async () => {
    const store = await createDiskStore(place(), { defaultBranch: "main" });
    const make = async (text: string, parents: string[]) => {
      const sha = await store.createBlob(Buffer.from(text));
      const tree = await store.createTree(undefined, [{ path: "a", mode: "100644", sha }]);
      return store.createCommit({ tree, parents, author: person, committer: person, message: `${text}\n` });
    };
    const root = await make("before", []);
    const head = await make("after", [await make("between", [root])]);
    expect((await store.patchText(root, head)).match(/^Subject: .*$/gm)).toEqual([
      "Subject: [PATCH 1/2] between",
      "Subject: [PATCH 2/2] after",
    ]);
    expect(await store.patchText(undefined, root)).toContain("Subject: [PATCH] before");
    await store.close();
  });

  it("is refused where something is, can be opened again, and says so after close", async () => {
    const store = await createDiskStore(place(), { defaultBranch: "main" });
    await expect(createDiskStore(store.directory, { defaultBranch: "main" })).rejects.toMatchObject({
      kind: "target-exists",
    });
    const sha = await store.createBlob(Buffer.from("kept"));
    await store.setHead("refs/heads/next");
    await store.close();
    await expect(store.readBlob(sha)).rejects.toMatchObject({ kind: "closed" });
    const again = openDiskStore(store.directory);
    expect(String(await again.readBlob(sha))).toBe("kept");
    expect(await again.readHead()).toBe("refs/heads/next");
    await again.close();
  });
});

async function makeSource(): Promise<string> {
  const source = place();
  await git(scratch.path, "init", "-q", "-b", "trunk", source);
  await writeFile(join(source, "crlf.txt"), "a\r\nb\r\n");
  await writeFile(join(source, "mit Leerzeichen & Ümlaut.txt"), "ä\n");
  await writeFile(join(source, "run.sh"), "#!/bin/sh\n", { mode: 0o755 });
  await git(source, "-c", "core.autocrlf=false", "add", ".");
  const link = await git(source, "hash-object", "-w", "run.sh");
  await git(source, "update-index", "--add", "--cacheinfo", `120000,${link},link`);
  await git(source, "update-index", "--add", "--cacheinfo", `160000,${"5".repeat(40)},module`);
  await git(source, "commit", "-qm", "root");
  await git(source, "checkout", "-qfb", "feature/ü");
  await git(source, "commit", "-q", "--allow-empty", "-m", "feature");
  await git(source, "checkout", "-qf", "trunk");
  await git(source, "commit", "-q", "--allow-empty", "-m", "other");
  await git(source, "merge", "-q", "--no-ff", "-m", "merge", "feature/ü");
  await git(source, "tag", "light");
  await git(source, "tag", "-a", "v1", "-m", "one");
  await git(source, "update-ref", "refs/notes/private", "HEAD");
  return source;
}

describe("the import of a repository", () => {
  const refsOf = (directory: string) => git(directory, "for-each-ref", "refs/heads", "refs/tags");

  it.each(["work tree", "bare"])("takes branches, tags and history bit for bit, from a %s", async (kind) => {
    let source = await makeSource();
    if (kind === "bare") {
      const bare = place();
      await git(scratch.path, "clone", "-q", "--mirror", source, bare);
      source = bare;
    }
    const { store, defaultBranch, notice } = await importRepository(source, place());
    expect({ defaultBranch, notice }).toEqual({ defaultBranch: "trunk", notice: undefined });
    expect(await refsOf(store.directory)).toBe(await refsOf(source));
    expect((await store.listRefs("")).map(({ ref }) => ref)).toEqual([
      "refs/heads/feature/ü",
      "refs/heads/trunk",
      "refs/tags/light",
      "refs/tags/v1",
    ]);
    const every = ["rev-list", "--objects", "--branches", "--tags"];
    expect(await git(store.directory, ...every)).toBe(await git(source, ...every));
    expect(await git(store.directory, "fsck", "--strict")).toBe("");
    const head = (await store.readRef("refs/heads/trunk"))!;
    expect((await store.readTree(head))?.map(({ mode, path }) => `${mode} ${path}`)).toEqual([
      "100644 crlf.txt",
      "120000 link",
      "100644 mit Leerzeichen & Ümlaut.txt",
      "160000 module",
      "100755 run.sh",
    ]);
    const crlf = (await store.entryAt(head, "crlf.txt"))!;
    expect(String(await store.readBlob(crlf.sha))).toBe("a\r\nb\r\n");
    await store.close();
  });

  it("says which branch it took where HEAD is detached, and takes the one that is asked for", async () => {
    const source = await makeSource();
    await git(source, "checkout", "-qf", "--detach", "HEAD~1");
    await expect(importRepository(source, place())).rejects.toMatchObject({ kind: "no-default-branch" });
    const asked = await importRepository(source, place(), { defaultBranch: "trunk" });
    expect(asked.defaultBranch).toBe("trunk");
    await asked.store.close();
    await git(source, "branch", "main");
    const { store, defaultBranch, notice } = await importRepository(source, place());
    expect(defaultBranch).toBe("main");
    expect(notice).toMatch(/^HEAD is detached at [0-9a-f]{10} in .*; main is taken as the default branch\.$/);
    await store.close();
  });

  it("refuses what is no repository, is empty, or is shallow, and says what to do", async () => {
    const plain = place();
    await mkdir(plain);
    await expect(importRepository(plain, place())).rejects.toMatchObject({
      kind: "not-a-repository",
      where: plain,
    });
    await expect(importRepository(place(), place())).rejects.toMatchObject({ kind: "not-a-repository" });
    const source = await makeSource();
    await mkdir(join(source, "sub"));
    await expect(importRepository(join(source, "sub"), place())).rejects.toMatchObject({
      kind: "not-a-repository",
    });
    const file = join(source, "crlf.txt");
    await expect(importRepository(file, place())).rejects.toMatchObject({ kind: "not-a-repository" });
    const empty = place();
    await git(scratch.path, "init", "-q", empty);
    await expect(importRepository(empty, place())).rejects.toMatchObject({
      kind: "empty-repository",
      next: expect.stringContaining("Commit"),
    });
    const shallow = place();
    await git(scratch.path, "clone", "-q", "--depth=1", `file://${source}`, shallow);
    await expect(importRepository(shallow, place())).rejects.toMatchObject({ kind: "shallow-repository" });
  });
});
