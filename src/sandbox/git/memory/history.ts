/** Questions about the graph of commits, answered in the order in which git walks it: newest first, ties as they came. */
import { missingObject } from "../errors.ts";
import type { LogOptions } from "../history.ts";
import { toRawName } from "../objects.ts";
import type { Commit, Sha } from "../store.ts";
import type { ObjectHeap } from "./heap.ts";
import { entryBelow } from "./tree-walk.ts";

/** Throws `missing-object`. */
function commitOf(heap: ObjectHeap, sha: Sha): Commit {
  const commit = heap.commit(sha);
  if (!commit) throw missingObject(sha, "commit");
  return commit;
}

/** Commits that wait to be looked at; the newest comes first, of equal ones the one that was put first. */
function createQueue() {
  const waiting: Commit[] = [];
  return {
    waiting,
    put(commit: Commit): void {
      const { timestamp } = commit.committer;
      let at = waiting.length;
      while (at > 0 && (waiting[at - 1]?.committer.timestamp ?? 0) >= timestamp) at -= 1;
      waiting.splice(at, 0, commit);
    },
    take: (): Commit | undefined => waiting.pop(),
  };
}

/** The commit and all that it was built on. */
function reachable(heap: ObjectHeap, from: Sha): Set<Sha> {
  const seen = new Set([from]);
  for (const sha of seen) for (const parent of commitOf(heap, sha).parents) seen.add(parent);
  return seen;
}

/**
 * As `git rev-list` lists them. `path` follows, through a merge, a parent that has the same there; whether that parent is
 * one to show is known as far as the walk has come, which matters only where dates run backwards.
 */
export function log(heap: ObjectHeap, from: Sha, options: LogOptions): readonly Commit[] {
  const { limit = Number.POSITIVE_INFINITY, skip = 0, path, notReachableFrom } = options;
  const walk = createWalk(heap);
  walk.reach(from);
  if (notReachableFrom !== undefined) {
    walk.reach(notReachableFrom);
    walk.hide(notReachableFrom);
  }
  const isRelevant = (sha: Sha): boolean => !walk.isHidden(sha) || sha === notReachableFrom;
  const found: Commit[] = [];
  for (let next = walk.next(); next !== undefined; next = walk.next()) {
    const { shows, parents } =
      path && !walk.isHidden(next.sha)
        ? simplified(heap, next, path, isRelevant)
        : { shows: true, parents: next.parents };
    if (shows) found.push(next);
    walk.goOn(next, parents);
    if (notReachableFrom === undefined && found.length >= skip + limit) break;
  }
  return found.filter(({ sha }) => !walk.isHidden(sha)).slice(skip, skip + limit);
}

/** A walk from commits to their parents that is told, on the way, what not to show. */
function createWalk(heap: ObjectHeap) {
  const queue = createQueue();
  /** Each commit that was reached, with the parents that the walk follows. */
  const reached = new Map<Sha, readonly Sha[]>();
  const hidden = new Set<Sha>();

  function reach(sha: Sha): void {
    if (reached.has(sha)) return;
    const commit = commitOf(heap, sha);
    reached.set(sha, commit.parents);
    queue.put(commit);
  }
  function hide(sha: Sha): void {
    const waiting = [sha];
    for (let one = waiting.pop(); one !== undefined; one = waiting.pop()) {
      if (hidden.has(one)) continue;
      hidden.add(one);
      waiting.push(...(reached.get(one) ?? []));
    }
  }
  return {
    reach,
    hide,
    isHidden: (sha: Sha): boolean => hidden.has(sha),
    next: queue.take,
    goOn({ sha }: Commit, parents: readonly Sha[]): void {
      reached.set(sha, parents);
      if (hidden.has(sha)) for (const parent of parents) hide(parent);
      for (const parent of parents) reach(parent);
    },
  };
}

/** Whether a commit changes what is at `path`, and which parents tell the rest of the story. */
function simplified(heap: ObjectHeap, commit: Commit, path: string, isRelevant: (sha: Sha) => boolean) {
  const here = contentAt(heap, commit, path);
  const { parents } = commit;
  if (parents.length === 0) return { shows: here !== undefined, parents };
  const same = (parent: Sha): boolean => contentAt(heap, commitOf(heap, parent), path) === here;
  const followed = parents.find((parent) => isRelevant(parent) && same(parent));
  if (followed !== undefined) return { shows: false, parents: [followed] };
  const relevant = parents.filter(isRelevant);
  // None of the relevant parents is the same; without any, those that are not shown decide.
  return { shows: relevant.length > 0 || !parents.every(same), parents };
}

function contentAt(heap: ObjectHeap, commit: Commit, path: string): string | undefined {
  const entry = entryBelow(heap, commit.tree, toRawName(path));
  return entry && `${entry.mode} ${entry.sha}`;
}

export function isAncestor(heap: ObjectHeap, ancestor: Sha, descendant: Sha): boolean {
  const seen = new Set([descendant]);
  for (const sha of seen) {
    if (sha === ancestor) return true;
    for (const parent of commitOf(heap, sha).parents) seen.add(parent);
  }
  return false;
}

export function aheadBehind(heap: ObjectHeap, base: Sha, head: Sha) {
  const [ofBase, ofHead] = [reachable(heap, base), reachable(heap, head)];
  const lacking = (all: ReadonlySet<Sha>, from: ReadonlySet<Sha>): number =>
    [...all].filter((sha) => !from.has(sha)).length;
  return { ahead: lacking(ofHead, ofBase), behind: lacking(ofBase, ofHead) };
}

const OF_A = 1;
const OF_B = 2;
const OF_BOTH = 3;
/** Reached through a common ancestor: nothing better is to be found there. */
const STALE = 4;

/** All best common ancestors of `b` and a merge of `ours` (or the one commit there), as `git merge-base --all` orders them. */
export function mergeBases(heap: ObjectHeap, ours: readonly Sha[], b: Sha): readonly Sha[] {
  if (ours.includes(b)) return [b];
  const marks = new Map<Sha, number>(ours.map((sha) => [sha, OF_A]));
  marks.set(b, OF_B);
  const marksOf = (commit: Commit): number => marks.get(commit.sha) ?? 0;
  const common = new Set<Commit>();
  const queue = createQueue();
  for (const sha of [...ours, b]) queue.put(commitOf(heap, sha));
  while (queue.waiting.some((commit) => (marksOf(commit) & STALE) === 0)) {
    const commit = queue.take();
    if (!commit) break;
    let mark = marksOf(commit);
    if (mark === OF_BOTH) {
      common.add(commit);
      mark |= STALE;
    }
    for (const sha of commit.parents) {
      const before = marks.get(sha) ?? 0;
      if ((before & mark) === mark) continue;
      marks.set(sha, before | mark);
      queue.put(commitOf(heap, sha));
    }
  }
  const best = newestFirst([...common].filter((commit) => (marksOf(commit) & STALE) === 0));
  const shas = best.map(({ sha }) => sha);
  return shas.filter((sha) => !shas.some((other) => other !== sha && isAncestor(heap, sha, other)));
}

const newestFirst = (commits: Commit[]): Commit[] =>
  commits.sort((one, other) => other.committer.timestamp - one.committer.timestamp);
