/** Which marker counts: seen, the app's own, of this issue, declared, current, in time. */
import { cut, NEVER, noticed, type Revert } from "../revert.ts";

const REFUSED =
  "10: an intent that is absent, deleted, edited, not last, copied, older or expired is refused, each by its code";
const PROVES_NOTHING = "a comment that is absent, edited, forged, copied or truncated proves nothing";

export const MARKERS = {
  "a-short-list-proves-nothing": {
    scenarios: [8],
    guard: "Where the list is shorter than the count what it lacks is not written again: it is waited for.",
    cuts: [cut("src/core/decide.ts", 'if (ledger.kind === "short") {', `${NEVER} {`)],
    tests: [
      noticed(
        "test/core/decide.test.ts",
        "from the label to the run > nothing is started before the marker is seen (I1); a short list proves no absence (I6)",
      ),
      noticed(
        "test/loop/refusals.test.ts",
        "8: the list lags behind the single comment: it goes on; shorter than the count: it waits, and says not-visible",
      ),
    ],
  },
  "the-digest-decides": {
    scenarios: [10],
    guard: "A marker authorises only with the digest that the chain declares.",
    cuts: [cut("src/barrier/prove.ts", "if (decoded.digest !== open.digest) {", `${NEVER} {`)],
    tests: [
      noticed("test/barrier/proof.test.ts", PROVES_NOTHING),
      noticed("test/loop/refusals.test.ts", REFUSED),
    ],
  },
  "an-intent-is-of-this-issue": {
    scenarios: [10],
    guard: "A marker that was copied from another issue or repository is refused as such.",
    cuts: [
      cut(
        "src/barrier/prove.ts",
        "if (repository !== site.issue.repository || number !== site.issue.number) {",
        `${NEVER} {`,
      ),
    ],
    tests: [noticed("test/barrier/proof.test.ts", PROVES_NOTHING)],
  },
  "an-intent-is-the-current-one": {
    scenarios: [10],
    guard: "An intent of another edge, attempt or generation than the open one is refused as such.",
    cuts: [
      cut(
        "src/barrier/prove.ts",
        "if (marker.generation !== open.generation || marker.edge !== open.edge || marker.attempt !== open.attempt) {",
        `${NEVER} {`,
      ),
    ],
    tests: [noticed("test/barrier/proof.test.ts", PROVES_NOTHING)],
  },
  "an-intent-expires": {
    scenarios: [10],
    guard: "Behind its time nobody takes an intent up.",
    cuts: [
      cut("src/barrier/prove.ts", "if (found.serverTime > marker.until && !open.claim) {", `${NEVER} {`),
    ],
    tests: [noticed("test/barrier/proof.test.ts", "an intent that has expired is not taken up")],
  },
  "the-last-block-counts": {
    scenarios: [10, 11],
    guard:
      "Only the last thing in a comment can be a marker: what is quoted, or has words behind it, is none.",
    cuts: [
      cut(
        "src/core/marker.ts",
        "const LAST_BLOCK = /(?:^|\\n)<!-- cairn:marker (\\{[^<>]*\\}) -->\\s*$/;",
        "const LAST_BLOCK = /<!-- cairn:marker (\\{[^<>]*\\}) -->/;",
      ),
    ],
    tests: [
      noticed("test/barrier/proof.test.ts", PROVES_NOTHING),
      noticed(
        "test/core/ledger.test.ts",
        "forged, copied, edited and undeclared markers are inert, each reported with its reason",
      ),
    ],
  },
  "the-author-is-the-app": {
    scenarios: [11],
    guard: "A marker is the app's, by its numeric id: one by anybody else is inert, and reported.",
    cuts: [cut("src/core/ledger.ts", 'if (comment.appId !== appId) reject("not-ours");\n    else if', "if")],
    tests: [
      noticed(
        "test/core/ledger.test.ts",
        "forged, copied, edited and undeclared markers are inert, each reported with its reason",
      ),
      noticed(
        "test/loop/refusals.test.ts",
        "11: markers that a person, another app, a workflow or the agent made are inert, and reported",
      ),
    ],
  },
  "inert-markers-are-reported": {
    scenarios: [11],
    guard: "Whoever runs the app is told of each marker that counts for nothing, once.",
    cuts: [cut("src/app/reconcile.ts", "    reportInert(look, observer);\n", "")],
    tests: [
      noticed(
        "test/loop/refusals.test.ts",
        "11: markers that a person, another app, a workflow or the agent made are inert, and reported",
      ),
    ],
  },
  "acts-order-as-numbers": {
    scenarios: [14],
    guard: "Acts and generations are numbers, and order as such.",
    cuts: [cut("src/core/chain.ts", ".sort((a, b) => a - b);", ".sort();")],
    tests: [noticed("test/core/chain.test.ts", "generation 9 and 10 order as numbers")],
  },
  "comments-are-read-from-the-last-page": {
    scenarios: [14],
    guard:
      "Pages of comments are read from the last to the first: what goes meanwhile moves nothing past the reader.",
    cuts: [
      cut(
        "src/github/reads.ts",
        "await pagesFromLast(client, route, { ...address(), issue_number }, expected),",
        "await allPages(client, route, { ...address(), issue_number }),",
      ),
    ],
    tests: [
      noticed(
        "test/github/reads.test.ts",
        "250 comments are read over three pages, last to first, and one deleted between two reads is not missed",
      ),
    ],
  },
  "all-pages-are-read": {
    scenarios: [14],
    guard: "A list has as many pages as its `Link` header says.",
    cuts: [
      cut(
        "src/github/pages.ts",
        "for (let page = last; page >= 1; page -= 1) {",
        "for (let page = 1; page === 1; page -= 1) {",
      ),
    ],
    tests: [
      noticed(
        "test/loop/refusals.test.ts",
        "14: the tenth generation, among 250 comments on three pages, one of which goes between two reads",
      ),
    ],
  },
} satisfies Record<string, Revert>;
