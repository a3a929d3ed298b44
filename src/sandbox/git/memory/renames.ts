/** Which removed file became which added one, found step by step as git's `diffcore-rename.c` does. */
import { contentOf } from "./content.ts";
import type { ObjectHeap } from "./heap.ts";
import { ALL, similarity } from "./similarity.ts";
import { type Difference, kindOf, type Leaf } from "./tree-walk.ts";

export interface Rename {
  readonly from: string;
  readonly to: string;
  /** From `LEAST` to `ALL`. */
  readonly score: number;
}

/** A rename keeps half of the file. */
const LEAST = ALL / 2;
/** Between files that are alone in having their name, three quarters are asked and nothing else is tried. */
const LEAST_OF_SAME_NAME = (ALL * 3) / 4;
/** As many sources are weighed for each added file. */
const CANDIDATES = 4;

interface Side {
  readonly path: string;
  readonly leaf: Leaf;
}

interface Candidate {
  readonly from: Side;
  readonly to: Side;
  readonly score: number;
}

export interface RenameOptions {
  /** Removed files for which less than the whole may be kept; all when absent. */
  readonly isWanted?: (path: string) => boolean;
  /** Empty files are all the same: a merge does not pair them. */
  readonly empty: "paired" | "left alone";
}

/** Renames by their new paths. */
export function findRenames(
  heap: ObjectHeap,
  changes: readonly Difference[],
  { isWanted = () => true, empty }: RenameOptions,
): ReadonlyMap<string, Rename> {
  const renames = new Map<string, Rename>();
  const counts = (leaf: Leaf): boolean => empty === "paired" || contentOf(heap, leaf).length > 0;
  let sources = changes.flatMap(({ path, before, after }) =>
    before && !after && counts(before) ? [{ path, leaf: before }] : [],
  );
  let targets = changes.flatMap(({ path, before, after }) =>
    after && !before && counts(after) ? [{ path, leaf: after }] : [],
  );
  const pair = ({ from, to, score }: Candidate): void => {
    renames.set(to.path, { from: from.path, to: to.path, score });
    sources = sources.filter((one) => one !== from);
    targets = targets.filter((one) => one !== to);
  };
  const scoreOf = (from: Side, to: Side): number =>
    isFile(from) && isFile(to) ? similarity(contentOf(heap, from.leaf), contentOf(heap, to.leaf), LEAST) : 0;

  for (const to of [...targets]) {
    const same = sources.filter((from) => isSame(from, to));
    const from = same.find((one) => baseName(one) === baseName(to)) ?? same[0];
    if (from) pair({ from, to, score: ALL });
  }
  for (const { from, to } of aloneWithName(sources, targets)) {
    const score = isWanted(from.path) ? scoreOf(from, to) : 0;
    if (score >= LEAST_OF_SAME_NAME) pair({ from, to, score });
  }
  const wanted = sources.filter(({ path }) => isWanted(path));
  const candidates = targets.flatMap((to) =>
    best(wanted.map((from) => ({ from, to, score: scoreOf(from, to) }))),
  );
  for (const candidate of candidates.sort(bestFirst)) {
    if (candidate.score < LEAST) break;
    if (sources.includes(candidate.from) && targets.includes(candidate.to)) pair(candidate);
  }
  return renames;
}

const isFile = ({ leaf }: Side): boolean => kindOf(leaf) === "file";
const baseName = ({ path }: Side): string => path.slice(path.lastIndexOf("/") + 1);

function isSame(from: Side, to: Side): boolean {
  if (from.leaf.sha !== to.leaf.sha) return false;
  return from.leaf.mode === to.leaf.mode || (isFile(from) && isFile(to));
}

function aloneWithName(sources: readonly Side[], targets: readonly Side[]) {
  const [from, to] = [Map.groupBy(sources, baseName), Map.groupBy(targets, baseName)];
  return [...from].flatMap(([name, [source, ...more]]) => {
    const [target, ...others] = to.get(name) ?? [];
    return source && target && more.length + others.length === 0 ? [{ from: source, to: target }] : [];
  });
}

function bestFirst(one: Candidate, other: Candidate): number {
  const sameName = ({ from, to }: Candidate): number => Number(baseName(from) === baseName(to));
  return other.score - one.score || sameName(other) - sameName(one);
}

function best(candidates: readonly Candidate[]): readonly Candidate[] {
  const kept: Candidate[] = [];
  for (const candidate of candidates) {
    if (kept.length < CANDIDATES) {
      kept.push(candidate);
      continue;
    }
    const worst = kept.reduce((one, other) => (bestFirst(other, one) > 0 ? other : one));
    if (bestFirst(worst, candidate) > 0) kept[kept.indexOf(worst)] = candidate;
  }
  return kept;
}
