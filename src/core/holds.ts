/**
 * Why nothing goes on. A hold is not an end: each reason has its words for people: what happened, and what to do.
 * Most are lifted in the same way, by somebody who may write to the repository setting the entry label again, which
 * starts the next generation; a chain that cannot be trusted has to be repaired.
 */
import { ENTRY_LABEL } from "./entry-label.ts";
import { oneLine } from "./quoted.ts";
import type { Meaning } from "./refusals.ts";

export type HoldReason =
  | "agent-missing"
  | "agent-failed"
  | "agent-timeout"
  | "no-change"
  | "reserved-path"
  | "patch-too-large"
  | "patch-unsafe"
  | "conflict"
  | "conflict-unsolved"
  | "conflict-gone"
  | "tampered"
  | "check-red"
  | "triage-asks"
  | "foreign-branch"
  | "publish-refused"
  | "review-unusable"
  | "check-failed"
  | "changes-requested"
  | "pull-closed"
  | "merge-refused"
  | "merge-mismatch"
  | "head-moved"
  | "issue-closed"
  | "text-changed"
  | "text-changed-in-review"
  | "text-unseen"
  | "config-invalid"
  | "only-suggests"
  | "never-started"
  | "attempts-spent"
  | "budget-spent"
  | "asked"
  | "cancelled"
  | "chain-missing"
  | "chain-foreign"
  | "chain-rewound"
  | "routed"
  | "route-refused";

interface HoldWords {
  /** One sentence: what happened. */
  readonly what: string;
  /** One sentence: what to do before the label is set again. */
  readonly remedy: string;
  /**
   * `by-repair`: the label alone lifts nothing; once it is repaired, the app goes on by itself. `by-choice`: people say
   * whether the work goes on as it is, or begins anew. `by-answer`: who answers or edits the text lifts it, and so does
   * the label.
   */
  readonly lifted?: "by-repair" | "by-choice" | "by-answer";
  /** Characters of what is said about it; left out, as many as any line has. */
  readonly longest?: number;
  readonly scenarios: Meaning["scenarios"];
}

/** Characters of a triage command's question that people get to read. */
export const LONGEST_QUESTION = 1_000;

