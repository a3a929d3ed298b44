/** `.github/cairn.yml`: what is accepted, and where and how each error is told. */
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  CONFIG_SCHEMA,
  DEFAULTS,
  entryLabelOf,
  parseConfig,
  type SchemaNode,
  wordsOf,
} from "../../src/policy/config/index.ts";

const problems = (text: string): string => {
  const parsed = parseConfig(text);
  return parsed.kind === "invalid" ? wordsOf(parsed.problems, "F") : "valid";
};

test("a missing or empty file means the defaults; formatting does not change the digest", () => {
  const none = parseConfig(undefined);
  expect(none).toMatchObject({ kind: "valid", config: DEFAULTS });
  expect(parseConfig("# nothing\n")).toEqual(none);
  expect(parseConfig("agent:\nattempts:\nmerge: ~\n")).toEqual(none);
  const a = parseConfig("merge: on-green-with-review\nreviewers: [a, b]\n");
  const b = parseConfig("reviewers:\n  - a\n  - b\nmerge: 'on-green-with-review'\n");
  expect(a).toEqual(b);
  expect(a).not.toEqual(none);
  expect(parseConfig("agent: { timeout-minutes: 5 }\n")).toMatchObject({
    config: { ...DEFAULTS, agent: { timeoutMinutes: 5 } },
  });
});

test("labels that lead to other repositories stay as they are written", () => {
  expect(
    parseConfig("repositories: { area-billing: acme/bill-ing, 'good first': acme/.github }\n"),
  ).toMatchObject({
    config: {
      repositories: [
        { label: "area-billing", repository: "acme/bill-ing" },
        { label: "good first", repository: "acme/.github" },
      ],
    },
  });
});

test.each([
  [
    "a repository without its owner",
    "repositories:\n  billing: billing\n",
    "F:2:12: 'repositories.billing': found \"billing\"; allowed: a repository, as `owner/name`",
  ],
  [
    "a list in the place of labels",
    "repositories: [billing]\n",
    "F:1:15: 'repositories': found a list; allowed: labels, and for each the repository, as `owner/name`, that its issues belong to",
  ],
  [
    "a word that is none of the list",
    "merge: always\n",
    "F:1:8: 'merge': found \"always\"; allowed: one of: never, shadow, on-green-with-review",
  ],
  [
    "a word that is nearly one of the list",
    "merge-method: squahs\n",
    "F:1:15: 'merge-method': found \"squahs\"; did you mean 'squash'? Allowed: one of: merge, squash, rebase",
  ],
  [
    "a key that nobody knows",
    "agent:\n  comand: x\n",
    "F:2:3: 'agent': found the key 'comand'; did you mean 'command'? Allowed: command, timeout-minutes",
  ],
  [
    "a key that is near no other",
    "agent:\n  zzz: x\n",
    "F:2:3: 'agent': found the key 'zzz'; allowed: command, timeout-minutes",
  ],
  ["a key that objects have anyway", "__proto__: 1\nattempts: 3\n", /^F:1:1: found the key '__proto__'/],
  [
    "a number that is too small",
    "attempts: 0\n",
    "F:1:11: 'attempts': found 0; allowed: a whole number from 1 to 10",
  ],
  [
    "a number that is not whole",
    "attempts: 1.5\n",
    "F:1:11: 'attempts': found 1.5; allowed: a whole number from 1 to 10",
  ],
  [
    "a number as text",
    "attempts: '3'\n",
    "F:1:11: 'attempts': found \"3\"; allowed: a whole number from 1 to 10",
  ],
  [
    "text for a list",
    "reviewers: robin\n",
    "F:1:12: 'reviewers': found \"robin\"; allowed: a list, each of it a login",
  ],
  [
    "one bad item of a list",
    "reviewers: [maya, not a login]\n",
    "F:1:19: 'reviewers.1': found \"not a login\"; allowed: a login",
  ],
  [
    "a path that is absolute",
    "reserved-paths:\n  - a/\n  - /etc\n",
    "F:3:5: 'reserved-paths.1': found \"/etc\"; allowed: a file or a folder from the repository's top, such as `db/migrations/`: no pattern, no `./`, no `..`, no backslash, no space at its ends",
  ],
  [
    "text for a section",
    "limits: 4\n",
    "F:1:9: 'limits': found 4; allowed: keys and values: files, kilobytes",
  ],
  [
    "a list for a number",
    "attempts: [3]\n",
    "F:1:11: 'attempts': found a list; allowed: a whole number from 1 to 10",
  ],
  [
    "an empty command",
    "agent: { command: ' ' }\n",
    "F:1:19: 'agent.command': found \" \"; allowed: a shell command",
  ],
  [
    "a list for the whole file",
    "- a list\n",
    /^F:1:1: the file: found a list; allowed: keys and values: agent, /,
  ],
  [
    "a text for the whole file",
    "words\n",
    /^F:1:1: the file: found "words"; allowed: keys and values: agent, /,
  ],
  ["a key that stands there twice", "merge: never\nmerge: never\n", /^F:2:1: Map keys must be unique/],
  ["no YAML", "a: [1\n", /^F:\d+:\d+: /],
  ["two documents", "merge: never\n---\nmerge: never\n", /^F:2:1: /],
])("%s is told with its place, what is there, and what may be", (_what, text, words) => {
  if (typeof words === "string") expect(problems(text)).toBe(words);
  else expect(problems(text)).toMatch(words);
});

