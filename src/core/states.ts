/**
 * States of an issue and the edges between them: the one table that labels, decisions and the diagram in the
 * docs are made from.
 */

import { ENTRY_LABEL, sameLabel } from "./entry-label.ts";
import type { Edge } from "./words.ts";

export type IssueState =
  | "idle"
  | "ready"
  | "implementing"
  | "reviewing"
  | "merging"
  | "done"
  | "hold"
  | "routing";

interface StateWords {
  /** Label that shows it; `undefined`: none. */
  readonly label: string | undefined;
  /** For people: what is going on. */
  readonly meaning: string;
}

export const STATES: Readonly<Record<IssueState, StateWords>> = {
  idle: { label: undefined, meaning: "nobody has asked for anything" },
  ready: { label: ENTRY_LABEL, meaning: "somebody has asked for work, which has not begun" },
  implementing: { label: "cairn:implementing", meaning: "the agent's work is declared or under way" },
  reviewing: { label: "cairn:reviewing", meaning: "a pull request waits for checks and for people" },
  // The merge takes seconds; a label of its own would cost two writes for each issue.
  merging: { label: "cairn:reviewing", meaning: "the merge is declared or under way" },
  done: { label: "cairn:done", meaning: "the work is merged" },
  hold: { label: "cairn:hold", meaning: "nothing goes on until a person acts" },
  // Seconds long as well: the label by which somebody asked stays until it is done.
  routing: { label: ENTRY_LABEL, meaning: "it is being opened in the repository that it belongs to" },
};

/** Agents or reviewers work on it: it takes a slot. */
export const isWork = (edge: Edge): boolean => edge !== "merge" && edge !== "route";

/** What it leaves is new work on the issue's text. */
export const writes = (edge: Edge): boolean => edge === "implement" || edge === "fix";

/** The state of an issue whose edge is open. */
export function stateOfEdge(edge: Edge): IssueState {
  switch (edge) {
    case "implement":
    case "fix":
      return "implementing";
    case "review":
      return "reviewing";
    case "merge":
      return "merging";
    case "route":
      return "routing";
  }
}

/** All labels of the table; of these, exactly the one of the state stays on an issue. */
export const SHOWN_LABELS: readonly string[] = [
  ...new Set(Object.values(STATES).flatMap(({ label }) => label ?? [])),
];

/** The label that shows a state, where the entry label has this name; `undefined`: none. */
export const labelOf = (state: IssueState, entryLabel: string): string | undefined =>
  state === "ready" || state === "routing" ? entryLabel : STATES[state].label;

/** Whether the label shows a state: then Cairn takes it off an issue that is in another. */
export const showsState = (label: string, entryLabel: string): boolean =>
  SHOWN_LABELS.includes(label) || sameLabel(label, entryLabel);

export interface StateEdge {
  readonly from: IssueState;
  readonly to: IssueState;
  readonly by: string;
}

export const STATE_EDGES: readonly StateEdge[] = [
  { from: "idle", to: "ready", by: "a person with the right sets cairn:ready" },
  { from: "idle", to: "hold", by: "a person sets cairn:hold" },
  { from: "ready", to: "implementing", by: "raise + declare implement, marker visible" },
  { from: "ready", to: "hold", by: "the configuration cannot be used, or the text lacks something" },
  {
    from: "implementing",
    to: "implementing",
    by: "the run was lost, or the check said no: next attempt",
  },
  { from: "implementing", to: "reviewing", by: "the pull request is there" },
  {
    from: "implementing",
    to: "hold",
    by: "no run takes it up, the run reports a failure, the triage command asks, others edited the text, or attempts or budget are spent",
  },
  { from: "reviewing", to: "reviewing", by: "the review command has looked at the head" },
  {
    from: "reviewing",
    to: "implementing",
    by: "a check failed, changes were asked for, or it conflicts: a round of fixing",
  },
  { from: "reviewing", to: "merging", by: "checks green, head approved: declare merge" },
  { from: "reviewing", to: "done", by: "a person merged" },
  {
    from: "reviewing",
    to: "hold",
    by: "a check failed, changes were asked for, the pull request was closed, or the text was edited",
  },
  { from: "merging", to: "done", by: "the merge commit is there, or the pull request of a try is closed" },
  { from: "merging", to: "reviewing", by: "the head or the base moved: the gate is asked again" },
  {
    from: "merging",
    to: "reviewing",
    by: "the head was brought up to date with its base: it is judged anew",
  },
  { from: "merging", to: "hold", by: "GitHub refused the merge, or five merges of one head came to nothing" },
  {
    from: "implementing",
    to: "ready",
    by: "cairn:ready is set again, or the text is edited: cancel, settle, next generation",
  },
  { from: "reviewing", to: "ready", by: "cairn:ready is set again: next generation" },
  { from: "implementing", to: "idle", by: "cancelled by a person" },
  { from: "reviewing", to: "idle", by: "cancelled by a person" },
  { from: "hold", to: "idle", by: "cancelled by a person" },
  {
    from: "hold",
    to: "reviewing",
    by: "two people set aside what it was held for, or somebody resumes behind an edit",
  },
  {
    from: "hold",
    to: "ready",
    by: "cairn:ready is set again, or what the text lacked, or was asked about, is there",
  },
  { from: "done", to: "ready", by: "cairn:ready is set again, or the issue opened again: next generation" },
  { from: "ready", to: "routing", by: "it belongs to another repository: raise + declare route" },
  { from: "routing", to: "routing", by: "the run was lost: next attempt" },
  { from: "routing", to: "hold", by: "it was opened there, or cannot be" },
  { from: "routing", to: "ready", by: "cairn:ready is set again, or the text is edited" },
  { from: "routing", to: "idle", by: "cancelled by a person" },
];

/** The table as a Mermaid state diagram. */
export function statesDiagram(): string {
  const lines = STATE_EDGES.map(({ from, to, by }) => `    ${from} --> ${to}: ${by.replaceAll(":", " –")}`);
  return ["stateDiagram-v2", "    [*] --> idle", ...lines, "    done --> [*]"].join("\n");
}
