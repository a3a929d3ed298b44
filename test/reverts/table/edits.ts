/** Edits of an issue's text in mid-flight: what each guard keeps from happening. */
import { cut, NEVER, noticed, type Revert } from "../revert.ts";

const DECIDED = "test/core/decide-edits.test.ts";
const EDITS = "src/core/edits.ts";
const READ = "src/app/observe/edit.ts";
const ASKED = "test/app/edit.test.ts";

/** A row of the table in `decide-edits.test.ts`. */
const when = (words: string) =>
  noticed(DECIDED, `${words}: an act by somebody who may ask for work, else a hold`);

const UNFIT =
  "what does not fit together is not believed: another text in the row, a title that no event shows, no edit at all";

const ANSWER =
  "24: an answer that is edited before the agent begins stops the work, which begins anew when somebody asks";

export const EDITED: Readonly<Record<string, Revert>> = {
  "an-edited-answer-is-named": {
    scenarios: [24],
    guard:
      "Where a run took up nothing as an answer is not as it was, no other is started, and the hold says so.",
    cuts: [
      cut(
        "src/core/decide-unclaimed.ts",
        "starts.length > 0 ? (snapshot.alteredAnswers ?? []) : []",
        "[undefined]",
      ),
    ],
    tests: [
      noticed(
        "test/core/decide-unclaimed.test.ts",
        "what stops an intent before it is claimed: the issue closed, its text changed, no workflow",
      ),
      noticed("test/loop/triage.test.ts", ANSWER),
    ],
  },
  "an-answer-stays-part-of-the-text": {
    scenarios: [24],
    guard: "What was answered once is not asked for again in a later generation.",
    cuts: [
      cut(
        "src/app/observe/triage.ts",
        "chain?.answers.map(({ comment }) => comment) ?? []",
        "[] as number[]",
      ),
    ],
    tests: [noticed("test/loop/triage.test.ts", ANSWER)],
  },
  "an-edit-is-obeyed-before-a-pull-request": {
    scenarios: [12, 24],
    guard: "An edit by somebody who may ask for work stops the agent and begins the next generation.",
    cuts: [
      cut(
        "src/core/decide.ts",
        "const edited = withEdit(snapshot, state);",
        "const edited = withEdit && snapshot;",
      ),
    ],
    tests: [
      when("while the agent works"),
      noticed(
        "test/loop/edits.test.ts",
        "24: whoever may ask edits the text while the agent works: it is stopped, and the next generation has the new text",
      ),
    ],
  },
  "an-edit-by-others-is-no-act": {
    scenarios: [24],
    guard: "An edit by somebody who may not ask for work stops no agent and begins none.",
    cuts: [
      cut(
        EDITS,
        'if (edit.kind === "unclear" || !edit.permitted || !edit.actor) return snapshot;',
        'if (edit.kind === "unclear" || !edit.actor) return snapshot;',
      ),
    ],
    tests: [
      when("while the agent works"),
      noticed(
        "test/loop/edits.test.ts",
        "24: others edit it while the agent works: nothing is stopped, and the pull request waits for somebody with the right",
      ),
    ],
  },
  "a-pull-request-outlives-an-edit": {
    scenarios: [24],
    guard: "Where the pull request is there, an edit throws it away by nobody's word.",
    cuts: [cut(EDITS, "if (pulls.length > 0) return snapshot;", "")],
    tests: [when("while its run has still to end"), when("once the pull request is there")],
  },
  "an-edit-in-review-is-a-question": {
    scenarios: [24],
    guard: "What was edited in review is neither mended nor merged before people have said how to go on.",
    cuts: [cut("src/core/decide-reviewing.ts", "if (isEdited(issue, chain)) {", `${NEVER} {`)],
    tests: [
      when("in review"),
      noticed(
        "test/core/decide-fix.test.ts",
        "a text that changed since the last intent is for people, and not for the agent",
      ),
      noticed(
        "test/loop/edits.test.ts",
        "24: in review an edit is a question, asked once: resume goes on with the pull request",
      ),
    ],
  },
  "an-attempt-works-on-the-declared-text": {
    scenarios: [24],
    guard: "What was written into the issue since its work was declared reaches no agent in another attempt.",
    cuts: [
      cut(
        "src/core/moves.ts",
        'if (isEdited(issue, chain) && (!done.branch || pull?.state === "open")) {',
        `${NEVER} {`,
      ),
    ],
    tests: [
      noticed(
        "test/core/decide-again.test.ts",
        "as long as they stand it is declared anew; once they were changed people are asked, with what was lost",
      ),
    ],
  },
  "an-edit-lifts-no-hold": {
    scenarios: [24],
    guard: "An edit asks for no work: what is on hold stays so, and whoever stops the work is obeyed.",
    cuts: [
      cut(
        "src/core/weigh.ts",
        'if (isAnswer || (act.kind === "edit" && standing === "live")) {',
        'if (isAnswer || act.kind === "edit") {',
      ),
    ],
    tests: [
      noticed(
        "test/core/weigh.test.ts",
        "an edit counts where work is under way, and is told nothing elsewhere",
      ),
      noticed(
        DECIDED,
        "whoever stops the work is obeyed, whenever the text was edited; a closed issue is held",
      ),
    ],
  },
  "resume-answers-this-question-alone": {
    scenarios: [24],
    guard: "No other hold ends without a generation, or without two people.",
    cuts: [cut("src/core/chain.ts", 'if (state.hold?.reason !== "text-changed-in-review") {', `${NEVER} {`)],
    tests: [noticed("test/core/chain-rules.test.ts", "nobody was asked about an edit")],
  },
  "whoever-resumes-has-seen-the-text": {
    scenarios: [24],
    guard: "What others have written behind the answer is not vouched for by it.",
    cuts: [cut("src/core/moves.ts", "if (!edit.permitted && edit.at >= act.at) {", `${NEVER} {`)],
    tests: [
      noticed(
        DECIDED,
        "what others wrote since is looked at before it goes on; what was taken back needs no look",
      ),
    ],
  },
  "text-and-edit-are-of-one-row": {
    scenarios: [24],
    guard: "Whose edit it was is told of the very text that was read.",
    cuts: [
      cut(
        READ,
        "if (!row || textDigest(row.title, row.body) !== textDigest(issue.title, issue.body))",
        "if (!row)",
      ),
    ],
    tests: [noticed(ASKED, UNFIT)],
  },
  "a-title-is-of-whoever-gave-it": {
    scenarios: [24],
    guard: "A title that no event shows was given by nobody that is known.",
    cuts: [
      cut(
        READ,
        'if (last?.to !== issue.title) return { kind: "unclear" };',
        'if (!last) return { kind: "unclear" };',
      ),
    ],
    tests: [noticed(ASKED, UNFIT)],
  },
  "within-a-second-all-have-to-be-allowed": {
    scenarios: [24],
    guard: "Of edits within one second none vouches for the other.",
    cuts: [cut(READ, "return judged.find(({ permitted }) => !permitted) ?? judged[0]", "return judged[0]")],
    tests: [
      noticed(
        ASKED,
        "of edits within one second nobody can say which was the last: all have to be by people who may ask",
      ),
    ],
  },
  "cairns-own-edit-is-no-act": {
    scenarios: [24],
    guard: "What is written with the app's hand is no act of a person, whatever its permission.",
    cuts: [cut(READ, "actor.id !== site.app.botId && ", "")],
    tests: [noticed(ASKED, "whoever made the last edit counts, of the body or of the title")],
  },
};
