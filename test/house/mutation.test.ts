/** The tests that mutants are tried with: a file that is left out lets everything survive that it alone notices. */
import { readdirSync, readFileSync } from "node:fs";
import { join, normalize } from "node:path";
import { expect, test } from "vitest";

const TEST = normalize(join(import.meta.dirname, ".."));
const FOLDERS = ["barrier/units", "core", "core/commands", "effects"];
/** What takes seconds by itself: texts and orders of chance. */
const SLOW = ["core/commands/inert.test.ts", "core/commands/properties.test.ts"];

test("every quick test of core, barrier and effects is among them", () => {
  const units = readFileSync(join(TEST, "mutation/units.ts"), "utf8");
  const listed = [...units.matchAll(/^import "\.\.\/(.+)";$/gm)].map(([, file]) => file);
  const there = FOLDERS.flatMap((folder) =>
    readdirSync(join(TEST, folder))
      .filter((name) => name.endsWith(".test.ts"))
      .map((name) => `${folder}/${name}`),
  );
  expect(there.filter((file) => !listed.includes(file))).toEqual(SLOW);
});