export const HOLDS: Readonly<Record<HoldReason, HoldWords>> = {
  "agent-missing": {
    what: "The agent's command was not found.",
    remedy: "Correct `agent.command` in `.github/cairn.yml`, or install the command in the workflow.",
    scenarios: [21],
  },
  "agent-failed": {
    what: "The agent ended with an error.",
    remedy: "Read the run's log, then correct the issue's text or the agent's command.",
    scenarios: [21],
  },
  "agent-timeout": {
    what: "The agent did not end within its time.",
    remedy: "Make the issue smaller, or raise `agent.timeout-minutes` in `.github/cairn.yml`.",
    scenarios: [21],
  },
  "no-change": {
    what: "The agent ended well and changed no file.",
    remedy: "Say in the issue which change is expected, and where.",
    scenarios: [21],
  },
  "reserved-path": {
    what: "The patch touches files that are reserved for people.",
    remedy: "Make that part by hand, or say in the issue that these files stay as they are.",
    scenarios: [21],
  },
  "patch-too-large": {
    what: "The patch is larger than Cairn publishes.",
    remedy: "Split the issue.",
    scenarios: [21],
  },
  "patch-unsafe": {
    what: "The patch contains something that Cairn does not publish.",
    remedy: "Read the run's log for the path, and say in the issue what belongs into the tree.",
    scenarios: [21],
  },
  conflict: {
    what: "The work conflicts with commits that came to the base branch meanwhile.",
    remedy: "Nothing to repair: the next generation starts from the newest commit.",
    scenarios: [21],
  },
  "conflict-unsolved": {
    what: "The agent did not solve the conflict with the base branch.",
    remedy: "Nothing to repair: the next generation starts from the newest commit.",
    scenarios: [25],
  },
  "conflict-gone": {
    what: "What was to be solved does not conflict any more.",
    remedy: "Nothing to repair.",
    scenarios: [25],
  },
  tampered: {
    what: "The patch that was to be published is not the one that was verified.",
    remedy: "Look at the run: something in it changed the artifact between two jobs.",
    scenarios: [21],
  },
  "check-red": {
    what: "The repository's own check said no to the patch, and nothing was published.",
    remedy:
      "Read the `check` job's log and say in the issue what is missing, or correct `check` in `.github/cairn.yml`.",
    scenarios: [22],
  },
  "triage-asks": {
    what: "The triage command has a question, and no agent has begun.",
    remedy: "Answer it in a comment, or edit the text.",
    lifted: "by-answer",
    longest: LONGEST_QUESTION,
    scenarios: [24],
  },
  "foreign-branch": {
    what: "The branch for this work exists already and was not made by Cairn.",
    remedy: "Rename or delete that branch.",
    scenarios: [21],
  },
  "publish-refused": {
    what: "GitHub refused to publish the work.",
    remedy: "Read GitHub's words; often a permission of the app or a rule of the repository.",
    scenarios: [21],
  },
  "review-unusable": {
    what: "The review command gave no verdict that can be used.",
    remedy: "Read its job's log, and correct `review` in `.github/cairn.yml`.",
    scenarios: [25],
  },
  "check-failed": {
    what: "A required check failed on the pull request.",
    remedy: "Read the check's log and say in the issue what is missing.",
    scenarios: [25],
  },
  "changes-requested": {
    what: "A reviewer asked for changes.",
    remedy: "Put what the review asks for into the issue's text.",
    scenarios: [25],
  },
  "pull-closed": {
    what: "The pull request was closed without a merge.",
    remedy: "If the work is still wanted, say in the issue what should be different.",
    scenarios: [26],
  },
  "merge-refused": {
    what: "GitHub refused the merge.",
    remedy: "Read GitHub's words, and lift what stands in the way.",
    scenarios: [25],
  },
  "merge-mismatch": {
    what: "What GitHub merged is not what was approved and tested.",
    remedy: "Look at the merge on the base branch, and revert it if it should not be there.",
    scenarios: [25],
  },
  "head-moved": {
    what: "The pull request's head moved away from what was approved.",
    remedy: "Review the new head.",
    scenarios: [25],
  },
  "issue-closed": {
    what: "The issue was closed while work was under way.",
    remedy: "Reopen the issue.",
    scenarios: [26],
  },
  "text-changed": {
    what: "The issue's text changed after work was declared on it.",
    remedy: "Read the new text.",
    scenarios: [24],
  },
  "text-changed-in-review": {
    what: "The issue's text changed while its pull request was open.",
    remedy: "Read the new text, and what the pull request makes of the old one.",
    lifted: "by-choice",
    scenarios: [24],
  },
  "text-unseen": {
    what: "Somebody without write access changed the issue's text after work was asked for, and nobody who has it has looked at it since.",
    remedy: "Read the text as it is now.",
    scenarios: [24],
  },
  "config-invalid": {
    what: "`.github/cairn.yml` on the default branch cannot be used.",
    remedy: "Correct the file.",
    scenarios: [31],
  },
  "only-suggests": {
    what: "Cairn would take this issue, and the configuration lets it do no more than say so.",
    remedy:
      "Do it by hand, or write `/cairn approve`: Cairn publishes a branch and a draft pull request. Or set `autonomy` to `propose` or more in `.github/cairn.yml`.",
    scenarios: [31],
  },
  "never-started": {
    what: "The workflow was started several times and never took up the work.",
    remedy: "Look at the runs: the workflow file, its permissions, or the app's address may be wrong.",
    scenarios: [19],
  },
  "attempts-spent": {
    what: "The work was lost as often as it may be.",
    remedy: "Look at the runs that were lost.",
    scenarios: [17],
  },
  "budget-spent": {
    what: "The agents of this generation, or its review command, have worked as long as they may, and the last attempt came to nothing.",
    remedy: "Look at the runs; make the issue smaller, or raise one of `budgets` in `.github/cairn.yml`.",
    scenarios: [16],
  },
  asked: {
    what: "Somebody asked for a hold.",
    remedy: "Nothing is wrong; go on whenever you like.",
    scenarios: [12, 29],
  },
  cancelled: {
    what: "Somebody cancelled the work.",
    remedy:
      "What is merged stays merged; a pull request that is open stays so until it is replaced or closed.",
    scenarios: [29],
  },
  "chain-missing": {
    what: "The chain of this issue is gone, and comments cite it.",
    remedy: "Restore the ref from the commit that the last run's summary names.",
    lifted: "by-repair",
    scenarios: [15],
  },
  "chain-foreign": {
    what: "The chain of this issue was moved by somebody else than Cairn.",
    remedy: "Move the ref back to the last commit that Cairn made.",
    lifted: "by-repair",
    scenarios: [15],
  },
  "chain-rewound": {
    what: "The chain of this issue was moved back: comments cite steps that it lacks.",
    remedy:
      "Move the ref to the last commit that Cairn made; where somebody edited that comment instead, delete it.",
    lifted: "by-repair",
    scenarios: [15],
  },
  routed: {
    what: "The work belongs to another repository, and was opened there.",
    remedy: "Follow it there. To have it taken here instead, take the label off that says where it belongs.",
    scenarios: [24],
  },
  "route-refused": {
    what: "The work belongs to another repository, and could not be opened there.",
    remedy:
      "Read the words, and look whether it is there: then transfer the issue, lift what stands in the way, or take the label off that says where it belongs.",
    scenarios: [24],
  },
};

