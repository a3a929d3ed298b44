/** Guards that a simulation takes out: each piece stands where it is said to stand, once. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type Cut, replaced } from "../../src/simulation/cuts.ts";
import { GUARDS, type Guard } from "../../src/simulation/without.ts";

const TOP = join(import.meta.dirname, "../..");

test.each(Object.entries(GUARDS) as readonly [string, Guard][])("%s can be taken out", (_, { cuts }) => {
  expect(cuts.length).toBeGreaterThan(0);
  const sources = new Map<string, string>();
  for (const cut of cuts) {
    const before = sources.get(cut.file) ?? readFileSync(join(TOP, cut.file), "utf8");
    const after = replaced(before, cut);
    expect(after).not.toBe(before);
    sources.set(cut.file, after);
  }
});

test("a guard that is no longer there is said, not skipped", () => {
  const cut: Cut = { file: "src/x.ts", from: "guard();", to: "" };
  expect(() => replaced("nothing();", cut)).toThrow("src/x.ts: stands there 0 times");
  expect(() => replaced("guard(); guard();", cut)).toThrow("2 times, not once");
});
