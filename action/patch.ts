/**
 * The patch: taken from a checkout that the agent has had in hand, and put on the newest base where the agent
 * never was. Both work in an index of their own; nothing that the agent left in `.git` is read (I12).
 */
import { randomUUID } from "node:crypto";
import { cp, stat } from "node:fs/promises";
import { join } from "node:path";
import { judgePatch, type PatchEntry } from "../src/policy/patch-rules.ts";
import { type GitTree, git, gitOut } from "./git.ts";
import type { VerifiedPatch } from "./handover.ts";
import { JobFailure } from "./job.ts";
import { firstLines, firstSnapshot, type Snapshots, touchedSince } from "./snapshot.ts";
import { assertNotFiltered } from "./stored-elsewhere.ts";

export interface Aside extends GitTree {
  readonly snapshots: Snapshots;
}

/** Keeps the checkout's git directory aside, before anybody else gets the checkout in hand. */
export async function setAside(workTree: string, temp: string): Promise<Aside> {
  const gitDir = join(temp, `cairn-git-${randomUUID()}`);
  await cp(join(workTree, ".git"), gitDir, { recursive: true });
  const tree = { gitDir, workTree, indexFile: join(gitDir, "cairn-index") };
  return { ...tree, snapshots: await firstSnapshot(tree) };
}

/**
 * What was touched in the work tree since it was set aside, as git takes it up on top of `commit`. Throws
 * `JobFailure` where git cannot.
 */
export async function takePatch(tree: Aside, commit: string): Promise<Buffer> {
  const there = await stat(tree.workTree).catch(() => undefined);
  if (!there?.isDirectory()) throw new JobFailure("patch-unsafe", "the checkout is gone");
  const { present, removed } = await touchedSince(tree.snapshots);
  await gitOut(tree, ["read-tree", commit]);
  await gitOut(tree, ["update-index", "--force-remove", "-z", "--stdin"], removed);
  const added = await git(tree, ["update-index", "--add", "--replace", "-z", "--stdin"], present);
  if (added.code !== 0)
    throw new JobFailure("patch-unsafe", `git cannot add it: ${firstLines(added.stderr)}`);
  return gitOut(tree, [
    "diff",
    "--cached",
    "--binary",
    "--full-index",
    "--no-ext-diff",
    "--no-textconv",
    "--no-renames",
    "--no-color",
    commit,
  ]);
}

export type Rules = Parameters<typeof judgePatch>[1];

/** Applies the patch on the checked-out commit and judges what comes of it. Throws `JobFailure` with the reason. */
export async function applyAndJudge(tree: GitTree, patch: Buffer, rules: Rules): Promise<VerifiedPatch> {
  const text = (buffer: Buffer): string => buffer.toString("utf8").trim();
  if (patch.length === 0) throw new JobFailure("no-change", "");
  const base = text(await gitOut(tree, ["rev-parse", "HEAD"]));
  const baseTree = text(await gitOut(tree, ["rev-parse", "HEAD^{tree}"]));
  await gitOut(tree, ["read-tree", base]);
  await applyPatch(tree, patch);
  const changes = await changesSince(tree, base);
  const filesBefore = records(await gitOut(tree, ["ls-tree", "-r", "--name-only", "-z", base])).length;
  const problem = judgePatch({ entries: changes.map(({ entry }) => entry), filesBefore }, rules);
  if (problem) throw new JobFailure(problem.reason, problem.detail);
  const files = await withContents(tree, changes);
  await assertNotFiltered(tree, files);
  return { base, baseTree, tree: text(await gitOut(tree, ["write-tree"])), files };
}

/** Into the index alone: no file is written, so no symbolic link can lead anywhere. */
async function applyPatch(tree: GitTree, patch: Buffer): Promise<void> {
  const applied = await git(tree, ["apply", "--cached", "--3way", "--whitespace=nowarn", "-"], patch);
  if (applied.code === 0) return;
  const unmerged = records(await gitOut(tree, ["diff", "--cached", "--name-only", "--diff-filter=U", "-z"]));
  if (unmerged.length > 0) throw new JobFailure("conflict", unmerged.slice(0, 5).join(", "));
  if (/invalid path|beyond a symbolic link|corrupt|[Nn]o valid patches|unrecognized/.test(applied.stderr)) {
    throw new JobFailure("patch-unsafe", firstLines(applied.stderr));
  }
  throw new JobFailure("conflict", firstLines(applied.stderr));
}

