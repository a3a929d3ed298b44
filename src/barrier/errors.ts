/** Why the barrier lets nothing through. A closed list: each has a code, what was found, and what to do. */

export type RefusalCode =
  /** The comment is not there, or not to be seen. */
  | "not-visible"
  /** Its last block is not a marker: edited or truncated. */
  | "no-marker"
  /** Written by somebody else than the app. */
  | "not-ours"
  /** A marker of another issue or repository. */
  | "other-issue"
  /** Another digest than the one that the chain declares as open. */
  | "undeclared"
  /** An older generation, or an attempt that is over. */
  | "not-current"
  | "expired"
  | "text-changed"
  | "config-changed"
  /** The chain is gone, rewound or not the app's. */
  | "chain-unsound"
  /** Another run has claimed the intent, or this run in another attempt. */
  | "not-owner"
  /** The chain moved to `cancel`: stop. */
  | "cancelled"
  /** Nothing is open. */
  | "nothing-open"
  /** The effect is none of those that the intent names. */
  | "not-intended";

/** Surely nothing was sent. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly code: RefusalCode;

  constructor(code: RefusalCode, what: string) {
    super(what);
    this.code = code;
  }
}