const ENTRY =
  "a label of at most 50 characters, without comma, backtick, < and >, and none of cairn:implementing, cairn:reviewing, cairn:done, cairn:hold";

test.each([
  ["one that shows another state", "cairn:hold"],
  ["the same in other letters", "Cairn:Done"],
  ["nothing to see", " "],
  ["a space before it", " ready"],
  ["a space behind it", "ready "],
  ["a comma, at which lists of labels are parted", "ready, set"],
  ["a backtick, which would end the code that it is shown as", "a`b"],
  ["what could begin a hidden block", "<!--"],
  ["more than GitHub takes", "x".repeat(51)],
])("an entry label is refused: %s", (_why, name) => {
  const value = JSON.stringify(name);
  expect(problems(`entry-label: ${value}\n`)).toBe(
    `F:1:14: 'entry-label': found ${value}; allowed: ${ENTRY}`,
  );
});

test.each([
  "cairn:ready",
  "Cairn:Ready",
  "cairn:go",
  "Bereit für Cairn 🚀",
  "x",
  "x".repeat(50),
])("an entry label is taken: %s", (name) => {
  const parsed = parseConfig(`entry-label: ${JSON.stringify(name)}\n`);
  expect([parsed.kind, entryLabelOf(parsed)]).toEqual(["valid", name]);
});

test.each([
  ["none", "merge: always\n", "cairn:ready"],
  ["one, and another key is wrong", "entry-label: go\nmerge: always\n", "go"],
  ["one, and a key that nobody knows", "entry-label: go\nwhat: 1\n", "go"],
  ["nothing for a value, and another key is wrong", "entry-label:\nmerge: always\n", "cairn:ready"],
  ["one that is refused", "entry-label: cairn:done\n", "cairn:ready"],
  ["one, in a file that is no YAML", "entry-label: go\na: [1\n", "cairn:ready"],
])("a file that cannot be used says by which label people are to be told so: %s", (_what, text, label) => {
  const parsed = parseConfig(text);
  expect([parsed.kind, entryLabelOf(parsed)]).toEqual(["invalid", label]);
});

test("all errors are told at once, in the order of the file", () => {
  const text = "limits: { files: 0 }\nattempts: 0\nwhat: 1\n";
  expect(
    problems(text)
      .split("; ")
      .filter((one) => one.startsWith("F:"))
      .map((one) => one.slice(0, 4)),
  ).toEqual(["F:1:", "F:2:", "F:3:"]);
});