interface Change {
  readonly entry: PatchEntry;
  /** Object in the index. */
  readonly sha: string;
}

const REMOVED = "000000";
const SUBMODULE = "160000";
const LINK = "120000";

/** What the index has, beside the base. */
async function changesSince(tree: GitTree, base: string): Promise<readonly Change[]> {
  const parts = records(
    await gitOut(tree, ["diff", "--cached", "--raw", "-z", "--no-renames", "--no-abbrev", base]),
  );
  const found: { readonly path: string; readonly mode: string; readonly sha: string }[] = [];
  for (let index = 0; index + 1 < parts.length; index += 2) {
    const [before = "", after = "", , sha = ""] = (parts[index] ?? "").slice(1).split(" ");
    // A submodule is none of Cairn's business, whether it comes or goes.
    found.push({ path: parts[index + 1] ?? "", mode: before === SUBMODULE ? SUBMODULE : after, sha });
  }
  const sizes = await sizesOf(
    tree,
    found.filter(isFile).map(({ sha }) => sha),
  );
  return Promise.all(
    found.map(async ({ path, mode, sha }) => {
      const size = sizes.get(sha) ?? 0;
      if (mode !== LINK) return { entry: { path, mode, size }, sha };
      const target = (await gitOut(tree, ["cat-file", "blob", sha])).toString("utf8");
      return { entry: { path, mode, size, target }, sha };
    }),
  );
}

const isFile = ({ mode }: { readonly mode: string }): boolean => mode !== REMOVED && mode !== SUBMODULE;

const records = (output: Buffer): string[] => output.toString("utf8").split("\0").slice(0, -1);

async function sizesOf(tree: GitTree, shas: readonly string[]): Promise<ReadonlyMap<string, number>> {
  if (shas.length === 0) return new Map();
  const input = Buffer.from(`${shas.join("\n")}\n`);
  const output = await gitOut(tree, ["cat-file", "--batch-check=%(objectname) %(objectsize)"], input);
  const lines = output.toString("utf8").trim().split("\n");
  return new Map(lines.map((line) => [line.split(" ")[0] ?? "", Number(line.split(" ")[1])]));
}

/** Out of the index: exactly what the tree was written from. */
async function withContents(tree: GitTree, changes: readonly Change[]): Promise<VerifiedPatch["files"]> {
  const contents = await contentsOf(
    tree,
    changes.filter(({ entry }) => isFile(entry)).map(({ sha }) => sha),
  );
  return changes.map(({ entry: { path, mode }, sha }) => {
    if (mode === REMOVED) return { path, mode: "100644", content: null };
    return { path, mode: mode as "100644", content: (contents.get(sha) ?? missing(sha)).toString("base64") };
  });
}

/** The answer of `cat-file --batch`: a line `<sha> blob <size>` before each content, a newline behind it. */
async function contentsOf(tree: GitTree, shas: readonly string[]): Promise<ReadonlyMap<string, Buffer>> {
  const contents = new Map<string, Buffer>();
  if (shas.length === 0) return contents;
  const output = await gitOut(tree, ["cat-file", "--batch"], Buffer.from(`${shas.join("\n")}\n`));
  for (let at = 0; at < output.length; ) {
    const end = output.indexOf("\n", at);
    const [sha = "", , size] = output.toString("utf8", at, end).split(" ");
    const from = end + 1;
    const to = from + Number(size);
    if (Number.isNaN(to)) return missing(sha);
    contents.set(sha, output.subarray(from, to));
    at = to + 1;
  }
  return contents;
}

function missing(sha: string): never {
  throw new Error(`git lost the object ${sha}`);
}
