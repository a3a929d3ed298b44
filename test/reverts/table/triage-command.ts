/** Triage by a command: what each guard keeps from happening. */
import { cut, noticed, type Revert } from "../revert.ts";

const DECIDED = "test/core/decide-triage-command.test.ts";
const LOOP = "test/loop/triage-command.test.ts";
const ANSWERS = "test/app/answers.test.ts";
const PROCESS = "test/action/triage.test.ts";
const ANSWER = "test/policy/triage-answer.test.ts";
const JOB = "test/action/triage-job.test.ts";

export const TRIAGED: Readonly<Record<string, Revert>> = {
  "a-text-is-asked-about-once": {
    scenarios: [24],
    guard: "The triage command is asked about each text once, whatever came of it.",
    cuts: [cut("src/core/plan.ts", "commandTriage && !triaged.includes(asked)", "commandTriage && triaged")],
    tests: [
      noticed(DECIDED, "of each text it is asked once: another attempt, behind a loss, goes on without"),
      noticed(
        LOOP,
        "24: the same text is never asked about twice; who sets the label again has it taken as it stands",
      ),
    ],
  },
  "an-answer-is-by-who-may": {
    scenarios: [24],
    guard: "What those write who may not ask for work is no answer.",
    cuts: [cut("src/app/observe/answers.ts", " || !(await mayAsk(author.login))", "")],
    tests: [
      noticed(ANSWERS, "none is one by somebody who may not"),
      noticed(
        LOOP,
        "24: a question of the triage command keeps the agent from beginning; an answer brings it back, and the agent gets what is specified",
      ),
    ],
  },
  "an-answer-is-behind-its-question": {
    scenarios: [24],
    guard: "What stood there before the question is no answer to it.",
    cuts: [cut("src/app/observe/answers.ts", "id <= question || ", "")],
    tests: [noticed(ANSWERS, "none is one that stood there before")],
  },
  "an-answer-is-taken-once": {
    scenarios: [24],
    guard: "An answer that has raised a generation raises no other.",
    cuts: [cut("src/app/observe/answers.ts", "state.acts.includes(commentId(id)) || ", "")],
    tests: [
      noticed(
        ANSWERS,
        "none is one that was taken before, and none where nothing is asked or the question is not to be seen",
      ),
    ],
  },
  "an-answer-is-to-a-question": {
    scenarios: [24],
    guard: "An answer lifts no hold but that of the triage command's question.",
    cuts: [
      cut("src/core/weigh.ts", 'standing === "held" && isQuestioned(chain) && issue.open', "issue.open"),
    ],
    tests: [
      noticed(DECIDED, "an answer behind somebody's hold is none"),
      noticed(DECIDED, "an answer where nothing was asked is none"),
    ],
  },
  "an-answer-is-a-plain-file": {
    scenarios: [24],
    guard: "A link or a pipe that a command leaves as its answer is none, and holds nobody up.",
    cuts: [cut("action/bounded-file.ts", " | constants.O_NOFOLLOW | constants.O_NONBLOCK", "")],
    tests: [noticed(PROCESS, "a command that leaves a link")],
  },
  "an-answer-is-of-its-bytes": {
    scenarios: [24],
    guard: "What is longer than an answer may be is none.",
    cuts: [cut("src/policy/triage-answer.ts", "bytes.byteLength > LONGEST_ANSWER", "bytes.byteLength < 0")],
    tests: [
      noticed(ANSWER, "as many bytes as are read are enough, and one more is too many"),
      noticed(ANSWER, "megabytes is none, and it is said why in one line that repeats nothing"),
    ],
  },
  "an-answer-is-utf-8": {
    scenarios: [24],
    guard: "Bytes that are no UTF-8 are no answer.",
    cuts: [cut("src/policy/triage-answer.ts", "{ fatal: true }", "{ fatal: false }")],
    tests: [noticed(ANSWER, "no UTF-8 is none, and it is said why in one line that repeats nothing")],
  },
  "a-text-counts-from-its-claim": {
    scenarios: [24],
    guard: "An intent that nobody took up has asked nothing: the next one asks.",
    cuts: [
      cut(
        "src/core/chain.ts",
        "    ...(step.worksOn ? { worksOn: step.worksOn } : {}),\n    declared",
        "    ...(step.triages ? { triaged: [step.triages] } : {}),\n    declared",
      ),
    ],
    tests: [noticed(DECIDED, "an intent that nobody took up has asked nothing: the next one does")],
  },
  "a-question-is-of-a-job-that-ended": {
    scenarios: [24],
    guard: "A question counts only where the triage command's job succeeded: else the agent has begun.",
    cuts: [
      cut(
        "action/conclude.ts",
        '  triage?.result === "success" && triage.outputs.outcome === "ask";',
        '  triage?.outputs.outcome === "ask";',
      ),
    ],
    tests: [
      noticed(
        "test/action/conclude.test.ts",
        "the triage command's job failed behind a question, and the agent failed",
      ),
    ],
  },
  "an-edit-answers-a-question": {
    scenarios: [24],
    guard: "Another text by somebody with the right brings back what is held for a question.",
    cuts: [cut("src/core/edits.ts", "(!hold || isQuestioned({ hold }))", "!hold")],
    tests: [
      noticed(DECIDED, "an edit by somebody with the right does as well; one by somebody else does not"),
      noticed(
        LOOP,
        "24: an edit by somebody with the right brings it back, and another question about another text is asked",
      ),
    ],
  },
  "an-answer-is-read-to-its-bound": {
    scenarios: [24],
    guard: "Of what a triage command leaves no more is read than an answer may have.",
    cuts: [
      cut(
        "action/bounded-file.ts",
        "file.read(Buffer.alloc(longest + 1), 0, longest + 1, 0)",
        "file.read(Buffer.alloc(9 ** 8), 0, 9 ** 8, 0)",
      ),
    ],
    tests: [
      noticed(PROCESS, "a command that writes megabytes"),
      noticed(PROCESS, "a file is read as far as it may go, and one byte more"),
    ],
  },
  "a-broken-triage-command-stops-nobody": {
    scenarios: [24],
    guard: "Whatever a triage command does, its job ends well, and the agent begins.",
    cuts: [
      cut(
        "action/triage.ts",
        "if (!(error instanceof NoAnswer || error instanceof JobFailure)) throw error;",
        "throw error;",
      ),
    ],
    tests: [noticed(JOB, "a command that fails has no answer, and the job ends well")],
  },
  "a-re-run-asks-nobody": {
    scenarios: [20, 24],
    guard: "A run that is started again asks no triage command.",
    cuts: [
      cut(
        "action/triage.ts",
        "if (claimRun(job).attempt !== runOf(job).attempt) {",
        "if (claimRun(job).id !== runOf(job).id) {",
      ),
    ],
    tests: [noticed(JOB, "20: run anew it asks nobody")],
  },
  "a-question-tells-no-secret": {
    scenarios: [24],
    guard: "What people get of a triage command is without what looks like a secret.",
    cuts: [cut("action/triage.ts", "withoutSecrets(text, [])", "withoutSecrets(text, []) && text")],
    tests: [
      noticed(JOB, "a question is told without what looks like a secret, and leaves nothing for the agent"),
    ],
  },
};
