/** Why the barrier lets nothing through. A closed list: each has a code, what was found, and what to do. */
import type { Meaning } from "../core/refusals.ts";

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
  /** It names an effect of a kind that this version does not have. */
  | "unknown-effect"
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

const ANEW = "Nothing: the app sees that nobody took it up, and declares the work anew.";

export const REFUSALS: Readonly<Record<RefusalCode, Meaning>> = {
  "not-visible": {
    what: "The comment with the intent is not there, or cannot be seen yet.",
    next: "Nothing: the app starts another run. If it stays so, see GitHub's status page, or who deleted the comment.",
    scenarios: [8, 10],
  },
  "no-marker": {
    what: "The comment does not end in an intent's marker: it was edited, or is another comment.",
    next: "Whoever edited the comment takes the edit back, or somebody with write access writes `/cairn ready`.",
    scenarios: [10],
  },
  "not-ours": {
    what: "The comment with the intent was not written by the app.",
    next: "Nothing: only the app's own comments count.",
    scenarios: [10, 11],
  },
  "other-issue": {
    what: "The intent belongs to another issue or repository.",
    next: "Nothing: an intent counts only where it was declared.",
    scenarios: [10],
  },
  undeclared: {
    what: "The intent is not the one that the issue's chain declares: the comment was edited.",
    next: "Whoever edited the comment takes the edit back, or somebody with write access writes `/cairn ready`.",
    scenarios: [10],
  },
  "not-current": {
    what: "The chain has moved on from here: the intent is of an older generation or attempt, or this run was overtaken.",
    next: "Nothing: what is current has a run of its own.",
    scenarios: [10, 13],
  },
  expired: { what: "The intent was not taken up within its time.", next: ANEW, scenarios: [10] },
  "unknown-effect": {
    what: "The intent names an effect that this version of the Action does not know: the app is a newer one.",
    next: "Whoever keeps the workflow file brings its Action to the app's version; then somebody writes `/cairn ready`.",
    scenarios: [19],
  },
  "text-changed": {
    what: "The issue's text is not the one that the intent was declared for.",
    next: "Somebody with write access reads the new text and writes `/cairn ready`.",
    scenarios: [24],
  },
  "config-changed": {
    what: "`.github/cairn.yml` at the intent's commit is not what the intent was declared with.",
    next: "Whoever runs app and workflow brings both to the same version; then somebody writes `/cairn ready`.",
    scenarios: [31],
  },
  "chain-unsound": {
    what: "The issue's chain is gone, or was moved by somebody else than Cairn.",
    next: "Somebody with write access moves the ref back to the last commit that Cairn made.",
    scenarios: [15],
  },
  "not-owner": {
    what: "Another run owns the open intent, or this run in another attempt.",
    next: "Nothing: that run does the work.",
    scenarios: [4, 20],
  },
  cancelled: {
    what: "The chain says that this run is to stop.",
    next: "Nothing: the app settles what there is and goes on.",
    scenarios: [12, 13],
  },
  "nothing-open": {
    what: "The issue's chain has no open intent that this could belong to.",
    next: "Nothing: no work waits for this run.",
    scenarios: [20],
  },
  "not-intended": {
    what: "The intent does not name this effect, or GitHub would not take its parts.",
    next: "Read the run's log; it is a fault of Cairn's, or a rule of the repository.",
    scenarios: [10],
  },
};

/** Surely nothing was sent. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly code: RefusalCode;

  constructor(code: RefusalCode, what: string) {
    super(what);
    this.code = code;
  }
}
