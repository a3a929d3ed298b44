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
  "who-waits-is-told": {
    scenarios: [32],
    guard: "An issue that waits for its first work shows for what, and in which place.",
    cuts: [cut("src/app/status/tell.ts", 'if (isQueued(rest) && chain.kind !== "foreign") return true;', "")],
    tests: [
      noticed(
        "test/loop/slots.test.ts",
        "32: whoever waits for its first work shows its place, or what it is blocked by; /cairn status says the same",
      ),
    ],
  },
  "places-are-told-seldom": {
    scenarios: [32],
    guard: "Another place in a queue, and nothing else, is told a quarter of an hour later at the earliest.",
    cuts: [cut("src/app/status/tell.ts", "now - known.at < QUARTER && ", "QUARTER < 0 && ")],
    tests: [
      noticed(
        "test/app/status.test.ts",
        "another place in the queue is told a quarter of an hour later at the earliest, anything else at once",
      ),
    ],
  },
  "who-waits-is-rationed": {
    scenarios: [32],
    guard: "However many issues wait, twenty of them are told in a quarter of an hour.",
    cuts: [
      cut(
        "src/app/status/ration.ts",
        "const room = recent.length < MOST;",
        "const room = recent.length < MOST || true;",
      ),
    ],
    tests: [
      noticed(
        "test/app/status.test.ts",
        "of a thousand that wait twenty are told in a quarter of an hour, and no look comes for the others' sake",
      ),
    ],
  },
  "a-waiting-status-is-no-trace": {
    scenarios: [32],
    guard: "What is shown while an issue waits for its first work is no trace of a chain that never was.",
    cuts: [cut("src/core/ledger.ts", ' || standingOf(comment.body) === "waiting"', "")],
    tests: [
      noticed(
        "test/loop/slots.test.ts",
        "32: whoever waits for its first work shows its place, or what it is blocked by; /cairn status says the same",
      ),
    ],
  },
  "a-status-is-no-trace-elsewhere": {
    scenarios: [26],
    guard: "The status comment of an issue that was transferred says nothing about a chain where it is now.",
    cuts: [cut("src/core/ledger.ts", " || !sameIssue(sign, issue) || ", " || ")],
    tests: [
      noticed(
        "test/core/status-sign.test.ts",
        "the sign > makes a comment that the ledger leaves alone, but for telling that there was a chain",
      ),
    ],
  },
} satisfies Record<string, Revert>;
