/**
 * Why nothing goes on. A hold is not an end: each reason has its words for people: what happened, and what to do.
 * All of them are lifted in the same way, by somebody who may write to the repository setting `cairn:ready`
 * again, which starts the next generation.
 */

export type HoldReason =
  | "agent-missing"
  | "agent-failed"
  | "agent-timeout"
  | "no-change"
  | "reserved-path"
  | "patch-too-large"
  | "patch-unsafe"
  | "conflict"
  | "tampered"
  | "foreign-branch"
  | "publish-refused"
  | "check-failed"
  | "changes-requested"
  | "pull-closed"
  | "merge-refused"
  | "head-moved"
  | "issue-closed"
  | "text-changed"
  | "config-invalid"
  | "never-started"
  | "attempts-spent"
  | "budget-spent"
  | "asked"
  | "chain-missing"
  | "chain-foreign"
  | "chain-rewound";

interface HoldWords {
  /** One sentence: what happened. */
  readonly what: string;
  /** One sentence: what to do before the label is set again. */
  readonly remedy: string;
}

export const HOLDS: Readonly<Record<HoldReason, HoldWords>> = {
  "agent-missing": {
    what: "The agent's command was not found.",
    remedy: "Correct `agent.command` in `.github/cairn.yml`, or install the command in the workflow.",
  },
  "agent-failed": {
    what: "The agent ended with an error.",
    remedy: "Read the run's log, then correct the issue's text or the agent's command.",
  },
  "agent-timeout": {
    what: "The agent did not end within its time.",
    remedy: "Make the issue smaller, or raise `agent.timeout-minutes` in `.github/cairn.yml`.",
  },
  "no-change": {
    what: "The agent ended well and changed no file.",
    remedy: "Say in the issue which change is expected, and where.",
  },
  "reserved-path": {
    what: "The patch touches files that are reserved for people.",
    remedy: "Make that part by hand, or say in the issue that these files stay as they are.",
  },
  "patch-too-large": {
    what: "The patch is larger than Cairn publishes.",
    remedy: "Split the issue.",
  },
  "patch-unsafe": {
    what: "The patch contains something that Cairn does not publish.",
    remedy: "Read the run's log for the path, and say in the issue what belongs into the tree.",
  },
  conflict: {
    what: "The work conflicts with commits that came to the base branch meanwhile.",
    remedy: "Nothing to repair: the next generation starts from the newest commit.",
  },
  tampered: {
    what: "The patch that was to be published is not the one that was verified.",
    remedy: "Look at the run: something in it changed the artifact between two jobs.",
  },
  "foreign-branch": {
    what: "The branch for this work exists already and was not made by Cairn.",
    remedy: "Rename or delete that branch.",
  },
  "publish-refused": {
    what: "GitHub refused to publish the work.",
    remedy: "Read GitHub's words; often a permission of the app or a rule of the repository.",
  },
  "check-failed": {
    what: "A required check failed on the pull request.",
    remedy: "Read the check's log and say in the issue what is missing.",
  },
  "changes-requested": {
    what: "A reviewer asked for changes.",
    remedy: "Put what the review asks for into the issue's text.",
  },
  "pull-closed": {
    what: "The pull request was closed without a merge.",
    remedy: "If the work is still wanted, say in the issue what should be different.",
  },
  "merge-refused": {
    what: "GitHub refused the merge.",
    remedy: "Read GitHub's words, and lift what stands in the way.",
  },
  "head-moved": {
    what: "The pull request's head moved away from what was approved.",
    remedy: "Review the new head.",
  },
  "issue-closed": {
    what: "The issue was closed while work was under way.",
    remedy: "Reopen the issue.",
  },
  "text-changed": {
    what: "The issue's text changed after work was declared on it.",
    remedy: "Read the new text.",
  },
  "config-invalid": {
    what: "`.github/cairn.yml` on the default branch cannot be used.",
    remedy: "Correct the file.",
  },
  "never-started": {
    what: "The workflow was started several times and never took up the work.",
    remedy: "Look at the runs: the workflow file, its permissions, or the app's address may be wrong.",
  },
  "attempts-spent": {
    what: "The work was lost as often as it may be.",
    remedy: "Look at the runs that were lost.",
  },
  "budget-spent": {
    what: "The agents of this generation have worked as long as they may, and the last run was lost.",
    remedy:
      "Look at the runs; make the issue smaller, or raise `budgets.implementing` in `.github/cairn.yml`.",
  },
  asked: {
    what: "Somebody set `cairn:hold`.",
    remedy: "Nothing is wrong; go on whenever you like.",
  },
  "chain-missing": {
    what: "The chain of this issue is gone, and comments cite it.",
    remedy: "Restore the ref from the commit that the last run's log names.",
  },
  "chain-foreign": {
    what: "The chain of this issue was moved by somebody else than Cairn.",
    remedy: "Move the ref back to the last commit that Cairn made.",
  },
  "chain-rewound": {
    what: "The chain of this issue was moved back: comments cite steps that it lacks.",
    remedy:
      "Move the ref to the last commit that Cairn made; where somebody edited that comment instead, delete it.",
  },
};
