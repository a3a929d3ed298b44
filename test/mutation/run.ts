/**
 * Mutation testing by hand: `node test/mutation/run.ts [FOLDER or FILE…]` (`core`, `src/core/chain.ts`; all three
 * folders without any). Writes docs/proof/mutation.json and docs/mutation.md. Exit code 1: a score below 90, or a
 * survivor without a reason.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Stryker } from "@stryker-mutator/core";
import { FOLDERS, type Folder, merged, ROOT, resultsOf } from "./results.ts";
import { PROOF, readProof, writeTable } from "./table.ts";

const asked = process.argv.slice(2);

async function mutate(folder: Folder): Promise<void> {
  const whole = asked.length === 0 || asked.includes(folder);
  const files = asked.filter((file) => file.startsWith(`src/${folder}/`));
  const what = whole ? [`src/${folder}/**/*.ts`] : files;
  if (what.length === 0) return;
  const configFile = join(import.meta.dirname, "stryker.config.json");
  const found = resultsOf(await new Stryker({ configFile, mutate: what }).runMutationTest());
  const before = readProof();
  const results = merged(whole ? undefined : before[folder], found);
  mkdirSync(dirname(PROOF), { recursive: true });
  writeFileSync(PROOF, `${JSON.stringify({ ...before, [folder]: results }, null, 2)}\n`);
}

process.chdir(ROOT);
for (const folder of FOLDERS) await mutate(folder);
const problems = writeTable(readProof());
for (const problem of problems) console.error(problem);
process.exitCode = problems.length === 0 ? 0 : 1;
