/** Pages that are made from tables: they say what the sources say, word by word, and nothing stands in one alone. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { commandRights, commandsTable, overrideConditions } from "../../docs/commands.ts";
import { refusalsPage } from "../../docs/refusals.ts";

/** What stands on a page between the marks of a part. */
function partOf(page: string, name: string): string | undefined {
  const text = readFileSync(join(import.meta.dirname, "../../docs", page), "utf8");
  return new RegExp(`<!-- ${name}:start -->\n([\\s\\S]*?)\n<!-- ${name}:end -->`).exec(text)?.[1];
}

test.each([
  ["refusals.md", "refusals", refusalsPage],
  ["commands.md", "commands", commandsTable],
  ["commands.md", "rights", commandRights],
  ["commands.md", "conditions", overrideConditions],
])("docs/%s, the part '%s', is what the tables say", (page, part, made) => {
  expect(partOf(page, part)).toBe(made());
});
