/** What the repository's own check says, and that nothing else says it. */
import { cut, noticed, type Revert } from "../revert.ts";

const SAYS_NO =
  "22: the agent says that tests pass, the check says no: nothing is pushed, and a patch that passes is merged";
const IN_ITS_JOB = "test/action/check.test.ts";
const OVER_THE_LOOP = "test/loop/check.test.ts";
const AGAIN = "test/loop/check-again.test.ts";
const DECIDED = "test/core/decide-red-check.test.ts";
const LOG = "test/action/check-log.test.ts";
const CONCLUDED = "test/action/conclude.test.ts";
const FILES_REFUSED = "the files that a check refused are told in the words of the job that verified them: ";

export const CHECK = {
  "a-red-check-fails-its-job": {
    scenarios: [22],
    guard:
      "Where the command does not say yes its job fails: the effect job starts only behind one that succeeded.",
    cuts: [cut("action/check.ts", "job.toolkit.setFailed(`${error.reason}${NOTHING_PUBLISHED}`);", "")],
    tests: [
      noticed(IN_ITS_JOB, "a command that says no is red, in the command's own words"),
      noticed(OVER_THE_LOOP, SAYS_NO),
    ],
  },
  "the-exit-code-counts": {
    scenarios: [22],
    guard: "Green is a command that ended with 0 within its time, whatever it or the agent prints.",
    cuts: [cut("action/check-process.ts", "if (!late && code === 0) return", "return")],
    tests: [
      noticed(IN_ITS_JOB, "a command that says no is red, in the command's own words"),
      noticed(OVER_THE_LOOP, SAYS_NO),
    ],
  },
  "a-lost-check-has-said-nothing": {
    scenarios: [22],
    guard: "A check whose machine was lost is no red one: by the runner's own word its step did not fail.",
    cuts: [
      cut(
        "action/conclude.ts",
        'check?.result === "failure" && check.outputs.step === "failure";',
        'check?.result === "failure";',
      ),
    ],
    tests: [
      noticed("test/action/conclude.test.ts", "the check's machine was lost"),
      noticed(
        OVER_THE_LOOP,
        "22: a check whose machine is lost has said nothing: the attempt is lost, and the next one is checked",
      ),
    ],
  },
  "what-is-checked-is-what-was-verified": {
    scenarios: [22],
    guard: "The check runs on the tree that would be published, and on no other.",
    cuts: [
      cut("action/handover.ts", "if (found !== digest) {", "if (false as boolean) {"),
      cut("action/check-process.ts", "if (made !== patch.tree)\n", "if (false as boolean)\n"),
    ],
    tests: [noticed(IN_ITS_JOB, "a verified.json that was replaced on the way to it starts no command")],
  },
  "the-debugger-stays-shut": {
    scenarios: [22],
    guard: "Node's debugger does not open to what runs beside the Action: it could say yes in its name.",
    cuts: [cut("action/command-process.ts", "  keepDebuggerShut();\n", "")],
    tests: [noticed(IN_ITS_JOB, "Node's debugger does not open to a command that asks for it")],
  },
  "a-rerun-checks-nothing": {
    scenarios: [20, 22],
    guard: "Another attempt of the run is another owner: it starts no command, and is not green.",
    cuts: [
      cut(
        "action/check.ts",
        "if (claimRun(job).attempt !== runOf(job).attempt) {",
        "if (false as boolean) {",
      ),
    ],
    tests: [
      noticed(IN_ITS_JOB, "20: run anew it checks nothing, and is not green"),
      noticed(OVER_THE_LOOP, SAYS_NO),
    ],
  },
  "files-are-refused-twice-at-most": {
    scenarios: [22],
    guard: "Behind a check that refused the same files twice no other attempt begins.",
    cuts: [
      cut(
        "src/core/decide-claimed.ts",
        "const same = refusedBefore(before, red.red.tree);",
        "const same = undefined as ReturnType<typeof refusedBefore>;",
      ),
    ],
    tests: [
      noticed(
        DECIDED,
        "the same files and no again: a hold that says so, whatever is left, and whichever attempt they were of",
      ),
      noticed(
        AGAIN,
        "22: the same files again, and the check's no again: a hold with the evidence, and no third attempt",
      ),
    ],
  },
  "refused-attempts-are-bounded": {
    scenarios: [22],
    guard: "There are as many attempts as the configuration says, whichever files the check refused.",
    cuts: [
      cut(
        "src/core/decide-claimed.ts",
        "attempt < config.fixRounds : lost.length < config.attempts",
        "attempt < config.fixRounds : true",
      ),
    ],
    tests: [
      noticed(
        DECIDED,
        "other files and no again, until as many attempts as there may be: a hold with each of them",
      ),
      noticed(
        AGAIN,
        "22: as many attempts as there may be, each with other files, and the check's no to all: a hold with the evidence",
      ),
    ],
  },
  "refused-rounds-are-bounded": {
    scenarios: [22],
    guard: "A round of fixing that the check refused is a round.",
    cuts: [cut("src/core/decide-claimed.ts", "attempt < config.fixRounds : ", "attempt > 0 : ")],
    tests: [
      noticed(
        DECIDED,
        "a round of fixing whose check said no is charged, and the gate is asked what is to be mended; the next round is told",
      ),
    ],
  },
  "no-attempt-mends-on-a-closed-issue": {
    scenarios: [22, 26],
    guard: "Behind a check's no nothing begins on an issue that is closed.",
    cuts: [cut("src/core/decide-claimed.ts", "same || !left || !issue.open", "same || !left")],
    tests: [
      noticed(
        DECIDED,
        "no attempt begins on a closed issue, or where the configuration cannot be used: a hold with the evidence",
      ),
    ],
  },
  "a-result-without-files-is-a-hold": {
    scenarios: [22],
    guard:
      "Where the owner does not say which files the check refused, nobody could tell whether any change.",
    cuts: [
      cut("src/core/decide-claimed.ts", " || tree === undefined ||", " ||"),
      cut("src/core/decide-claimed.ts", "red: { tree, said", 'red: { tree: tree ?? "", said'),
    ],
    tests: [
      noticed(
        DECIDED,
        "a result that names no files is of an Action that did not say them: a hold, as nobody can tell whether any change",
      ),
    ],
  },
  "refused-files-are-the-owners-to-name": {
    scenarios: [22],
    guard: "What is charged for a check's no names the tree of the owner's own result.",
    cuts: [
      cut(
        "src/core/chain.ts",
        'if (charged && step.as === "failed" && (',
        "if (charged && (false as boolean) && (",
      ),
    ],
    tests: [noticed("test/core/chain-rules.test.ts", "the result names no such tree")],
  },
  "refused-files-are-named-by-who-verified": {
    scenarios: [22],
    guard: "The result names what a job has verified that runs nobody's code, and only what is a tree.",
    cuts: [
      cut(
        "action/conclude.ts",
        'return check?.outputs.reason !== "tampered" && OBJECT.test(tree) ? { tree } : {};',
        "return { tree };",
      ),
    ],
    tests: [
      noticed(CONCLUDED, `${FILES_REFUSED}it is none of git's names`),
      noticed(CONCLUDED, `${FILES_REFUSED}its files were not those that were left`),
    ],
  },
  "a-refused-attempt-is-charged-whatever-comes": {
    scenarios: [22],
    guard:
      "An attempt that the check refused is charged, whether or not somebody asks for something meanwhile.",
    cuts: [
      cut(
        "src/core/decide-claimed.ts",
        "...(red ? { lost: red } : {})",
        "...(red && !act ? { lost: red } : {})",
      ),
    ],
    tests: [
      noticed(
        DECIDED,
        "it waits for a slot and for its hour, and is charged at once; who gives it up meanwhile is obeyed",
      ),
    ],
  },
  "a-round-mends-what-was-refused-last": {
    scenarios: [22],
    guard:
      "What was pushed since a check's no has passed it: its words are nothing that the next round is to mend.",
    cuts: [
      cut(
        "src/core/red-check.ts",
        "mends && mends.attempt + since.length === last ? mends : undefined",
        "since && last > 0 ? mends : undefined",
      ),
    ],
    tests: [noticed(DECIDED, "a round mends what the check refused last, unless something was pushed since")],
  },
  "the-log-is-of-that-very-check": {
    scenarios: [22],
    guard: "The next agent reads the log of the check beside the agent that it was of, and of no other job.",
    cuts: [
      cut(
        "action/check-log.ts",
        "name === `${agent.name.slice(0, -key.length)}check`",
        'name.endsWith("check")',
      ),
    ],
    tests: [
      noticed(
        LOG,
        "the log of that very check, from its first line to the Action's last word, without times, controls and secrets",
      ),
    ],
  },
  "the-checks-line-is-without-secrets": {
    scenarios: [21, 22],
    guard: "The one line of a check is without what looks like a secret, whoever wrote it into the result.",
    cuts: [cut("action/check-log.ts", "withoutSecrets(oneLine(mends.said), [])", "oneLine(mends.said)")],
    tests: [
      noticed(
        LOG,
        "a long log is read to its end and no further back than 16,384 characters; words of the hold are without secrets",
      ),
    ],
  },
  "a-missing-log-stops-nobody": {
    scenarios: [22],
    guard: "A log that cannot be read keeps no attempt from beginning.",
    cuts: [
      cut(
        "action/check-log.ts",
        "error instanceof GitHubError && DISPENSABLE.has(error.kind)",
        "(false as boolean)",
      ),
    ],
    tests: [noticed(LOG, "nor does GitHub's no; what stops the job stops it")],
  },
  "the-gate-reads-logs-only-to-mend": {
    scenarios: [21, 22],
    guard: "The gate's token reads Actions only where there is a check's log to read.",
    cuts: [
      cut(
        "src/app/exchange.ts",
        '...(open.mends ? { actions: "read" } : {})',
        '...{ actions: "read" as const }',
      ),
    ],
    tests: [noticed("test/app/exchange.test.ts", "a token can do what its job needs and no more")],
  },
} satisfies Record<string, Revert>;
