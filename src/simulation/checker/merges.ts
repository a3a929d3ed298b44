/**
 * Merges that a round of fixing pushed: each of a conflict, with all in it that either side changed beside that. And those by which a
 * head was brought up to date: what git makes of the two, and nothing else.
 */
import type { GitStore } from "../../sandbox/git/store.ts";
import type { Facts, Violation } from "./index.ts";

export async function checkMerges({ sandbox, stage, parents }: Facts): Promise<readonly Violation[]> {
  const store = sandbox.services.stores.get(stage.repository.id);
  const found: Violation[] = [];
  for (const [made, [head, base]] of parents) {
    if (!store || head === undefined || base === undefined) continue;
    for (const why of await losses(store, { made, head, base })) {
      found.push({ rule: "base-lost", what: `${made}, a merge of ${base} into ${head}: ${why}` });
    }
  }
  return found;
}

interface Merge {
  readonly made: string;
  readonly head: string;
  readonly base: string;
}

async function losses(store: GitStore, { made, head, base }: Merge): Promise<readonly string[]> {
  const trial = await store.mergeTree(head, base);
  const commit = await store.readCommit(made);
  if (commit?.message.startsWith("Merge branch '"))
    return trial.kind === "clean" && trial.tree === commit.tree
      ? []
      : ["it is not what git makes of the two"];
  if (trial.kind === "clean") return ["nothing conflicted"];
  const start = await store.mergeBase(head, base);
  if (start === undefined) return ["the two have nothing in common"];
  const at = async (commit: string, path: string): Promise<string | undefined> =>
    (await store.entryAt(commit, path))?.sha;
  const branch = /cairn\/(\d+)-g/.exec(commit?.message ?? "");
  // What agents here change in every run.
  const agents = `src/issue-${branch?.[1]}.js`;
  const why: string[] = [];
  for (const [side, other] of [
    [base, head],
    [head, base],
  ] as const) {
    const changed = await store.diff(start, side);
    const paths = changed.flatMap(({ path, previousPath }) =>
      previousPath === undefined ? [path] : [path, previousPath],
    );
    for (const path of paths) {
      const alone = (await at(start, path)) === (await at(other, path));
      if (trial.paths.includes(path) || !alone || path === agents) continue;
      if ((await at(made, path)) !== (await at(side, path))) why.push(`${path} is not as ${side} has it`);
    }
  }
  return why;
}
