/** The status comment: one, and nobody's word. */
import { cut, noticed, type Revert } from "../revert.ts";

export const STATUS = {
  "a-status-is-looked-for-before-it-is-created": {
    scenarios: [7],
    guard: "Where nobody knows of a status comment a whole list tells whether there is one.",
    cuts: [
      cut(
        "src/app/status/tell.ts",
        "known.id === undefined || check ? await observer.listComments() : seen",
        "known.id === undefined || check ? [] : seen",
      ),
    ],
    tests: [
      noticed(
        "test/loop/status.test.ts",
        "the answer to its creation is lost: it is found, and there is one",
      ),
    ],
  },
  "a-second-status-goes": {
    scenarios: [9],
    guard: "The status comment with the lowest id is the one; what replicas wrote beside it is deleted.",
    cuts: [
      cut(
        "src/app/status/tell.ts",
        "for (const id of more) {",
        "for (const id of more.slice(more.length)) {",
      ),
    ],
    tests: [
      noticed(
        "test/loop/status.test.ts",
        "a second one that slipped through is taken away: the lowest id is the one",
      ),
    ],
  },
  "an-edit-on-its-way-is-looked-for": {
    scenarios: [7],
    guard:
      "Behind an edit without an answer the comment is read once more, when it has surely landed or never will.",
    cuts: [
      cut(
        "src/app/status/tell.ts",
        'if (end.kind === "unknown") known.checkAt = now + settings.quietPeriod;',
        "",
      ),
    ],
    tests: [
      noticed(
        "test/app/status.test.ts",
        "what an edit without an answer may still make of it is looked at behind the quiet period, at rest too",
      ),
    ],
  },
  "a-status-is-no-trace-elsewhere": {
    scenarios: [26],
    guard: "The status comment of an issue that was transferred says nothing about a chain where it is now.",
    cuts: [cut("src/core/ledger.ts", "if (sign && (chain || !sameIssue(sign, issue))) continue;\n", "")],
    tests: [
      noticed(
        "test/core/status-sign.test.ts",
        "the sign > makes a comment that the ledger leaves alone, but for telling that there was a chain",
      ),
    ],
  },
} satisfies Record<string, Revert>;
