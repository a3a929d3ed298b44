/** The program itself, as people start it. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

const MAIN = join(import.meta.dirname, "../../src/cli/main.ts");

export interface Setting {
  /** By default that of the tests. */
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** Milliseconds. */
  readonly timeout?: number;
}

export interface End {
  /** 1 where it had to be ended. */
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs `cairn ARGS` to its end. */
export async function run(args: readonly string[], setting: Setting = {}): Promise<End> {
  const child = spawn(process.execPath, [MAIN, ...args], { ...setting, stdio: ["ignore", "pipe", "pipe"] });
  const output = { out: "", err: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output.out += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    output.err += text;
  });
  const [code] = (await once(child, "close")) as [number | null];
  return { code: code ?? 1, ...output };
}

/** The same with nothing in its environment but this, and the way to find programs. */
export const cairn = (env: Record<string, string>, ...args: string[]): Promise<End> =>
  run(args, { env: { PATH: process.env.PATH ?? "", ...env } });
