/** What comes next for an issue: to look closer, one step or signal, or to rest and say what is waited for. */
import type { Step } from "./chain.ts";
import type { DeclaredMarker } from "./commit-message.ts";
import type { HoldReason } from "./holds.ts";
import type { AlarmMarker, AnswerMarker } from "./marker.ts";
import type { Part, VerdictView } from "./snapshot.ts";
import type { IssueState } from "./states.ts";
import type { Verdict } from "./verdict.ts";
import type { WaitCode } from "./waits.ts";
import type { RunId, Sha } from "./words.ts";

export type Decision =
  /** Read this part of the issue, then decide again. */
  | { readonly kind: "look"; readonly part: Part }
  /** Move the chain. `markers` are declared by it, and may be written once it stands. */
  | { readonly kind: "advance"; readonly steps: readonly Step[]; readonly markers: readonly DeclaredMarker[] }
  /** Write a marker that the head declares and that nobody can see. */
  | { readonly kind: "announce"; readonly marker: DeclaredMarker }
  /** Show the state. */
  | {
      readonly kind: "label";
      readonly state: IssueState;
      readonly add: readonly string[];
      readonly remove: readonly string[];
    }
  /** Show the gate's verdict on a head. `shown`: what is to be seen there now. */
  | {
      readonly kind: "verdict";
      readonly head: Sha;
      readonly shown: VerdictView | null;
      readonly verdict: Verdict;
    }
  /** Wake a run for the open intent; `comment` is where its marker stands. */
  | { readonly kind: "start"; readonly comment: number }
  | { readonly kind: "cancel-run"; readonly run: RunId }
  /** Take a pull request out of the merge queue that the open edge has put it into. */
  | { readonly kind: "dequeue"; readonly pull: number }
  | { readonly kind: "close-issue" }
  /** Show whoever wrote a command that it was seen. */
  | { readonly kind: "react"; readonly comment: number; readonly content: Reaction }
  /** Answer a command while an edge is open, so that no step can say it. */
  | { readonly kind: "note"; readonly marker: AnswerMarker }
  /** The chain cannot be trusted: say so once. */
  | { readonly kind: "alarm"; readonly marker: AlarmMarker }
  | Rest;

/** By GitHub's names. */
export type Reaction = "+1" | "-1" | "confused" | "eyes";

/** Nothing to do now. */
export interface Rest {
  readonly kind: "rest";
  readonly state: IssueState;
  /** Of a hold its reason, else what kind of waiting it is. */
  readonly code: WaitCode | HoldReason;
  /** What is waited for, or why there is nothing to wait for: one line for people. */
  readonly waitsFor: string;
  /** How many come before it, and it itself, where work waits for its turn. */
  readonly position?: number;
  /** Look again at this time (GitHub's clock, ms); `null`: when something happens. */
  readonly again: number | null;
}

/** What is waited for where a run is to end: its start, its claim, its work, or what may still be on its way behind it. */
const OF_A_RUN: ReadonlySet<Rest["code"]> = new Set([
  "run-to-start",
  "run-to-claim",
  "run-to-end",
  "run-works",
  "quiet-period",
]);

/** Whether an edge that is open has come to its end, all of it done: it is settled with the next step. */
export const hasLanded = ({ state, code }: Rest): boolean =>
  !OF_A_RUN.has(code) && (state === "reviewing" || state === "done");
