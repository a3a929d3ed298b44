/** The cascade, and the checker that counts it. */

import { GUARDS } from "../../../src/simulation/without.ts";
import { cut, NEVER, noticed, type Revert } from "../revert.ts";

const SIMULATED = "test/simulation/simulate.test.ts";

export const CASCADE = {
  "the-barrier": {
    scenarios: [4, 5, 9],
    guard:
      "Whoever acts proves that it may, and what was started is not started again: the barrier as a whole.",
    cuts: GUARDS.barrier.cuts,
    tests: [
      noticed(
        "test/loop/intents.test.ts",
        "4: more runs for the same intent: one claims, the others end neutral and write nothing",
      ),
      noticed(
        "test/loop/intents.test.ts",
        "9: two replicas of the app: one step of the chain, one of each effect",
      ),
      noticed(
        SIMULATED,
        "5: six issues, and no comment can be written for five minutes: none starts unseen, none is killed, all finish",
      ),
    ],
  },
  "the-checker-counts": {
    scenarios: [6],
    guard: "The checker counts what landed by its key: without the barrier it finds what landed twice.",
    cuts: [cut("src/simulation/checker/landings.ts", "if (counts.get(name) === 2)", NEVER)],
    tests: [
      noticed(
        SIMULATED,
        "6: the same without the barrier: agents start again, and healthy issues are killed",
      ),
    ],
  },
} satisfies Record<string, Revert>;
