/**
 * The merge gate's verdict as people see it on the head: a check run that names the nearest condition that is not met,
 * and who can meet it. It shows what was decided, as a label does; nothing is decided by it.
 */
import { digestOf } from "./canonical.ts";
import { ENTRY_LABEL } from "./entry-label.ts";
import { HOLDS, nextOf } from "./holds.ts";
import type { GateView } from "./snapshot.ts";
import { WAITS, type WaitCode } from "./waits.ts";
import type { Sha } from "./words.ts";

/** Name of the check run. */
export const VERDICT_CHECK = "Cairn";

export interface Verdict {
  /** `null`: it is not met yet, and the check run is not completed. */
  readonly conclusion: "success" | "neutral" | "action_required" | null;
  readonly title: string;
  readonly summary: string;
  /** Names all of it, for whoever compares: the verdict's word, a digest, and `shadow` in a trial. Goes into `external_id`. */
  readonly says: string;
}

/** What is over by the next look is not shown: it would only be written to be written over. */
const PASSING: ReadonlySet<WaitCode> = new Set([
  "pull-unseen",
  "pull-not-open",
  "mergeable-unknown",
  "head-unlisted",
]);

/** All conditions hold, and it is not Cairn that merges, or not now: where the check run is required, people can. */
const THROUGH: ReadonlySet<WaitCode> = new Set([
  "merge-by-people",
  "merge-shadow",
  "in-merge-queue",
  "queue-left",
  "quiet-hours",
]);

/** Characters of a title: the page cuts longer ones. */
const LONGEST = 200;

/** What a verdict under `merge: shadow` ends with: it alone is a prediction that people are compared with. */
const TRIAL = "shadow";

/** `undefined`: there is nothing to show. `trial`: the configuration says `merge: shadow`. */
export function verdictOf(gate: GateView, entryLabel = ENTRY_LABEL, trial = false): Verdict | undefined {
  const verdict = shownOf(gate, entryLabel);
  return verdict && trial ? { ...verdict, says: `${verdict.says} ${TRIAL}` } : verdict;
}

function shownOf(gate: GateView, entryLabel: string): Verdict | undefined {
  switch (gate.kind) {
    case "open":
      return make(
        gate.head,
        "open",
        "success",
        "All conditions hold: Cairn merges",
        "Every condition of a merge holds.",
      );
    case "synthetic":
      return make(
        gate.head,
        "synthetic",
        "neutral",
        "All conditions hold: Cairn closes it",
        body(WAITS.synthetic),
      );
    case "update":
      return make(
        gate.head,
        "update",
        null,
        "All else holds: Cairn brings it up to date with its base first",
        body({
          what: "Its checks have not seen the base as it is now.",
          next: "Nothing: the app merges the base into it, and judges the head that comes of it.",
        }),
      );
    case "review":
      return make(
        gate.head,
        "review-command",
        null,
        "It waits for the review command",
        body(WAITS["review-command"]),
      );
    case "waits": {
      if (PASSING.has(gate.code)) return undefined;
      const through = THROUGH.has(gate.code);
      const title = `${through ? "All conditions hold; it" : "It"} waits for ${gate.for}`;
      return make(gate.head, gate.code, through ? "success" : null, title, body(WAITS[gate.code]));
    }
    case "refused": {
      const { what } = HOLDS[gate.reason];
      const title = `${what} ${gate.detail}`;
      return make(
        gate.head,
        gate.reason,
        "action_required",
        title,
        body({ what, next: nextOf(gate.reason, entryLabel) }),
      );
    }
  }
}

const body = ({ what, next }: { readonly what: string; readonly next: string }): string =>
  `${what}\n\n**Who can change that:** ${next}`;

function make(
  head: Sha,
  word: string,
  conclusion: Verdict["conclusion"],
  text: string,
  summary: string,
): Verdict {
  const title = text.length <= LONGEST ? text : `${text.slice(0, LONGEST - 1)}…`;
  // A check run stands on its head: what it says is named without it.
  const name = title.replaceAll(head, "").replaceAll(head.slice(0, 12), "");
  const digest = digestOf({ conclusion, title: name, summary });
  return { conclusion, title, summary, says: `${word} ${digest.slice(0, 16)}` };
}

/** The word that a check run's `external_id` begins with. */
export const wordOf = (says: string): string => says.split(" ")[0] ?? "";

/** Whether it was said in a trial. Of older check runs only the word can tell. */
export function isOfTrial(says: string): boolean {
  const [word, , policy] = says.split(" ");
  return policy === TRIAL || word === ("merge-shadow" satisfies WaitCode);
}

/** Whether a head shows this already. Who does not know of a trial does not call off what was said in one. */
export const isShown = (shown: string, says: string, trial: boolean | undefined): boolean =>
  shown === says || (trial === undefined && shown === `${says} ${TRIAL}`);
