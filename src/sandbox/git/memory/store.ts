/**
 * A `GitStore` without a disk: the same names of objects, the same answers, and nothing but microtasks.
 * No process, timer or thread takes part, so a simulation on it runs the same way each time.
 * Left out: mails of `git format-patch`, attributes (`.gitattributes`), clone and push.
 */
import { notInMemory } from "../errors.ts";
import { assertCommitParts, assertCommits, assertTagged, assertTarget } from "../object-checks.ts";
import { encodeCommit } from "../objects.ts";
import { assertRefName } from "../ref-names.ts";
import type { GitStore } from "../store.ts";
import { encodeTag, readTag } from "../tag-objects.ts";
import { createTree, entryAt, readTree } from "../trees.ts";
import { diff } from "./changed-files.ts";
import { diffText } from "./diff-text.ts";
import { createHeapAccess, createObjectHeap } from "./heap.ts";
import { aheadBehind, isAncestor, log, mergeBases } from "./history.ts";
import { mergeTree } from "./merge.ts";
import { createMemoryRefs } from "./refs.ts";

/** An empty repository. `patchText` throws `not-in-memory`. */
export function createMemoryStore(): GitStore {
  const heap = createObjectHeap();
  const access = createHeapAccess(heap);
  const refs = createMemoryRefs();
  return {
    directory: undefined,

    listRefs: async (prefix) => refs.list(prefix),
    readRef: async (ref) => refs.read(ref),
    updateRef: async (update) => {
      assertRefName(update.ref);
      if (update.to !== null) await assertTarget(access, update.ref, update.to);
      return refs.update(update);
    },
    // Only a clone asks for HEAD, and nobody clones from memory.
    setHead: async (ref) => assertRefName(ref),

    objectType: async (sha) => (await access.info(sha))?.type,
    readCommit: (sha) => access.commit(sha),
    createCommit: async (input) => {
      await assertCommitParts(access, input);
      return access.write("commit", encodeCommit(input));
    },
    readTag: (sha) => readTag(access, sha),
    createTag: async (input) => {
      await assertTagged(access, input);
      return access.write("tag", encodeTag(input));
    },
    commitBehind: async (sha) => (await access.info(`${sha}^{commit}`))?.sha,
    readTree: (sha, { recursive } = {}) => readTree(access, sha, recursive ? "all" : "one"),
    createTree: (base, changes) => createTree(access, access, base, changes),
    readBlob: async (sha) => {
      const found = await access.read(sha);
      return found?.type === "blob" ? found.content : undefined;
    },
    // A copy: what the caller does to its bytes later must not change the object.
    createBlob: (content) => access.write("blob", Buffer.from(content)),
    entryAt: (commit, path) => entryAt(access, commit, path),

    log: async (from, options = {}) => {
      const { notReachableFrom } = options;
      await assertCommits(access, from, ...(notReachableFrom === undefined ? [] : [notReachableFrom]));
      return log(heap, from, options);
    },
    isAncestor: async (ancestor, descendant) => {
      await assertCommits(access, ancestor, descendant);
      return isAncestor(heap, ancestor, descendant);
    },
    mergeBase: async (a, b) => {
      await assertCommits(access, a, b);
      return mergeBases(heap, [a], b)[0];
    },
    aheadBehind: async (base, head) => {
      await assertCommits(access, base, head);
      return aheadBehind(heap, base, head);
    },
    diff: async (from, to) => diff(heap, from, to),
    diffText: async (from, to) => diffText(heap, from, to),
    patchText: async (_from, to) => {
      throw notInMemory("patchText, the mails of git format-patch", to);
    },
    mergeTree: async (base, head) => {
      await assertCommits(access, base, head);
      return mergeTree(heap, access, base, head);
    },
    close: () => access.close(),
  };
}
