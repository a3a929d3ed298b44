/** What people ask for, by whom, and in which words. */
import { cut, NEVER, noticed, type Revert } from "../revert.ts";

const RECORDINGS = "test/webhooks/recordings.test.ts";
const ENTRY = "test/loop/entry-label.test.ts";

export const ASKED: Readonly<Record<string, Revert>> = {
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
    cuts: [cut("src/policy/triage.ts", ".map(visibleText)", ".map(String)")],
    tests: [noticed("test/policy/triage.test.ts", "acceptance: one that nobody sees")],
  },
  "the-same-is-asked-once": {
    scenarios: [24],
    guard: "A question that was asked is not asked again, whatever the counts in it.",
    cuts: [
      cut("src/core/triage.ts", "(NAMED.test(code) ? `${code} ${detail}` : code)", "`${code} ${detail}`"),
    ],
    tests: [
      noticed(
        "test/loop/triage.test.ts",
        "24: a thin issue is asked about once, however often it is looked at; an edit brings it back",
      ),
    ],
  },
  "another-repositorys-issue-is-not-taken": {
    scenarios: [24],
    guard: "An issue that a label gives to another repository is not taken here.",
    cuts: [cut("src/policy/triage.ts", "  otherRepository,\n];", "];")],
    tests: [
      noticed(
        "test/policy/triage.test.ts",
        "another repository: a label whose issues belong there, whatever its case; the label of this one is ordinary",
      ),
      noticed(
        "test/loop/triage.test.ts",
        "24: an issue that belongs to another repository is not taken here, and is once its label is off",
      ),
    ],
  },
  "a-reserved-path-is-no-pattern": {
    scenarios: [21, 31],
    guard: "A reserved path that would guard nothing makes the configuration unusable, with words.",
    cuts: [cut("src/policy/config/schema.ts", "[^\\\\*?\\p{Cc}]+$/u)", "[^\\p{Cc}]+$/u)")],
    tests: [
      noticed("test/policy/reserved-paths.test.ts", "what would guard nothing is refused: a pattern"),
      noticed("test/policy/reserved-paths.test.ts", "what would guard nothing is refused: backslashes"),
    ],
  },
  "a-folder-needs-no-slash": {
    scenarios: [24],
    guard: "A reserved folder is one without its slash too, in an issue's text as in a patch.",
    cuts: [cut("src/policy/triage.ts", 'const end = "(?:/|(?!', 'const end = "(?!/)(?:(?!')],
    tests: [noticed("test/policy/triage.test.ts", "reserved: a file: a folder of that name, as in a patch")],
  },
  "the-text-names-what-is-always-reserved": {
    scenarios: [24],
    guard:
      "No agent is spent on an issue whose patch could not be published: what is always reserved is so in its text.",
    cuts: [
      cut(
        "src/policy/triage.ts",
        "new Set([...ALWAYS_RESERVED, ...reservedPaths])",
        "new Set(reservedPaths)",
      ),
    ],
    tests: [noticed("test/policy/triage.test.ts", "always reserved, as in a patch: a workflow")],
  },
  "each-gap-is-asked-for-once": {
    scenarios: [24],
    guard: "What one comment has asked for is not asked for by another, in whatever company it stands.",
    cuts: [
      cut(
        "src/core/triage.ts",
        "questions.includes(questionOf(findings)) || findingsOf(findings).every((name) => questions.includes(name))",
        "questions.includes(questionOf(findings))",
      ),
    ],
    tests: [
      noticed(
        "test/core/decide-triage.test.ts",
        "another question is asked where something else is missing; what any question asked for is not asked for again",
      ),
    ],
  },
  "no-dependency-is-cut-off": {
    scenarios: [24],
    guard: "More dependencies than are looked at are waited for, and it is said.",
    cuts: [cut("src/policy/read-blockers.ts", "if (more > 0)", NEVER)],
    tests: [
      noticed(
        "test/loop/triage.test.ts",
        "24: dependencies that cannot end are named: a circle, an issue that is not there, more than are looked at",
      ),
    ],
  },
  "a-checklist-names-dependencies": {
    scenarios: [24],
    guard: "A dependency in a checklist or a numbered list counts, and none in code does.",
    cuts: [
      cut(
        "src/policy/blockers.ts",
        "(!line.isCode && LINE.exec(line.text)) || []",
        "LINE.exec(line.text) || []",
      ),
      cut("src/policy/blockers.ts", "(?:\\[[ xX]\\][ \\t]+)?)?", ")?"),
    ],
    tests: [
      noticed("test/policy/blockers.test.ts", "in a fence"),
      noticed("test/policy/blockers.test.ts", "in a checklist, done or not"),
    ],
  },
  "githubs-own-dependencies-count": {
    scenarios: [24],
    guard: "An issue that GitHub's own list says is blocked is not taken.",
    cuts: [
      cut(
        "src/policy/read-blockers.ts",
        ".filter((one) => one.open)",
        '.filter((one) => one.open && here === "")',
      ),
    ],
    tests: [
      noticed("test/loop/triage.test.ts", "24: what GitHub's own list says of dependencies is waited for"),
    ],
  },
  "an-answer-may-have-a-command": {
    scenarios: [24],
    guard: "What stands beside a command in an answer is not lost.",
    cuts: [
      cut(
        "src/app/observe/answers.ts",
        'withoutCommands(body).trim() !== ""',
        "withoutCommands(body) === body",
      ),
    ],
    tests: [
      noticed(
        "test/loop/triage.test.ts",
        "24: an answer with a command below it is an answer, and the agent reads it without the command",
      ),
    ],
  },
  "agents-read-no-commands": {
    scenarios: [24],
    guard: "An agent gets an answer without the commands in it, which are for Cairn.",
    cuts: [cut("src/barrier/prove.ts", "body: withoutCommands(found.body)", "body: found.body")],
    tests: [
      noticed(
        "test/barrier/units/intent.test.ts",
        "pins: answers are part of the text, each as it was, whoever edits or deletes it",
      ),
    ],
  },
  "hidden-words-are-reserved-too": {
    scenarios: [24],
    guard: "Reserved paths and words are looked for in all that the agent gets, HTML comments among it.",
    cuts: [
      cut(
        "src/policy/triage.ts",
        "BARRED.flatMap((rule) => rule(input, rules))",
        "BARRED.flatMap((rule) => rule(visible, rules))",
      ),
    ],
    tests: [noticed("test/policy/triage.test.ts", "reserved: where nobody sees it, and agents do")],
  },
  "code-opens-no-comment": {
    scenarios: [24],
    guard: "What stands in a fence is no HTML comment's begin, and hides nothing behind it.",
    cuts: [cut("src/policy/visible-text.ts", "    fence = fenceOf(line);", "    fence = undefined;")],
    tests: [noticed("test/policy/triage.test.ts", "acceptance: one behind one in a fence")],
  },
  "this-repositorys-issue-is-taken": {
    scenarios: [24],
    guard: "A label that leads to the issue's own repository is an ordinary one.",
    cuts: [cut("src/policy/triage.ts", "repository.toLowerCase() !== here.toLowerCase(),", 'here !== "",')],
    tests: [
      noticed(
        "test/policy/triage.test.ts",
        "another repository: a label whose issues belong there, whatever its case; the label of this one is ordinary",
      ),
    ],
  },
  "answers-are-of-those-who-may-ask": {
    scenarios: [24],
    guard: "Only an answer by somebody with the right is part of the text.",
    cuts: [cut("src/app/observe/triage.ts", "if (await facts.asked.mayAsk(one.author)) answers", "answers")],
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
    cuts: [cut("src/core/moves.ts", "if (changedBy !== null)", NEVER)],
    tests: [
      noticed(
        "test/loop/triage.test.ts",
        "24: words that an outsider wrote after the label are not worked on until somebody with the right asks again",
      ),
    ],
  },
};
