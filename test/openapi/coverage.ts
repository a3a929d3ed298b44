/**
 * `docs/sandbox-coverage.json`: for every route a test that shows it, for every exception one that needs it. It is
 * recorded (`SANDBOX_COVERAGE=record npx vitest run`) and cannot go stale unseen: each run of a test file holds the
 * entries that name it against what its tests did.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Report } from "./report.ts";

/** A test, by its file's path from the root and its full name. */
export interface TestName {
  readonly file: string;
  readonly test: string;
}

export interface Coverage {
  readonly routes: Readonly<Record<string, TestName>>;
  readonly exceptions: Readonly<Record<string, TestName>>;
}

/** What one test did. */
export type Done = Pick<Report, "routes" | "exceptions">;

export const ROOT = join(import.meta.dirname, "../..");
export const COVERAGE_FILE = join(ROOT, "docs/sandbox-coverage.json");

export const readCoverage = (): Coverage => JSON.parse(readFileSync(COVERAGE_FILE, "utf8")) as Coverage;

/** Entries about one file that are not true. `tests`: what each test that passed did; `names`: all tests of the file. */
export function untrue(
  coverage: Coverage,
  file: string,
  tests: ReadonlyMap<string, Done>,
  names: readonly string[],
): readonly string[] {
  const wrong = (kind: keyof Done) =>
    Object.entries(coverage[kind])
      .filter(([, by]) => by.file === file)
      .filter(([what, { test }]) =>
        names.includes(test) ? tests.has(test) && !tests.get(test)?.[kind].includes(what) : true,
      )
      .map(([what, { test }]) => `${what}: not by '${test}'`);
  return [...wrong("routes"), ...wrong("exceptions")];
}
