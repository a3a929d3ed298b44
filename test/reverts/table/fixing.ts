/** Rounds of fixing: what each guard keeps from happening. */
import { cut, noticed, type Revert } from "../revert.ts";

const DECIDED = "test/core/decide-fix.test.ts";

export const FIXING: Readonly<Record<string, Revert>> = {
  "a-round-stands-on-its-head": {
    scenarios: [25],
    guard:
      "A round is pushed onto the head that it mends, never onto an older one that somebody has gone back to.",
    cuts: [cut("action/perform.ts", "    await assertStands(site, effect);\n", "")],
    tests: [
      noticed(
        "test/loop/fix.test.ts",
        "whoever takes one away while the agent mends is not overruled: nothing is pushed, and the gate judges what is there",
      ),
    ],
  },
  "rounds-are-bounded": {
    scenarios: [25],
    guard: "Where the rounds are spent, people are asked.",
    cuts: [
      cut(
        "src/core/decide-reviewing.ts",
        " || round > config.fixRounds) return undefined;",
        ") return undefined;",
      ),
    ],
    tests: [
      noticed(
        DECIDED,
        "another head on the pull request is what the round came to; the next begins where that is refused too",
      ),
    ],
  },
  "a-push-by-people-ends-no-round": {
    scenarios: [7],
    guard: "That a head has moved does not tell that the owner's own push has ended.",
    cuts: [cut("src/core/decide-claimed.ts", '"pull.close", "branch.push"]', '"pull.close"]')],
    tests: [
      noticed(
        DECIDED,
        "what people push looks the same: without the owner's word the round ends behind its fence alone",
      ),
    ],
  },
  "an-older-objection-waits": {
    scenarios: [25],
    guard: "Changes that were asked for on an older head begin no round on the new one.",
    cuts: [
      cut(
        "src/policy/gate/reviews.ts",
        "    if (by.commitId === pull.headSha)\n",
        '    if (by.state !== "APPROVED")\n',
      ),
    ],
    tests: [
      noticed(
        "test/policy/merge-gate.test.ts",
        "changes that were asked for on an older head wait for whoever asked, and refuse nothing",
      ),
    ],
  },
};
