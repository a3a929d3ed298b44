/** A round that solves a conflict: what the agent finds, and what of its work becomes a merge of head and base. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { beginMerge, mergeByGit, solveAndJudge } from "../../action/conflict.ts";
import { setAside, takePatch } from "../../action/patch.ts";
import { assertParents } from "../../action/perform.ts";
import { type Checkout, checkout, type Files, RULES } from "./checkout.ts";

const lines = (middle: string): string => `one\n${middle}\nthree\n`;

/** What both sides have come from. */
const START: Files = {
  "a.txt": lines("two"),
  "other.txt": "other\n",
  "gone.txt": "gone\n",
  "kept.txt": "kept\n",
};

interface Fork extends AsyncDisposable {
  readonly at: Checkout;
  readonly head: string;
  readonly base: string;
}

/** `null`: removed. */
type Changes = Readonly<Record<string, string | null>>;

async function commitAll(at: Checkout, changes: Changes, name: string): Promise<string> {
  for (const [path, content] of Object.entries(changes)) {
    if (content === null) await at.remove(path);
    else await at.write(path, content);
  }
  await at.git("add", "--all");
  await at.git("commit", "-q", "-m", name);
  return at.git("rev-parse", "HEAD");
}

/** A pull request's head, which is checked out, and a base that has moved on. */
async function fork(ours: Changes, theirs: Changes): Promise<Fork> {
  const at = await checkout(START);
  const base = await commitAll(at, theirs, "The base moves on");
  await at.git("checkout", "-q", "-b", "cairn/12-g1", "HEAD~1");
  const head = await commitAll(at, ours, "The work");
  return { at, head, base, [Symbol.asyncDispose]: () => at[Symbol.asyncDispose]() };
}

const OURS = { "a.txt": lines("ours"), "mine.txt": "mine\n" };
const THEIRS = {
  "a.txt": lines("theirs"),
  "other.txt": "their other\n",
  "gone.txt": null,
  "new.txt": "new\n",
};

const gitOf = ({ path, temp }: Checkout) => ({
  gitDir: join(path, ".git"),
  workTree: path,
  indexFile: join(path, ".git", "index"),
  temp,
});

/** The whole way: `change` plays the agent where the merge is begun; its patch is judged on the same head, untouched. */
async function solved(
  { at, head, base }: Fork,
  change: (agent: Checkout) => Promise<unknown>,
  rules: Parameters<typeof solveAndJudge>[2] = RULES,
) {
  const sides = { head, base };
  const merge = await beginMerge(gitOf(at), sides);
  const aside = await setAside(at.path, at.temp);
  await change(at);
  const patch = await takePatch(aside, merge.tree, rules);
  await at.git("checkout", "-q", "-f", "-B", "cairn/12-g1", head);
  await at.git("clean", "-q", "-f", "-d");
  const verified = await solveAndJudge(
    { ...gitOf(at), indexFile: join(at.temp, "verify-index") },
    patch,
    rules,
    sides,
  );
  return verified;
}

const failing = (reason: string, detail = "") =>
  expect.objectContaining({ reason, message: expect.stringContaining(detail) });

const resolve = (agent: Checkout): Promise<void> => agent.write("a.txt", lines("ours and theirs"));

test("the agent finds git's own merge begun: markers in what conflicts, and all else of the base beside its own work", async () => {
  await using forked = await fork(OURS, THEIRS);
  const { at, head, base } = forked;
  const { conflicts } = await beginMerge(gitOf(at), forked);
  expect(conflicts).toEqual(["a.txt"]);
  const text = (path: string): Promise<string> => readFile(join(at.path, path), "utf8");
  expect(await text("a.txt")).toBe(lines(`<<<<<<< ${head}\nours\n=======\ntheirs\n>>>>>>> ${base}`));
  expect(await text("other.txt")).toBe("their other\n");
  expect(await text("mine.txt")).toBe("mine\n");
  await expect(text("gone.txt")).rejects.toThrow("ENOENT");
  // As `git merge` leaves it: whoever knows git can go on from here.
  const status = await at.git("status", "--porcelain");
  expect(status.split("\n")).toEqual(["UU a.txt", "D  gone.txt", "A  new.txt", "M  other.txt"]);
  await resolve(at);
  await at.git("add", "a.txt");
  await at.git("commit", "-q", "-m", "Merge");
  expect(await at.git("rev-parse", "HEAD^1", "HEAD^2")).toBe(`${head}\n${base}`);
});

