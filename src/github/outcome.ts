/**
 * What became of one request that changes something. A write is sent once (I3); its end is one of three,
 * and nobody may read more out of it: `unknown` means that GitHub may or may not have done it.
 */

/** Why GitHub refused; `rate-limited` ends by itself, the others do not. */
export type RefusalReason =
  /** 403 or 429 with a limit's headers or words. */
  | "rate-limited"
  /** 401: the token is not valid (any more). */
  | "unauthorized"
  /** 403 for any other reason. */
  | "forbidden"
  /** 404: not there, or not visible to this token. */
  | "not-found"
  /** 409. */
  | "conflict"
  /** 405: for merges, "not mergeable" and its transient kin. */
  | "not-allowed"
  /** 410: the issue was deleted, or issues are switched off. */
  | "gone"
  /** 422. */
  | "invalid"
  /** Any other 4xx, and redirects that say that the repository has moved. */
  | "other";

/** Refused: surely not done. */
export interface Refused {
  readonly kind: "refused";
  readonly status: number;
  readonly reason: RefusalReason;
  /** GitHub's own words, one line, no secrets. */
  readonly message: string;
  /** `errors[].message` or `errors[].code` of a 422, where given. */
  readonly errors: readonly string[];
  /** Milliseconds since the epoch on the server's clock, for `rate-limited`. */
  readonly retryAt?: number;
}

/** Nobody knows: the network failed, 408, 5xx, or a 2xx that cannot be read. */
export interface Unknown {
  readonly kind: "unknown";
  readonly status: number | undefined;
  readonly message: string;
}

export interface Applied<T> {
  readonly kind: "applied";
  readonly status: number;
  readonly value: T;
}

export type Outcome<T> = Applied<T> | Refused | Unknown;
