/** Questions about the graph of commits, answered by git itself. */
import { missingObject } from "./errors.ts";
import type { ObjectReader } from "./object-access.ts";
import { assertCommits } from "./object-checks.ts";
import { runGit } from "./run-git.ts";
import type { Commit, MergeTree, Sha } from "./store.ts";

export interface LogOptions {
  readonly limit?: number;
  readonly skip?: number;
  readonly path?: string;
  readonly notReachableFrom?: Sha;
}

/** Newest first, as `git log` orders. */
export async function log(
  directory: string,
  reader: ObjectReader,
  from: Sha,
  options: LogOptions,
): Promise<readonly Commit[]> {
  const { limit, skip, path, notReachableFrom } = options;
  await assertCommits(reader, from, ...(notReachableFrom === undefined ? [] : [notReachableFrom]));
  const args = ["--literal-pathspecs", "rev-list"];
  if (limit !== undefined) args.push(`--max-count=${limit}`);
  if (skip !== undefined) args.push(`--skip=${skip}`);
  args.push(from);
  if (notReachableFrom !== undefined) args.push(`^${notReachableFrom}`);
  args.push("--");
  if (path) args.push(path);
  const { stdout } = await runGit(directory, args);
  const shas = stdout.toString("latin1").split("\n").filter(Boolean);
  return Promise.all(
    shas.map(async (sha) => {
      const commit = await reader.commit(sha);
      if (!commit) throw missingObject(sha, "commit");
      return commit;
    }),
  );
}

/** Whether `descendant` is `ancestor` or was built on it. Throws `missing-object`. */
export async function isAncestor(
  directory: string,
  reader: ObjectReader,
  ancestor: Sha,
  descendant: Sha,
): Promise<boolean> {
  await assertCommits(reader, ancestor, descendant);
  if (ancestor === descendant) return true;
  // A ref moves mostly by one commit: the parents tell, without a process.
  if ((await reader.commit(descendant))?.parents.includes(ancestor)) return true;
  const args = ["merge-base", "--is-ancestor", ancestor, descendant];
  return (await runGit(directory, args, { answers: [0, 1] })).code === 0;
}

/** Best common ancestor; `undefined` for histories without one. */
export async function mergeBase(
  directory: string,
  reader: ObjectReader,
  a: Sha,
  b: Sha,
): Promise<Sha | undefined> {
  await assertCommits(reader, a, b);
  const { code, stdout } = await runGit(directory, ["merge-base", a, b], { answers: [0, 1] });
  return code === 0 ? stdout.toString("latin1").trim() : undefined;
}

/** How many commits `head` has that `base` lacks, and the reverse. */
export async function aheadBehind(directory: string, reader: ObjectReader, base: Sha, head: Sha) {
  await assertCommits(reader, base, head);
  const args = ["rev-list", "--left-right", "--count", `${base}...${head}`];
  const { stdout } = await runGit(directory, args);
  const [behind, ahead] = stdout.toString("latin1").trim().split("\t").map(Number) as [number, number];
  return { ahead, behind };
}

/**
 * The tree that a merge of `head` into `base` would have, or the paths in conflict.
 * Histories without a common commit are a conflict without paths: GitHub does not merge them either.
 */
export async function mergeTree(
  directory: string,
  reader: ObjectReader,
  base: Sha,
  head: Sha,
): Promise<MergeTree> {
  if ((await mergeBase(directory, reader, base, head)) === undefined) return { kind: "conflict", paths: [] };
  const args = ["merge-tree", "--write-tree", "--name-only", "--no-messages", "-z", base, head];
  const { code, stdout } = await runGit(directory, args, { answers: [0, 1] });
  const [tree, ...paths] = stdout.toString("utf8").split("\0").filter(Boolean) as [Sha, ...string[]];
  return code === 0 ? { kind: "clean", tree } : { kind: "conflict", paths };
}