test("what is published is a merge of both: the agent's solution, the whole of the base, and the work beside it", async () => {
  await using forked = await fork(OURS, THEIRS);
  const { at, head, base } = forked;
  const verified = await solved(forked, resolve);
  expect(verified).toMatchObject({ base, parents: [head, base] });
  expect(verified.baseTree).toBe(await at.git("rev-parse", `${base}^{tree}`));
  // Nothing of the base is sent again.
  expect(verified.files.map(({ path }) => path)).toEqual(["a.txt", "mine.txt"]);
  const shown = (path: string): Promise<string> => at.git("cat-file", "blob", `${verified.tree}:${path}`);
  expect(await shown("a.txt")).toBe(lines("ours and theirs").trim());
  expect(await at.git("ls-tree", "-r", "--name-only", verified.tree)).toBe(
    "a.txt\nkept.txt\nmine.txt\nnew.txt\nother.txt",
  );
});

test("an agent that commits its merge leaves the same", async () => {
  await using forked = await fork(OURS, THEIRS);
  const verified = await solved(forked, async (agent) => {
    await resolve(agent);
    await agent.git("commit", "-q", "-a", "-m", "Merge");
  });
  expect(verified.files.map(({ path }) => path)).toEqual(["a.txt", "mine.txt"]);
});

test("rules judge what the agent changed of git's merge, and nothing that the base brought", async () => {
  const theirs = { ...THEIRS, ".github/workflows/ci.yml": "on: push\n", "infra/key.txt": "theirs\n" };
  await using forked = await fork(OURS, theirs);
  const rules = { reservedPaths: ["infra/"], limits: { files: 1, kilobytes: 1 } };
  const verified = await solved(forked, resolve, rules);
  expect(verified.files.map(({ path }) => path)).toEqual(["a.txt", "mine.txt"]);
});

test.each<[string, string, string, Changes, Changes, (agent: Checkout) => Promise<unknown>]>([
  ["nothing is changed", "no-change", "", OURS, THEIRS, async () => undefined],
  [
    "markers are left",
    "conflict-unsolved",
    "a conflict marker is left in a.txt, line 2",
    OURS,
    THEIRS,
    (agent) => agent.write("mine.txt", "better\n"),
  ],
  [
    "half of the markers is left",
    "conflict-unsolved",
    "a conflict marker is left in a.txt, line 3",
    OURS,
    THEIRS,
    (agent) => agent.write("a.txt", lines("ours\n=======\ntheirs")),
  ],
  [
    "all is put back to the head, with the conflict",
    "conflict-unsolved",
    "gone.txt is put back to what it was before the base changed it",
    OURS,
    THEIRS,
    (agent) => agent.git("reset", "-q", "--hard", "HEAD"),
  ],
  [
    "a file that the base added is taken away",
    "conflict-unsolved",
    "new.txt is put back",
    OURS,
    THEIRS,
    async (agent) => {
      await resolve(agent);
      await agent.remove("new.txt");
    },
  ],
  [
    "what git put aside is left there",
    "conflict-unsolved",
    "is where git put it aside",
    { ...OURS, place: "a file\n" },
    { ...THEIRS, "place/inside.txt": "a folder\n" },
    resolve,
  ],
  [
    "a reserved path is in conflict",
    "reserved-path",
    ".github/ci.yml",
    { ...OURS, ".github/ci.yml": "ours\n" },
    { ...THEIRS, ".github/ci.yml": "theirs\n" },
    async (agent) => {
      await resolve(agent);
      await agent.write(".github/ci.yml", "both\n");
    },
  ],
  [
    "the work is given up",
    "no-change",
    "nothing of the pull request is left",
    { "a.txt": lines("ours") },
    { "a.txt": lines("theirs") },
    (agent) => agent.write("a.txt", lines("theirs")),
  ],
])("where %s nothing is published: %s", async (_what, reason, detail, ours, theirs, change) => {
  await using forked = await fork(ours, theirs);
  const failed = await solved(forked, change).catch((error: unknown) => error);
  if (reason === "no-change" && detail === "") return expect(failed).toEqual(failing(reason));
  expect(failed).toEqual(failing(reason, detail));
});

