/** What every `GitStore` must do with histories that fork, and with files that move. Expected answers are git's own. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { FileMode, GitStore, Sha } from "../../src/sandbox/git/store.ts";

/** Text of a file, or something else with its mode; a submodule's text is its commit. */
type Content = string | { readonly mode: FileMode; readonly text: string };
type Files = Readonly<Record<string, Content>>;

const lines = (...changed: readonly (readonly [number, string])[]): string => {
  const all = Array.from({ length: 20 }, (_, at) => `line ${at}`);
  for (const [at, text] of changed) all[at] = text;
  return `${all.join("\n")}\n`;
};

/** Declares the suite. `create` gives an empty store. */
export function describeGitMerges(name: string, create: () => Promise<GitStore>): void {
  describe(`merges and moves: ${name}`, () => {
    let store: GitStore;
    beforeAll(async () => {
      store = await create();
    });
    afterAll(() => store.close());

    async function tree(files: Files): Promise<Sha> {
      const changes = Object.entries(files).map(async ([path, content]) => {
        const { mode, text } =
          typeof content === "string" ? { mode: "100644" as const, text: content } : content;
        return { path, mode, sha: mode === "160000" ? text : await store.createBlob(Buffer.from(text)) };
      });
      return store.createTree(undefined, await Promise.all(changes));
    }
    /** `at`: seconds after a fixed moment. */
    async function commit(
      files: Files,
      parents: readonly Sha[] = [],
      at = 0,
      message = `at ${at}`,
    ): Promise<Sha> {
      const person = {
        name: "Mona",
        email: "m@example.com",
        timestamp: 1_700_000_000 + at,
        timezone: "+0000",
      };
      return store.createCommit({
        tree: await tree(files),
        parents,
        author: person,
        committer: person,
        message,
      });
    }
    /** Both sides start from the base; the names of their commits differ always. */
    async function merge(base: Files, ours: Files, theirs: Files) {
      const root = await commit(base);
      const [left, right] = [await commit(ours, [root], 1), await commit(theirs, [root], 2)];
      return { left, right, merged: await store.mergeTree(left, right) };
    }
    const clean = async (files: Files) => ({ kind: "clean", tree: await tree(files) });

    describe("one file, both sides", () => {
      it("takes changes that do not touch", async () => {
        const [one, two] = [
          [2, "ours"],
          [15, "theirs"],
        ] as const;
        const { merged } = await merge({ f: lines() }, { f: lines(one) }, { f: lines(two) });
        expect(merged).toEqual(await clean({ f: lines(one, two) }));
      });

      it.each([
        ["the same line", 7],
        ["the line below", 8],
      ])("does not take changes of %s", async (_, at) => {
        const { merged } = await merge(
          { f: lines() },
          { f: lines([7, "ours"]) },
          { f: lines([at, "theirs"]) },
        );
        expect(merged).toEqual({ kind: "conflict", paths: ["f"] });
      });

      it("takes what both changed alike, with what one side has beside it", async () => {
        const [both, more] = [
          [7, "both"],
          [9, "more"],
        ] as const;
        const { merged } = await merge({ f: lines() }, { f: lines(both) }, { f: lines(both, more) });
        expect(merged).toEqual(await clean({ f: lines(both, more) }));
      });

      it("takes a mode from one side and lines from the other, also without a newline at the end", async () => {
        const tool = { mode: "100755", text: "a\nb\nc\nd" } as const;
        const { merged } = await merge({ f: "a\nb\nc\nd" }, { f: tool }, { f: "z\nb\nc\nd" });
        expect(merged).toEqual(await clean({ f: { ...tool, text: "z\nb\nc\nd" } }));
      });

      it.each<[string, Content, Content, Content]>([
        ["bytes", "\0a", "\0b", "\0c"],
        ["links", ...links("a", "b", "c")],
        ["submodules", ...modules("1", "2", "3")],
      ])("does not merge %s", async (_, base, ours, theirs) => {
        const { merged } = await merge({ f: base }, { f: ours }, { f: theirs });
        expect(merged).toEqual({ kind: "conflict", paths: ["f"] });
        const onlyTheirs = await merge({ f: base }, { f: base, g: "g" }, { f: theirs });
        expect(onlyTheirs.merged).toEqual(await clean({ f: theirs, g: "g" }));
      });
    });

    describe("files that come, go and move", () => {
      it("added by both: the same is fine, an empty one gives way, another one is a conflict", async () => {
        const same = await merge({ a: "1" }, { a: "1", n: "n" }, { a: "1", n: "n", m: "m" });
        expect(same.merged).toEqual(await clean({ a: "1", n: "n", m: "m" }));
        const empty = await merge({ a: "1" }, { a: "1", n: "" }, { a: "1", n: "n\n" });
        expect(empty.merged).toEqual(await clean({ a: "1", n: "n\n" }));
        const other = await merge({ a: "1" }, { a: "1", n: "x\n" }, { a: "1", n: "y\n" });
        expect(other.merged).toEqual({ kind: "conflict", paths: ["n"] });
      });

      it("added by both with two modes is a conflict", async () => {
        const tool = { mode: "100755", text: "n" } as const;
        const { merged } = await merge({ a: "1" }, { a: "1", n: "n" }, { a: "1", n: tool });
        expect(merged).toEqual({ kind: "conflict", paths: ["n"] });
      });

      it("an empty file that was moved is not followed: all empty files are alike", async () => {
        const { merged } = await merge({ a: "1", e: "" }, { a: "1", f: "" }, { a: "1", e: "text\n" });
        expect(merged).toEqual({ kind: "conflict", paths: ["e"] });
      });

      it("removed by both is gone; removed by one and changed by the other is a conflict", async () => {
        const both = await merge({ a: "1", b: "2" }, { b: "2" }, { b: "3" });
        expect(both.merged).toEqual(await clean({ b: "3" }));
        const one = await merge({ a: "1\n", b: "2" }, { b: "2" }, { a: "4\n", b: "2" });
        expect(one.merged).toEqual({ kind: "conflict", paths: ["a"] });
      });

      it("a change follows the file that the other side moved", async () => {
        const [here, there] = [
          [3, "ours"],
          [16, "theirs"],
        ] as const;
        const { merged } = await merge(
          { old: lines(), k: "k" },
          { "d/new": lines(here), k: "k" },
          { old: lines(there), k: "k" },
        );
        expect(merged).toEqual(await clean({ "d/new": lines(here, there), k: "k" }));
      });

      it("moved to two places, or moved and removed, is a conflict", async () => {
        const two = await merge({ old: lines(), k: "k" }, { one: lines(), k: "k" }, { two: lines(), k: "k" });
        expect(two.merged).toEqual({ kind: "conflict", paths: ["old", "one", "two"] });
        const gone = await merge({ old: lines(), k: "k" }, { one: lines(), k: "k" }, { k: "k" });
        expect(gone.merged).toEqual({ kind: "conflict", paths: ["one"] });
      });

      it("names the place of a file where the other side has a directory or a link", async () => {
        const folder = await merge({ k: "k" }, { k: "k", p: "file\n" }, { k: "k", "p/q": "below\n" });
        expect(folder.merged).toEqual({ kind: "conflict", paths: [`p~${folder.left}`] });
        const link = await merge(
          { k: "k" },
          { k: "k", p: { mode: "120000", text: "x" } },
          { k: "k", p: "file\n" },
        );
        expect(link.merged).toEqual({ kind: "conflict", paths: ["p", `p~${link.right}`] });
      });
    });

    describe("histories that cross", () => {
      it("takes the younger one of two best ancestors, and merges over both", async () => {
        const root = await commit({ f: lines() });
        const a = await commit({ f: lines([2, "a"]) }, [root], 10);
        const b = await commit({ f: lines([17, "b"]) }, [root], 20);
        const both = { f: lines([2, "a"], [17, "b"]) };
        const left = await commit({ ...both, l: "l" }, [a, b], 30);
        const right = await commit({ ...both, r: "r" }, [b, a], 40);
        expect(await store.mergeBase(left, right)).toBe(b);
        expect(await store.mergeTree(left, right)).toEqual(await clean({ ...both, l: "l", r: "r" }));
        const undone = await commit({ f: lines([2, "a"]) }, [right], 50);
        expect(await store.mergeTree(left, undone)).toEqual(await clean({ f: lines([2, "a"]), l: "l" }));
      });

      it("goes on where the ancestors themselves are in conflict", async () => {
        const root = await commit({ f: "base\n" });
        const a = await commit({ f: "a\n" }, [root], 10);
        const b = await commit({ f: "b\n" }, [root], 20);
        const left = await commit({ f: "solved\n" }, [a, b], 30);
        const right = await commit({ f: "solved\n", r: "r" }, [b, a], 40);
        expect(await store.mergeTree(left, right)).toEqual(await clean({ f: "solved\n", r: "r" }));
        const other = await commit({ f: "solved otherwise\n" }, [b, a], 50);
        expect(await store.mergeTree(left, other)).toEqual({ kind: "conflict", paths: ["f"] });
      });

      it("does not merge what has nothing in common", async () => {
        const [one, two] = [await commit({ a: "1" }), await commit({ b: "1" }, [], 1)];
        expect(await store.mergeTree(one, two)).toEqual({ kind: "conflict", paths: [] });
        expect(await store.mergeTree(one, one)).toEqual(await clean({ a: "1" }));
      });

      it("lists by date, equal ones as they were reached, and goes along one side where a merge took it whole", async () => {
        const root = await commit({ a: "1", b: "1" }, [], 0, "root");
        const left = await commit({ a: "2", b: "1" }, [root], 10, "left");
        const right = await commit({ a: "1", b: "2" }, [root], 10, "right");
        const early = await commit({ a: "1", b: "1", c: "1" }, [root], -5, "early");
        const join = await commit({ a: "2", b: "2" }, [right, left], 10, "join");
        const top = await commit({ a: "2", b: "2", c: "1" }, [join, early], 40, "top");
        const list = async (options?: Parameters<GitStore["log"]>[1]) =>
          (await store.log(top, options)).map(({ message }) => message);
        expect(await list()).toEqual(["top", "join", "right", "left", "root", "early"]);
        expect(await list({ path: "a" })).toEqual(["left", "root"]);
        expect(await list({ path: "c" })).toEqual(["early"]);
        expect(await list({ path: "b", skip: 1, limit: 5 })).toEqual(["root"]);
        expect(await list({ notReachableFrom: right })).toEqual(["top", "join", "left", "early"]);
        expect(await list({ notReachableFrom: right, skip: 1, limit: 2 })).toEqual(["join", "left"]);
        expect(await store.aheadBehind(left, early)).toEqual({ ahead: 1, behind: 1 });
        expect(await store.aheadBehind(right, top)).toEqual({ ahead: 4, behind: 0 });
      });
    });

    it("takes for a move what is most alike, not what has the same name", async () => {
      const some = lines(...Array.from({ length: 8 }, (_, at) => [at, `other ${at}`] as const));
      const from = await tree({ "a/x": some, y: lines([0, "first"]), k: "k" });
      const to = await tree({ "b/x": lines(), k: "k" });
      const moves = (await store.diff(from, to)).map((file) => [file.status, file.previousPath, file.path]);
      expect(moves).toEqual([
        ["removed", undefined, "a/x"],
        ["renamed", "y", "b/x"],
      ]);
    });

    it.each([
      ["six lines apart share a hunk", 9, 1],
      ["seven lines apart do not", 10, 2],
    ])("changes %s", async (_, at, hunks) => {
      const [from, to] = [await tree({ f: lines() }), await tree({ f: lines([2, "one"], [at, "two"]) })];
      const [file] = await store.diff(from, to);
      expect(file?.patch?.match(/^@@ /gm)).toHaveLength(hunks);
    });

    it("writes differences as git does: moves, modes, bytes, links, submodules, odd names, headings", async () => {
      const code = `function first() {\n${lines()}}\n`;
      const [module, changed] = modules("1", "2");
      const from = await tree({
        code,
        "d/moved": lines(),
        "same name/x": lines([1, "one"]),
        tool: "t\n",
        bin: "\0",
        module,
        kind: "text\n",
        'q"ö t': "1",
        empty: "",
      });
      const to = await tree({
        code: code.replace("line 15", "changed"),
        "e/moved to": lines([4, "four"]),
        "other/x": lines([1, "one"]),
        tool: { mode: "100755", text: "t\n" },
        bin: "\0\0",
        module: changed,
        kind: { mode: "120000", text: "text" },
        'q"ö t': "1\n",
        none: "",
        gone: { mode: "100755", text: "g" },
      });
      // Written by git itself: the suite runs over the store on disk first.
      await expect(await store.diffText(from, to)).toMatchFileSnapshot("./git-differences.diff");
      const files = await store.diff(from, to);
      expect(
        files.map(({ path, status, additions, deletions }) => [path, status, additions, deletions]),
      ).toEqual([
        ["bin", "modified", 0, 0],
        ["code", "modified", 1, 1],
        ["e/moved to", "renamed", 1, 1],
        ["gone", "added", 1, 0],
        ["kind", "modified", 1, 1],
        ["module", "modified", 1, 1],
        ["none", "renamed", 0, 0],
        ["other/x", "renamed", 0, 0],
        ['q"ö t', "modified", 1, 1],
        ["tool", "modified", 0, 0],
      ]);
    });
  });
}

const links = <T extends readonly string[]>(...targets: T) =>
  targets.map((text) => ({ mode: "120000", text })) as unknown as [Content, Content, Content];
const modules = <T extends readonly string[]>(...digits: T) =>
  digits.map((digit) => ({ mode: "160000", text: digit.repeat(40) })) as unknown as [
    Content,
    Content,
    Content,
  ];
