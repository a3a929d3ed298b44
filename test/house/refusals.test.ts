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
    expect(
      elsewhere.some(({ text }) => text.includes(`"${code}"`)),
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
