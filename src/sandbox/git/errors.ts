/** What can go wrong in the git side of the sandbox, as a closed set. */
export type GitStoreErrorKind =
  | "not-a-repository"
  | "empty-repository"
  | "shallow-repository"
  | "partial-repository"
  | "no-default-branch"
  | "unsupported-format"
  | "target-exists"
  | "missing-object"
  | "invalid-object"
  | "invalid-path"
  | "invalid-ref"
  | "ref-conflict"
  | "closed"
  | "not-in-memory"
  | "git-failed";

interface GitStoreErrorParts {
  /** What happened, one sentence without the place. */
  readonly what: string;
  /** The place: a directory, a ref, a path or an object. */
  readonly where: string;
  /** What the reader can do about it. */
  readonly next: string;
  readonly cause?: unknown;
}

/** The one error that a store throws by itself; `message` joins what, where and what to do. */
export class GitStoreError extends Error {
  readonly kind: GitStoreErrorKind;
  readonly what: string;
  readonly where: string;
  readonly next: string;

  constructor(kind: GitStoreErrorKind, parts: GitStoreErrorParts) {
    super(`${parts.what}: ${parts.where}. ${parts.next}`, { cause: parts.cause });
    this.name = "GitStoreError";
    this.kind = kind;
    this.what = parts.what;
    this.where = parts.where;
    this.next = parts.next;
  }
}

/** Error for an object that the store does not hold, or holds as another type. */
export function missingObject(sha: string, wanted: string): GitStoreError {
  return new GitStoreError("missing-object", {
    what: `the repository has no ${wanted} with this name`,
    where: JSON.stringify(sha),
    next: "Create or push the object first, and name it by its 40 digits.",
  });
}

/** Error for the use of a store after its `close()`. */
export function storeClosed(where: string): GitStoreError {
  return new GitStoreError("closed", {
    what: "the store is closed",
    where,
    next: "Close it last, when nothing reads from it any more.",
  });
}

/** Error for what only a repository on disk can do. */
export function notInMemory(what: string, where: string): GitStoreError {
  return new GitStoreError("not-in-memory", {
    what: `a store in memory does not do this: ${what}`,
    where,
    next: 'Start the sandbox with `git: "disk"`.',
  });
}
