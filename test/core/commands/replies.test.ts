/** What Cairn answers to commands, word by word, and the guard that keeps every answer from being a command. */
import { expect, test } from "vitest";
import { inertText } from "../../../src/core/commands/inert.ts";
import { type CommandProblem, parseCommands } from "../../../src/core/commands/parse.ts";
import { repliesOf } from "../../../src/core/commands/replies.ts";
import { VERBS } from "../../../src/core/commands/table.ts";

test("the help names every command as code, what it takes, and what it does", () => {
  const [head, empty, ...lines] = repliesOf([{ about: "help" }]).split("\n");
  expect([head, empty]).toEqual([
    "**Commands**, each on a line of its own that begins with it; not in a quote, and not in code:",
    "",
  ]);
  expect(lines).toHaveLength(VERBS.length);
  VERBS.forEach((verb, index) => {
    expect(lines[index]).toMatch(new RegExp(`^- \`/cairn ${verb}( REASON| ACTION)?\`: [A-Z].*\\.$`));
  });
  expect(lines).toContain("- `/cairn hold REASON`: Stops the work until somebody resumes it, and says why.");
});

test("the answer to status: what holds, the case's own words where there are any, and what to do", () => {
  const now = { what: "It waits.", detail: "for `#3`", next: "Close that." };
  expect(repliesOf([{ about: "status", ...now }])).toBe("**Now**: It waits. `for '#3'`\n\nClose that.");
  expect(repliesOf([{ about: "status", ...now, detail: "" }])).toBe("**Now**: It waits.\n\nClose that.");
});

test("the answer to a line that cannot be read: what, where, what is allowed, what was meant, what to do", () => {
  const problems = parseCommands(
    "/cairn override check-faild\n\n/cairn hold\n\n- a\n/cairn ready",
  ) as CommandProblem[];
  expect(repliesOf([{ about: "problems", problems }]).split("\n")).toEqual([
    "**Not understood**, and nothing was done:",
    "",
    "- line 1, `/cairn override check-faild`. Allowed: `merge:check-failed`, `merge:check-missing`, `merge:check-pending`, `merge:changes-requested`, `merge:review-missing`, `merge:review-unusable`, `path:PATH`. Did you mean `merge:check-failed`? Write one of these actions, in a new comment.",
    "- line 3, `/cairn hold`. Allowed: `/cairn hold REASON`. Say after `hold` why, on the same line, in a new comment.",
    "- line 6, `/cairn ready`. This line does not count: line 5 above it may go on in it, as a list, a table, a link or code does; leave an empty line before the command.",
  ]);
});

test("the answer to an override: what, by whom, until when, and what is still to come", () => {
  const about = {
    about: "override",
    action: "merge:check-failed",
    pull: 41,
    head: "a".repeat(40),
    until: Date.UTC(2026, 0, 5, 10),
  } as const;
  const what = "`merge:check-failed` on #41 at aaaaaaaaaaaa";
  const end = "2026-01-05T10:00:00.000Z";
  expect(repliesOf([{ ...about, state: "needs-second", by: ["maya"] }])).toBe(
    `**One of two**: ${what}, by \`@maya\`. Somebody else who may writes exactly the same until ${end}, about this very head.`,
  );
  expect(repliesOf([{ ...about, state: "granted", by: ["maya", "robin"] }])).toBe(
    `**Set aside**: ${what}, by \`@maya\` and \`@robin\`. Cairn merges that head, once, if nothing else is missing, until ${end}; both must have the right then.`,
  );
  expect(repliesOf([{ ...about, state: "expired", by: ["maya"] }])).toBe(
    `**Too late**: ${what}, by \`@maya\`, counted until ${end}. Both begin anew.`,
  );
});

test("the answer to what changes nothing names what was written; several answers stand apart", () => {
  const nothing = { about: "nothing", wrote: "/cairn resume", why: "nothing is held here." } as const;
  const one = "**Nothing to do** for `/cairn resume`: nothing is held here.";
  expect(repliesOf([nothing, nothing])).toBe(`${one}\n\n${one}`);
});

test("the guard leaves text without commands as it is, and takes the command out of any other", () => {
  expect(inertText("a\r\nb\n\n    /cairn ready")).toBe("a\r\nb\n\n    /cairn ready");
  expect(inertText("a\n\n/cairn cancel")).toBe("a\n\n\\/cairn cancel");
  // The first line, changed, is no longer certain to close its tag: what is hidden below it must be changed too.
  const hidden = "/cairn hold <b></b>\n\n<!--\n/cairn cancel";
  expect(inertText(hidden)).toBe("\\/cairn hold <b></b>\n\n<!--\n\\/cairn cancel");
});
