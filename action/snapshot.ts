/**
 * Which files somebody has changed, byte by byte. What git itself calls changed depends on attributes: a blob that
 * was committed before `.gitattributes` asked for other line endings differs from its own checkout.
 */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type GitTree, git, gitOut } from "./git.ts";
import { JobFailure } from "./job.ts";

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

/** What differs from the first look. Throws `JobFailure` where git cannot take it up. */
export async function touchedSince({ plain, commit, before }: Snapshots): Promise<Touched> {
  const after = await look(plain, commit);
  const names = (filter: string): Promise<Buffer> =>
    gitOut(plain, ["diff-tree", "-r", "-z", "--no-renames", "--name-only", filter, before, after]);
  return { present: await names("--diff-filter=d"), removed: await names("--diff-filter=D") };
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
