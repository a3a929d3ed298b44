/**
 * A round that solves a conflict: git's own merge of head and base, what of it lies before the agent, and what its work
 * is judged against. Both jobs compute the merge themselves, before anybody else has had their checkout in hand.
 */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Change, changesSince, judgedChanges, type Rules, records, withContents } from "./changes.ts";
import { type GitTree, git, gitOut } from "./git.ts";
import type { VerifiedPatch } from "./handover.ts";
import { JobFailure } from "./job-failure.ts";
import { applyPatch } from "./patch.ts";
import { firstLines } from "./snapshot.ts";
import { assertNotFiltered } from "./stored-elsewhere.ts";

/** Commits: the pull request's head, and the one of the base that conflicts with it. */
export interface Sides {
  readonly head: string;
  readonly base: string;
}

export interface GitMerge {
  /** Tree with all that git could merge, and with its markers where it could not. */
  readonly tree: string;
  /** Paths in conflict. */
  readonly conflicts: readonly string[];
  /** What each of them is on either side and in their common ancestor, for `git update-index --index-info`. */
  readonly stages: readonly string[];
}

/** Throws `JobFailure`: `conflict-gone` where git merges all of it, `conflict` where it cannot even begin. */
export async function mergeByGit(tree: GitTree, { head, base }: Sides): Promise<GitMerge> {
  for (const commit of [head, base]) {
    const there = await git(tree, ["cat-file", "-e", `${commit}^{commit}`]);
    if (there.code !== 0) throw new JobFailure("conflict", `the checkout lacks commit ${commit}`);
  }
  // Its markers are those that are looked for later, whatever the repository prefers.
  const style = ["-c", "merge.conflictStyle=merge"];
  const end = await git(tree, [...style, "merge-tree", "--write-tree", "--no-messages", "-z", head, base]);
  if (end.code > 1) throw new JobFailure("conflict", firstLines(end.stderr));
  if (end.code === 0)
    throw new JobFailure("conflict-gone", `git merges ${base} into ${head} without a conflict`);
  const [merged = "", ...stages] = records(end.stdout);
  const conflicts = [...new Set(stages.map((stage) => stage.slice(stage.indexOf("\t") + 1)))];
  return { tree: merged, conflicts, stages };
}

/** Brings the checkout to where `git merge` would have left it: files with markers, both sides in the index. */
export async function beginMerge(tree: GitTree, sides: Sides): Promise<GitMerge> {
  const merge = await mergeByGit(tree, sides);
  await gitOut(tree, ["read-tree", "--reset", "-u", merge.tree]);
  const gone = merge.conflicts.map((path) => `0 ${"0".repeat(40)}\t${path}\0`);
  const info = [...gone, ...merge.stages.map((stage) => `${stage}\0`)].join("");
  await gitOut(tree, ["update-index", "-z", "--index-info"], Buffer.from(info));
  await writeFile(join(tree.gitDir, "MERGE_HEAD"), `${sides.base}\n`);
  return merge;
}

/**
 * The patch on git's own merge, judged by what it changes there alone: what the base brought is nobody's work. Throws
 * `JobFailure` with the reason.
 */
export async function solveAndJudge(
  tree: GitTree,
  patch: Buffer,
  rules: Rules,
  sides: Sides,
): Promise<VerifiedPatch> {
  const told = async (args: readonly string[]): Promise<string> =>
    (await gitOut(tree, args)).toString("utf8").trim();
  if (patch.length === 0) throw new JobFailure("no-change", "");
  const { head, base } = sides;
  const at = await told(["rev-parse", "HEAD"]);
  if (at !== head) throw new JobFailure("tampered", `the checkout is at ${at}, not ${head}`);
  const merge = await mergeByGit(tree, sides);
  await gitOut(tree, ["read-tree", merge.tree]);
  await applyPatch(tree, patch);
  const changes = await judgedChanges(tree, merge.tree, rules);
  const result = await told(["write-tree"]);
  await assertSolved(tree, sides, merge, { changes, result });
  await assertNotFiltered(tree, await withContents(tree, changes));
  const files = await besideBase(tree, base);
  return {
    base,
    baseTree: await told(["rev-parse", `${base}^{tree}`]),
    tree: result,
    files,
    parents: [head, base],
  };
}

/** What is published: the pull request as a whole beside the base, so that nothing of the base has to be sent again. */
async function besideBase(tree: GitTree, base: string): Promise<VerifiedPatch["files"]> {
  const changes = await changesSince(tree, base);
  if (changes.length === 0) throw new JobFailure("no-change", "nothing of the pull request is left");
  const module = changes.find(({ entry }) => entry.mode === SUBMODULE);
  if (module)
    throw new JobFailure("patch-unsafe", `${module.entry.path} is a submodule, and differs from the base's`);
  return withContents(tree, changes);
}

const SUBMODULE = "160000";

/** What the agent made of git's merge. */
interface Solved {
  readonly changes: readonly Change[];
  readonly result: string;
}

/** Throws `JobFailure` `conflict-unsolved`. */
async function assertSolved(
  tree: GitTree,
  { head, base }: Sides,
  merge: GitMerge,
  { changes, result }: Solved,
): Promise<void> {
  const [ours, theirs, merged, made] = await Promise.all(
    [head, base, merge.tree, result].map((treeish) => entriesOf(tree, treeish)),
  );
  if (!ours || !theirs || !merged || !made) return;
  const unsolved = (why: string): never => {
    throw new JobFailure("conflict-unsolved", why);
  };
  // Git puts aside what has no room: `path~commit`.
  for (const path of made.keys()) {
    if (path.includes(`~${head}`) || path.includes(`~${base}`)) unsolved(`${path} is where git put it aside`);
  }
  for (const path of merge.conflicts) {
    const known = new Set([
      ...(await linesOf(tree, ours.get(path))),
      ...(await linesOf(tree, theirs.get(path))),
    ]);
    const left = (await linesOf(tree, made.get(path))).findIndex(
      (line) => MARKER.test(line) && !known.has(line),
    );
    if (left >= 0) unsolved(`a conflict marker is left in ${path}, line ${left + 1}`);
  }
  const conflicting = new Set(merge.conflicts);
  for (const { path } of changes.map(({ entry }) => entry)) {
    if (conflicting.has(path) || merged.get(path) === ours.get(path)) continue;
    if (made.get(path) === ours.get(path))
      unsolved(`${path} is put back to what it was before the base changed it`);
  }
}

/** A line that git writes around the two sides, of seven characters or as many as `conflict-marker-size` says. */
const MARKER = /^(?:<{7,} .*|={7}|>{7,} .*)\r?$/;

/** Each path's mode and object. */
async function entriesOf(tree: GitTree, treeish: string): Promise<ReadonlyMap<string, string>> {
  const lines = records(await gitOut(tree, ["ls-tree", "-r", "-z", treeish]));
  return new Map(
    lines.map((line) => [line.slice(line.indexOf("\t") + 1), line.slice(0, line.indexOf("\t"))]),
  );
}

/** Lines of a file; none where there is no file. */
async function linesOf(tree: GitTree, entry: string | undefined): Promise<readonly string[]> {
  const [, kind, sha] = entry?.split(" ") ?? [];
  if (kind !== "blob" || sha === undefined) return [];
  return (await gitOut(tree, ["cat-file", "blob", sha])).toString("latin1").split("\n");
}
