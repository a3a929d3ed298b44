/** What a comment's commands ask for, as an act knows it: the last that does something, or what is asked. */
import { expect, test } from "vitest";
import { commandsOf } from "../../../src/core/commands/comment-act.ts";

const NOTHING = { comment: 8, reason: "", overrides: [], questions: [], problems: [] } as const;
const OVERRIDE = "/cairn override merge:check-failed";

test.each<[what: string, lines: readonly string[], kind: string, words: object]>([
  ["a verb alone", ["/cairn ready"], "ready", { wrote: "/cairn ready" }],
  ["a hold, and why", ["/cairn hold wait"], "hold", { wrote: "/cairn hold", reason: "wait" }],
  ["a no, and why", ["/cairn reject no"], "reject", { wrote: "/cairn reject", reason: "no" }],
  ["an override", [OVERRIDE], "override", { wrote: "/cairn override", overrides: ["merge:check-failed"] }],
  [
    "several overrides, each once, whatever else is asked",
    ["/cairn ready", OVERRIDE, "/cairn override path:src/", OVERRIDE, "/cairn status"],
    "override",
    { wrote: "/cairn override", overrides: ["merge:check-failed", "path:src/"] },
  ],
  [
    "an override, and then a hold: the hold",
    [OVERRIDE, "/cairn hold wait"],
    "hold",
    { wrote: "/cairn hold", reason: "wait" },
  ],
  ["a question", ["/cairn help"], "asks", { wrote: "/cairn help", questions: ["help"] }],
  [
    "questions, in one order, each once",
    ["/cairn help", "/cairn status", "/cairn help"],
    "asks",
    { wrote: "/cairn status, help", questions: ["status", "help"] },
  ],
])("%s", (_what, lines, kind, words) => {
  expect(commandsOf(8, lines.join("\n\n"))).toEqual({ kind, command: { ...NOTHING, ...words } });
});

test("one line that cannot be read: its problem, and nothing of the others", () => {
  expect(commandsOf(8, `${OVERRIDE}\n\n/cairn hold wait\n\n/cairn sttus`)).toMatchObject({
    kind: "unreadable",
    command: { ...NOTHING, wrote: "/cairn", problems: [{ line: 5, found: "/cairn sttus" }] },
  });
});

test("a comment without a command asks for nothing", () => {
  expect(commandsOf(8, "> /cairn hold wait")).toBeUndefined();
});
