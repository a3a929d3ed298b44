/** Reverts of the barrier: intent, chain, claim, effect. */
import { NEVER, type Revert } from "../revert.ts";

export const BARRIER = {
  "claim-is-taken-once": {
    scenarios: [4],
    guard: "A step is a compare-and-set: the ref moves only from the head that the step was made on.",
    cuts: [{ file: "src/github/writes.ts", from: "force: false", to: "force: true" }],
    test: {
      file: "test/barrier/proof.test.ts",
      name: "scenario 4: ten runs race for one edge, one claims, the others write nothing",
    },
  },
  "lost-is-probed": {
    scenarios: [7],
    guard: "What got no answer is looked for by its key before anything is said about it.",
    cuts: [
      { file: "src/barrier/perform.ts", from: 'end.kind === "unknown" ? LOOKS : []', to: "[]" },
      {
        file: "src/barrier/perform.ts",
        from: "for (const pause of [0, ...pauses]) {",
        to: "for (const pause of pauses) {",
      },
    ],
    test: {
      file: "test/barrier/units/perform.test.ts",
      name: "the answer is lost: found by its key at the first look that shows it",
    },
  },
  "digest-decides": {
    scenarios: [10],
    guard: "A marker authorises only with the digest that the chain declares.",
    cuts: [{ file: "src/barrier/prove.ts", from: "if (decoded.digest !== open.digest)", to: NEVER }],
    test: {
      file: "test/barrier/proof.test.ts",
      name: "a comment that is absent, edited, forged, copied or truncated proves nothing",
    },
  },
  "author-decides": {
    scenarios: [11],
    guard: "The author of a marker is the app, by its numeric id.",
    cuts: [
      {
        file: "src/core/ledger.ts",
        from: 'if (comment.appId !== appId) reject("not-ours");\n    else if',
        to: "if",
      },
    ],
    test: {
      file: "test/core/ledger.test.ts",
      name: "forged, copied, edited and undeclared markers are inert, each reported with its reason",
    },
  },
  "short-list-proves-nothing": {
    scenarios: [8],
    guard:
      "A list that is shorter than the count proves no absence: what is declared is not written again on it.",
    cuts: [{ file: "src/core/decide.ts", from: 'if (ledger.kind === "short")', to: NEVER }],
    test: {
      file: "test/core/decide.test.ts",
      name: "from the label to the run > nothing is started before the marker is seen (I1); a short list proves no absence (I6)",
    },
  },
} satisfies Record<string, Revert>;
