/**
 * The patch: taken from a checkout that the agent has had in hand, and put on the newest base where the agent
 * never was. Both work in an index of their own; nothing that the agent left in `.git` is read (I12).
 */
import { randomUUID } from "node:crypto";
import { cp, stat } from "node:fs/promises";
import { join } from "node:path";
import { judgedChanges, type Rules, records, withContents } from "./changes.ts";
import { type GitTree, git, gitOut } from "./git.ts";
import type { VerifiedPatch } from "./handover.ts";
import { JobFailure } from "./job-failure.ts";
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
 * What was touched in the work tree since it was set aside, as git takes it up on top of `commit`, or of a tree. Throws
 * `JobFailure` where git cannot, and where the rules forbid it: to write down what nobody will publish (a folder of
 * dependencies, a core dump) could take hours. The judgement that counts is the one of `applyAndJudge`.
 */
export async function takePatch(tree: Aside, commit: string, rules: Rules): Promise<Buffer> {
  const there = await stat(tree.workTree).catch(() => undefined);
  if (!there?.isDirectory()) throw new JobFailure("patch-unsafe", "the checkout is gone");
  const { present, removed } = await touchedSince(tree.snapshots);
  await gitOut(tree, ["read-tree", commit]);
  await gitOut(tree, ["update-index", "--force-remove", "-z", "--stdin"], removed);
  const added = await git(tree, ["update-index", "--add", "--replace", "-z", "--stdin"], present);
  if (added.code !== 0)
    throw new JobFailure("patch-unsafe", `git cannot add it: ${firstLines(added.stderr)}`);
  await judgedChanges(tree, commit, rules);
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

/** Applies the patch on the checked-out commit and judges what comes of it. Throws `JobFailure` with the reason. */
export async function applyAndJudge(tree: GitTree, patch: Buffer, rules: Rules): Promise<VerifiedPatch> {
  const text = (buffer: Buffer): string => buffer.toString("utf8").trim();
  if (patch.length === 0) throw new JobFailure("no-change", "");
  const base = text(await gitOut(tree, ["rev-parse", "HEAD"]));
  const baseTree = text(await gitOut(tree, ["rev-parse", "HEAD^{tree}"]));
  await gitOut(tree, ["read-tree", base]);
  await applyPatch(tree, patch);
  const changes = await judgedChanges(tree, base, rules);
  const files = await withContents(tree, changes);
  await assertNotFiltered(tree, files);
  return { base, baseTree, tree: text(await gitOut(tree, ["write-tree"])), files };
}

/** Into the index alone: no file is written, so no symbolic link can lead anywhere. */
export async function applyPatch(tree: GitTree, patch: Buffer): Promise<void> {
  const applied = await git(tree, ["apply", "--cached", "--3way", "--whitespace=nowarn", "-"], patch);
  if (applied.code === 0) return;
  const unmerged = records(await gitOut(tree, ["diff", "--cached", "--name-only", "--diff-filter=U", "-z"]));
  if (unmerged.length > 0) throw new JobFailure("conflict", unmerged.slice(0, 5).join(", "));
  if (/invalid path|beyond a symbolic link|corrupt|[Nn]o valid patches|unrecognized/.test(applied.stderr)) {
    throw new JobFailure("patch-unsafe", firstLines(applied.stderr));
  }
  throw new JobFailure("conflict", firstLines(applied.stderr));
}
