/** Codes of refusals, holds and waits: each closed list is used, shown by a test, and has its scenario. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { CODE_LISTS } from "../../docs/refusals.ts";
import { HOLDS } from "../../src/core/holds.ts";
import { WAITS } from "../../src/core/waits.ts";

const ROOT = join(import.meta.dirname, "../..");
const textOf = (path: string): string => readFileSync(join(ROOT, path), "utf8");

const sources = ["src", "action"].flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => ({ path: `${folder}/${name}`, text: textOf(`${folder}/${name}`) })),
);
/** How the codes of a list are given out; of the other lists any mention counts. */
const GIVEN_OUT: Readonly<Record<string, (code: string) => RegExp>> = {
  "Refusals of the barrier": (code) => new RegExp(`(?:\\bRefusal|super)\\(\\s*"${code}"`),
  "Refusals of the token exchange": (code) =>
    new RegExp(`Exchange(?:Refusal|Error)\\(\\s*"${code}"|refused\\(\\d+, "${code}"`),
  Waits: (code) => new RegExp(`(?:code: |waits\\(\\s*|rest\\(\\s*|open, |waiting\\(\\s*)"${code}"`),
};

const scenarios = new Set(
  [...textOf("docs/scenarios.md").matchAll(/^\| (\d+) \|/gm)].map(([, n]) => Number(n)),
);

test.each(
  CODE_LISTS,
)("$title: every code is given out, shown by the test named, and has its scenario", (list) => {
  const codes = Object.keys(list.meanings);
  expect(Object.keys(list.shownBy).sort()).toEqual([...codes].sort());
  const elsewhere = sources.filter(({ path }) => path !== list.source);
  for (const code of codes) {
    const given = GIVEN_OUT[list.title]?.(code) ?? new RegExp(`"${code}"`);
    expect(
      elsewhere.some(({ text }) => given.test(text)),
      `${code} is given out`,
    ).toBe(true);
    expect(textOf(list.shownBy[code] ?? ""), `${code} is named`).toContain(`"${code}"`);
    const meaning = list.meanings[code];
    expect(meaning?.scenarios.length, `${code} has a scenario`).toBeGreaterThan(0);
    expect(meaning?.scenarios.filter((number) => !scenarios.has(number))).toEqual([]);
    expect([meaning?.what, meaning?.next]).toEqual([
      expect.stringMatching(/^[A-Z`].*\.$/),
      expect.stringMatching(/^[A-Z`].*\.$/),
    ]);
  }
});

test("a rest has one code: no wait is named like a hold", () => {
  expect(Object.keys(WAITS).filter((code) => code in HOLDS)).toEqual([]);
});
