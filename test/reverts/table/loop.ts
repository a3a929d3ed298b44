/** What people ask for, and what GitHub has to say of a head before it is merged. */
import { cut, NEVER, noticed, type Revert } from "../revert.ts";

const GATE = "test/policy/merge-gate.test.ts";
const RECORDINGS = "test/webhooks/recordings.test.ts";
const ENTRY = "test/loop/entry-label.test.ts";
/** As `decide` would see an empty file. */
const DEFAULTS = {
  kind: "valid",
  ...{ digest: "0", commit: "0", base: "main", reviewers: [], merge: "never", mergeMethod: "merge" },
  ...{ syntheticPrefix: "[cairn-e2e]", neverCloseLabels: [] },
  ...{ attempts: 3, budget: 3_600_000, autonomy: "full", quietUntil: null },
};
const WAITS = "waits, and says for what";

export const LOOP = {
  "an-act-counts-once": {
    scenarios: [23],
    guard: "An act that the chain has consumed is asked by nobody any more.",
    cuts: [
      cut(
        "src/core/acts.ts",
        "actor.id !== app.botId && !chain.acts.includes(id);",
        "actor.id !== app.botId;",
      ),
    ],
    tests: [
      noticed(
        "test/loop/labels.test.ts",
        "23: the label is delivered again and again, and swept beside it: one generation, one run; Cairn's own labels ask for nothing",
      ),
    ],
  },
  "the-apps-removal-withdraws-nothing": {
    scenarios: [23],
    guard:
      "What the app does to a label is no word of a person's: its removal, however late, withdraws nothing.",
    cuts: [
      cut(
        "src/core/acts.ts",
        "actor !== null && appId !== app.appId && actor.id !== app.botId && !chain.acts.includes(id);",
        "actor !== null && !chain.acts.includes(id);",
      ),
    ],
    tests: [
      noticed(
        "test/core/ledger.test.ts",
        "a person's removal withdraws an act; the app's own, which may come late, does not",
      ),
      noticed(
        "test/loop/labels.test.ts",
        "23: a late removal hits the label that a person has set anew: the person's act counts all the same",
      ),
    ],
  },
  "a-persons-removal-withdraws": {
    scenarios: [23],
    guard: "A label that a person takes away before anybody looked asks for nothing.",
    cuts: [
      cut(
        "src/core/acts.ts",
        "for (const act of asked) pending.delete(act.id);",
        "if (false as boolean) pending.clear();",
      ),
    ],
    tests: [
      noticed(
        "test/loop/labels.test.ts",
        "23: a label that is set and taken away before anybody looked asks for nothing",
      ),
    ],
  },
  "its-own-webhooks-are-ignored": {
    scenarios: [23],
    guard: "The app's own label, told back by a webhook, is no news.",
    cuts: [
      cut(
        "src/app/target.ts",
        "if (own || !issue || issue.pull_request || !ISSUE",
        "if (!issue || issue.pull_request || !ISSUE",
      ),
    ],
    tests: [noticed(RECORDINGS, "own-label")],
  },
  "an-act-needs-the-right": {
    scenarios: [24],
    guard: "Whoever asks by a label may, by the permission API and the authority file.",
    cuts: [
      cut(
        "src/app/observe/asked.ts",
        "for (const act of [...(await byLabel(labels)), ...written]) judged.push(await rights.judge(act));",
        "for (const act of await byLabel(labels)) judged.push({ ...act, permitted: true });\n      for (const act of written) judged.push(await rights.judge(act));",
      ),
    ],
    tests: [
      noticed(
        "test/loop/holds.test.ts",
        "somebody without the right sets the label: refused once, nothing done",
      ),
      noticed(RECORDINGS, "label-without-right"),
      noticed(
        ENTRY,
        "24: who may set the label is who may write the command, by the authority file as by GitHub's permission",
      ),
    ],
  },
  "the-name-is-the-configured-one": {
    scenarios: [23],
    guard: "The label that asks is the one that the configuration names, and no other.",
    cuts: [
      cut(
        "src/core/acts.ts",
        "if (sameLabel(label, entryLabel)) return",
        'if (label === "cairn:ready") return',
      ),
    ],
    tests: [
      noticed(
        ENTRY,
        "23: another entry label leads from asking to the merge; the default one is an ordinary label, and says nothing",
      ),
      noticed(
        "test/core/entry-label.test.ts",
        "acts where the label is called otherwise: the default label is set",
      ),
    ],
  },
  "a-name-is-read-anew": {
    scenarios: [23],
    guard: "What asks is found by the configuration as it is, whatever a process remembers of it.",
    cuts: [
      cut(
        "src/app/observe/asked.ts",
        "needEntryLabel(found, chain, site.app) ? await entryLabel.read() : entryLabel.known()",
        "entryLabel.known()",
      ),
    ],
    tests: [
      noticed(
        ENTRY,
        "23: another entry label leads from asking to the merge; the default one is an ordinary label, and says nothing",
      ),
    ],
  },
  "a-sweep-knows-the-name": {
    scenarios: [23],
    guard: "A sweep looks for the label by its name in the configuration.",
    cuts: [
      cut(
        "src/app/app.ts",
        "memory.sawEntryLabel({ repository: id }, name);\n    return name;",
        'return "cairn:ready";',
      ),
    ],
    tests: [
      noticed(
        ENTRY,
        "23: the webhook of the label is lost: the sweep finds it by the name in the configuration",
      ),
    ],
  },
  "a-new-name-begins-nothing-twice": {
    scenarios: [23],
    guard:
      "A label that was set before the work was asked for is no act when the configuration gives it that name.",
    cuts: [cut("src/core/acts.ts", '!(kind === "ready" && isBehind(event, chain))', "true")],
    tests: [
      noticed(
        ENTRY,
        "23: the label gets another name: what works goes on, what waits is asked for anew, and what was an ordinary label before begins nothing twice",
      ),
      noticed(
        "test/core/entry-label.test.ts",
        "acts where the label is called otherwise: it was an ordinary label before the work was asked for",
      ),
    ],
  },
  "no-label-skips-triage": {
    scenarios: [24],
    guard: "An issue whose text lacks something is asked about, not worked on, whoever set the label.",
    cuts: [
      cut(
        "src/core/moves.ts",
        "if (untaken) return untaken;",
        'if (untaken?.kind === "look") return untaken;',
      ),
    ],
    tests: [
      noticed(
        "test/loop/triage.test.ts",
        "24: a thin issue is asked about once, however often it is looked at; an edit brings it back",
      ),
      noticed("test/core/decide-triage.test.ts", "what is missing is asked for at once, and consumes no act"),
    ],
  },
  "hidden-words-specify-nothing": {
    scenarios: [24],
    guard: "What nobody sees when the issue is shown counts for nothing.",
    cuts: [
      cut(
        "src/policy/triage.ts",
        "text: withoutComments(input.text)",
        'text: input.text || withoutComments("")',
      ),
    ],
    tests: [noticed("test/policy/triage.test.ts", "acceptance: one that nobody sees")],
  },
  "the-same-is-asked-once": {
    scenarios: [24],
    guard: "A question that was asked is not asked again, whatever the counts in it.",
    cuts: [
      cut(
        "src/core/triage.ts",
        '(code.startsWith("reserved-") ? `${code} ${detail}` : code)',
        "`${code} ${detail}`",
      ),
    ],
    tests: [
      noticed(
        "test/loop/triage.test.ts",
        "24: a thin issue is asked about once, however often it is looked at; an edit brings it back",
      ),
    ],
  },
  "answers-are-of-those-who-may-ask": {
    scenarios: [24],
    guard: "Only an answer by somebody with the right is part of the text.",
    cuts: [cut("src/app/observe/triage.ts", " && (await facts.asked.mayAsk(one.author))", "")],
    tests: [
      noticed(
        "test/loop/triage.test.ts",
        "24: an answer by somebody with the right brings it back, and the agent reads it; one by others does not",
      ),
    ],
  },
  "unseen-words-are-not-worked-on": {
    scenarios: [24],
    guard: "Words that somebody without the right wrote after the label have to be asked for again.",
    cuts: [cut("src/core/moves.ts", "if (changedBy !== null) {", `${NEVER} {`)],
    tests: [
      noticed(
        "test/loop/triage.test.ts",
        "24: words that an outsider wrote after the label are not worked on until somebody with the right asks again",
      ),
    ],
  },
  "an-approval-is-of-this-head": {
    scenarios: [25],
    guard: "An approval counts for the head that it was given to.",
    cuts: [
      cut(
        "src/policy/gate/reviews.ts",
        'if (review.commitId !== pull.headSha) return "it is of an older head";',
        "",
      ),
      cut(
        "src/policy/gate/reviews.ts",
        "if (!words.some((review) => review.commitId === pull.headSha)) {",
        "if (words.length === 0) {",
      ),
    ],
    tests: [noticed(GATE, `an approval of an older head: ${WAITS}`)],
  },
  "an-approval-is-a-persons": {
    scenarios: [25],
    guard: "A bot approves nothing.",
    cuts: [
      cut(
        "src/policy/gate/reviews.ts",
        "return isListed(author.login, config) ? null :",
        "return isListed(author.login, config) || author.login ? null :",
      ),
    ],
    tests: [noticed(GATE, `an approval by a bot: ${WAITS}`)],
  },
  "an-approval-is-not-the-authors": {
    scenarios: [25],
    guard: "The pull request's author approves nothing.",
    cuts: [
      cut(
        "src/policy/gate/reviews.ts",
        'if (author.id === pull.author.id) return "the pull request\'s author approves nothing";',
        "",
      ),
    ],
    tests: [noticed(GATE, `an approval by the author: ${WAITS}`)],
  },
  "an-approval-is-not-a-committers": {
    scenarios: [25],
    guard: "Whoever has committed to the head approves nothing.",
    cuts: [
      cut(
        "src/policy/gate/reviews.ts",
        'if (made.has(author.id)) return "whoever has committed approves nothing";',
        "",
      ),
    ],
    tests: [noticed(GATE, `an approval by somebody who has committed: ${WAITS}`)],
  },
  "an-approval-needs-the-right": {
    scenarios: [25],
    guard: "An approval is by somebody with write access.",
    cuts: [
      cut(
        "src/policy/gate/reviews.ts",
        'if (!mayWrite(permissions.get(author.login) ?? "none")) return "that needs write access";',
        "",
      ),
    ],
    tests: [noticed(GATE, `an approval by somebody without the right: ${WAITS}`)],
  },
  "the-last-word-counts": {
    scenarios: [25],
    guard: "Of each person the last word counts: a dismissed approval is none.",
    cuts: [
      cut(
        "src/policy/gate/reviews.ts",
        'review.state !== "COMMENTED" && review.state !== "PENDING"',
        'review.state !== "COMMENTED" && review.state !== "PENDING" && review.state !== "DISMISSED"',
      ),
    ],
    tests: [noticed(GATE, `a dismissed approval: ${WAITS}`)],
  },
  "green-is-success": {
    scenarios: [25],
    guard: "A required check that ended in anything but success stops the merge.",
    cuts: [cut("src/policy/gate/checks.ts", 'return "failed";', 'return "green";')],
    tests: [noticed(GATE, "a failed check: refused")],
  },
  "required-is-required": {
    scenarios: [25],
    guard: "A required check that nobody has reported is waited for.",
    cuts: [
      cut(
        "src/policy/gate/checks.ts",
        'standing !== "green");',
        '!["green", "pending", "expected"].includes(standing));',
      ),
    ],
    tests: [
      noticed(GATE, `a pending check: ${WAITS}`),
      noticed(GATE, `a check that nobody reported: ${WAITS}`),
    ],
  },
  "its-own-check-never-counts": {
    scenarios: [25],
    guard: "What Cairn itself reports is no check: it would wait for itself, or let itself through.",
    cuts: [
      cut(
        "src/policy/gate/checks.ts",
        "const others = reported.filter((check) => check.appId !== appId);",
        "const others = reported;",
      ),
    ],
    tests: [noticed(GATE, `a check that only Cairn itself has reported: ${WAITS}`)],
  },
  "a-persons-commit-needs-a-person": {
    scenarios: [25],
    guard: "Behind a commit that Cairn did not make, a person who has not committed has approved the head.",
    cuts: [
      cut(
        "src/policy/gate/reviews.ts",
        "commit.verified && commit.authorId === botId",
        "commit.sha !== String(botId)",
      ),
    ],
    tests: [
      noticed(GATE, `a commit by a person, approved by a bot alone: ${WAITS}`),
      noticed(GATE, `a commit in the app's name that GitHub did not make: ${WAITS}`),
    ],
  },
  "reserved-paths-need-a-person": {
    scenarios: [25],
    guard: "A reserved path is merged behind a person's approval of this very head.",
    cuts: [
      cut(
        "src/policy/gate/pull.ts",
        "isReserved(one, usable(config).reservedPaths)",
        "isReserved(one, []) && usable(config) === undefined",
      ),
    ],
    tests: [noticed(GATE, `a reserved path, approved by a bot alone: ${WAITS}`)],
  },
  "who-holds-is-asked-last": {
    scenarios: [25],
    guard: "A hold that somebody sets while the gate is read still counts.",
    cuts: [cut("src/policy/gate/issue.ts", "if (issue.labels.includes(HOLD))", NEVER)],
    tests: [noticed(GATE, `an issue that is held: ${WAITS}`)],
  },
  "a-merge-is-of-one-head": {
    scenarios: [25],
    guard:
      "A merge is of the head of its intent: the run asks the gate again for it, and GitHub is told which it is.",
    cuts: [
      cut("action/merge.ts", "    before = await passGate(work, effect);\n", ""),
      cut("src/github/writes.ts", "          sha: head,\n          merge_method", "          merge_method"),
    ],
    tests: [
      noticed(
        "test/action/bundled.test.ts",
        "25: a head that moved since the intent is not merged, and the gate is asked again",
      ),
    ],
  },
  "the-nearest-is-shown": {
    scenarios: [25],
    guard: "The head shows what the gate says, over what it showed before.",
    cuts: [
      cut(
        "src/core/decide-reviewing.ts",
        "shown === undefined || shown?.says === verdict.says",
        "shown === undefined || shown !== null",
      ),
    ],
    tests: [
      noticed(
        "test/loop/merge-gate.test.ts",
        "25: the base moves, the check turns red, the approval is dismissed, older, the author's, a bot's: each is named, none merged",
      ),
    ],
  },
  "a-try-stays-a-try": {
    scenarios: [27],
    guard: "What was a try when work was first declared stays one, whatever its title is edited to.",
    cuts: [cut("src/core/chain.ts", "    ...(step.synthetic ? { synthetic: true } : {}),\n", "")],
    tests: [
      noticed(
        "test/core/decide-review.test.ts",
        "27: a try by its title when the work was asked for is never merged, whatever the gate was told since",
      ),
      noticed(
        "test/loop/merge-gate.test.ts",
        "27: a try is closed and never merged, however its title is edited, and whatever the policy",
      ),
    ],
  },
  "an-incident-stays-open": {
    scenarios: [28],
    guard: "An issue with a label that keeps it open is closed neither by a keyword nor by Cairn.",
    cuts: [cut("src/core/marks.ts", "never.some((name) =>", "never.length > 1_000 && never.some((name) =>")],
    tests: [
      noticed(
        "test/loop/merge-gate.test.ts",
        "28: an issue that is labelled as an incident: its pull request is merged, the issue stays open",
      ),
      noticed(
        "test/action/bundled.test.ts",
        "28: an issue that stays open is not closed by its merge: the pull request says so no longer",
      ),
    ],
  },
  "merged-by-anybody-is-done": {
    scenarios: [26],
    guard: "A pull request that is merged is done, whoever merged it.",
    cuts: [cut("src/core/decide-reviewing.ts", "if (done) return merged(snapshot, done);", "")],
    tests: [
      noticed(
        "test/core/decide.test.ts",
        "review and merge > merged by anybody is done; closed by a person is a hold",
      ),
      noticed(RECORDINGS, "merged-by-person"),
    ],
  },
  "closed-by-a-person-is-a-hold": {
    scenarios: [26],
    guard: "Only an open pull request is under review: a closed one is a hold.",
    cuts: [
      cut(
        "src/core/decide-reviewing.ts",
        'const pull = pulls.find((candidate) => candidate.state === "open");',
        "const pull = pulls[0];",
      ),
    ],
    tests: [
      noticed(
        "test/core/decide.test.ts",
        "review and merge > merged by anybody is done; closed by a person is a hold",
      ),
      noticed(
        "test/loop/merge-gate.test.ts",
        "26: merged, closed, or without its branch by a person, and opened again: each ends in a true state",
      ),
    ],
  },
  "markers-do-not-move-with-an-issue": {
    scenarios: [26],
    guard: "What was declared for an issue where it was counts for nothing where it is now.",
    cuts: [
      cut(
        "src/core/ledger.ts",
        'else if (!sameIssue(decoded.marker.issue, issue)) reject("other-issue");\n    ',
        "",
      ),
    ],
    tests: [
      noticed(
        "test/loop/moved.test.ts",
        "26: the issue is transferred: nothing is merged, and nothing begins where it is now before somebody asks there",
      ),
    ],
  },
  "a-closed-issue-is-not-worked-on": {
    scenarios: [26],
    guard: "An act on a closed issue waits for somebody to open it.",
    cuts: [cut("src/core/moves.ts", "if (!snapshot.issue.open) {", `${NEVER} {`)],
    tests: [
      noticed(
        "test/core/decide.test.ts",
        "review and merge > an issue that is closed holds what was under way; an act on a closed one waits for it to be opened",
      ),
      noticed(RECORDINGS, "closed-issue"),
    ],
  },
  "a-broken-configuration-is-a-hold": {
    scenarios: [31],
    guard: "Nothing is declared with a configuration that cannot be used: the defaults are no answer.",
    cuts: [
      cut(
        "src/core/moves.ts",
        'if (config.kind === "invalid")\n    return advance(holding(chain, first, "config-invalid", config.why, { acts }));',
        'if (config.kind === "invalid") return obey({ ...snapshot, config: DEFAULTS }, chain, first, act);',
      ),
      cut(
        "src/core/moves.ts",
        "/** A plan as a decision. */",
        `const DEFAULTS = ${JSON.stringify(DEFAULTS)} as const;`,
      ),
    ],
    tests: [
      noticed(
        "test/core/decide.test.ts",
        "from the label to the run > a configuration that cannot be used is a hold, not a guess",
      ),
    ],
  },
  "nothing-is-guessed": {
    scenarios: [31],
    guard: "A word that the configuration does not know is an error with its place, not the default.",
    cuts: [
      cut(
        "src/policy/config/parse.ts",
        'if (read.kind === "invalid") return { ...read, entryLabel: entryLabelIn(text ?? "") };',
        'if (read.kind === "invalid") return parseConfig(undefined);',
      ),
    ],
    tests: [noticed(RECORDINGS, "configuration-broken")],
  },
  "the-configuration-is-pinned": {
    scenarios: [31],
    guard: "A run works with the configuration that its intent was declared with, or not at all.",
    cuts: [
      cut(
        "src/barrier/prove.ts",
        "if ((await configDigest(proof.marker.pins.commit)) !== proof.marker.pins.config) {",
        `${NEVER} {`,
      ),
    ],
    tests: [noticed("test/barrier/refusals.test.ts", "text and configuration must be what the intent pins")],
  },
} satisfies Record<string, Revert>;
