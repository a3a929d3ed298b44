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
