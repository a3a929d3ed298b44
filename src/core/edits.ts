/**
 * The issue's text against the one that its agents work on. Before there is a pull request, an edit by somebody who may ask
 * for work is an act like the label; with one it is a question to people; every other edit is a hold.
 */
import { editId } from "./act-ids.ts";
import type { ChainState, Step } from "./chain.ts";
import type { Decision } from "./decision.ts";
import { holding } from "./plan.ts";
import type { EditView, JudgedAct, Snapshot } from "./snapshot.ts";
import type { IssueState } from "./states.ts";
import { isQuestioned } from "./weigh.ts";
import type { LostAttempt } from "./words.ts";
import { isEdited } from "./work-text.ts";

/**
 * The snapshot with the edit among its acts, where it is one. In one second it comes before all others, as nobody can say
 * what was first: whoever stops the work is obeyed.
 */
export function withEdit(
  snapshot: Snapshot,
  chain: ChainState,
): Snapshot | Extract<Decision, { kind: "look" }> {
  const { issue, edit, pulls, acts = [] } = snapshot;
  if (!issue.open || !isBeforePull(chain) || !isEdited(issue, chain)) return snapshot;
  if (!edit) return { kind: "look", part: "edit" };
  if (edit.kind === "unclear" || !edit.permitted || !edit.actor) return snapshot;
  if (!pulls) return { kind: "look", part: "pulls" };
  if (pulls.length > 0) return snapshot;
  const { actor, at } = edit;
  const id = editId({ generation: chain.generation, text: issue.text, at });
  const act: JudgedAct = { id, kind: "edit", actor, at, permitted: true };
  return { ...snapshot, acts: [act, ...acts].sort((a, b) => a.at - b.at) };
}

/**
 * Whether the work on this text, as far as the chain knows, has not come to a pull request: every other edge begins behind
 * that. What waits for an answer is under way.
 */
const isBeforePull = ({ hold, applied }: ChainState): boolean =>
  (!hold || isQuestioned({ hold })) && !applied.includes("implement");

export interface Stopped {
  /** Steps that clear the way. */
  readonly first: readonly Step[];
  /** When it was found, for people. */
  readonly when: string;
  /** The issue's state until it is clear who edited it. */
  readonly state: IssueState;
  readonly evidence?: readonly LostAttempt[];
}

/** What an edit that is no act comes to: people are asked, or have to look. */
export function heldForEdit(
  { edit, pulls, now }: Snapshot,
  chain: ChainState,
  { first, when, state, evidence = [] }: Stopped,
): Decision {
  if (!edit) return { kind: "look", part: "edit" };
  if (edit.kind === "unclear") return { kind: "rest", state, ...unclear(now) };
  if (!pulls) return { kind: "look", part: "pulls" };
  const isOpen = pulls.some((pull) => pull.state === "open");
  const reason = isOpen ? "text-changed-in-review" : "text-changed";
  return {
    kind: "advance",
    ...holding(chain, first, reason, `${editorOf(edit)} edited it ${when}`, { evidence }),
  };
}

/** For people: who edited the text, and with what right. */
export const editorOf = ({ actor, permitted }: Extract<EditView, { kind: "by" }>): string => {
  if (!actor) return "an account that is gone";
  return permitted ? `@${actor.login}` : `@${actor.login}, who may not ask for work,`;
};

/** Milliseconds after which reads that did not fit together are made again. */
const PATIENCE = 2_000;

export const unclear = (now: number) =>
  ({
    code: "edit-unseen",
    waitsFor: "GitHub to show who edited the issue",
    again: now + PATIENCE,
  }) as const;
