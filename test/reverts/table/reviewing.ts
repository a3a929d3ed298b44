/** A review by a command: what each guard keeps from happening. */
import { cut, noticed, type Revert } from "../revert.ts";

const LOOKED = "test/core/decide-look.test.ts";
const GATE = "test/policy/gate-review-command.test.ts";
const OBJECTS = "a review command is asked about each head before people are, once, and may object";

const OWNER = "test/core/decide-owner.test.ts";
const ASKED = "21: reviewers whom GitHub refused stop nothing, as long as the owner says so and one is asked";

const BUDGET =
  "all looks of a generation have one budget, whatever they came to; when it is spent, people are asked";

export const REVIEWING: Readonly<Record<string, Revert>> = {
  "looks-have-a-budget": {
    scenarios: [16],
    guard: "When the review command has worked as long as it may, it does not begin again.",
    cuts: [
      cut("src/core/decide-reviewing.ts", "if (worked >= config.reviewBudget) {", "if (false as boolean) {"),
    ],
    tests: [noticed(LOOKED, BUDGET)],
  },
  "one-reviewer-stops-nobody": {
    scenarios: [21],
    guard: "Where some of the reviewers cannot be asked, and one is, the work goes on.",
    cuts: [
      cut(
        "src/core/decide-claimed.ts",
        "  if (isAskedInPart(open, absent, world)) return applied(snapshot, chain, open, act);\n",
        "",
      ),
    ],
    tests: [noticed(OWNER, ASKED)],
  },
  "a-reviewer-is-missing-by-the-owners-word": {
    scenarios: [7],
    guard: "That one reviewer is asked does not tell that the owner's requests for the others have ended.",
    cuts: [cut("src/core/decide-claimed.ts", ' &&\n      result?.effects[effect.key] === "applied"', "")],
    tests: [noticed(OWNER, ASKED)],
  },
  "what-a-look-worked-is-kept": {
    scenarios: [16],
    guard: "What a look worked is charged when it is settled, however it ended.",
    cuts: [
      cut(
        "src/core/chain.ts",
        "return worked === undefined ? all :",
        "return worked === undefined || worked > 0 ? all :",
      ),
    ],
    tests: [noticed(LOOKED, BUDGET)],
  },
  "an-objection-counts": {
    scenarios: [25],
    guard: "An objection of the review command refuses the head, whoever has approved it.",
    cuts: [
      cut("src/policy/gate/reviews.ts", "if (objection !== undefined)", "if (objection === facts.base)"),
    ],
    tests: [noticed(GATE, OBJECTS)],
  },
  "a-verdict-is-the-apps": {
    scenarios: [25],
    guard: "What somebody else writes as a verdict is none.",
    cuts: [cut("src/policy/review-verdict.ts", "review.author?.id !== botId || ", "")],
    tests: [
      noticed(
        "test/policy/review-verdict.test.ts",
        "of the head's verdicts the last counts; nobody else's, no other head's and no other text does",
      ),
    ],
  },
  "no-verdict-is-no-consent": {
    scenarios: [25],
    guard: "A command that said nothing of use has not agreed: people are asked.",
    cuts: [
      cut(
        "src/policy/gate/review-command.ts",
        "    if (commandReview.looked !== pull.headSha)",
        '    if (commandReview.looked === pull.headSha) return holds("it was asked");\n    if (commandReview.looked !== pull.headSha)',
      ),
    ],
    tests: [
      noticed(
        GATE,
        "a command that was asked about the head and said nothing of use refuses it; two people can do without",
      ),
      noticed(
        "test/loop/review-command.test.ts",
        "a command that fails has not objected, and has not agreed: people are asked, and two of them can do without",
      ),
    ],
  },
  "a-look-at-work-is-not-settled": {
    scenarios: [25],
    guard: "A look that is under way in review is not settled by what people say meanwhile.",
    cuts: [cut("src/core/decision.ts", "  !OF_A_RUN.has(code) && (state", "  (state")],
    tests: [
      noticed(LOOKED, "while it is under way the issue is in review, and nothing that people say settles it"),
    ],
  },
  "a-head-is-looked-at-once": {
    scenarios: [25],
    guard: "A command that said nothing of use is not asked about the same head again.",
    cuts: [
      cut("src/core/chain.ts", '...(looked && step.as !== "lost" ?', "...(looked && step.as === 'applied' ?"),
    ],
    tests: [
      noticed(
        LOOKED,
        "a command that said nothing of use is not asked again about that head: its gate says what that means",
      ),
    ],
  },
};
