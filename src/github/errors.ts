/** What a read can end in when it gives no answer. Writes end as an `Outcome`, never as an error. */

export type GitHubErrorKind =
  /** A limit; `retryAfter` says how long (ms). */
  | "rate-limited"
  /** 401: the token does not count (any more). */
  | "unauthorized"
  /** 403: a permission is missing. */
  | "forbidden"
  /** What the intent allows this job is spent. Nothing was sent. */
  | "allowance-spent"
  /** No answer, or 5xx, after all retries. */
  | "unavailable"
  /** The repository or issue has another address now. */
  | "moved"
  /** An answer of another shape than documented. */
  | "malformed"
  /** 4xx that no caller expects here. */
  | "refused";

const NEXT: Readonly<Record<GitHubErrorKind, string>> = {
  "rate-limited": "it is asked again when the limit ends",
  "allowance-spent": "the app looks at what there is, and may try again",
  unauthorized: "check the App's key and its installation",
  forbidden: "check the App's permissions on this repository",
  unavailable: "it is asked again",
  moved: "it is looked up by its id again",
  malformed: "check that the address is GitHub's API",
  refused: "read GitHub's words",
};

/** What happened, where, and what comes next: one line, without secrets. */
export class GitHubError extends Error {
  override readonly name = "GitHubError";
  readonly kind: GitHubErrorKind;
  readonly status: number | undefined;
  /** Milliseconds, for `rate-limited`. */
  readonly retryAfter: number | undefined;

  constructor(
    kind: GitHubErrorKind,
    where: string,
    what: string,
    details: { readonly status?: number; readonly retryAfter?: number; readonly cause?: unknown } = {},
  ) {
    super(`${where}: ${what}; ${NEXT[kind]}`, { cause: details.cause });
    this.kind = kind;
    this.status = details.status;
    this.retryAfter = details.retryAfter;
  }
}