test("whatever the file holds, it is read or refused with a place in it", () => {
  const key = fc.constantFrom(
    "merge",
    "agent",
    "command",
    "attempts",
    "reviewers",
    "x",
    "__proto__",
    "<<",
    "&a",
    "!!t",
  );
  const yaml = fc
    .array(
      fc.oneof(
        key,
        fc.constantFrom(": ", "\n", "\n  ", "- ", "[", "]", "{", "}", "*a", "'", "3", "\u0000"),
        fc.string(),
      ),
    )
    .map((all) => all.join(""));
  fc.assert(
    fc.property(yaml, (text) => {
      const parsed = parseConfig(text);
      if (parsed.kind === "valid") return;
      expect(parsed.problems.length).toBeGreaterThan(0);
      for (const { line, column } of parsed.problems) {
        expect(line).toBeGreaterThanOrEqual(1);
        expect(line).toBeLessThanOrEqual(text.split(/\r\n|\n|\r/).length + 1);
        expect(column).toBeGreaterThanOrEqual(1);
      }
    }),
  );
});

test("every key says what it is for, and has a default or does without", () => {
  const keys = (node: SchemaNode, at: string): string[] =>
    Object.entries(node.properties ?? {}).flatMap(([key, inner]) => [
      ...(inner.description?.endsWith(".") ? [] : [`${at}${key}`]),
      ...keys(inner, `${at}${key}.`),
    ]);
  expect(keys(CONFIG_SCHEMA, "")).toEqual([]);
});

test("what is there and is no plain file cannot be used, and says what it is", () => {
  const parsed = parseConfig({ flaw: "a folder" });
  expect(parsed.kind === "invalid" && wordsOf(parsed.problems)).toBe(
    ".github/cairn.yml:1:1: the file: found a folder; allowed: a plain file of at most 1 MB",
  );
  expect(entryLabelOf(parsed)).toBe("cairn:ready");
});

const told = (text: string): string => {
  const parsed = parseConfig(text);
  return parsed.kind === "invalid" ? wordsOf(parsed.problems, "F") : parsed.kind;
};

test.each([
  [
    "a key at the wrong level",
    "minimum-length: 3",
    /^F:1:1: the file: found the key 'minimum-length'; it stands at 'triage.minimum-length'\. Allowed: agent, /,
  ],
  [
    "a key of several sections",
    "command: make",
    /; it stands at 'agent.command' or 'check.command' or 'review.command' or 'triage.command'\. Allowed: /,
  ],
  [
    "a key of the top in a section",
    "agent: { slots: 3 }",
    /^F:1:10: 'agent': .*; it stands at 'slots'\. Allowed: /,
  ],
  [
    "a number that is no safe one, once",
    "slots: 9007199254740993",
    /^F:1:8: 'slots': found \d+; allowed: a whole number from 1 to 100$/,
  ],
  [
    "lengths that no text has, with both places",
    "triage:\n  minimum-length: 500\n  maximum-length: 200",
    /^F:2:19: 'triage.minimum-length': no text is both 500 characters long at least and 200 at most \('triage.maximum-length' at 3:19\)$/,
  ],
  [
    "one that contradicts a default",
    "triage: { maximum-length: 139 }\nreviewers: []",
    /^F:1:27: 'triage.maximum-length': found 139/,
  ],
  [
    "the entry label among the reserved ones, in any letters",
    "reserved-labels: [design, Cairn:Ready]",
    /^F:1:27: 'reserved-labels.1': the label .* none would be taken \('entry-label', which is not given\)$/,
  ],
  [
    "and as the file calls it",
    "entry-label: go\nreserved-labels: [go]",
    /^F:2:19: 'reserved-labels.0': .* \('entry-label' at 1:14\)$/,
  ],
])("%s is told as what it is", (_what, text, words) => {
  expect(told(text)).toMatch(words);
});

test("of two mistakes each is told within what a hold has room for", () => {
  const words = told("atempts: 3\nmerge: always\nslot: 3");
  expect(words.length).toBeLessThan(400);
  for (const one of ["did you mean 'attempts'?", "F:2:8: 'merge'", "did you mean 'slots'?"])
    expect(words).toContain(one);
});
