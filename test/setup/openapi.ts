/** Every sandbox that a test starts answers as GitHub's OpenAPI description says, or the test fails. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { afterAll, afterEach, type RunnerTask, type RunnerTestFile } from "vitest";
import { type Done, ROOT, readCoverage, untrue } from "../openapi/coverage.ts";
import { type Observed, observe } from "../openapi/observed.ts";
import { reportOf } from "../openapi/report.ts";
import { keepCompiled } from "../openapi/validators.ts";

declare module "vitest" {
  interface TaskMeta {
    sandbox?: Done;
  }
}

const waiting: Observed[] = [];
observe((observed) => void waiting.push(observed));

// Processes that a test starts and that get its environment write what they see to this file.
const folder = mkdtempSync(join(tmpdir(), "cairn-observed-"));
const file = join(folder, "observed.jsonl");
writeFileSync(file, "");
process.env.CAIRN_TEST_OBSERVED = file;
process.env.NODE_OPTIONS = `${process.env.NODE_OPTIONS ?? ""} --import ${new URL("../openapi/child.ts", import.meta.url)}`;

/** All that has been seen since the last call. */
function taken(): readonly Observed[] {
  const lines = readFileSync(file, "utf8").split("\n");
  const complete = lines.slice(0, -1).map((line) => JSON.parse(line) as Observed);
  writeFileSync(file, lines.at(-1) ?? "");
  return [...waiting.splice(0), ...complete];
}

const fullName = (task: RunnerTask): string =>
  task.suite ? `${fullName(task.suite)} > ${task.name}` : task.name;

const namesIn = (tasks: readonly RunnerTask[]): readonly string[] =>
  tasks.flatMap((task) => ("tasks" in task ? namesIn(task.tasks) : [fullName(task)]));

const done = new Map<string, Done>();
let tests: RunnerTestFile | undefined;

afterEach(async ({ task }) => {
  const { violations, ...did } = await reportOf(taken());
  task.meta.sandbox = did;
  tests = task.file;
  if (task.result?.state !== "fail") done.set(fullName(task), did);
  if (violations.length > 0) throw new Error(violations.join("\n"));
});

// What happens between tests can be laid to the file alone.
afterAll(async () => {
  const { violations } = await reportOf(taken());
  rmSync(folder, { recursive: true, force: true });
  keepCompiled();
  const recording = process.env.SANDBOX_COVERAGE === "record";
  const stale = recording || tests === undefined ? [] : staleIn(tests);
  if (violations.length + stale.length > 0) throw new Error([...violations, ...stale].join("\n"));
});

function staleIn({ filepath, tasks }: RunnerTestFile): readonly string[] {
  const wrong = untrue(readCoverage(), relative(ROOT, filepath), done, namesIn(tasks));
  return wrong.map((one) => `docs/sandbox-coverage.json: ${one}; record it anew`);
}
