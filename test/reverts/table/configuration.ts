/** What a configuration that is wrong, or another one, keeps from happening. */
import { cut, NEVER, noticed, type Revert } from "../revert.ts";

const LOST = "test/loop/config-lost.test.ts";
const RECORDINGS = "test/webhooks/recordings.test.ts";
/** As `decide` would see an empty file. */
const DEFAULTS = {
  kind: "valid",
  ...{ digest: "0", commit: "0", base: "main", reviewers: [], merge: "never", mergeMethod: "merge" },
  ...{ syntheticPrefix: "[cairn-e2e]", neverCloseLabels: [] },
  ...{ attempts: 3, budget: 3_600_000, autonomy: "full", quietUntil: null },
};

export const CONFIGURED: Readonly<Record<string, Revert>> = {
  "a-configuration-without-a-text-is-not-an-empty-one": {
    scenarios: [31],
    guard:
      "Where the configuration is a folder, a link elsewhere or too large, it cannot be used, and is told.",
    cuts: [
      cut(
        "src/policy/config/parse.ts",
        'if (typeof text !== "string") return { ...unreadable(text), entryLabel: DEFAULTS.entryLabel };',
        'if (typeof text !== "string") return parseConfig("");',
      ),
    ],
    tests: [
      noticed(
        "test/policy/config.test.ts",
        "what is there and is no plain file cannot be used, and says what it is",
      ),
    ],
  },
  "a-configuration-that-takes-no-issue-is-refused": {
    scenarios: [31],
    guard: "Values that are each allowed, and together take no issue, are told with both places.",
    cuts: [cut("src/policy/config/parse.ts", "...(reserved >= 0", "...(reserved > 1_000")],
    tests: [
      noticed(
        "test/policy/config.test.ts",
        "the entry label among the reserved ones, in any letters is told as what it is",
      ),
    ],
  },
  "one-mistake-crowds-out-no-other": {
    scenarios: [31],
    guard: "Of several mistakes each has its share of what a hold shows.",
    cuts: [
      cut("src/policy/config/parse.ts", "oneLine(one.message, share)", "oneLine(one.message, ROOM * 9)"),
    ],
    tests: [
      noticed("test/policy/config.test.ts", "of two mistakes each is told within what a hold has room for"),
    ],
  },
  "paths-are-those-of-who-calls": {
    scenarios: [31],
    guard:
      "`npm --prefix` reads and writes the files of whoever called it, and none of Cairn's own checkout.",
    cuts: [cut("src/cli/folder.ts", "process.env.INIT_CWD ?? process.cwd()", "process.cwd()")],
    tests: [
      noticed(
        "test/cli/init.test.ts",
        "paths are those of the folder in which npm was called, wherever it starts the program",
      ),
    ],
  },
  "an-authority-file-without-a-text-names-nobody": {
    scenarios: [29, 31],
    guard:
      "Where the authority file is there and has no text, nobody starts an agent: it is not taken for no file.",
    cuts: [
      cut(
        "src/policy/authority-file.ts",
        'if (typeof text !== "string") return unreadable(text);',
        'if (typeof text !== "string") return { kind: "absent" };',
      ),
    ],
    tests: [
      noticed(
        "test/policy/may-command.test.ts",
        "an authority file that is there and cannot be read narrows: nobody starts, everybody stops",
      ),
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
        'if (read.kind === "invalid") return { ...read, entryLabel: entryLabelIn(text) };',
        'if (read.kind === "invalid") return parseConfig(undefined);',
      ),
    ],
    tests: [
      noticed(RECORDINGS, "configuration-broken"),
      noticed(
        LOST,
        "31: it is broken while the agent works: the pull request comes, nothing is merged, and the status says where",
      ),
    ],
  },
  "no-agent-is-guessed": {
    scenarios: [31],
    guard: "Without a command there is no agent: the issue is on hold, and says what to set.",
    cuts: [
      cut(
        "action/gate.ts",
        "const { command, timeoutMinutes } = config?.[section] ?? {};",
        'const { command = "true", timeoutMinutes = 5 } = config?.[section] ?? {};',
      ),
    ],
    tests: [
      noticed(
        LOST,
        "31: the configuration is missing from the beginning: no agent is guessed, and the hold says what to set",
      ),
    ],
  },
  "nobody-merges-by-default": {
    scenarios: [31],
    guard: "Where no configuration says that Cairn merges, people do.",
    cuts: [
      cut(
        "src/policy/config/schema.ts",
        '.enum(["never", "shadow", "on-green-with-review"])\n    .default("never")',
        '.enum(["never", "shadow", "on-green-with-review"])\n    .default("on-green-with-review")',
      ),
    ],
    tests: [
      noticed(
        LOST,
        "31: it is deleted while the agent works: what was pinned is published, and by the defaults nobody merges but people",
      ),
    ],
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
  "a-file-is-seen-not-to-be-there": {
    scenarios: [31],
    guard:
      "No file means the defaults, and nobody's rights narrowed: a 404 alone does not show that there is none.",
    cuts: [
      cut(
        "src/github/files.ts",
        "if (!answer) return seenAbsent(client, address, path, ref);",
        "if (!answer) return { value: undefined, readAt: seenAbsent.length, serverTime: 0 };",
      ),
    ],
    tests: [noticed("test/github/files.test.ts", "a 404 for a file that its folder lists is no answer")],
  },
};
