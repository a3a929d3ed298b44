/** What an index has beside a base: each path with mode, size and content, judged by the rules. */
import { judgePatch, type PatchEntry } from "../src/policy/patch-rules.ts";
import { type GitTree, gitOut } from "./git.ts";
import type { VerifiedPatch } from "./handover.ts";
import { JobFailure } from "./job-failure.ts";

export interface Change {
  readonly entry: PatchEntry;
  /** Object in the index. */
  readonly sha: string;
}

const REMOVED = "000000";
const SUBMODULE = "160000";
const LINK = "120000";

export type Rules = Parameters<typeof judgePatch>[1];

/** What the index has, beside the base: a commit or a tree. Throws `JobFailure` where the rules forbid it. */
export async function judgedChanges(tree: GitTree, base: string, rules: Rules): Promise<readonly Change[]> {
  const changes = await changesSince(tree, base);
  const filesBefore = records(await gitOut(tree, ["ls-tree", "-r", "--name-only", "-z", base])).length;
  const problem = judgePatch({ entries: changes.map(({ entry }) => entry), filesBefore }, rules);
  if (problem) throw new JobFailure(problem.reason, problem.detail);
  return changes;
}

/** Each path that differs, unjudged. `base`: a commit or a tree. */
export async function changesSince(tree: GitTree, base: string): Promise<readonly Change[]> {
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
  const targets = await contentsOf(
    tree,
    found.filter(({ mode }) => mode === LINK).map(({ sha }) => sha),
  );
  return found.map(({ path, mode, sha }) => {
    const entry = { path, mode, size: sizes.get(sha) ?? 0 };
    const target = mode === LINK ? targets.get(sha)?.toString("utf8") : undefined;
    return { entry: target === undefined ? entry : { ...entry, target }, sha };
  });
}

const isFile = ({ mode }: { readonly mode: string }): boolean => mode !== REMOVED && mode !== SUBMODULE;

export const records = (output: Buffer): string[] => output.toString("utf8").split("\0").slice(0, -1);

async function sizesOf(tree: GitTree, shas: readonly string[]): Promise<ReadonlyMap<string, number>> {
  if (shas.length === 0) return new Map();
  const input = Buffer.from(`${shas.join("\n")}\n`);
  const output = await gitOut(tree, ["cat-file", "--batch-check=%(objectname) %(objectsize)"], input);
  const lines = output.toString("utf8").trim().split("\n");
  return new Map(lines.map((line) => [line.split(" ")[0] ?? "", Number(line.split(" ")[1])]));
}

/** Out of the index: exactly what the tree was written from. */
export async function withContents(
  tree: GitTree,
  changes: readonly Change[],
): Promise<VerifiedPatch["files"]> {
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
