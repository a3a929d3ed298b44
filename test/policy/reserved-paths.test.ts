/** Reserved paths: whatever the configuration may hold guards, in the issue's text, in a patch and before a merge alike. */
import { expect, test } from "vitest";
import { isPath } from "../../src/core/commands/override.ts";
import { DEFAULTS, parseConfig } from "../../src/policy/config/index.ts";
import { isReserved, judgePatch } from "../../src/policy/patch-rules.ts";
import { judgeIssue } from "../../src/policy/triage.ts";

const parsed = (path: string) => parseConfig(`reserved-paths: [${JSON.stringify(path)}]`);

test.each([
  ["db/migrations/", "db/migrations/1.sql"],
  ["db/migrations", "db/migrations/1.sql"],
  ["LICENSE", "LICENSE"],
  ["Infra/", "infra/main.tf"],
  [".env", ".env"],
  ["a b/c.txt", "a b/c.txt"],
  ["pages/[id].tsx", "pages/[id].tsx"],
  ["...", "..."],
])("%s guards %s wherever it is asked about", (rule, path) => {
  const result = parsed(rule);
  if (result.kind !== "valid") throw new Error(`not valid: ${JSON.stringify(result)}`);
  const { reservedPaths, limits } = result.config;
  expect(isPath(rule)).toBe(true);
  const text = `Something should be done about \`${path}\`.`;
  const found = judgeIssue(
    { title: "", text, labels: [], here: "acme/shop" },
    { ...DEFAULTS, reservedPaths },
  );
  expect(found).toContainEqual({ code: "reserved-path", detail: rule });
  const entries = [{ path, mode: "100644", size: 1 }];
  expect(judgePatch({ entries, filesBefore: 9 }, { reservedPaths, limits })).toEqual({
    reason: "reserved-path",
    detail: path,
  });
  expect(isReserved(path, reservedPaths)).toBe(true);
});

test.each([
  ["a pattern", "db/**"],
  ["a pattern of a name", "*.sql"],
  ["a pattern of one character", "a?.sql"],
  ["from here", "./db/"],
  ["from above", "../x"],
  ["over a folder above", "a/../b"],
  ["a dot at its end", "a/."],
  ["two slashes", "db//m/"],
  ["backslashes", "db\\m"],
  ["a space before it", " db/"],
  ["a space behind it", "db/ "],
  ["from the root", "/db"],
  ["nothing", ""],
])("what would guard nothing is refused: %s", (_what, rule) => {
  expect(parsed(rule)).toMatchObject({
    kind: "invalid",
    problems: [
      { line: 1, message: expect.stringMatching(/allowed: a file or a folder from the .*no pattern/) },
    ],
  });
});
