/** One test file in a vitest of its own, untouched or with a guard out, and what became of the tests that were asked for. */
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { quoted, TOP } from "./revert.ts";

/** Milliseconds after which a run that does not end counts as broken. */
const MOST = 280_000;

export interface Asked {
  readonly file: string;
  readonly names: readonly string[];
  /** Address of the hook; `undefined`: untouched. */
  readonly hook: string | undefined;
}

export interface Outcome {
  /** Tests of the file, asked for or not; 0 where it could not be loaded. */
  readonly collected: number;
  /** Of those that were asked for: the failure's words, or `null` where it passed. */
  readonly tests: ReadonlyMap<string, string | null>;
  /** What vitest says where it could not load the file, or did not end. */
  readonly problem: string;
}

interface Report {
  readonly testResults: readonly {
    readonly message: string;
    readonly assertionResults: readonly {
      readonly ancestorTitles: readonly string[];
      readonly title: string;
      readonly status: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

export async function vitest(asked: Asked): Promise<Outcome> {
  const directory = await mkdtemp(join(tmpdir(), "cairn-revert-"));
  const file = join(directory, "report.json");
  try {
    const words = await run(asked, file);
    const report = await readFile(file, "utf8").catch(() => undefined);
    return report === undefined
      ? { collected: 0, tests: new Map(), problem: lastLines(words) }
      : outcomeOf(JSON.parse(report) as Report, asked.names);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

function outcomeOf({ testResults }: Report, names: readonly string[]): Outcome {
  const all = testResults.flatMap(({ assertionResults }) => assertionResults);
  const ran = all.filter(({ status }) => status === "passed" || status === "failed");
  const ends = ran.map(
    ({ ancestorTitles, title, status, failureMessages }) =>
      [
        [...ancestorTitles, title].join(" > "),
        status === "passed" ? null : failureMessages.join("\n"),
      ] as const,
  );
  return {
    collected: all.length,
    tests: new Map(ends.filter(([name]) => names.includes(name))),
    problem: testResults.map(({ message }) => message).join("\n"),
  };
}

async function run({ file, names, hook }: Asked, report: string): Promise<string> {
  const pattern = `^(?:${names.map(quoted).join("|")})$`;
  const child = spawn(
    process.execPath,
    [
      join(TOP, "node_modules/vitest/vitest.mjs"),
      ...["run", "--config", join(import.meta.dirname, "vitest.config.ts"), file],
      ...["--testNamePattern", pattern, "--reporter", "json", "--outputFile", report],
    ],
    {
      cwd: TOP,
      env: {
        ...process.env,
        REVERT_TEST: file,
        ...(hook === undefined ? {} : { REVERT: hook, NODE_OPTIONS: `--import ${hook}` }),
      },
      // A process group of its own: what a broken test leaves running ends with it.
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  let words = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      words += text;
    });
  }
  const timer = setTimeout(() => end(child.pid), MOST);
  await new Promise((resolve, reject) => child.once("error", reject).once("exit", resolve));
  clearTimeout(timer);
  end(child.pid);
  return words;
}

function end(group: number | undefined): void {
  if (group === undefined) return;
  try {
    process.kill(-group, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

const lastLines = (text: string): string => text.trim().split("\n").slice(-5).join("\n");
