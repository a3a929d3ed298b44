/** Objects in memory. What they say is read once and kept: an object never changes. */
import { storeClosed } from "../errors.ts";
import type { ObjectReader, ObjectType, ObjectWriter, RawEntry } from "../object-access.ts";
import { objectName, parseCommit, parseTree } from "../objects.ts";
import type { Commit, Sha } from "../store.ts";
import { parseTag } from "../tag-objects.ts";

interface Kept {
  readonly sha: Sha;
  readonly type: ObjectType;
  readonly content: Buffer;
}

/** At once, for those who walk many objects; `undefined` for what is absent or of another type. */
export interface ObjectHeap {
  get(sha: Sha): Kept | undefined;
  names(): Iterable<Sha>;
  commit(sha: Sha): Commit | undefined;
  tree(sha: Sha): readonly RawEntry[] | undefined;
  /** Follows tags, and a commit to its tree. */
  behind(sha: Sha, type: "commit" | "tree"): Sha | undefined;
  add(type: ObjectType, content: Buffer): Sha;
}

const NO_BYTES = Buffer.alloc(0);

/** Has the empty tree from the start, as every repository has. */
export function createObjectHeap(): ObjectHeap {
  const objects = new Map<Sha, Kept>();
  const commits = new Map<Sha, Commit>();
  const trees = new Map<Sha, readonly RawEntry[]>();

  const heap: ObjectHeap = {
    get: (sha) => objects.get(sha),
    names: () => objects.keys(),
    commit(sha) {
      const known = commits.get(sha);
      if (known) return known;
      const found = objects.get(sha);
      if (found?.type !== "commit") return undefined;
      const commit = parseCommit(sha, found.content);
      commits.set(sha, commit);
      return commit;
    },
    tree(sha) {
      const known = trees.get(sha);
      if (known) return known;
      const found = objects.get(sha);
      if (found?.type !== "tree") return undefined;
      const entries = parseTree(found.content);
      trees.set(sha, entries);
      return entries;
    },
    behind(sha, type) {
      const found = objects.get(sha);
      if (found === undefined || found.type === type) return found?.sha;
      if (found.type === "tag") return heap.behind(parseTag(sha, found.content).object, type);
      return type === "tree" ? heap.commit(sha)?.tree : undefined;
    },
    add(type, content) {
      const sha = objectName(type, content);
      if (!objects.has(sha)) objects.set(sha, { sha, type, content });
      return sha;
    },
  };
  heap.add("tree", NO_BYTES);
  return heap;
}

const PEELED = /^(.{40})\^\{(tree|commit)\}$/;

/** The heap as code that also reads from a disk asks it. */
export function createHeapAccess(heap: ObjectHeap): ObjectReader & ObjectWriter {
  let state: "open" | "closed" = "open";
  const assertOpen = (): void => {
    if (state === "closed") throw storeClosed("in memory");
  };
  const find = (name: string): Kept | undefined => {
    assertOpen();
    const [, sha, type] = PEELED.exec(name) ?? [];
    const whole = sha === undefined ? name : heap.behind(sha, type === "tree" ? "tree" : "commit");
    return whole === undefined ? undefined : heap.get(whole);
  };
  return {
    async info(name) {
      const found = find(name);
      return found && { sha: found.sha, type: found.type, size: found.content.length };
    },
    read: async (name) => {
      const found = find(name);
      // A copy: what the caller does to it must not change the object.
      return found && { ...found, size: found.content.length, content: Buffer.from(found.content) };
    },
    async tree(name) {
      assertOpen();
      const tree = heap.behind(name, "tree");
      return tree === undefined ? undefined : heap.tree(tree);
    },
    async commit(name) {
      assertOpen();
      return heap.commit(name);
    },
    write: async (type, content) => heap.add(type, content),
    async close() {
      state = "closed";
    },
  };
}
