/** The table of reverts fits the sources: what it cuts is there, what must notice is there, and no scenario is left out. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type Cut, replaced } from "../../src/simulation/cuts.ts";
import { digestOfCuts, keyOf, readProof } from "./proof.ts";
import { quoted, TOP } from "./revert.ts";
import { cutsOf, hookOf, hurry } from "./setting.ts";
import { REVERTS } from "./table/index.ts";

const ALL = Object.entries(REVERTS);
const textOf = (file: string): string => readFileSync(join(TOP, file), "utf8");

function applied(cuts: readonly Cut[]): void {
  const sources = new Map<string, string>();
  for (const cut of cuts) {
    const before = sources.get(cut.file) ?? textOf(cut.file);
    const after = replaced(before, cut);
    expect(after).not.toBe(before);
    sources.set(cut.file, after);
  }
}

test.each(ALL)("%s: each piece stands where it is said to stand, once", (name, { cuts }) => {
  expect(cuts.length).toBeGreaterThan(0);
  for (const { file } of cuts) expect(file).toMatch(/^(?:src|action)\//);
  applied([hurry("test/loop/runs.test.ts"), ...cutsOf(hookOf(name, "/elsewhere/index.js"))]);
});

/** What stands in quotes behind `test(`, `describe(` and `each(…)(`, with a pattern for each place that a case fills. */
function titlesOf(source: string): readonly RegExp[] {
  const found = source.matchAll(/(?:\b(?:test|describe)|\))\(\s*(["`])((?:\\.|(?!\1).)+)\1/g);
  return [...found].map(([, , title = ""]) => {
    const words = title.replaceAll('\\"', '"').split(/%[sj]|\$\w+/);
    return new RegExp(`^${words.map(quoted).join(".+")}$`);
  });
}

test.each(ALL)("%s: its tests have those names", (_name, { tests }) => {
  expect(tests.length).toBeGreaterThan(0);
  for (const { file, name } of tests) {
    const titles = titlesOf(textOf(file));
    for (const part of name.split(" > "))
      expect(
        titles.some((title) => title.test(part)),
        `${file}: ${part}`,
      ).toBe(true);
  }
});

test("what was run is what stands here, and all of it was run", () => {
  const ran = Object.entries(readProof()).map(([name, { of, red }]) => [name, of, Object.keys(red)]);
  expect(ran).toEqual(ALL.map(([name, revert]) => [name, digestOfCuts(revert), revert.tests.map(keyOf)]));
});

/** Files that stayed green with the one guard out that was tried for them: what is lost there is found again another way. */
const TWICE_OVER: ReadonlySet<string> = new Set(["7 test/cli/hostile.test.ts"]);

/** Scenarios that no guard stands behind; their tests have a control of their own. */
const CONTROLLED: ReadonlySet<string> = new Set(["33"]);

test("each scenario that is shown has a revert, and each file that shows it turns red", () => {
  for (const [, number, , shown = ""] of textOf("docs/scenarios.md").matchAll(
    /^\| (\d+) \|(.*)\|(.*)\|$/gm,
  )) {
    if (CONTROLLED.has(number ?? "")) continue;
    const here = ALL.filter(([, { scenarios }]) => scenarios.includes(Number(number)));
    const red = here.flatMap(([, { tests }]) => tests.map(({ file }) => file));
    for (const [, file = ""] of shown.matchAll(/`(test\/[^`]+)`/g))
      expect(
        red.some((one) => one.startsWith(file)),
        `scenario ${number}, ${file}`,
      ).toBe(!TWICE_OVER.has(`${number} ${file}`));
  }
});
