/** `cairn simulate` as somebody would run it, and its last line. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import type { Summary } from "../../src/simulation/summary.ts";

const TOP = join(import.meta.dirname, "../..");

export interface Simulated {
  readonly code: number;
  readonly summary: Summary;
  readonly out: string;
  readonly errors: string;
}

export function simulate(...args: readonly string[]): Promise<Simulated> {
  return new Promise((resolve) => {
    const command = [join(TOP, "src/cli/main.ts"), "simulate", ...args];
    const settings = { cwd: TOP, maxBuffer: 64 * 1024 * 1024, timeout: 300_000 };
    execFile(process.execPath, command, settings, (error, stdout, stderr) => {
      const last = stdout.trimEnd().split("\n").at(-1) ?? "";
      const summary = (last.startsWith("{") ? JSON.parse(last) : {}) as Summary;
      resolve({ code: error ? Number(error.code ?? 1) : 0, summary, out: stdout, errors: stderr });
    });
  });
}
