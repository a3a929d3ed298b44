/** A real git client for tests: apart from the machine's configuration, with fixed names and times. */
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface ClientOutcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const ENVIRONMENT = {
  PATH: process.env.PATH,
  HOME: "/nonexistent",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_TERMINAL_PROMPT: "0",
  GIT_AUTHOR_NAME: "Mona Lisa",
  GIT_AUTHOR_EMAIL: "mona@example.com",
  GIT_AUTHOR_DATE: "1700000000 +0100",
  GIT_COMMITTER_NAME: "Mona Lisa",
  GIT_COMMITTER_EMAIL: "mona@example.com",
  GIT_COMMITTER_DATE: "1700000000 +0100",
  LC_ALL: "C",
};

/** Runs git and returns how it ended, also when it failed. Bounded at 30 s. */
export function tryGit(cwd: string, ...args: readonly string[]): Promise<ClientOutcome> {
  return new Promise((resolve) => {
    const options = { cwd, env: ENVIRONMENT, timeout: 30_000, maxBuffer: 64 << 20 };
    execFile("git", args, options, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === "number" ? error.code : -1;
      resolve({ code, stdout, stderr });
    });
  });
}

/** Runs git and returns its output without the last newline; a failure is an error. */
export async function git(cwd: string, ...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await tryGit(cwd, ...args);
  if (code !== 0) throw new Error(`git ${args.join(" ")} ended with ${code}: ${stderr}`);
  return stdout.replace(/\n$/, "");
}

/** A directory of its own for one test file, and its removal. */
export async function makeScratch(): Promise<{ readonly path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), "cairn-git-test-"));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}
