/**
 * Every guard taken out once: `node test/reverts/run.ts [NUMBER of a scenario or NAME of a revert…] [--missing]`. Its
 * tests are green untouched and red with the guard out, by their own words; docs/proof/reverts.json says how. Exit
 * code 1 otherwise. `--missing`: only what that file does not say yet.
 */
import { bundleWith } from "./bundle.ts";
import { digestOfCuts, keyOf, type Proven, readProof, writeProof } from "./proof.ts";
import type { Noticing, Revert } from "./revert.ts";
import { hookOf } from "./setting.ts";
import { REVERTS } from "./table/index.ts";
import { type Outcome, vitest } from "./vitest.ts";

interface Trial {
  readonly name: string;
  readonly revert: Revert;
  readonly test: Noticing;
}

/** How many characters of a failure are kept. */
const LONGEST = 160;
/** Not the test's own words: the piece that was put in does not fit. */
const BROKEN = /^(?:SyntaxError|ReferenceError|TypeError)\b/;

const words = process.argv.slice(2);
const asked = words.filter((word) => word !== "--missing");
const found: Record<string, Proven> = { ...readProof() };

/** What is known of a revert as it stands. */
function knownOf(name: string, revert: Revert): Record<string, string> {
  const of = digestOfCuts(revert);
  return found[name]?.of === of ? { ...found[name].red } : {};
}

const trials: readonly Trial[] = Object.entries(REVERTS)
  .filter(
    ([name, { scenarios }]) =>
      asked.length === 0 || asked.includes(name) || scenarios.some((one) => asked.includes(String(one))),
  )
  .flatMap(([name, revert]) => revert.tests.map((test) => ({ name, revert, test })))
  .filter(({ name, revert, test }) => asked.length === words.length || !knownOf(name, revert)[keyOf(test)]);

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
async function redness({ name, revert, test }: Trial, untouched: Outcome): Promise<string> {
  const before = untouched.tests.get(test.name);
  if (before === undefined) throw new Error(`there is no such test: ${untouched.problem}`);
  if (before !== null) throw new Error(`red untouched: ${before}`);
  await using bundle = await bundleWith(revert.cuts);
  const end = await vitest({ file: test.file, names: [test.name], hook: hookOf(name, bundle.path) });
  if (end.collected !== untouched.collected)
    throw new Error(`the cut cannot be loaded: ${end.problem || `${end.collected} tests were collected`}`);
  const failure = end.tests.get(test.name);
  if (failure === undefined) throw new Error(`the test did not run: ${end.problem}`);
  if (failure === null) throw new Error("the test stays green");
  if (BROKEN.test(failure)) throw new Error(`the cut does not work: ${failure}`);
  return firstLine(failure);
}

const problems: string[] = [];
for (const file of new Set(trials.map(({ test }) => test.file))) {
  const here = trials.filter(({ test }) => test.file === file);
  const names = [...new Set(here.map(({ test }) => test.name))];
  const untouched = await vitest({ file, names, hook: undefined });
  for (const trial of here) {
    const { name, revert, test } = trial;
    const red = knownOf(name, revert);
    delete red[keyOf(test)];
    const began = Date.now();
    try {
      red[keyOf(test)] = await redness(trial, untouched);
      console.log(`red  ${name}: ${red[keyOf(test)]} (${Math.round((Date.now() - began) / 1_000)} s)`);
    } catch (error) {
      problems.push(`${name}, ${keyOf(test)}: ${(error as Error).message}`);
      console.log(`FAIL ${problems.at(-1)}`);
    }
    found[name] = { of: digestOfCuts(revert), red };
    writeProof(REVERTS, found);
  }
}
console.log(`${trials.length - problems.length} of ${trials.length} are noticed`);
process.exitCode = problems.length === 0 ? 0 : 1;
