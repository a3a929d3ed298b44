/** The bundled Action as GitHub starts it: a process of Node's with inputs, run variables and files for outputs. */
import { spawn } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";

const BUNDLE = resolve("action/dist/index.js");
/** Milliseconds after which a job that does not end is ended. */
const MOST = 25_000;

export interface Call {
  readonly inputs: Readonly<Record<string, string>>;
  /** Variables beside `PATH` and the files of the job. */
  readonly env: Readonly<Record<string, string>>;
  /** The job's `RUNNER_TEMP`. */
  readonly temp: string;
  /** Text in the log upon which the runner cancels the step, as it does: with SIGINT. */
  readonly cancelUpon?: string;
}

export interface JobEnd {
  readonly code: number | null;
  readonly outputs: Readonly<Record<string, string>>;
  /** The output file as it stands. */
  readonly raw: string;
  /** What stands in the files that set variables and the path of later steps. */
  readonly later: string;
  readonly log: string;
  readonly summary: string;
}

export async function bundled({ inputs, env, temp, cancelUpon }: Call): Promise<JobEnd> {
  await mkdir(temp, { recursive: true });
  const [output, summary] = [join(temp, "output"), join(temp, "summary")];
  const later = ["env", "path"].map((name) => join(temp, name));
  for (const file of later) await writeFile(file, "");
  await writeFile(output, "");
  await writeFile(summary, "");
  const child = spawn(process.execPath, [BUNDLE], {
    cwd: temp,
    env: {
      PATH: process.env.PATH ?? "",
      RUNNER_TEMP: temp,
      GITHUB_OUTPUT: output,
      GITHUB_ENV: later[0],
      GITHUB_PATH: later[1],
      GITHUB_STEP_SUMMARY: summary,
      ...Object.fromEntries(
        Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value]),
      ),
      ...env,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let log = "";
  let cancelled = false;
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      log += text;
      if (cancelUpon === undefined || cancelled || !log.includes(cancelUpon)) return;
      cancelled = child.kill("SIGINT");
    });
  }
  const timer = setTimeout(() => child.kill("SIGKILL"), MOST);
  const code = await new Promise<number | null>((done, reject) => {
    child.once("error", reject);
    child.once("close", done);
  });
  clearTimeout(timer);
  const raw = await readFile(output, "utf8");
  return {
    code,
    outputs: parseOutputs(raw),
    raw,
    later: (await Promise.all(later.map((file) => readFile(file, "utf8")))).join(""),
    log,
    summary: await readFile(summary, "utf8"),
  };
}

/** `name<<delimiter`, lines, `delimiter`: as the runner reads the file. The last of a name counts. */
function parseOutputs(text: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [, name = "", , value = ""] of text.matchAll(/^([\w-]+)<<(\S+)\n([\s\S]*?)\n?\2\n/gm)) {
    found[name] = value;
  }
  return found;
}
