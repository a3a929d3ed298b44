/** A comment's text without its commands. */
import { expect, test } from "vitest";
import { withoutCommands } from "../../../src/core/commands/without-commands.ts";

test.each([
  ["no command", " It is bold.\r\n", " It is bold.\r\n"],
  ["a command below", "It is bold.\r\n\r\n/cairn ready", "It is bold."],
  ["commands around", "/cairn status\n\nIt is bold.\nAnd red.\n\n/cairn ready\n", "It is bold.\nAnd red."],
  ["a command that cannot be read", "It is bold.\n\n/cairn redy", "It is bold."],
  ["commands alone", "/cairn ready\n\n/cairn status", ""],
  ["one in code is none", "```\n/cairn ready\n```", "```\n/cairn ready\n```"],
])("%s", (_what, body, text) => {
  expect(withoutCommands(body)).toBe(text);
});
