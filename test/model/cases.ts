/** What is asked of the model: searches that must find nothing, variants that must be refuted, places that must be reachable. */
import type { Question } from "./spin.ts";

/** The properties, by their number in `cairn.pml`. */
export const PROPERTIES = {
  once: { number: 1, words: "at most one landing for each effect key" },
  older: { number: 2, words: "nothing of an older generation lands after a newer one's declare" },
  raised: { number: 3, words: "an act raises once" },
  absent: { number: 4, words: "“nothing landed” is true when it is settled" },
  stays: { number: 5, words: "it stays true: nothing lands once its attempt is settled" },
  alone: { number: 6, words: "no agent starts while another works in a run that the engine calls alive" },
  ends: { number: 7, words: "the issue ends done or held, and every act is answered" },
  visible: { number: 8, words: "nobody claims an intent that nobody can see" },
} as const;

export type Property = keyof typeof PROPERTIES;

export interface Whole {
  readonly name: string;
  readonly question: Question;
}

const whole = (
  name: string,
  acts: number,
  search: Question["search"] = "states",
  more: readonly string[] = [],
): Whole => ({
  name,
  question: { defines: [`ACTS=${acts}`, ...more], search, expect: "whole" },
});

/** Exhaustive: every state is visited, and stored as a whole. */
export const WHOLES: readonly Whole[] = [
  whole("`cairn:ready`", 1),
  whole("`cairn:ready`, one act more", 2),
  whole("`cairn:ready`, two acts more", 3),
  whole("the same: nothing goes on for ever", 3, "cycles"),
  whole("one act more; all three runs may go on when called over", 2, "states", ["ALL_MAY_GO_ON"]),
];

export interface Variant {
  readonly name: string;
  /** `-D` in the model. */
  readonly define: string;
  readonly refutes: readonly Property[];
}

export const VARIANTS: readonly Variant[] = [
  { name: "an intent is acted on before its marker is seen", define: "NO_MARKER", refutes: ["visible"] },
  {
    name: "the first comment wins, not the chain",
    define: "CLAIM_BY_COMMENT_ORDER",
    refutes: ["once", "alone"],
  },
  { name: "what is unknown and absent is sent again", define: "RESEND", refutes: ["once"] },
  {
    name: "a generation begins before the old one is settled",
    define: "RAISE_BEFORE_SETTLED",
    refutes: ["older"],
  },
  {
    name: "a timer says that the owner is over, not the engine",
    define: "SETTLE_BY_TIMER",
    refutes: ["alone"],
  },
  { name: "settled without the fence", define: "NO_FENCE", refutes: ["absent", "stays"] },
  { name: "settled without the quiet period", define: "NO_QUIET", refutes: ["absent", "stays"] },
  { name: "the probe began before the quiet period ended", define: "PROBE_EARLY", refutes: ["absent"] },
  {
    name: "the owner is taken without its run attempt",
    define: "OWNER_WITHOUT_ATTEMPT",
    refutes: ["once"],
  },
  { name: "an act is known by the label that is there", define: "ACT_BY_LABEL", refutes: ["raised"] },
  {
    name: "the quiet period runs from the fence's commit, whenever its ref moves",
    define: "QUIET_FROM_COMMIT",
    refutes: ["absent", "stays"],
  },
  {
    name: "a refusal says “not sent” after an earlier request without an answer",
    define: "NOT_SENT_AFTER_UNKNOWN",
    refutes: ["stays"],
  },
  { name: "nobody takes over from an owner that died", define: "NO_RECOVERY", refutes: ["ends"] },
  { name: "what permits a send may be old", define: "SEND_ON_OLD_READ", refutes: ["stays"] },
];

/** Places that the model must reach, by their number in `cairn.pml`. */
export const GOALS: readonly string[] = [
  "done by the first run",
  "the owner died, and what it did is found",
  "an attempt is lost, and the next one is done",
  "a person cancels a living owner's work, and the next generation is done",
  "a request lands behind the fence, and is found",
  "a run that the engine calls over reads the head, and stops",
  "a re-run of the owner reads the head, and stops",
  "two runs claim, and one loses",
  "a claim lands when its run is over",
  "a branch is sent again, and its first request had landed",
  "the second attempt finds the branch, and needs no agent",
  "the owner's check says no, and the next attempt is done",
];
