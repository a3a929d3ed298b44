/** The page of refusals, holds and waits: the closed lists of the sources, each code with a test that names it. */
import { REFUSALS, type RefusalCode } from "../src/barrier/errors.ts";
import { HOLDS, type HoldReason, nextOf } from "../src/core/holds.ts";
import {
  ACT_REFUSALS,
  type ActRefusal,
  EXCHANGE_REFUSALS,
  type ExchangeCode,
  INERT,
  type InertReason,
  JOB_FAILURES,
  type JobCode,
  type Meaning,
} from "../src/core/refusals.ts";
import { TRIAGE, type TriageCode } from "../src/core/triage.ts";
import { WAITS, type WaitCode } from "../src/core/waits.ts";

/** One closed list. */
export interface CodeList {
  readonly title: string;
  readonly about: string;
  /** Source in which the list stands: its codes are given out elsewhere. */
  readonly source: string;
  readonly meanings: Readonly<Record<string, Meaning>>;
  /** The test that names each code. */
  readonly shownBy: Readonly<Record<string, string>>;
}

const ROUTED = "test/core/decide-route.test.ts";
const HELD = "test/loop/holds.test.ts";
const COMMANDED = "test/core/decide-commands.test.ts";
const MAY_COMMAND = "test/policy/may-command.test.ts";
const DECIDED = "test/core/decide.test.ts";
const ADMITTED = "test/core/decide-admission.test.ts";
const REVIEWED = "test/core/decide-review.test.ts";
const TRIAGED = "test/core/decide-triage.test.ts";
const RULES = "test/policy/triage.test.ts";
const LOOKED = "test/loop/review-command.test.ts";
const RUNS = "test/loop/runs.test.ts";
const CHAIN = "test/loop/generations.test.ts";
const GATE = "test/policy/merge-gate.test.ts";
const EDITED = "test/core/decide-edits.test.ts";
const PROOF = "test/barrier/proof.test.ts";
const BARRIER = "test/barrier/refusals.test.ts";
const EXCHANGE = "test/app/exchange.test.ts";
const DESK = "test/app/desk.test.ts";
const LEDGER = "test/core/ledger.test.ts";
const READ_GATE = "test/policy/read-gate.test.ts";

const holds: Record<HoldReason, string> = {
  "agent-missing": HELD,
  "agent-failed": HELD,
  "agent-timeout": "test/action/agent.test.ts",
  "no-change": HELD,
  "reserved-path": HELD,
  "patch-too-large": "test/policy/patch-rules.test.ts",
  "patch-unsafe": HELD,
  conflict: HELD,
  "conflict-unsolved": "test/action/conflict.test.ts",
  "conflict-gone": "test/action/conflict.test.ts",
  tampered: RUNS,
  "check-red": "test/loop/check.test.ts",
  "triage-asks": "test/loop/triage-command.test.ts",
  "foreign-branch": RUNS,
  "publish-refused": "test/loop/shapes-history.test.ts",
  "review-unusable": LOOKED,
  "check-failed": HELD,
  "changes-requested": GATE,
  "pull-closed": DECIDED,
  "merge-refused": DECIDED,
  "merge-mismatch": REVIEWED,
  "head-moved": DECIDED,
  "issue-closed": DECIDED,
  "text-changed": DECIDED,
  "text-changed-in-review": EDITED,
  "text-unseen": TRIAGED,
  "config-invalid": DECIDED,
  "only-suggests": ADMITTED,
  "never-started": DECIDED,
  "attempts-spent": DECIDED,
  "budget-spent": DECIDED,
  asked: DECIDED,
  cancelled: COMMANDED,
  "chain-missing": CHAIN,
  "chain-foreign": CHAIN,
  "chain-rewound": CHAIN,
  routed: ROUTED,
  "route-refused": ROUTED,
};

const barrier: Record<RefusalCode, string> = {
  "not-visible": PROOF,
  "no-marker": PROOF,
  "not-ours": PROOF,
  "other-issue": PROOF,
  undeclared: PROOF,
  "not-current": PROOF,
  expired: PROOF,
  "unknown-effect": "test/barrier/units/intent.test.ts",
  "text-changed": BARRIER,
  "config-changed": BARRIER,
  "chain-unsound": BARRIER,
  "not-owner": BARRIER,
  cancelled: BARRIER,
  "nothing-open": BARRIER,
  "not-intended": "test/barrier/effects.test.ts",
};

const exchange: Record<ExchangeCode, string> = {
  "bad-request": EXCHANGE,
  "bad-token": EXCHANGE,
  "not-installed": DESK,
  "wrong-repository": DESK,
  "wrong-event": EXCHANGE,
  "wrong-branch": EXCHANGE,
  "wrong-workflow": EXCHANGE,
  "wrong-actor": EXCHANGE,
  "run-unseen": EXCHANGE,
  "run-unconfirmed": EXCHANGE,
  "chain-unsound": DESK,
  "nothing-open": DESK,
  "not-owner": DESK,
  cancelled: DESK,
  limited: EXCHANGE,
  unavailable: EXCHANGE,
};

const acts: Record<ActRefusal, string> = {
  "no-right": DECIDED,
  "not-named": MAY_COMMAND,
  "team-unread": MAY_COMMAND,
  "no-access": MAY_COMMAND,
  "not-by-file": MAY_COMMAND,
  "file-unusable": MAY_COMMAND,
};

