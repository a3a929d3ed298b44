/** Reporter that records `docs/sandbox-coverage.json`. Entries of files that were not run stay as they are. */
import { writeFileSync } from "node:fs";
import { relative } from "node:path";
import type { Reporter, TestModule } from "vitest/node";
import { COVERAGE_FILE, type Coverage, type Done, ROOT, readCoverage, type TestName } from "./coverage.ts";

interface Shown extends TestName {
  readonly did: Done;
}

export default class Record implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const tests = modules.flatMap(testsOf);
    const run = new Set(modules.map(fileOf));
    const before = readCoverage();
    const after: Coverage = {
      routes: choose("routes", before, tests, run),
      exceptions: choose("exceptions", before, tests, run),
    };
    writeFileSync(COVERAGE_FILE, `${JSON.stringify(after, null, 2)}\n`);
  }
}

const fileOf = (module: TestModule): string => relative(ROOT, module.moduleId);

function testsOf(module: TestModule): readonly Shown[] {
  return [...module.children.allTests("passed")].map((test) => ({
    file: fileOf(module),
    test: test.fullName,
    did: test.meta().sandbox ?? { routes: [], exceptions: [] },
  }));
}

/** An entry that still holds is kept; else the test nearest to the thing: of the sandbox, with little beside it. */
function choose(
  kind: keyof Done,
  before: Coverage,
  tests: readonly Shown[],
  run: ReadonlySet<string>,
): Coverage[keyof Coverage] {
  const kept = Object.entries(before[kind]).filter(([, { file }]) => !run.has(file));
  const chosen = new Map(kept);
  const far = ({ file, did }: Shown): number =>
    (/^test\/(sandbox|openapi)\//.test(file) ? 0 : 1_000) + did.routes.length;
  for (const one of [...tests].sort((a, b) => far(a) - far(b) || a.test.localeCompare(b.test))) {
    const { file, test, did } = one;
    for (const what of did[kind]) {
      const old = before[kind][what];
      const same = old?.file === file && old.test === test;
      if (same || !chosen.has(what)) chosen.set(what, { file, test });
    }
  }
  return Object.fromEntries([...chosen].sort(([a], [b]) => (a < b ? -1 : 1)));
}
