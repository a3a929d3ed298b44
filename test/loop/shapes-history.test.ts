/** Many files, and a history with everything that git allows: the base moves while the agent works, and again before the merge. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { kinds, request } from "./observing.ts";
import { git } from "./shapes/git.ts";
import { type Files, makeHistory, type NewCommit } from "./shapes/history.ts";
import { LONGEST, type Shape, startShape } from "./shapes/shape.ts";

const numbered = (count: number): Files =>
  Object.fromEntries(
    Array.from({ length: count }, (_, at) => [`pack-${Math.floor(at / 100)}/file-${at}.txt`, `file ${at}\n`]),
  );

test(
  "10,000 files: a folder goes, another comes, one file changes, and all others stay",
  LONGEST,
  async () => {
    const files = numbered(10_000);
    await using shape = await startShape((directory) =>
      makeHistory(directory, "main", [{ branch: "main", files }]),
    );
    const issue = await shape.ask(
      "rm -r pack-7; mkdir new; for n in $(seq 150); do echo $n > new/$n; done; echo more >> pack-99/file-9999.txt",
    );
    await shape.expectExact(issue);
    const after = git(shape.bare, "ls-tree", "-r", "--name-only", await shape.merged(issue)).split("\n");
    // The workflow and the configuration that a stage adds.
    expect(after).toHaveLength(10_000 - 100 + 150 + 2);
    expect(shape.loop.stage.sandbox.errors).toEqual([]);
  },
);

const TRUNK = "trunk/dev";
const TOPICS = ["topic/a", "topic/b", "topic/c"];
const lines = (first: string): string => `${first}\n${"middle\n".repeat(12)}last\n`;

/** Three topics in one octopus, then two lines that cross. */
const HISTORY: readonly NewCommit[] = [
  { branch: TRUNK, files: { "a.txt": lines("one") }, latin1: { "caf\u00e9.txt": "no UTF-8\n" } },
  ...TOPICS.map((branch) => ({ branch, from: 0, files: { [`${branch}.txt`]: `${branch}\n` } })),
  {
    branch: TRUNK,
    from: 0,
    merges: [1, 2, 3],
    files: Object.fromEntries(TOPICS.map((name) => [`${name}.txt`, `${name}\n`])),
  },
  { branch: "side", from: 4, files: { "side.txt": "side\n" } },
  { branch: TRUNK, from: 4, files: { "a.txt": lines("two") } },
  { branch: "side", from: 5, merges: [6], files: { "a.txt": lines("two") } },
  { branch: TRUNK, from: 6, merges: [5], files: { "side.txt": "side\n" } },
  { branch: TRUNK, from: 8, merges: [7], files: { "end.txt": "end\n" } },
];

/** Somebody commits the file's new first line to the default branch. */
async function commitFirstLine({ loop }: Shape, first: string): Promise<void> {
  const path = `${loop.repo}/contents/a.txt`;
  const { sha } = await loop.maintainer.get<{ sha: string }>(path);
  const content = Buffer.from(lines(first)).toString("base64");
  expect(await request(loop, "PUT", path, { message: first, content, sha, branch: TRUNK })).toBe(200);
}

test(
  "octopus and crossing merges, tags on all kinds of objects, a default branch with a slash that moves twice meanwhile",
  LONGEST,
  async () => {
    await using shape = await startShape((directory) => {
      makeHistory(directory, TRUNK, HISTORY, { "v1.0": 4, "release/2": 8, [TRUNK]: 1 });
      git(directory, "tag", "a-file", git(directory, "rev-parse", `${TRUNK}:a.txt`));
      git(directory, "tag", "a-tree", git(directory, "rev-parse", `${TRUNK}^{tree}`));
    });
    const { loop, bare, base } = shape;
    const go = join(shape.folder, "go");
    const issue = await shape.ask(`until [ -e '${go}' ]; do sleep 0.02; done; echo end >> a.txt`);
    await loop.until("the agent", () => (kinds(loop).includes("agent.run") ? true : undefined));
    await commitFirstLine(shape, "while the agent worked");
    writeFileSync(go, "");
    const { pulls } = loop.stage.sandbox.world;
    await loop.until("a pull request", () => (pulls.size > 0 ? true : undefined), { review: "no" });
    await commitFirstLine(shape, "before the merge");
    await shape.expectExact(issue);
    const merge = await shape.merged(issue);
    expect(git(bare, "show", `${merge}:a.txt`)).toBe(`${lines("before the merge")}end`);
    const onto = git(bare, "rev-list", "--first-parent", `${base}..${merge}^1`).split("\n");
    // The head that was merged is the work, on what it began from or was put onto, with the newest base merged into it.
    expect(onto).toEqual([git(bare, "rev-parse", `${merge}^1`), git(bare, "rev-parse", `${merge}^2^^`)]);
    expect(git(bare, "rev-parse", `${merge}^2^2`)).toBe(onto[0]);
    expect(loop.stage.sandbox.errors).toEqual([]);
  },
);

test("a branch that stands in the way of Cairn's own is a hold that names it", async () => {
  await using shape = await startShape((directory) =>
    makeHistory(directory, "main", [
      { branch: "main", files: { "a.txt": "a\n" } },
      { branch: "cairn", from: 0, files: {} },
    ]),
  );
  const { reason, text } = await shape.held(await shape.ask("echo b >> a.txt"));
  expect(reason).toBe("publish-refused");
  expect(text).toContain("'refs/heads/cairn' exists");
});
