/**
 * docs/mutation.md out of docs/proof/mutation.json and harmless.json: scores, and each mutant that survives with the
 * reason why it does no harm. `node test/mutation/table.ts` writes it without trying any mutant again.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  type FileCounts,
  FOLDERS,
  type Folder,
  type Results,
  ROOT,
  type Survivor,
  scoreOf,
} from "./results.ts";

export const PROOF = join(ROOT, "docs/proof/mutation.json");
export const LEAST = 90;

/** Reasons by file and mutant. */
type Reasons = Readonly<Record<string, Readonly<Record<string, string>>>>;

const reasons = JSON.parse(readFileSync(join(import.meta.dirname, "harmless.json"), "utf8")) as Reasons;

const reasonOf = ({ file, mutant }: Survivor): string | undefined => reasons[file]?.[mutant];

const code = (text: string): string => `\`\` ${text.replaceAll("|", "\\|")} \`\``;
const percent = (score: number): string => `${score.toFixed(1)} %`;

/** Writes the page. The problems: a folder below the least score, survivors without a reason. */
export function writeTable(all: Partial<Record<Folder, Results>>): readonly string[] {
  const problems: string[] = [];
  const lines = [
    "# Mutants",
    "",
    "Stryker changes one thing at a time in the sources, and the tests must notice. `npm run check:long` does it again",
    "and writes this page. The tests that are asked are the quick ones, in one process (`test/mutation/units.ts`);",
    "properties, loops and simulation are not, so that a mutant takes a second. Nothing is left out (`ignoreStatic`",
    "is off). What does not even load counts neither way.",
    "",
    "| folder | score | noticed | never end | survive | do not load |",
    "|---|---|---|---|---|---|",
  ];
  const survivors: Survivor[] = [];
  for (const folder of FOLDERS) {
    const results = all[folder];
    if (!results) {
      problems.push(`src/${folder} was not tried`);
      continue;
    }
    const files = Object.values(results.files);
    const score = scoreOf(files);
    if (score < LEAST) problems.push(`src/${folder}: ${percent(score)} is less than ${LEAST} %`);
    const sum = (name: keyof FileCounts): number => files.reduce((total, counts) => total + counts[name], 0);
    const cells = [percent(score), sum("killed"), sum("timeout"), sum("survived"), sum("invalid")];
    lines.push(`| \`src/${folder}\` | ${cells.join(" | ")} |`);
    survivors.push(...results.survivors);
  }
  lines.push(
    "",
    "## What survives, and why that does no harm",
    "",
    "| where | mutant | why |",
    "|---|---|---|",
  );
  for (const survivor of survivors) {
    const why = reasonOf(survivor);
    const where = `${survivor.file.replace("src/", "")}:${survivor.line}`;
    if (why === undefined) problems.push(`${where}: no reason for ${survivor.mutant}`);
    lines.push(`| ${where} | ${code(survivor.mutant)} | ${why ?? "**no reason yet**"} |`);
  }
  writeFileSync(join(ROOT, "docs/mutation.md"), `${lines.join("\n")}\n`);
  return problems;
}

export const readProof = (): Partial<Record<Folder, Results>> => {
  try {
    return JSON.parse(readFileSync(PROOF, "utf8"));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return {};
    throw error;
  }
};

if (import.meta.main) {
  const problems = writeTable(readProof());
  for (const problem of problems) console.error(problem);
  process.exitCode = problems.length === 0 ? 0 : 1;
}