test("a file that shows markers to its readers keeps them, and a line that looks like one in another file is no one's concern", async () => {
  const shown = "<<<<<<< yours\n=======\n>>>>>>> mine\n";
  await using forked = await fork(
    { ...OURS, "a.txt": `${lines("ours")}${shown}` },
    { ...THEIRS, "a.txt": lines("theirs") },
  );
  const verified = await solved(forked, async (agent) => {
    await agent.write("a.txt", `${lines("both")}${shown}`);
    await agent.write("docs/merging.md", shown);
  });
  expect(verified.files.map(({ path }) => path)).toEqual(["a.txt", "docs/merging.md", "mine.txt"]);
});

test("what the base brought may be worked on where the two do not go together otherwise", async () => {
  await using forked = await fork(OURS, THEIRS);
  const verified = await solved(forked, async (agent) => {
    await resolve(agent);
    await agent.write("new.txt", "new, with mine\n");
  });
  expect(verified.files.map(({ path }) => path)).toEqual(["a.txt", "mine.txt", "new.txt"]);
});

test("a file that one side removed may be kept or not: the agent says", async () => {
  const ours = { "a.txt": lines("ours"), "gone.txt": "changed\n" };
  await using forked = await fork(ours, THEIRS);
  const { conflicts } = await mergeByGit(gitOf(forked.at), forked);
  expect(conflicts).toEqual(["a.txt", "gone.txt"]);
  const verified = await solved(forked, async (agent) => {
    await resolve(agent);
    await agent.remove("gone.txt");
  });
  expect(verified.files.map(({ path }) => path)).toEqual(["a.txt"]);
});

test("what does not conflict any more, and what the checkout lacks, begins no merge", async () => {
  await using forked = await fork({ "mine.txt": "mine\n" }, THEIRS);
  const gone = failing("conflict-gone", `git merges ${forked.base} into ${forked.head} without a conflict`);
  await expect(beginMerge(gitOf(forked.at), forked)).rejects.toEqual(gone);
  const nowhere = { head: forked.head, base: "b".repeat(40) };
  await expect(mergeByGit(gitOf(forked.at), nowhere)).rejects.toEqual(
    failing("conflict", "lacks commit bbb"),
  );
  const orphan = await forked.at.git("commit-tree", "-m", "elsewhere", `${forked.base}^{tree}`);
  const unrelated = mergeByGit(gitOf(forked.at), { head: forked.head, base: orphan });
  await expect(unrelated).rejects.toEqual(failing("conflict", "unrelated histories"));
});

test("another head than the declared one is not judged, and a submodule that differs is not published", async () => {
  await using forked = await fork(OURS, THEIRS);
  const { at, head, base } = forked;
  const tree = { ...gitOf(at), indexFile: join(at.temp, "verify-index") };
  const patch = Buffer.from("diff\n");
  const other = solveAndJudge(tree, patch, RULES, { head: base, base: head });
  await expect(other).rejects.toEqual(failing("tampered", `the checkout is at ${head}, not ${base}`));
  await at.git("update-index", "--add", "--cacheinfo", `160000,${head},module`);
  await at.git("commit", "-q", "-m", "A module");
  const moved = { ...forked, head: await at.git("rev-parse", "HEAD") };
  const refused = await solved(moved, resolve).catch((error: unknown) => error);
  expect(refused).toEqual(failing("patch-unsafe", "module is a submodule, and differs from the base's"));
});

test("a patch of other commits than the intent's is not pushed", () => {
  const [head, base, other] = ["a", "b", "c"].map((letter) => letter.repeat(40)) as [string, string, string];
  const tampered = failing("tampered", "the intent of");
  assertParents({ head }, { base: head });
  assertParents({ head, merges: base }, { base, parents: [head, base] });
  for (const [effect, patch] of [
    [{ head }, { base: other }],
    [{ head }, { base: head, parents: [head, base] }],
    [{ head, merges: base }, { base: head }],
    [
      { head, merges: base },
      { base, parents: [head, other] },
    ],
    [
      { head, merges: base },
      { base, parents: [base, head] },
    ],
    [
      { head, merges: base },
      { base: head, parents: [head, base] },
    ],
  ] as const) {
    expect(() => assertParents(effect, patch)).toThrow(tampered);
  }
});
