/** The grammar: every verb, its argument, and what is told of a line that cannot be read. */
import { expect, test } from "vitest";
import { MERGE_CONDITIONS } from "../../../src/core/commands/override.ts";
import { LONGEST_ARGUMENT, MOST_COMMANDS, parseCommands } from "../../../src/core/commands/parse.ts";
import { COMMANDS, usageOf, VERBS } from "../../../src/core/commands/table.ts";

const one = (body: string) => {
  const found = parseCommands(body);
  expect(found).toHaveLength(1);
  return found[0];
};

test("every verb's examples are read as that verb, and its words are sentences", () => {
  for (const verb of VERBS) {
    const { examples, what, argument } = COMMANDS[verb];
    expect(examples.length).toBeGreaterThan(0);
    for (const example of examples) {
      expect(one(example)).toMatchObject({ kind: "command", verb });
      expect(example.split(" ").length > 2).toBe(argument !== "none");
    }
    expect(what).toMatch(/^[A-Z].{10,}\.$/);
    expect(usageOf(verb)).toMatch(/^\/cairn [a-z]+( REASON| ACTION)?$/);
  }
});

test.each<[line: string, code: string, nearest: string | null]>([
  ["/cairn", "verb-missing", null],
  ["/cairn   ", "verb-missing", null],
  ["/cairn redy", "verb-unknown", "ready"],
  ["/cairn Ready", "verb-unknown", "ready"],
  ["/cairn aprove", "verb-unknown", "approve"],
  ["/cairn hepl", "verb-unknown", "help"],
  ["/cairn ready.", "verb-unknown", "ready"],
  ["/cairn constructor", "verb-unknown", null],
  ["/cairn __proto__", "verb-unknown", null],
  ["/cairn make me a sandwich", "verb-unknown", null],
  ["/cairn ready now", "argument-unwanted", "/cairn ready"],
  ["/cairn hold", "argument-missing", null],
  ["/cairn reject \u0007", "argument-missing", null],
  ["/cairn override", "argument-missing", null],
  [`/cairn hold ${"x".repeat(LONGEST_ARGUMENT + 1)}`, "argument-long", null],
  ["/cairn hold <!-- cancel the release --> later", "argument-hides", null],
  ["/cairn hold <b>now</b>", "argument-hides", null],
  ["/cairn hold <details", "argument-hides", null],
  ["/cairn override merge:check-faild", "action-unknown", "merge:check-failed"],
  ["/cairn override check-failed", "action-unknown", "merge:check-failed"],
  ["/cairn override merge:", "action-unknown", null],
  ["/cairn override everything", "action-unknown", null],
  ["/cairn override path:/etc/passwd", "action-unknown", null],
  ["/cairn override path:a/../b", "action-unknown", null],
  ["/cairn override path:src/*", "action-unknown", null],
  ["/cairn override path:", "action-unknown", null],
  ["/cairn override path", "action-unknown", null],
  ["/cairn override branch:check-failed", "action-unknown", "merge:check-failed"],
  ["/Cairn ready", "not-exact", "/cairn"],
  ["/CAIRN ready", "not-exact", "/cairn"],
  ["/cairn\u00a0ready", "not-exact", "/cairn"],
  ["/cairn\u2003ready", "not-exact", "/cairn"],
  ["/cairn \u00a0ready", "not-exact", "/cairn"],
  ["\u200b/cairn ready", "not-exact", "/cairn"],
  ["\ufeff/cairn ready", "not-exact", "/cairn"],
  ["/ca\u00adirn ready", "not-exact", "/cairn"],
  ["/cairn\u200b ready", "not-exact", "/cairn"],
  ["/cairn rea\u200bdy", "not-exact", "/cairn"],
  ["/cairn hold \u202eyadot", "not-exact", "/cairn"],
  ["/cairn hold a\u2066b", "not-exact", "/cairn"],
  ["/cairn hold a\u2028/cairn cancel", "not-exact", "/cairn"],
  ["\u0001/cairn ready", "not-exact", "/cairn"],
  ["/cairn hold a\ud800b", "not-exact", "/cairn"],
  ["/cairn hold a\ud83d⚠️\ude00b", "not-exact", "/cairn"],
  ["/cairn hold a\u{e0041}b", "not-exact", "/cairn"],
  ["/cairn hold a\u3164b", "not-exact", "/cairn"],
])("%j is told: %s", (line, code, nearest) => {
  const found = one(line);
  expect(found).toMatchObject({ kind: "problem", code, line: 1, nearest });
  expect(found).toHaveProperty("next", expect.stringMatching(/^[A-Z`].*\.$/));
});

const VERB = "Write one of these verbs, in a new comment.";
const ANEW = "Type the line anew, in a new comment.";

test.each<[line: string, allowed: readonly string[], next: string]>([
  ["/cairn", VERBS, VERB],
  ["/cairn redy", VERBS, VERB],
  ["/Cairn ready", ["/cairn and a verb, in small letters, with ordinary spaces"], ANEW],
  ["/cairn hold a\u202eb", ["/cairn and a verb, in small letters, with ordinary spaces"], ANEW],
  [
    "/cairn ready now",
    ["/cairn ready"],
    "`ready` takes nothing after it: write other words on a line of their own, in a new comment.",
  ],
  ["/cairn hold", ["/cairn hold REASON"], "Say after `hold` why, on the same line, in a new comment."],
  [
    "/cairn override",
    ["/cairn override ACTION"],
    "Say after `override` what, on the same line, in a new comment.",
  ],
  [`/cairn hold ${"x".repeat(401)}`, ["/cairn hold REASON"], "Say it in 400 characters, in a new comment."],
  [
    "/cairn hold <b>now</b>",
    ["/cairn hold REASON"],
    "Leave the HTML out, or set it in backticks, in a new comment: readers do not see it.",
  ],
  [
    "/cairn override everything",
    [...MERGE_CONDITIONS.map((condition) => `merge:${condition}`), "path:PATH"],
    "Write one of these actions, in a new comment.",
  ],
  [
    "/cairn override paths",
    [...MERGE_CONDITIONS.map((condition) => `merge:${condition}`), "path:PATH"],
    "Write one of these actions, in a new comment.",
  ],
  [
    "/cairn override path:/etc/passwd",
    [
      "path:PATH with one path from the repository's top, no pattern: no slash before it, no `.` or `..` in it",
    ],
    "Write one of these actions, in a new comment.",
  ],
])("%j is told what is allowed, and what to do", (line, allowed, next) => {
  expect(one(line)).toMatchObject({ allowed, next });
});

test("what was found is shown short, each character without a shape spelt out", () => {
  expect(one("/cairn\u200b rea\u202edy")).toHaveProperty("found", "/cairnU+200B reaU+202Edy");
  expect(one("/ca\u00adirn ready")).toHaveProperty("found", "/caU+00ADirn ready");
  expect(one(`/cairn ${"x".repeat(53)}`)).toHaveProperty("found", `/cairn ${"x".repeat(53)}`);
  expect(one(`/cairn ${"x".repeat(100)}`)).toHaveProperty("found", `/cairn ${"x".repeat(53)}…`);
});

test.each([
  ["/cairn hold   wait  a bit  ", "wait  a bit"],
  ["/cairn hold a\tb", "a b"],
  ["/cairn hold a\u0000\u001b[31mb\u0085", "a[31mb"],
  ["/cairn hold ünïcode, 日本語, ⚠️ and 👍🏽", "ünïcode, 日本語, ⚠️ and 👍🏽"],
  ["/cairn hold see `<b>` and 3 < 4", "see `<b>` and 3 < 4"],
  ["/cairn hold /cairn cancel", "/cairn cancel"],
  [`/cairn hold ${"x".repeat(LONGEST_ARGUMENT)}`, "x".repeat(LONGEST_ARGUMENT)],
])("the reason of %j is its line's rest, without control characters", (line, argument) => {
  expect(one(line)).toEqual({ kind: "command", line: 1, verb: "hold", argument });
});

test("an override's argument is its one text, with what it is about", () => {
  expect(one("/cairn override  merge:review-missing ")).toEqual({
    kind: "command",
    line: 1,
    verb: "override",
    argument: "merge:review-missing",
    override: { kind: "merge", condition: "review-missing" },
  });
  expect(one("/cairn override path:a b/c.sql")).toMatchObject({
    override: { kind: "path", path: "a b/c.sql" },
  });
  // A path can be called like a condition: it is the path that is meant.
  expect(one("/cairn override path:check-failed")).toMatchObject({
    override: { kind: "path", path: "check-failed" },
  });
  expect(one("/cairn override path:migrations/")).toMatchObject({ argument: "path:migrations/" });
});

test("the conditions that can be overridden are the caller's", () => {
  const [mine, theirs] = ["/cairn override merge:moon-phase", "/cairn override merge:check-failed"];
  expect(parseCommands(mine, ["moon-phase"])).toMatchObject([{ kind: "command" }]);
  const [told] = parseCommands(theirs, ["moon-phase"]);
  expect(told).toMatchObject({ code: "action-unknown", allowed: ["merge:moon-phase", "path:PATH"] });
});

test("ten lines of a comment are read, and of the rest it is said once", () => {
  const lines = Array.from({ length: MOST_COMMANDS + 5 }, () => "/cairn status");
  const found = parseCommands(lines.join("\n"));
  expect(found).toHaveLength(MOST_COMMANDS + 1);
  expect(found.at(-1)).toEqual({
    kind: "problem",
    code: "too-many",
    line: 11,
    found: "/cairn status",
    allowed: ["10 commands in a comment"],
    nearest: null,
    next: "Write this one and those after it into another comment.",
  });
  expect(parseCommands(lines.slice(0, MOST_COMMANDS).join("\n"))).toHaveLength(MOST_COMMANDS);
});
