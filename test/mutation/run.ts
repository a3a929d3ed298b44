/**
 * Mutation testing by hand: `node test/mutation/run.ts [FOLDER…]` (core, barrier, effects). Writes
 * docs/proof/mutation.json and docs/mutation.md. Exit code 1: a score below 90, or a survivor without a reason.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Stryker } from "@stryker-mutator/core";
import { FOLDERS, type Folder, ROOT, resultsOf } from "./results.ts";
import { PROOF, readProof, writeTable } from "./table.ts";

const asked = process.argv.slice(2);
const folders = FOLDERS.filter((folder) => asked.length === 0 || asked.includes(folder));

async function mutate(folder: Folder): Promise<void> {
  const configFile = join(import.meta.dirname, "stryker.config.json");
  const stryker = new Stryker({ configFile, mutate: [`src/${folder}/**/*.ts`] });
  const results = resultsOf(await stryker.runMutationTest());
  mkdirSync(dirname(PROOF), { recursive: true });
  writeFileSync(PROOF, `${JSON.stringify({ ...readProof(), [folder]: results }, null, 2)}\n`);
}

process.chdir(ROOT);
for (const folder of folders) await mutate(folder);
const problems = writeTable(readProof());
for (const problem of problems) console.error(problem);
process.exitCode = problems.length === 0 ? 0 : 1;
