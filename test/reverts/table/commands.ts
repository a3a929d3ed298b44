/** Commands in comments: which count, how often, whose, and what it takes to set a condition aside. */
import { cut, noticed, type Revert } from "../revert.ts";

const COMMANDS = "test/loop/commands.test.ts";
const OVERRIDES = "test/loop/overrides.test.ts";

export const COMMANDED = {
  "that-somebody-is-gone-is-said-twice": {
    scenarios: [23],
    guard:
      "Whoever has just been seen to write a command is not taken for nobody by two answers that are wrong.",
    cuts: [cut("src/github/reads.ts", "answer = await ask();\n    if (!answer) return", "return")],
    tests: [
      noticed(
        "test/github/reads.test.ts",
        "what is not there is undefined; what may not be seen is an error with the next step",
      ),
    ],
  },
  "a-command-counts-once": {
    scenarios: [23],
    guard: "A comment that the chain has consumed commands nothing any more.",
    cuts: [
      cut("src/app/observe/commands.ts", "!consumed.includes(commentId(id)) &&", "consumed.length >= 0 &&"),
    ],
    tests: [
      noticed(
        COMMANDS,
        "23: the same command, read again by every sweep, is one generation: ready, hold, resume",
      ),
    ],
  },
  "the-help-commands-nothing": {
    scenarios: [29],
    guard:
      "The help names each command in code, and no line that Cairn writes is read as a command, by whom it is repeated.",
    cuts: [
      cut(
        "src/core/commands/replies.ts",
        "`- \\`${usageOf(verb)}\\`: ${withEntryLabel(COMMANDS[verb].what, entryLabel)}`",
        "`${usageOf(verb)}`",
      ),
      cut(
        "src/core/commands/replies.ts",
        "inertText(replies.map((reply) => wordsOf(reply, entryLabel))",
        "String(replies.map((reply) => wordsOf(reply, entryLabel))",
      ),
      cut("src/core/prose.ts", "inertText(wordsFor(marker, entryLabel));", "wordsFor(marker, entryLabel);"),
    ],
    tests: [
      noticed(
        "test/core/commands/inert.test.ts",
        "the help holds none, and the answer to a mistyped command neither, whatever was mistyped",
      ),
      noticed(
        COMMANDS,
        "29: commands in quotes and code, edited ones, and what Cairn itself wrote, ask for nothing",
      ),
    ],
  },
  "an-edited-comment-commands-nothing": {
    scenarios: [29],
    guard: "A comment that somebody has edited is no command: GraphQL says so.",
    cuts: [cut("src/app/observe/commands.ts", "asWritten.set(id, !one.edited)", "asWritten.set(id, true)")],
    tests: [
      noticed(
        COMMANDS,
        "29: commands in quotes and code, edited ones, and what Cairn itself wrote, ask for nothing",
      ),
    ],
  },
  "a-suggestion-waits-for-a-yes": {
    scenarios: [29, 31],
    guard: "Where Cairn only suggests, no agent begins before somebody approves that generation.",
    cuts: [
      cut(
        "src/core/admission.ts",
        'config.autonomy === "suggest" && !isApproved(chain, generation, acts)',
        'config.autonomy === "suggest" && acts.length < 0',
      ),
    ],
    tests: [
      noticed(
        "test/core/decide-admission.test.ts",
        "`/cairn approve` behind a suggestion: the work begins as a draft, for that generation alone",
      ),
    ],
  },
  "a-yes-counts-for-its-generation": {
    scenarios: [29],
    guard: "A yes to what was suggested begins the generation that it was given for, and no later one.",
    cuts: [
      cut(
        "src/core/admission.ts",
        "generation === chain.generation ? chain.approved === true :",
        "chain.approved === true ? true :",
      ),
    ],
    tests: [
      noticed(
        "test/core/decide-admission.test.ts",
        "`/cairn approve` behind a suggestion: the work begins as a draft, for that generation alone",
      ),
    ],
  },
  "a-hold-on-the-pull-request-is-found-before-the-merge": {
    scenarios: [29],
    guard:
      "Before a merge is declared the comments on its pull request are read, whatever webhooks were lost.",
    cuts: [
      cut(
        "src/app/observe/observer.ts",
        "if (count === null || count <= known) return true;",
        "if (known >= 0) return true;",
      ),
    ],
    tests: [
      noticed(
        "test/loop/pull-commands.test.ts",
        "29: a hold on the pull request whose webhook was lost is found before the merge, which an approval asks for",
      ),
    ],
  },
  "a-command-on-somebody-elses-pull-request-is-none": {
    scenarios: [29],
    guard:
      "Only on a pull request that the app has opened a comment is a command, whatever its branch is called.",
    cuts: [
      cut(
        "src/app/pull-issues.ts",
        "found?.author.id === identity.botId && found.headRepositoryId",
        "found?.headRepositoryId",
      ),
    ],
    tests: [
      noticed(
        "test/app/pull-issues.test.ts",
        "the branch tells the issue of a pull request of the app's own, and of no other",
      ),
    ],
  },
  "rules-for-paths-stand-where-they-are-asked": {
    scenarios: [29],
    guard: "A rule for paths stands where it is asked about, and is refused anywhere else.",
    cuts: [
      cut(
        "src/policy/authority-file.ts",
        'ABOUT_PATHS: ReadonlySet<Verb> = new Set(["override"])',
        'ABOUT_PATHS: ReadonlySet<Verb> = new Set(["approve", "reject", "override"])',
      ),
    ],
    tests: [
      noticed(
        "test/policy/authority-file.test.ts",
        "paths for a no, which is about all of the work is told with its place, what was found and what is allowed",
      ),
    ],
  },
  "what-waits-for-people-is-told": {
    scenarios: [29],
    guard: "A command that counts and waits for a person is answered with what to do.",
    cuts: [cut("src/core/attend-waiting.ts", "if (!FOR_PEOPLE.has(code) || ", "if (code || ")],
    tests: [
      noticed(
        COMMANDS,
        "29: ready on a closed issue: it is said once that somebody has to open it, and then it counts without another word",
      ),
      noticed("test/core/command-told.test.ts", "asked about its text: `/cairn ready` comes to: waits"),
    ],
  },
  "what-waits-for-people-is-told-once": {
    scenarios: [29],
    guard: "An answer to a command that waits is not given again while it is there.",
    cuts: [
      cut(
        "src/core/attend-waiting.ts",
        'marker.type === "answer" && asked.some(({ id }) => id === marker.act)',
        'marker.type === "answer" && asked.length === 0',
      ),
    ],
    tests: [
      noticed(
        "test/core/command-told.test.ts",
        "done, closed: what `/cairn ready` waits for is said once, with what to do, and it counts then",
      ),
    ],
  },
  "what-waits-for-people-is-not-consumed": {
    scenarios: [29],
    guard: "The answer to a command that waits leaves it pending: it counts once the way is clear.",
    cuts: [
      cut(
        "src/core/attend-waiting.ts",
        "answering(chain, first, last, [says], [])",
        "answering(chain, first, last, [says])",
      ),
    ],
    tests: [
      noticed(
        COMMANDS,
        "29: ready on a closed issue: it is said once that somebody has to open it, and then it counts without another word",
      ),
    ],
  },
  "a-refusal-is-told-once": {
    scenarios: [29],
    guard: "Nobody without the right has Cairn write a comment for each of theirs: one for each reason.",
    cuts: [
      cut(
        "src/core/plan.ts",
        "marker.reason === reason && marker.by === act.actor.id",
        "marker.reason === reason && marker.by === -1",
      ),
    ],
    tests: [
      noticed(
        "test/core/decide-commands.test.ts",
        "who was refused for a reason is told so once: what they write then is consumed without a comment",
      ),
    ],
  },
  "a-command-needs-the-right": {
    scenarios: [29],
    guard: "Whoever gives a command has the right, by the permission API and the authority file.",
    cuts: [
      cut(
        "src/app/observe/rights.ts",
        "return { ...act, permitted: false, refusal };",
        "return { ...act, permitted: true, refusal };",
      ),
    ],
    tests: [
      noticed(
        COMMANDS,
        "29: a command by somebody without the right is refused once, with a word who can; nothing else happens",
      ),
    ],
  },
  "an-override-takes-two": {
    scenarios: [30],
    guard: "Two different people set a condition aside, never one twice.",
    cuts: [
      cut(
        "src/core/commands/double-approval.ts",
        "const second = alive.find(({ actor }) => actor.id !== first.actor.id);",
        "const second = alive.find((one) => one !== first);",
      ),
    ],
    tests: [
      noticed(
        OVERRIDES,
        "30: one person twice sets nothing aside; a second one does, once, and the record names both",
      ),
      noticed(
        "test/core/decide-overrides.test.ts",
        "the second person's word lifts the hold that it is about; one person's alone, or about something else, does not",
      ),
    ],
  },
  "an-override-is-of-one-head": {
    scenarios: [30],
    guard: "What people set aside counts for the head that they saw, and for none that is pushed behind it.",
    cuts: [cut("src/core/commands/double-approval.ts", "head === wanted.head && ", "head !== undefined && ")],
    tests: [
      noticed(
        OVERRIDES,
        "30: for exactly that head: what two people set aside does not count for what is pushed behind it",
      ),
    ],
  },
  "both-are-entitled-still": {
    scenarios: [30],
    guard: "Whoever uses an override asks anew whether both may, at that moment.",
    cuts: [
      cut("src/policy/overrides.ts", "if ((await may(first)) && (await may(second))) counting", "counting"),
    ],
    tests: [
      noticed(
        "test/policy/overrides.test.ts",
        "both people must be active in the team now: whoever was taken out, or cannot be seen in it, takes the pair along",
      ),
      noticed(
        OVERRIDES,
        "30: within the hour, and while both have the right: else nothing is merged, and both begin anew",
      ),
    ],
  },
  "acts-count-in-their-order": {
    scenarios: [29],
    guard: "A command is weighed as the ones before it leave things.",
    cuts: [
      cut(
        "src/core/weigh.ts",
        'standing = STANDS_THEN[wantOf(act) ?? "ready"];',
        'if (false as boolean) standing = STANDS_THEN[wantOf(act) ?? "ready"];',
      ),
    ],
    tests: [
      noticed(
        "test/core/decide-commands.test.ts",
        "acts count in their order: a resume behind a hold lifts it, a hold behind a resume holds",
      ),
    ],
  },
  "a-path-is-lifted-as-it-is-written": {
    scenarios: [30],
    guard: "Two people lift the reserved paths that they name, and no other.",
    cuts: [
      cut(
        "src/policy/gate/pull.ts",
        'lifted.some((one) => (one.endsWith("/") ? path.startsWith(one) : path === one));',
        "lifted.length > 0 && path.length > 0;",
      ),
    ],
    tests: [
      noticed(
        "test/policy/merge-gate.test.ts",
        "reserved paths that two people have lifted, exactly as written, are asked about no more",
      ),
    ],
  },
  "who-lifts-a-path-is-asked-for-that-path": {
    scenarios: [30],
    guard: "Whether somebody may lift a path is asked of the authority file for that very path.",
    cuts: [
      cut(
        "src/policy/overrides.ts",
        'rightOf("override", actor.login, authority, pathsOf([action]))',
        'rightOf("override", actor.login, authority, pathsOf([]))',
      ),
    ],
    tests: [
      noticed(
        "test/policy/overrides.test.ts",
        "where the authority file names others for a path, that path alone stays as it was",
      ),
    ],
  },
} satisfies Record<string, Revert>;
