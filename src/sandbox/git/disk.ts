/**
 * A `GitStore` over a real bare repository on disk.
 * Objects are written directly, read through one `git cat-file`; refs move only through `git update-ref` with the
 * old value, so that a push over smart HTTP and a call here never both win (I2: every step is a compare-and-set).
 */
import { appendFile, mkdir, readdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createObjectReader } from "./cat-file.ts";
import { diffFiles, diffText, patchText } from "./diff.ts";
import { GitStoreError } from "./errors.ts";
import { aheadBehind, isAncestor, log, mergeBase, mergeTree } from "./history.ts";
import { createObjectWriter } from "./loose-objects.ts";
import { createExclusive } from "./mutex.ts";
import type { ObjectReader } from "./object-access.ts";
import { assertCommitParts, assertTagged, assertTarget } from "./object-checks.ts";
import { encodeCommit } from "./objects.ts";
import { createRefFiles, type RefFiles } from "./ref-files.ts";
import { assertRefName } from "./ref-names.ts";
import { runGit } from "./run-git.ts";
import type { GitStore, RefUpdate } from "./store.ts";
import { encodeTag, readTag } from "./tag-objects.ts";
import { createTree, entryAt, readTree } from "./trees.ts";

/** A store on disk: the port, and what smart HTTP and the import need beyond it. */
export interface DiskStore extends GitStore {
  readonly directory: string;
  /** Full name of the branch that HEAD names, whether it exists or not. */
  readHead(): Promise<string | undefined>;
  /**
   * Runs `work` while no `updateRef` of this store runs. Not re-entrant: `work` must not wait for an `updateRef`.
   * A push runs in it, so that what changed meanwhile is the push's own doing.
   */
  exclusively<T>(work: () => Promise<T>): Promise<T>;
  /** Tells the store that something else (a push) moved refs. Reads are right without it; it only drops what is cached. */
  refsChanged(): void;
}

/** Another process holds a ref's lock file for milliseconds; after this many tries of 20 ms it is not that. */
const LOCK_TRIES = 50;

/**
 * What GitHub's servers allow (partial clones, any object by name, options of a push, which do nothing), what they
 * refuse (pushes to `refs/pull`), and no housekeeping behind the sandbox's back. Nothing is synced to the disk: a sandbox need not survive a power cut.
 */
const CONFIG = `[core]
\tfsync = none
\tlogAllRefUpdates = false
[http]
\treceivepack = true
[uploadpack]
\tallowAnySHA1InWant = true
\tallowFilter = true
[receive]
\thideRefs = refs/pull
\tadvertisePushOptions = true
\tfsckObjects = false
\tautogc = false
[transfer]
\tfsckObjects = false
[gc]
\tauto = 0
`;

/** Makes an empty bare repository. Throws `target-exists` where the directory has something in it. */
export async function createDiskStore(
  directory: string,
  options: { readonly defaultBranch: string },
): Promise<DiskStore> {
  assertRefName(`refs/heads/${options.defaultBranch}`);
  const place = resolve(directory);
  await mkdir(place, { recursive: true });
  if ((await readdir(place)).length > 0) {
    throw new GitStoreError("target-exists", {
      what: "a new repository needs an empty directory, and this one is not",
      where: place,
      next: "Name another directory, or open what is there.",
    });
  }
  const head = `--initial-branch=${options.defaultBranch}`;
  await runGit(place, ["init", "--quiet", "--bare", "--template=", "--object-format=sha1", head]);
  await appendFile(join(place, "config"), CONFIG);
  return openDiskStore(place);
}

/** Store over a bare repository that `createDiskStore` or `importRepository` made earlier. Nothing is read yet. */
export function openDiskStore(directory: string): DiskStore {
  const place = resolve(directory);
  const reader = createObjectReader(place);
  const writer = createObjectWriter(place);
  const refs = createRefFiles(place);
  const exclusively = createExclusive();
  return {
    directory: place,
    exclusively,
    readHead: () => refs.head(),
    refsChanged: () => refs.forget(),

    listRefs: (prefix) => refs.list(prefix),
    readRef: (ref) => refs.read(ref),
    updateRef: (update) => exclusively(() => updateRef(place, reader, refs, update)),
    setHead: async (ref) => {
      assertRefName(ref);
      await runGit(place, ["symbolic-ref", "HEAD", ref]);
    },

    objectType: async (sha) => (await reader.info(sha))?.type,
    readCommit: (sha) => reader.commit(sha),
    createCommit: async (input) => {
      await assertCommitParts(reader, input);
      return writer.write("commit", encodeCommit(input));
    },
    readTag: (sha) => readTag(reader, sha),
    createTag: async (input) => {
      await assertTagged(reader, input);
      return writer.write("tag", encodeTag(input));
    },
    commitBehind: async (sha) => (await reader.info(`${sha}^{commit}`))?.sha,
    readTree: (sha, { recursive } = {}) => readTree(reader, sha, recursive ? "all" : "one"),
    createTree: (base, changes) => createTree(reader, writer, base, changes),
    readBlob: async (sha) => {
      const found = await reader.read(sha);
      return found?.type === "blob" ? found.content : undefined;
    },
    createBlob: (content) => writer.write("blob", content),
    entryAt: (commit, path) => entryAt(reader, commit, path),

    log: (from, options = {}) => log(place, reader, from, options),
    isAncestor: (ancestor, descendant) => isAncestor(place, reader, ancestor, descendant),
    mergeBase: (a, b) => mergeBase(place, reader, a, b),
    aheadBehind: (base, head) => aheadBehind(place, reader, base, head),
    diff: (from, to) => diffFiles(place, from, to),
    diffText: (from, to) => diffText(place, from, to),
    patchText: (from, to) => patchText(place, from, to),
    mergeTree: (base, head) => mergeTree(place, reader, base, head),
    close: () => reader.close(),
  };
}

/** Moves, creates or deletes one ref; `false` when it is not as expected. */
async function updateRef(
  directory: string,
  reader: ObjectReader,
  refs: RefFiles,
  { ref, to, expected }: RefUpdate,
): Promise<boolean> {
  assertRefName(ref);
  if (to !== null) await assertTarget(reader, ref, to);
  for (let tries = 1; ; tries += 1) {
    const current = (await refs.read(ref)) ?? null;
    if (expected !== undefined && expected !== current) return false;
    if (to === current) return true;
    const args = to === null ? ["-d", ref, current!] : [ref, to, current ?? "0".repeat(40)];
    const { code, stderr } = await runGit(directory, ["update-ref", "--no-deref", ...args], {
      answers: [0, 1, 128],
    });
    if (code === 0) return true;
    // A push came between: look again at what the ref is now. A lock is gone in a moment.
    const moved = ((await refs.read(ref)) ?? null) !== current;
    const locked = /Unable to create .*\.lock'/s.test(stderr);
    if (!moved && !(locked && tries < LOCK_TRIES)) throw refConflict(ref, stderr);
    if (locked) await sleep(20);
  }
}

/** Mostly `refs/heads/a` beside `refs/heads/a/b`, which files cannot hold. */
function refConflict(ref: string, stderr: string): GitStoreError {
  return new GitStoreError("ref-conflict", {
    what: `git does not set this ref (${stderr.trim()})`,
    where: ref,
    next: "Delete the ref that stands in its way, or choose another name.",
  });
}
