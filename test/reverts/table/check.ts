/** What the repository's own check says, and that nothing else says it. */
import { cut, noticed, type Revert } from "../revert.ts";

const SAYS_NO =
  "22: the agent says that tests pass, the check says no: nothing is pushed, and a patch that passes is merged";
const IN_ITS_JOB = "test/action/check.test.ts";
const OVER_THE_LOOP = "test/loop/check.test.ts";

export const CHECK = {
  "a-red-check-fails-its-job": {
    scenarios: [22],
    guard:
      "Where the command does not say yes its job fails: the effect job starts only behind one that succeeded.",
    cuts: [cut("action/check.ts", "job.toolkit.setFailed(`${error.reason}: nothing is published`);", "")],
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
} satisfies Record<string, Revert>;
