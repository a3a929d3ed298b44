/** Issues of another repository: opened there once, for whoever may ask there, and nowhere else. */
import { cut, NEVER, noticed, type Revert } from "../revert.ts";

const DECIDED = "test/core/decide-route.test.ts";
const MAY = "test/app/route.test.ts";
const LOOP = "test/loop/route.test.ts";
const TEXT = "test/core/routed-text.test.ts";
const SENT = "test/effects/issue-create.test.ts";
const EXCHANGED = "test/app/exchange.test.ts";

const DESK = "test/app/desk.test.ts";
const GRANTED =
  "a gate that opens an issue elsewhere gets a token for that repository alone, as long as the installation covers it";

const of = (guard: string, cuts: Revert["cuts"], ...tests: Revert["tests"]): Revert => ({
  scenarios: [24],
  guard,
  cuts,
  tests,
});

export const ROUTED: Readonly<Record<string, Revert>> = {
  "what-is-missing-is-asked-for-here": of(
    "An issue is opened elsewhere only where that is all that keeps it from being taken.",
    [
      cut(
        "src/app/observe/triage.ts",
        'findings.every(({ code }) => code === "other-repository")',
        'findings.some(({ code }) => code === "other-repository")',
      ),
    ],
    noticed(
      LOOP,
      "24: what is missing beside that is asked for here first, and opened there once it is there",
    ),
  ),
  "who-may-not-ask-there-opens-nothing-there": of(
    "Whoever asks here opens something there only where they may ask there as well.",
    [cut("src/app/observe/route.ts", 'if (right.kind === "refused")', NEVER)],
    noticed(MAY, "it may not where who asks may not ask there"),
    noticed(MAY, "it may not where the file there names others"),
  ),
  "a-right-is-nobody-elses": of(
    "The right there that was asked about is that of whoever is obeyed.",
    [
      cut(
        "src/core/decide-route.ts",
        " || route.asker.id !== act.actor.id) return undefined;",
        ") return undefined;",
      ),
    ],
    noticed(DECIDED, "the right is the asker's own: what was asked about somebody else opens nothing"),
  ),
  "what-is-private-goes-nowhere-public": of(
    "Nothing goes by a label from a private repository into one that anybody reads.",
    [cut("src/app/observe/route.ts", "if (here.private && !repository.private)", NEVER)],
    noticed(MAY, "it may not where it is for the public"),
  ),
  "one-installation": of(
    "Only a repository that the same installation covers is one of those in which issues are opened.",
    [
      cut(
        "src/app/sites.ts",
        "if (installation?.id !== place.installation)",
        "if (installation === undefined && owner === repository)",
      ),
    ],
    noticed(
      LOOP,
      "24: where the app is not installed there, one comment says so, and nothing is opened; once that has changed it is",
    ),
  ),
  "unseen-words-go-nowhere": of(
    "Words that somebody without the right wrote after the label are opened nowhere.",
    [cut("src/core/decide-route.ts", "if (changedBy !== null)", NEVER)],
    noticed(
      DECIDED,
      "words that nobody with the right has seen go nowhere; in quiet hours it waits; a closed issue waits to be opened",
    ),
  ),
  "edited-words-go-nowhere": of(
    "Where others edit the text before a run has it, the intent is withdrawn.",
    [
      cut(
        "src/core/decide-unclaimed.ts",
        ' || open.edge === "merge" || open.edge === "route";',
        ' || open.edge === "merge";',
      ),
    ],
    noticed(
      DECIDED,
      "unclaimed: it is withdrawn by an act, by a closed issue, and by an edit of others; too late, it is declared anew",
    ),
  ),
  "in-each-repository-once": of(
    "Where it was opened before, in whatever generation, it is not opened again.",
    [cut("src/core/decide-route.ts", "if (before)", NEVER)],
    noticed(
      DECIDED,
      "found there, it is settled and held with a link, whatever the run said; whoever asks later is led there too",
    ),
  ),
  "what-belongs-elsewhere-is-not-implemented": of(
    "What an attempt has lost is opened there, or nowhere: no agent works on it here.",
    [cut("src/core/moves.ts", "if (chain.route)", NEVER)],
    noticed(
      DECIDED,
      "not found, it is lost only behind the fence and the quiet period; then once more, by another key, while all is as it was",
    ),
  ),
  "another-attempt-is-asked-about-anew": of(
    "Another attempt is made only where label and right are still what they were.",
    [
      cut(
        "src/core/decide-route.ts",
        "if (!route || route.repository !== chain.route?.repository || route.asker.id !== chain.route.asker.id) {",
        "if (!route) {",
      ),
    ],
    noticed(
      DECIDED,
      "not found, it is lost only behind the fence and the quiet period; then once more, by another key, while all is as it was",
    ),
  ),
  "what-cannot-be-read-is-not-absent": of(
    "Where that repository cannot be read, nothing is opened a second time.",
    [
      cut(
        "src/core/decide-claimed.ts",
        'if (snapshot.routed?.kind === "cannot-tell" && open.edge === "route")',
        NEVER,
      ),
    ],
    noticed(DECIDED, "where nobody can see whether it is there, nothing is opened a second time"),
  ),
  "opened-is-what-is-named": of(
    "A chain takes it that an issue was opened only with its number.",
    [cut("src/core/chain.ts", 'if (step.as === "applied" && there && step.opened === undefined)', NEVER)],
    noticed(DECIDED, "a chain does not take it that something was opened and nobody says what"),
  ),
  "a-quotation-is-no-key": of(
    "No line of a quoted text passes for the key of another effect.",
    [cut("src/core/routed-text.ts", "...fenced(withoutTrailers(", "...fenced(String(")],
    noticed(TEXT, "no words of others end the quotation, or pass for a key"),
  ),
  "a-quotation-ends-where-it-ends": of(
    "No run of backticks in a quoted text ends the quotation.",
    [cut("src/core/routed-text.ts", '"`".repeat(longest + 1)', '"`".repeat(3)')],
    noticed(TEXT, "no words of others end the quotation, or pass for a key"),
  ),
  "only-the-apps-own-issue-counts": of(
    "What stands there with the key counts only where the app's own account wrote it.",
    [cut("src/effects/issue-create.ts", "author.id === botId && carries", "author && carries")],
    noticed(
      SENT,
      "found is the app's own issue with exactly this key, of doubles the first; an older time is not asked for",
    ),
  ),
  "issues-are-opened-once": of(
    "GitHub takes a second one: what got no answer is not sent again under its key.",
    [cut("src/effects/issue-create.ts", 'repeat: "once",', 'repeat: "again",')],
    noticed(SENT, "it is sent there, once, and nothing is sent here"),
  ),
  "seconds-are-whole": of(
    "What changed in the second of the act is among what changed since.",
    [cut("src/github/reads.ts", "Math.floor(since / 1_000) * 1_000", "since")],
    noticed(
      "test/github/reads.test.ts",
      "texts of issues that changed since a time: with their authors, closed ones too, and no pull requests",
    ),
  ),
  "a-label-that-is-off-opens-nothing": of(
    "Whoever takes the label off before the run has begun has nothing opened there.",
    [cut("action/route.ts", "if (belongs?.toLowerCase() !== effect.name.toLowerCase())", NEVER)],
    noticed(LOOP, "24: who takes the label off, or cancels, before a run has begun has nothing opened there"),
  ),
  "a-name-is-looked-at-by-its-id": of(
    "Nothing is opened in a repository that has only the name of the declared one.",
    [cut("action/route.ts", "if (id !== effect.repository)", NEVER)],
    noticed(LOOP, "24: a repository that has the name by now gets nothing"),
  ),
  "the-gate-alone-writes-there": of(
    "No other job than the gate's gets a token for another repository.",
    [cut("src/app/exchange.ts", 'purpose === "gate" ? open', "purpose ? open")],
    noticed(EXCHANGED, "a token can do what its job needs and no more"),
  ),
  "a-token-there-is-for-there": of(
    "The second token is for the one repository that the intent names.",
    [cut("src/app/desk.ts", "{ repositoryIds: [repository], permissions: THERE }", "{ permissions: THERE }")],
    noticed(DESK, GRANTED),
  ),
  "a-failure-is-no-refusal-there": of(
    "Where GitHub does not answer for the second token, the run asks again, and is not told that there is none.",
    [
      cut(
        "src/app/desk.ts",
        '!(error instanceof GitHubError) || error.kind === "unavailable"',
        "!(error instanceof GitHubError)",
      ),
    ],
    noticed(DESK, GRANTED),
  ),
  "both-tokens-are-given-back": of(
    "The token for another repository ends with the job, as the first does.",
    [
      cut(
        "action/exchange.ts",
        "[grant.token, ...(grant.there === undefined ? [] : [grant.there])]",
        "[grant.token]",
      ),
    ],
    noticed(
      LOOP,
      "I12: the gate's run gets a token for that repository that may write issues and nothing else, and gives it back",
    ),
  ),
};