/** No holds: of a run that ends so nothing is published, and the gate is asked again about what is there now. */
export const ASKS_GATE: ReadonlySet<HoldReason> = new Set(["head-moved", "conflict-gone"]);

/** Words about a hold, made harmless for a comment, as many as its reason allows. */
export const detailOf = (reason: HoldReason, text: string): string => oneLine(text, HOLDS[reason].longest);

/** What lifts it in words: what was cancelled is held no more, and is asked for anew. */
const lifting = (reason: HoldReason): string => (reason === "cancelled" ? "ready" : "resume");

/** What lifts a hold, and who can: for people who read the issue, so without the reason itself. */
export function nextOf(reason: HoldReason, entryLabel = ENTRY_LABEL): string {
  const { remedy, lifted } = HOLDS[reason];
  switch (lifted) {
    case "by-repair":
      return `${remedy} Somebody with write access can do that; Cairn sees it and goes on by itself.`;
    case "by-choice":
      return `${remedy} Then somebody with write access writes \`/cairn resume\`, and Cairn goes on with the pull request as it is; or sets \`${entryLabel}\` again, and a new generation works on the new text.`;
    case "by-answer":
      return `${remedy} Once somebody with write access has, Cairn looks again by itself. Where they set \`${entryLabel}\` again instead, the same text is taken as it stands.`;
    case undefined:
      return `${remedy} Then somebody with write access sets \`${entryLabel}\` again, or writes \`/cairn ${lifting(reason)}\`; a new generation starts.`;
  }
}

/** The same in a line of the board and the log. */
export function heldWords(reason: HoldReason, entryLabel: string): string {
  const { what, remedy, lifted } = HOLDS[reason];
  return `${what} ${remedy} ${thenOf(lifted, entryLabel)}`;
}

function thenOf(lifted: HoldWords["lifted"], entryLabel: string): string {
  switch (lifted) {
    case "by-repair":
      return "Then the app goes on by itself.";
    case "by-choice":
      return `Then write /cairn resume to go on with the pull request, or set ${entryLabel} to begin anew.`;
    case "by-answer":
      return `Then the app looks again by itself; or set ${entryLabel} again to have the same text taken as it stands.`;
    case undefined:
      return `Then set ${entryLabel} again.`;
  }
}
