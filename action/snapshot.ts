/**
 * Which files somebody has changed, byte by byte. What git itself calls changed depends on attributes: a blob that
 * was committed before `.gitattributes` asked for other line endings differs from its own checkout.
 */
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type GitTree, git, gitOut } from "./git.ts";
import { JobFailure } from "./job-failure.ts";

/** Whatever `.gitattributes` says, nothing is converted: this file comes before all others. */
const AS_IT_IS = "* -text !eol -ident !filter !working-tree-encoding\n";

export interface Snapshots {
  /** Git directory of its own over the same objects, in which no attribute changes a byte. */
  readonly plain: GitTree;
  readonly commit: string;
  /** Tree of the files as they lay there at first. */
  readonly before: string;
}

/** Takes the first look. */
export async function firstSnapshot(tree: GitTree): Promise<Snapshots> {
  const commit = (await gitOut(tree, ["rev-parse", "HEAD"])).toString("utf8").trim();
  const gitDir = `${tree.gitDir}-plain`;
  const plain = { gitDir, workTree: tree.workTree, indexFile: join(gitDir, "cairn-index") };
  await gitOut(plain, ["init", "--quiet", "--template="]);
  await mkdir(join(gitDir, "info"));
  await writeFile(join(gitDir, "info/attributes"), AS_IT_IS);
  await writeFile(join(gitDir, "objects/info/alternates"), `${join(tree.gitDir, "objects")}\n`);
  return { plain, commit, before: await look(plain, commit) };
}

/** NUL-terminated names as bytes, in git's order: there now, and there no more. */
export interface Touched {
  readonly present: Buffer;
  readonly removed: Buffer;
}

/** What differs from the first look. Throws `JobFailure` where git cannot take it up, or it touches a submodule. */
export async function touchedSince({ plain, commit, before }: Snapshots): Promise<Touched> {
  const after = await look(plain, commit);
  await assertSubmodules(plain, before, after);
  const names = (filter: string): Promise<Buffer> =>
    gitOut(plain, ["diff-tree", "-r", "-z", "--no-renames", "--name-only", filter, before, after]);
  return { present: await names("--diff-filter=d"), removed: await names("--diff-filter=D") };
}

/**
 * A submodule's commit is for people to say. Git passes over files that lie where an unfetched one would be: without
 * a word they would stay behind.
 */
async function assertSubmodules(plain: GitTree, before: string, after: string): Promise<void> {
  const modules = await submodulesIn(plain, before);
  const now = await submodulesIn(plain, after);
  for (const [path, commit] of [...modules, ...now]) {
    if (modules.get(path) === commit && now.get(path) === commit) continue;
    throw new JobFailure("patch-unsafe", `${path} is a submodule, and was removed, added or moved`);
  }
  for (const path of modules.keys()) {
    const inside = await readdir(join(plain.workTree, path));
    if (inside.length === 0 || inside.includes(".git")) continue;
    throw new JobFailure(
      "patch-unsafe",
      `${path}/${inside[0]} lies in a submodule, which is another repository`,
    );
  }
}

/** Path to commit. */
async function submodulesIn(plain: GitTree, tree: string): Promise<ReadonlyMap<string, string>> {
  const entries = (await gitOut(plain, ["ls-tree", "-r", "-z", tree])).toString("utf8").split("\0");
  return new Map(
    entries.flatMap((entry): [string, string][] => {
      const [, commit, path] = /^160000 commit (\S+)\t(.*)$/s.exec(entry) ?? [];
      return commit === undefined || path === undefined ? [] : [[path, commit]];
    }),
  );
}

async function look(plain: GitTree, commit: string): Promise<string> {
  await gitOut(plain, ["read-tree", commit]);
  const added = await git(plain, ["add", "--all"]);
  if (added.code !== 0)
    throw new JobFailure("patch-unsafe", `git cannot add it: ${firstLines(added.stderr)}`);
  return (await gitOut(plain, ["write-tree"])).toString("utf8").trim();
}

/** Git's own words about what went wrong. */
export const firstLines = (stderr: string): string =>
  stderr
    .split("\n")
    .filter((line) => /^(?:error|fatal):/.test(line))
    .slice(0, 3)
    .join("; ") || stderr.trim().slice(0, 200);