const inert: Record<InertReason, string> = {
  "not-ours": LEDGER,
  malformed: LEDGER,
  "other-issue": LEDGER,
  undeclared: LEDGER,
};

const jobs: Record<JobCode, string> = {
  "bad-input": "test/action/run.test.ts",
  "github-error": "test/action/run.test.ts",
  "command-stopped": "test/action/run.test.ts",
  unfinished: "test/action/run.test.ts",
  unexpected: "test/action/run.test.ts",
};

const waits: Record<WaitCode, string> = {
  "nobody-asked": DECIDED,
  "issue-to-open": DECIDED,
  "text-lacks": TRIAGED,
  blocked: TRIAGED,
  "edit-unseen": EDITED,
  "reopening-unseen": "test/core/reopening.test.ts",
  "quiet-hours": ADMITTED,
  "slots-full": ADMITTED,
  "comments-short": DECIDED,
  "not-visible": DECIDED,
  "run-to-start": DECIDED,
  "run-to-claim": DECIDED,
  "run-to-end": DECIDED,
  "run-works": DECIDED,
  "quiet-period": DECIDED,
  "pull-unseen": READ_GATE,
  "pull-not-open": GATE,
  "pull-draft": GATE,
  "pull-moved": GATE,
  "review-again": GATE,
  "review-command": GATE,
  "review-missing": GATE,
  "check-pending": GATE,
  "check-missing": GATE,
  "foreign-commits": GATE,
  "reserved-unapproved": GATE,
  "head-unlisted": GATE,
  "threads-open": GATE,
  "base-moved": GATE,
  "rules-unmet": GATE,
  "issue-held": GATE,
  "in-merge-queue": GATE,
  "queue-left": GATE,
  "config-unusable": READ_GATE,
  "mergeable-unknown": GATE,
  "merge-by-people": GATE,
  merged: DECIDED,
  "merge-shadow": GATE,
  "merge-under-way": GATE,
  tried: REVIEWED,
  synthetic: GATE,
  "app-to-act": "test/cli/explain.test.ts",
  "cannot-tell": "test/cli/explain.test.ts",
};

const triage: Record<TriageCode, string> = {
  "too-short": RULES,
  "no-acceptance": RULES,
  "too-long": RULES,
  "too-many-tasks": RULES,
  "reserved-label": RULES,
  "reserved-path": RULES,
  "reserved-word": RULES,
  "other-repository": RULES,
};

const holdMeanings = Object.fromEntries(
  Object.entries(HOLDS).map(([code, { what, scenarios }]): [string, Meaning] => [
    code,
    { what, next: nextOf(code as HoldReason), scenarios },
  ]),
);

export const CODE_LISTS: readonly CodeList[] = [
  {
    title: "Holds",
    about:
      "Nothing goes on until a person acts. The issue has the label `cairn:hold` and a comment that says this.",
    source: "src/core/holds.ts",
    meanings: holdMeanings,
    shownBy: holds,
  },
  {
    title: "Waits",
    about: "Nothing is wrong, and nothing happens now. The app logs it, and `cairn explain` tells it.",
    source: "src/core/waits.ts",
    meanings: WAITS,
    shownBy: waits,
  },
  {
    title: "Questions about an issue",
    about:
      "The issue is not taken as it stands. One comment asks for all that is missing, and is never repeated; the issue has the label `cairn:hold` until it is there.",
    source: "src/core/triage.ts",
    meanings: TRIAGE,
    shownBy: triage,
  },
  {
    title: "Refusals of acts",
    about: "A label that does not count, answered by one comment.",
    source: "src/core/refusals.ts",
    meanings: ACT_REFUSALS,
    shownBy: acts,
  },
  {
    title: "Refusals of the barrier",
    about: "A run that may not begin or go on. Nothing was sent; the job's summary has the code.",
    source: "src/barrier/errors.ts",
    meanings: REFUSALS,
    shownBy: barrier,
  },
  {
    title: "Refusals of the token exchange",
    about: "A run that gets no token. Its job's log and the app's have the code.",
    source: "src/core/refusals.ts",
    meanings: EXCHANGE_REFUSALS,
    shownBy: exchange,
  },
  {
    title: "Failures of a job",
    about: "A job that ended before it could say what became of the work. Its log has the code.",
    source: "src/core/refusals.ts",
    meanings: JOB_FAILURES,
    shownBy: jobs,
  },
  {
    title: "Inert markers",
    about:
      "A comment that looks like a marker and counts for nothing. The app logs it, and `cairn explain` tells it.",
    source: "src/core/refusals.ts",
    meanings: INERT,
    shownBy: inert,
  },
];

const cell = (text: string): string => text.replaceAll("|", "\\|");

/** All lists as Markdown. */
export function refusalsPage(): string {
  return CODE_LISTS.map(({ title, about, source, meanings, shownBy }) => {
    const rows = Object.entries(meanings).map(([code, { what, next, scenarios }]) => {
      const test = shownBy[code] ?? "";
      return `| \`${code}\` | ${cell(what)} | ${cell(next)} | ${scenarios.join(", ")} | [${test.replace(/^test\//, "")}](../${test}) |`;
    });
    return [
      `## ${title}`,
      "",
      `${about} (\`${source}\`)`,
      "",
      "| code | what was found | what to do, and who can | scenario | shown by |",
      "|---|---|---|---|---|",
      ...rows,
    ].join("\n");
  }).join("\n\n");
}
