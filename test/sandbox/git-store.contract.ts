/** What every `GitStore` must do. Expected names of objects come from git itself. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { FileMode, GitStore, Person, Sha } from "../../src/sandbox/git/store.ts";

const EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";
const ABSENT = "1".repeat(40);
const someone: Person = {
  name: "Mona Lisa",
  email: "mona@example.com",
  timestamp: 1700000000,
  timezone: "+0100",
};

/** Declares the suite. `create` gives an empty store whose HEAD names `refs/heads/main`. */
export function describeGitStore(name: string, create: () => Promise<GitStore>): void {
  describe(`GitStore: ${name}`, () => {
    let store: GitStore;
    beforeAll(async () => {
      store = await create();
    });
    afterAll(() => store.close());

    const blob = (text: string): Promise<Sha> => store.createBlob(Buffer.from(text));
    const file = async (path: string, text: string, mode: FileMode = "100644") => ({
      path,
      mode,
      sha: await blob(text),
    });
    const gone = (path: string) => ({ path, mode: "100644", sha: null }) as const;
    const tree = async (files: Record<string, string>): Promise<Sha> =>
      store.createTree(
        undefined,
        await Promise.all(Object.entries(files).map(([path, text]) => file(path, text))),
      );
    const commit = (treeSha: Sha, parents: Sha[] = [], message = "step\n", at = 0): Promise<Sha> => {
      const person = { ...someone, timestamp: someone.timestamp + at };
      return store.createCommit({ tree: treeSha, parents, author: person, committer: person, message });
    };
    const paths = async (sha: Sha) =>
      (await store.readTree(sha, { recursive: true }))?.map((entry) => entry.path);

    describe("objects have the names that git gives them", () => {
      it("empty tree, empty blob, a blob", async () => {
        expect(await store.createTree(undefined, [])).toBe(EMPTY_TREE);
        expect(await blob("")).toBe("e69de29bb2d1d6434b8b29ae775ad8c2e48c5391");
        expect(await blob("hello\n")).toBe("ce013625030ba8dba906f756967f9e9ca394464a");
      });

      it("gives back bytes as they were, also those that are no text", async () => {
        const bytes = Buffer.from(
          Array.from({ length: 300_000 }, (_, index) => (index * 7 + (index >> 8)) % 256),
        );
        const sha = await store.createBlob(bytes);
        expect((await store.readBlob(sha))?.equals(bytes)).toBe(true);
      });

      it("keeps names outside ASCII and the message with its newlines", async () => {
        const author = { name: "Jürgen Groß", email: "jürgen@example.com", timestamp: 1, timezone: "-0330" };
        const committer = {
          name: "山田 太郎",
          email: "y@example.jp",
          timestamp: 1700000001,
          timezone: "+0900",
        };
        const input = { tree: EMPTY_TREE, parents: [], author, committer, message: "Größe 🪨\n\nbody\n\n" };
        const sha = await store.createCommit(input);
        expect(await store.readCommit(sha)).toEqual({ sha, ...input });
      });

      it("annotated tags, also of tags, and the commit behind them", async () => {
        const object = await commit(EMPTY_TREE, [], "tagged\n");
        const input = { object, type: "commit", name: "v1", tagger: someone, message: "Größe\n" } as const;
        const sha = await store.createTag(input);
        expect(await store.readTag(sha)).toEqual({ sha, ...input });
        expect(await store.objectType(sha)).toBe("tag");
        const outer = { ...input, object: sha, type: "tag", name: "v1-again", message: "" } as const;
        const again = await store.createTag(outer);
        for (const name of [object, sha, again]) expect(await store.commitBehind(name)).toBe(object);
        const named = await blob("tagged");
        const ofBlob = await store.createTag({ ...input, object: named, type: "blob" });
        for (const name of [named, ofBlob, ABSENT]) expect(await store.commitBehind(name)).toBeUndefined();
        await expect(store.createTag({ ...input, object: ABSENT })).rejects.toMatchObject({
          kind: "missing-object",
        });
        await expect(store.createTag({ ...input, name: "a\nb" })).rejects.toMatchObject({
          kind: "invalid-object",
        });
      });

      it("keeps what it was given, whatever becomes of the caller's bytes", async () => {
        const bytes = Buffer.from("before");
        const sha = await store.createBlob(bytes);
        bytes.write("after!");
        (await store.readBlob(sha))?.write("again!");
        expect(String(await store.readBlob(sha))).toBe("before");
      });

      it("answers undefined for what is absent or of another type", async () => {
        const sha = await blob("x");
        expect(await store.readCommit(sha)).toBeUndefined();
        expect(await store.readTree(sha)).toBeUndefined();
        expect(await store.readTag(sha)).toBeUndefined();
        expect(await store.readBlob(ABSENT)).toBeUndefined();
        expect(await store.readBlob("HEAD\ncontents HEAD")).toBeUndefined();
        expect(await store.objectType(ABSENT)).toBeUndefined();
        expect(await store.objectType(sha)).toBe("blob");
        expect(await store.objectType(await commit(EMPTY_TREE))).toBe("commit");
      });

      it("refuses a commit or a tree of what is not there", async () => {
        await expect(commit(ABSENT)).rejects.toMatchObject({ kind: "missing-object" });
        await expect(commit(EMPTY_TREE, [ABSENT])).rejects.toMatchObject({ kind: "missing-object" });
        const change = { path: "a", mode: "100644", sha: ABSENT } as const;
        await expect(store.createTree(undefined, [change])).rejects.toMatchObject({ kind: "missing-object" });
        await expect(store.createTree(ABSENT, [])).rejects.toMatchObject({ kind: "missing-object" });
      });
    });

    describe("trees", () => {
      it("sorts a directory as if its name ended in a slash", async () => {
        const sha = await tree({ "a/x": "1", "a.txt": "2", a0: "3" });
        expect((await store.readTree(sha))?.map((entry) => entry.path)).toEqual(["a.txt", "a", "a0"]);
      });

      it("changes nested paths and leaves the rest alone", async () => {
        const base = await tree({ "src/a/one": "1", "src/b/two": "2", top: "t" });
        const next = await store.createTree(base, [
          await file("src/a/one", "changed"),
          await file("src/c/d/e", "new"),
        ]);
        expect(await paths(next)).toEqual([
          "src",
          "src/a",
          "src/a/one",
          "src/b",
          "src/b/two",
          "src/c",
          "src/c/d",
          "src/c/d/e",
          "top",
        ]);
        expect(await tree({ top: "t", "src/c/d/e": "new", "src/b/two": "2", "src/a/one": "changed" })).toBe(
          next,
        );
      });

      it("drops directories that a deletion leaves empty", async () => {
        const base = await tree({ "deep/er/file": "1", keep: "2" });
        expect(await store.createTree(base, [gone("deep/er/file")])).toBe(await tree({ keep: "2" }));
        expect(await store.createTree(base, [gone("deep"), gone("keep")])).toBe(EMPTY_TREE);
        expect(await store.createTree(base, [gone("not/there"), gone("keep/below")])).toBe(base);
      });

      it.each([
        "deletion first",
        "deletion last",
      ])("replaces a file by a directory and the reverse, %s", async (order) => {
        const asFile = await tree({ thing: "file", other: "o" });
        const asDirectory = await tree({ "thing/inside": "in", other: "o" });
        const toDirectory = [gone("thing"), await file("thing/inside", "in")];
        const toFile = [gone("thing/inside"), await file("thing", "file")];
        if (order === "deletion last") for (const changes of [toDirectory, toFile]) changes.reverse();
        expect(await store.createTree(asFile, toDirectory)).toBe(asDirectory);
        expect(await store.createTree(asDirectory, toFile)).toBe(asFile);
        expect(await store.createTree(asFile, [await file("thing/inside", "in")])).toBe(asDirectory);
      });

      it("keeps modes, sizes, and names with spaces, quotes, newlines and umlauts", async () => {
        const names = ["sp ace", 'quo"te', "bäume/größe.txt", "new\nline", "back\\slash", "日本"];
        const changes = await Promise.all(names.map((path) => file(path, path)));
        const link = await file("link", "target", "120000");
        const tool = await file("tool", "#!/bin/sh\n", "100755");
        const module = { path: "module", mode: "160000", sha: ABSENT } as const;
        const inner = { path: "inner", mode: "040000", sha: await tree({ leaf: "l" }) } as const;
        const sha = await store.createTree(undefined, [...changes, link, tool, module, inner]);
        const entries = new Map(
          (await store.readTree(sha, { recursive: true }))?.map((entry) => [entry.path, entry]),
        );
        for (const path of names) {
          expect(entries.get(path)).toMatchObject({
            mode: "100644",
            type: "blob",
            size: Buffer.byteLength(path),
          });
        }
        expect(entries.get("link")).toMatchObject({ mode: "120000", type: "blob" });
        expect(entries.get("tool")).toMatchObject({ mode: "100755", size: 10 });
        expect(entries.get("module")).toEqual({
          path: "module",
          mode: "160000",
          type: "commit",
          sha: ABSENT,
        });
        expect(entries.get("inner")).toMatchObject({ mode: "040000", type: "tree" });
        const head = await commit(sha);
        expect(await store.entryAt(head, "bäume/größe.txt")).toEqual(entries.get("bäume/größe.txt"));
        expect(await store.entryAt(head, "inner")).toMatchObject({ type: "tree" });
        expect(await store.entryAt(head, "tool/below")).toBeUndefined();
        expect(await store.entryAt(head, "absent")).toBeUndefined();
      });

      it.each([
        "",
        "/a",
        "a//b",
        "../a",
        "a/.git/config",
        ".GIT",
        "a/.",
      ])("refuses the path %j", async (path) => {
        const changes = [{ path, mode: "100644", sha: await blob("x") } as const];
        await expect(store.createTree(undefined, changes)).rejects.toMatchObject({ kind: "invalid-path" });
      });
    });

    describe("refs", () => {
      it("lists by prefix of the name, sorted, also outside heads and tags", async () => {
        const sha = await commit(EMPTY_TREE);
        for (const ref of ["refs/cairn/123", "refs/cairn/12", "refs/heads/list/b", "refs/pull/1/head"]) {
          expect(await store.updateRef({ ref, to: sha, expected: null })).toBe(true);
        }
        expect(await store.listRefs("refs/cairn/12")).toEqual([
          { ref: "refs/cairn/12", sha },
          { ref: "refs/cairn/123", sha },
        ]);
        expect((await store.listRefs("")).map(({ ref }) => ref)).toEqual(
          expect.arrayContaining(["refs/pull/1/head"]),
        );
        expect(await store.listRefs("refs/../")).toEqual([]);
      });

      it("moves a ref only from what is expected", async () => {
        const ref = "refs/heads/cas";
        const [one, two] = [await commit(EMPTY_TREE, [], "one"), await commit(EMPTY_TREE, [], "two")];
        expect(await store.updateRef({ ref, to: one, expected: two })).toBe(false);
        expect(await store.updateRef({ ref, to: one, expected: null })).toBe(true);
        expect(await store.updateRef({ ref, to: two, expected: null })).toBe(false);
        expect(await store.readRef(ref)).toBe(one);
        expect(await store.updateRef({ ref, to: two, expected: one })).toBe(true);
        expect(await store.updateRef({ ref, to: null, expected: one })).toBe(false);
        expect(await store.updateRef({ ref, to: null, expected: two })).toBe(true);
        expect(await store.readRef(ref)).toBeUndefined();
        expect(await store.updateRef({ ref, to: one })).toBe(true);
      });

      it("lets exactly one of 20 concurrent moves win", async () => {
        const ref = "refs/cairn/race";
        const start = await commit(EMPTY_TREE, [], "start");
        await store.updateRef({ ref, to: start, expected: null });
        const rivals = await Promise.all(
          Array.from({ length: 20 }, (_, n) => commit(EMPTY_TREE, [start], `rival ${n}`)),
        );
        const won = await Promise.all(rivals.map((to) => store.updateRef({ ref, to, expected: start })));
        expect(won.filter(Boolean)).toHaveLength(1);
        expect(await store.readRef(ref)).toBe(rivals[won.indexOf(true)]);
      });

      it("creates one of 20 rivals, and points at any object outside of branches", async () => {
        const ref = "refs/cairn/created";
        const rivals = await Promise.all(
          Array.from({ length: 20 }, (_, n) => commit(EMPTY_TREE, [], `new ${n}`)),
        );
        const won = await Promise.all(rivals.map((to) => store.updateRef({ ref, to, expected: null })));
        expect(won.filter(Boolean)).toHaveLength(1);
        expect(await store.readRef(ref)).toBe(rivals[won.indexOf(true)]);
        const object = await blob("anything");
        expect(await store.updateRef({ ref: "refs/cairn/blob", to: object })).toBe(true);
        expect(await store.readRef("refs/cairn/blob")).toBe(object);
        await store.setHead("refs/heads/other");
        await expect(store.setHead("other")).rejects.toMatchObject({ kind: "invalid-ref" });
      });

      it("refuses names that git refuses, targets that are absent, and a branch in the place of a directory", async () => {
        const to = await commit(EMPTY_TREE);
        for (const ref of [
          "main",
          "refs/heads/a..b",
          "refs/heads/../../x",
          "refs/heads/x.lock",
          "refs/heads/a b",
        ]) {
          await expect(store.updateRef({ ref, to })).rejects.toMatchObject({ kind: "invalid-ref" });
          expect(await store.readRef(ref)).toBeUndefined();
        }
        await expect(store.updateRef({ ref: "refs/heads/x", to: ABSENT })).rejects.toMatchObject({
          kind: "missing-object",
        });
        await expect(store.updateRef({ ref: "refs/heads/x", to: EMPTY_TREE })).rejects.toMatchObject({
          kind: "missing-object",
        });
        await store.updateRef({ ref: "refs/heads/dir/leaf", to });
        await expect(store.updateRef({ ref: "refs/heads/dir", to })).rejects.toMatchObject({
          kind: "ref-conflict",
        });
        await expect(store.updateRef({ ref: "refs/heads/dir/leaf/below", to })).rejects.toMatchObject({
          kind: "ref-conflict",
        });
        expect(await store.updateRef({ ref: "refs/heads/dir", to, expected: to })).toBe(false);
        expect(await store.updateRef({ ref: "refs/heads/dir", to: null })).toBe(true);
        expect(await store.updateRef({ ref: "refs/heads/dir/leaf", to: null })).toBe(true);
        expect(await store.updateRef({ ref: "refs/heads/dir", to, expected: null })).toBe(true);
        expect(await store.listRefs("refs/heads/dir")).toEqual([{ ref: "refs/heads/dir", sha: to }]);
      });
    });

    describe("history", () => {
      it("tells ancestors, merge bases, and how far two heads are apart", async () => {
        const root = await commit(await tree({ f: "0" }), [], "root\n", 0);
        const left = await commit(await tree({ f: "0", l: "1" }), [root], "left\n", 10);
        const right = await commit(await tree({ f: "0", r: "1" }), [root], "right\n", 20);
        const right2 = await commit(await tree({ f: "0", r: "2" }), [right], "right 2\n", 30);
        expect(await store.isAncestor(root, right2)).toBe(true);
        expect(await store.isAncestor(root, root)).toBe(true);
        expect(await store.isAncestor(right2, root)).toBe(false);
        expect(await store.mergeBase(left, right2)).toBe(root);
        expect(await store.mergeBase(left, await commit(EMPTY_TREE, [], "alone"))).toBeUndefined();
        expect(await store.aheadBehind(left, right2)).toEqual({ ahead: 2, behind: 1 });
        const messages = async (...args: Parameters<GitStore["log"]>) =>
          (await store.log(...args)).map(({ message }) => message);
        expect(await messages(right2)).toEqual(["right 2\n", "right\n", "root\n"]);
        expect(await messages(right2, { limit: 1, skip: 1 })).toEqual(["right\n"]);
        expect(await messages(right2, { path: "f" })).toEqual(["root\n"]);
        expect(await messages(right2, { notReachableFrom: left })).toEqual(["right 2\n", "right\n"]);
        await expect(store.isAncestor(ABSENT, root)).rejects.toMatchObject({ kind: "missing-object" });
      });

      it("merges what does not touch, and names the paths that do", async () => {
        const root = await commit(await tree({ a: "1\n", "dir/ü b": "1\n" }));
        const ours = await commit(await tree({ a: "2\n", "dir/ü b": "2\n" }), [root]);
        const theirs = await commit(await tree({ a: "1\n", "dir/ü b": "1\n", c: "3\n" }), [root]);
        const rival = await commit(await tree({ a: "1\n", "dir/ü b": "4\n" }), [root]);
        const merged = await tree({ a: "2\n", "dir/ü b": "2\n", c: "3\n" });
        expect(await store.mergeTree(ours, theirs)).toEqual({ kind: "clean", tree: merged });
        expect(await store.mergeTree(ours, rival)).toEqual({ kind: "conflict", paths: ["dir/ü b"] });
      });
    });

    describe("differences", () => {
      it("counts lines and shows hunks for each kind of change", async () => {
        const body = Array.from({ length: 20 }, (_, line) => `line ${line}\n`).join("");
        const from = await tree({ "mod ü": "a\nb\n", del: "x\n", "old\tname": body });
        const bytes = await store.createBlob(Buffer.from([0, 1, 2, 0]));
        const to = await store.createTree(from, [
          await file("mod ü", "a\nc\nd\n"),
          await file("add", "n"),
          gone("del"),
          gone("old\tname"),
          await file("new name", `${body}more\n`),
          { path: "raw.bin", mode: "100644", sha: bytes },
        ]);
        const files = new Map((await store.diff(from, to)).map((entry) => [entry.path, entry]));
        expect([...files.keys()].sort()).toEqual(["add", "del", "mod ü", "new name", "raw.bin"]);
        expect(files.get("mod ü")).toMatchObject({
          status: "modified",
          additions: 2,
          deletions: 1,
          patch: "@@ -1,2 +1,3 @@\n a\n-b\n+c\n+d",
        });
        expect(files.get("add")).toMatchObject({
          status: "added",
          additions: 1,
          patch: "@@ -0,0 +1 @@\n+n\n\\ No newline at end of file",
        });
        expect(files.get("del")).toMatchObject({ status: "removed", deletions: 1, sha: await blob("x\n") });
        expect(files.get("new name")).toMatchObject({
          status: "renamed",
          previousPath: "old\tname",
          additions: 1,
        });
        expect(files.get("raw.bin")).toEqual({
          path: "raw.bin",
          status: "added",
          additions: 0,
          deletions: 0,
          sha: bytes,
        });
        expect(await store.diffText(from, to)).toContain("rename to new name");
        expect(await store.diff(to, to)).toEqual([]);
      });

      it("keeps patches with their files when a file becomes a symlink", async () => {
        const from = await tree({ a: "1\n", b: "1\n", c: "1\n" });
        const to = await store.createTree(from, [
          await file("a", "2\n"),
          await file("b", "x", "120000"),
          await file("c", "3\n"),
        ]);
        const patches = (await store.diff(from, to)).map(
          ({ path, patch }) => `${path} ${patch?.match(/^\+.*$/m)?.[0]}`,
        );
        expect(patches).toEqual(["a +2", "b +x", "c +3"]);
      });
    });
  });
}
