/** What mutation testing found: counts for each file, and each mutant that no test has noticed. */
import { readFileSync } from "node:fs";
import { join, relative } from "node:path";
import type { Stryker } from "@stryker-mutator/core";

type MutantResult = Awaited<ReturnType<Stryker["runMutationTest"]>>[number];

export const ROOT = join(import.meta.dirname, "../..");
export const FOLDERS = ["core", "barrier", "effects"] as const;
export type Folder = (typeof FOLDERS)[number];

export interface Survivor {
  readonly file: string;
  readonly line: number;
  /** `before → after`, on one line: what the reasons are found by. */
  readonly mutant: string;
  /** Whether any test runs it at all. */
  readonly covered: boolean;
}

export interface FileCounts {
  readonly killed: number;
  /** Mutants that never end: noticed as well. */
  readonly timeout: number;
  readonly survived: number;
  /** Mutants that do not even load, and so count neither way. */
  readonly invalid: number;
}

export interface Results {
  readonly files: Readonly<Record<string, FileCounts>>;
  readonly survivors: readonly Survivor[];
}

const LONGEST = 100;

const oneLine = (text: string): string => {
  const flat = text.replaceAll(/\s+/g, " ").trim();
  return flat.length <= LONGEST ? flat : `${flat.slice(0, LONGEST - 30)} … ${flat.slice(-27)}`;
};

/** The text that a mutant replaces. Lines and columns begin at 1, the end is exclusive. */
function originalOf({ fileName, location }: MutantResult): string {
  const lines = readFileSync(fileName, "utf8")
    .split("\n")
    .slice(location.start.line - 1, location.end.line);
  const last = lines.length - 1;
  lines[last] = (lines[last] ?? "").slice(0, location.end.column - 1);
  lines[0] = (lines[0] ?? "").slice(location.start.column - 1);
  return lines.join("\n");
}

export function resultsOf(mutants: readonly MutantResult[]): Results {
  const files: Record<string, { -readonly [K in keyof FileCounts]: number }> = {};
  const survivors: Survivor[] = [];
  for (const mutant of mutants) {
    const file = relative(ROOT, mutant.fileName);
    files[file] ??= { killed: 0, timeout: 0, survived: 0, invalid: 0 };
    const counts = files[file];
    switch (mutant.status) {
      case "Killed":
        counts.killed += 1;
        break;
      case "Timeout":
        counts.timeout += 1;
        break;
      case "Survived":
      case "NoCoverage":
        counts.survived += 1;
        survivors.push({
          file,
          line: mutant.location.start.line,
          mutant: `${oneLine(originalOf(mutant))} → ${oneLine(mutant.replacement ?? "")}`,
          covered: mutant.status === "Survived",
        });
        break;
      default:
        counts.invalid += 1;
    }
  }
  return { files, survivors };
}

/** `before`, with what is known anew of some files in place of what it says of them. */
export function merged(before: Results | undefined, anew: Results): Results {
  const files = { ...before?.files, ...anew.files };
  const kept = (before?.survivors ?? []).filter(({ file }) => !Object.hasOwn(anew.files, file));
  const survivors = [...kept, ...anew.survivors].sort(
    (a, b) => a.file.localeCompare(b.file) || a.line - b.line || a.mutant.localeCompare(b.mutant),
  );
  return { files: Object.fromEntries(Object.entries(files).sort()), survivors };
}

/** Noticed mutants among those that count, in percent. */
export function scoreOf(files: readonly FileCounts[]): number {
  const noticed = files.reduce((sum, { killed, timeout }) => sum + killed + timeout, 0);
  const valid = files.reduce((sum, { survived }) => sum + survived, noticed);
  return valid === 0 ? 100 : (100 * noticed) / valid;
}
