/** Faults have names, and each name is a fault: one that nobody draws would be reported as survived. */
import { globSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { createChance } from "../../src/simulation/chance.ts";
import { createDice, drawRates, KNOBS } from "../../src/simulation/knobs.ts";

test("every knob is turned by somebody", () => {
  const text = globSync("src/simulation/**/*.ts", { exclude: ["**/knobs.ts"] })
    .map((file) => readFileSync(file, "utf8"))
    .join("\n");
  expect(KNOBS.filter((knob) => !text.includes(`"${knob}"`))).toEqual([]);
});

test("what is left out, whole or by its number, does not happen, and all else happens as it would", () => {
  const rates = { ...drawRates(createChance("rates"), "calm"), hang: 0.5, "404": 0.5 };
  const rolls = (without: readonly string[]): string[] => {
    const dice = createDice(createChance("dice"), rates, new Set(without));
    return Array.from({ length: 40 }, () =>
      (["hang", "404"] as const).filter((knob) => dice.roll(knob)).join(),
    );
  };
  const all = rolls([]);
  expect(rolls([])).toEqual(all);
  expect(rolls(["hang"])).toEqual(all.map((one) => one.replace(/hang,?/, "")));
  const first = all.findIndex((one) => one.includes("hang"));
  expect(rolls(["hang:1"])).toEqual(all.with(first, (all[first] ?? "").replace(/hang,?/, "")));
});
