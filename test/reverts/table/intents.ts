/** From the intent to the effect: one claim, one request that lands, whatever is lost on the way. */
import { cut, NEVER, noticed, type Revert } from "../revert.ts";

export const INTENTS = {
  "a-step-is-compare-and-set": {
    scenarios: [4],
    guard: "A step moves the ref only from the head that it was made on: of those who race one has made it.",
    cuts: [cut("src/github/writes.ts", "force: false", "force: true")],
    tests: [
      noticed(
        "test/barrier/proof.test.ts",
        "scenario 4: ten runs race for one edge, one claims, the others write nothing",
      ),
      noticed(
        "test/action/owner.test.ts",
        "4: two runs race for one edge, ten times over: one claim, and the loser ends neutral and writes nothing",
      ),
    ],
  },
  "nobody-takes-a-claim-over": {
    scenarios: [4],
    guard: "An intent that another run has claimed is that run's.",
    cuts: [cut("src/barrier/claim.ts", "if (!sameRun(owner, run)) return", `${NEVER} return`)],
    tests: [
      noticed("test/action/owner.test.ts", "4: a run that comes when another has claimed is told who has it"),
    ],
  },
  "whoever-loses-ends-neutral": {
    scenarios: [4],
    guard: "A run that has lost the race for a claim ends neutral: for nobody a failure to look after.",
    cuts: [
      cut(
        "action/gate.ts",
        "return neutral(job, `${owner} has it`);",
        'throw new JobFailure("publish-refused", `${owner} has it`);',
      ),
      // Who comes later gets no token, and so does not come so far.
      cut("action/exchange.ts", "return NEUTRAL.has(this.code);", "return false;"),
    ],
    tests: [
      noticed(
        "test/loop/intents.test.ts",
        "4: more runs for the same intent: one claims, the others end neutral and write nothing",
      ),
    ],
  },
  "an-unknown-effect-is-refused-before-the-claim": {
    scenarios: [19],
    guard:
      "An Action older than the app refuses what it cannot do before it claims, so that no attempt is charged.",
    cuts: [cut("src/barrier/prove.ts", "if (unknown)", NEVER)],
    tests: [
      noticed(
        "test/barrier/units/intent.test.ts",
        "an intent with an effect of a kind that only a newer app knows, whatever else it names",
      ),
    ],
  },
  "a-late-marker-is-waited-for": {
    scenarios: [1],
    guard: "A gate that cannot see the intent yet waits for it, and does not end.",
    cuts: [
      cut(
        "src/barrier/prove.ts",
        "const late = error instanceof Refusal && LATE.has(error.code);",
        "const late = false;",
      ),
    ],
    tests: [
      noticed(
        "test/loop/intents.test.ts",
        "1: reads after the intent are old: no second agent, pull request or merge, and it does not get stuck",
      ),
    ],
  },
  "the-sweep-finds-every-issue": {
    scenarios: [2],
    guard:
      "A sweep looks at every issue that GitHub shows to concern Cairn, whatever a process has seen of it.",
    cuts: [
      cut(
        "src/app/sweep.ts",
        'options.add({ ...place, issue, hint: "sweep", ...(head === undefined ? {} : { head }) });',
        "",
      ),
    ],
    tests: [
      noticed(
        "test/loop/intents.test.ts",
        "2: the app dies after the intent, before the run: a later sweep starts it once",
      ),
    ],
  },
  "each-effect-is-probed": {
    scenarios: [3],
    guard: "What an owner that is gone has done is found by a probe of each of its effects.",
    cuts: [
      cut(
        "src/core/fates.ts",
        "return pull !== undefined && effect.reviewers.every((login) => has(pull.asked, login));",
        "return pull !== undefined;",
      ),
    ],
    tests: [
      noticed(
        "test/loop/intents.test.ts",
        "3: the run dies after the pull request, before it could ask for a review: found, and only the rest is done",
      ),
    ],
  },
  "what-landed-is-adopted": {
    scenarios: [3, 18],
    guard: "The next attempt adopts the branch that is there: no agent is named in it.",
    cuts: [
      cut("src/core/moves.ts", 'branch: branch.kind === "own" || pull !== undefined,', "branch: false,"),
    ],
    tests: [
      noticed(
        "test/core/decide.test.ts",
        "with an owner > a branch that is there is adopted: the next attempt names no agent",
      ),
      noticed(
        "test/loop/intents.test.ts",
        "3: the run dies after the pull request, before it could ask for a review: found, and only the rest is done",
      ),
      noticed(
        "test/loop/runs.test.ts",
        "18: the runner dies after the branch, before the pull request: adopted, and no second agent",
      ),
    ],
  },
  "lost-is-looked-for": {
    scenarios: [7],
    guard: "What got no answer is looked for by its key before anything is said about it.",
    cuts: [
      cut("src/barrier/perform.ts", 'end.kind === "unknown" ? LOOKS : []', "[]"),
      cut("src/barrier/perform.ts", "for (const pause of [0, ...pauses]) {", "for (const pause of pauses) {"),
    ],
    tests: [
      noticed(
        "test/barrier/effects.test.ts",
        "merge > applied, answered with 502: found by its key, sent once",
      ),
      noticed(
        "test/action/bundled.test.ts",
        "7: a pull request whose answer is lost is found, not opened again",
      ),
      noticed(
        "test/loop/lost-answers.test.ts",
        "7: the answer to the pull request is lost in mid-loop: it lands once",
      ),
    ],
  },
  "a-step-without-an-answer-is-read": {
    scenarios: [7],
    guard: "Whether a step was made whose answer is lost, the head tells.",
    cuts: [
      cut(
        "src/barrier/step.ts",
        'if (there === "mine") return { kind: "made", head: mine, state };',
        'if (there === "mine") return { kind: "lost" };',
      ),
    ],
    tests: [
      noticed(
        "test/barrier/proof.test.ts",
        "a step whose answer is lost is settled by reading the head (I2)",
      ),
    ],
  },
  "what-was-sent-is-waited-out": {
    scenarios: [7],
    guard: "A branch is created once more only when what was sent before it cannot land any more.",
    cuts: [
      cut(
        "src/barrier/perform.ts",
        "const UNTIL_SURE = [10_000, 20_000, 30_000, 62_000];",
        "const UNTIL_SURE = [5_000];",
      ),
    ],
    tests: [
      noticed(
        "test/barrier/effects.test.ts",
        "a branch that lands late is waited for: sent again, it would come back once a person has deleted it",
      ),
      noticed(
        "test/barrier/units/perform.test.ts",
        "only what GitHub refuses to repeat is sent again after a lost answer, three times in all",
      ),
    ],
  },
  "unknown-is-not-sent-again": {
    scenarios: [7],
    guard: "What was sent, got no answer and cannot be found is not sent again under its key.",
    cuts: [
      cut(
        "src/barrier/perform.ts",
        'if (handler.repeat === "once" || sent >= RESENDS)',
        "if (sent >= RESENDS)",
      ),
    ],
    tests: [
      noticed(
        "test/barrier/effects.test.ts",
        "lost and nowhere to be seen: not sent again under its key; only a branch may be (I4)",
      ),
    ],
  },
  "an-absence-is-settled-late": {
    scenarios: [7, 17],
    guard:
      "What is not seen when a run is over is settled only behind the fence, the quiet period and a new read.",
    cuts: [
      cut("src/core/decide-claimed.ts", "if (now < quietAt || (probedSince ?? 0) < quietAt) {", `${NEVER} {`),
    ],
    tests: [
      noticed(
        "test/core/decide.test.ts",
        "with an owner > over without a result: fence, quiet period, a read that began after it, then a new attempt (I4)",
      ),
    ],
  },
  "each-process-has-its-own-commit": {
    scenarios: [9],
    guard: "Two processes that make the same step make two commits: neither takes the other's for its own.",
    cuts: [cut("src/barrier/step.ts", "by: randomUUID()", 'by: ""')],
    tests: [
      noticed(
        "test/barrier/proof.test.ts",
        "scenario 9: two replicas declare at once, one step of the chain is made",
      ),
    ],
  },
} satisfies Record<string, Revert>;
