/**
 * Every guard taken out once: `node test/reverts/run.ts [NUMBER of a scenario or NAME of a revert…]`. Its test is
 * green untouched and red with the guard out, by its own words; docs/proof/reverts.json says how. Exit code 1
 * otherwise.
 */
import { bundleWith } from "./bundle.ts";
import { digestOfRevert, type Red, readProof, writeProof } from "./proof.ts";
import type { Revert } from "./revert.ts";
import { hookOf } from "./setting.ts";
import { REVERTS } from "./table/index.ts";
import { type Outcome, vitest } from "./vitest.ts";

/** How many characters of a failure are kept. */
const LONGEST = 160;
/** Not the test's own words: the piece that was put in does not fit. */
const BROKEN = /^(?:SyntaxError|ReferenceError)\b/;

const asked = process.argv.slice(2);
const all = Object.entries(REVERTS);
const chosen = all.filter(
  ([name, { scenarios }]) =>
    asked.length === 0 || asked.includes(name) || scenarios.some((one) => asked.includes(String(one))),
);

/** Its first line, without what is another in each run. */
function firstLine(failure: string): string {
  const line = failure.split("\n")[0] ?? "";
  const same = line
    .replaceAll(/\b[0-9a-f]{40,64}\b/g, "…")
    .replaceAll(/127\.0\.0\.1:\d+/g, "127.0.0.1")
    .replaceAll(/\/tmp\/\S+/g, "…");
  return same.length <= LONGEST ? same : `${same.slice(0, LONGEST - 1)}…`;
}

/** How the test fails with the guard out. Throws an `Error` that says why it does not. */
async function redness(name: string, revert: Revert, untouched: Outcome): Promise<Red> {
  await using bundle = await bundleWith(revert.cuts);
  const { file, name: test } = revert.test;
  const end = await vitest({ file, names: [test], hook: hookOf(name, bundle.path) });
  if (end.collected !== untouched.collected)
    throw new Error(`the cut cannot be loaded: ${end.problem || `${end.collected} tests were collected`}`);
  const failure = end.tests.get(test);
  if (failure === undefined) throw new Error(`the test did not run: ${end.problem}`);
  if (failure === null) throw new Error("the test stays green");
  if (BROKEN.test(failure)) throw new Error(`the cut does not work: ${failure}`);
  return { of: digestOfRevert(revert), failure: firstLine(failure) };
}

/** Why the test cannot be leant on; `undefined`: it is green. */
function flawOf(test: string, { tests, problem }: Outcome): string | undefined {
  const failure = tests.get(test);
  if (failure === undefined) return `there is no such test: ${problem}`;
  return failure === null ? undefined : `red untouched: ${failure}`;
}

const problems: string[] = [];
const found: Record<string, Red> = { ...readProof() };
for (const file of new Set(chosen.map(([, { test }]) => test.file))) {
  const here = chosen.filter(([, { test }]) => test.file === file);
  const names = [...new Set(here.map(([, { test }]) => test.name))];
  const untouched = await vitest({ file, names, hook: undefined });
  for (const [name, revert] of here) {
    delete found[name];
    const words = `${name} (${revert.scenarios.join(", ")})`;
    try {
      const flaw = flawOf(revert.test.name, untouched);
      if (flaw !== undefined) throw new Error(flaw);
      const red = await redness(name, revert, untouched);
      found[name] = red;
      console.log(`red  ${words}: ${red.failure}`);
    } catch (error) {
      problems.push(`${words}: ${(error as Error).message}`);
      console.log(`FAIL ${problems.at(-1)}`);
    }
  }
  writeProof(Object.keys(REVERTS), found);
}
console.log(`${chosen.length - problems.length} of ${chosen.length} guards are noticed`);
process.exitCode = problems.length === 0 ? 0 : 1;
