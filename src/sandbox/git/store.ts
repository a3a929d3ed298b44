/**
 * What the sandbox needs of git, as a port: one store for each repository, objects and refs only.
 * `disk.ts` keeps real bare repositories; `memory/store.ts` keeps the same objects without a disk.
 * Both pass the contract suites `git-store.contract.ts` and `git-merges.contract.ts` in `test/sandbox`.
 */

/** 40 hexadecimal digits. */
export type Sha = string;

export interface Person {
  readonly name: string;
  readonly email: string;
  /** Seconds since the epoch. */
  readonly timestamp: number;
  /** As git writes it, e.g. `+0000`. */
  readonly timezone: string;
}

export interface Commit {
  readonly sha: Sha;
  readonly tree: Sha;
  readonly parents: readonly Sha[];
  readonly author: Person;
  readonly committer: Person;
  /** Whole message, trailing newline kept as stored. */
  readonly message: string;
}

/** An annotated tag. */
export interface Tag {
  readonly sha: Sha;
  readonly object: Sha;
  readonly type: "commit" | "tree" | "blob" | "tag";
  readonly name: string;
  readonly tagger: Person | undefined;
  /** Whole message, trailing newline kept as stored. */
  readonly message: string;
}

/** `100644` file, `100755` executable, `120000` symlink, `040000` tree, `160000` submodule. */
export type FileMode = "100644" | "100755" | "120000" | "040000" | "160000";

export interface TreeEntry {
  readonly path: string;
  readonly mode: FileMode;
  readonly type: "blob" | "tree" | "commit";
  readonly sha: Sha;
  /** Bytes; blobs only. */
  readonly size?: number;
}

/** A change to a tree: `sha: null` deletes the path. Paths may contain slashes. */
export interface TreeChange {
  readonly path: string;
  readonly mode: FileMode;
  readonly sha: Sha | null;
}

/** `expected`: what the ref must be now; `null`: it must not exist; absent: whatever it is. */
export interface RefUpdate {
  readonly ref: string;
  /** `null` deletes the ref. */
  readonly to: Sha | null;
  readonly expected?: Sha | null;
}

export type MergeMethod = "merge" | "squash" | "rebase";

/** Outcome of a trial merge: either the tree that it would have, or the paths in conflict. */
export type MergeTree =
  | { readonly kind: "clean"; readonly tree: Sha }
  | { readonly kind: "conflict"; readonly paths: readonly string[] };

export interface ChangedFile {
  readonly path: string;
  readonly status: "added" | "modified" | "removed" | "renamed";
  readonly previousPath?: string;
  readonly additions: number;
  readonly deletions: number;
  /** Unified diff hunks; absent for binary files. */
  readonly patch?: string;
  /** Blob after the change (before it, for a removed file). */
  readonly sha: Sha;
}

export interface GitStore {
  /** Directory of the bare repository, for smart HTTP; `undefined` when not on disk. */
  readonly directory: string | undefined;

  /** Full names (`refs/heads/main`) with the given prefix, sorted; all when `""`. */
  listRefs(prefix: string): Promise<readonly { readonly ref: string; readonly sha: Sha }[]>;
  /** Commit (or object) that a full ref name points at. */
  readRef(ref: string): Promise<Sha | undefined>;
  /** Atomic compare-and-set. `false`: the ref was not as expected, nothing changed. */
  updateRef(update: RefUpdate): Promise<boolean>;
  /** Full name of the branch that HEAD names. */
  setHead(ref: string): Promise<void>;

  objectType(sha: Sha): Promise<"commit" | "tree" | "blob" | "tag" | undefined>;
  readCommit(sha: Sha): Promise<Commit | undefined>;
  createCommit(input: Omit<Commit, "sha">): Promise<Sha>;
  readTag(sha: Sha): Promise<Tag | undefined>;
  createTag(input: Omit<Tag, "sha">): Promise<Sha>;
  /** The commit itself, or the one that an annotated tag stands for in the end; `undefined` where there is none. */
  commitBehind(sha: Sha): Promise<Sha | undefined>;
  /** Entries of one tree; with `recursive`, every blob, submodule and subtree with whole paths. */
  readTree(sha: Sha, options?: { recursive?: boolean }): Promise<readonly TreeEntry[] | undefined>;
  /** Tree `base` (or the empty tree) with the changes applied. */
  createTree(base: Sha | undefined, changes: readonly TreeChange[]): Promise<Sha>;
  readBlob(sha: Sha): Promise<Buffer | undefined>;
  createBlob(content: Buffer): Promise<Sha>;
  /** Entry at `path` in the tree of a commit-ish sha; `undefined` when there is none. */
  entryAt(commit: Sha, path: string): Promise<TreeEntry | undefined>;

  /** Newest first; at most `limit`. `path` narrows to commits that touch it. */
  log(
    from: Sha,
    options?: { limit?: number; skip?: number; path?: string; notReachableFrom?: Sha },
  ): Promise<readonly Commit[]>;
  isAncestor(ancestor: Sha, descendant: Sha): Promise<boolean>;
  mergeBase(a: Sha, b: Sha): Promise<Sha | undefined>;
  /** Commits of `head` that `base` lacks (`ahead`) and the reverse (`behind`). */
  aheadBehind(base: Sha, head: Sha): Promise<{ readonly ahead: number; readonly behind: number }>;
  /** Difference of two trees or commits, renames detected. */
  diff(from: Sha, to: Sha): Promise<readonly ChangedFile[]>;
  /** Unified diff text of two trees or commits, as GitHub's `.diff` media type. */
  diffText(from: Sha, to: Sha): Promise<string>;
  /** Commits of `to` that `from` lacks (without `from` only `to`) as `git format-patch` writes them: the `.patch` media type. */
  patchText(from: Sha | undefined, to: Sha): Promise<string>;
  /** Three-way merge of two commits without touching a work tree. */
  mergeTree(base: Sha, head: Sha): Promise<MergeTree>;
  /** Ends helper processes. */
  close(): Promise<void>;
}
