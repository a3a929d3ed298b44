/**
 * Runs git, closed off from the machine: no configuration of user or system, no prompt, no inherited
 * `GIT_*` variable (a sandbox started from a git hook would otherwise work on the hook's repository).
 */
import { spawn } from "node:child_process";
import { GitStoreError } from "./errors.ts";

/** No such directory on any machine, so git finds nothing of the user's there. */
const NO_HOME = "/nonexistent";

/** How many git processes run at once; more only fight over the same cores. */
const MAX_PROCESSES = 12;

export interface GitOutcome {
  readonly code: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}

export interface RunOptions {
  readonly input?: string | Buffer;
  /** Exit codes that are answers, not failures; 0 alone when absent. */
  readonly answers?: readonly number[];
  readonly env?: Readonly<Record<string, string>>;
}

let running = 0;
const queue: (() => void)[] = [];

/** The whole environment of every git process that the sandbox starts. */
export function gitEnvironment(): Record<string, string> {
  const kept = ["PATH", "TMPDIR", "SystemRoot"].flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    ...Object.fromEntries(kept),
    HOME: NO_HOME,
    XDG_CONFIG_HOME: NO_HOME,
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_ATTR_NOSYSTEM: "1",
    GIT_TERMINAL_PROMPT: "0",
    GIT_OPTIONAL_LOCKS: "0",
    LC_ALL: "C",
  };
}

/**
 * Runs `git` in a directory and returns what it printed.
 * Throws `GitStoreError` (`git-failed`) on an exit code that `answers` does not list, or if git cannot be started.
 */
export async function runGit(
  directory: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<GitOutcome> {
  const outcome = await withSlot(() => spawnGit(directory, args, options));
  if ((options.answers ?? [0]).includes(outcome.code)) return outcome;
  throw new GitStoreError("git-failed", {
    what: `git ${args[0]} ended with ${outcome.code} (${outcome.stderr.trim() || "no message"})`,
    where: directory,
    next: "Run the same command there by hand to see why.",
  });
}

async function withSlot<T>(run: () => Promise<T>): Promise<T> {
  if (running >= MAX_PROCESSES) await new Promise<void>((resolve) => queue.push(resolve));
  else running += 1;
  try {
    return await run();
  } finally {
    const next = queue.shift();
    if (next) next();
    else running -= 1;
  }
}

function spawnGit(directory: string, args: readonly string[], options: RunOptions): Promise<GitOutcome> {
  return new Promise((resolve, reject) => {
    const child = spawn("git", args, { cwd: directory, env: { ...gitEnvironment(), ...options.env } });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => stderr.push(chunk));
    child.on("error", (cause) => reject(cannotStart(directory, cause)));
    child.on("close", (code) =>
      resolve({
        code: code ?? -1,
        stdout: Buffer.concat(stdout),
        stderr: Buffer.concat(stderr).toString("utf8"),
      }),
    );
    // git may end before it has read everything; its exit code tells then.
    child.stdin.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") reject(error);
    });
    child.stdin.end(options.input);
  });
}

/** Error for a git that could not be started at all. */
export function cannotStart(directory: string, cause: unknown): GitStoreError {
  return new GitStoreError("git-failed", {
    what: "git could not be started",
    where: directory,
    next: "Install git 2.38 or newer, and check that the directory exists.",
    cause,
  });
}
