/** A client as a process of its own: with its own home, and nothing of this machine's settings. */
import { execFile } from "node:child_process";

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command in an environment of `env`, `PATH` and `home` alone. Bounded at 30 s. */
export function run(
  home: string,
  env: Readonly<Record<string, string>>,
  command: string,
  ...args: readonly string[]
): Promise<Outcome> {
  return new Promise((resolve) => {
    const whole = { PATH: process.env.PATH, HOME: home, LC_ALL: "C.UTF-8", ...env };
    const options = { cwd: home, env: whole, timeout: 30_000, maxBuffer: 16 << 20 };
    execFile(command, args, options, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === "number" ? error.code : -1;
      resolve({ code, stdout, stderr });
    });
  });
}
