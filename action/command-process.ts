/**
 * A command of the repository's on the job's machine: a process group of its own, no variable of the job, nobody who
 * obeys what it prints, and an end that leaves nothing behind (I12).
 */
import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { endLeftovers } from "./leftovers.ts";

export interface CommandSpec {
  /** A line for bash. */
  readonly command: string;
  readonly timeoutMinutes: number;
  readonly workspace: string;
  /** Folder for its home, which goes away with it. */
  readonly temp: string;
  /** `PATH` of the job: the way to programs is all that is handed on. */
  readonly path: string;
  /** What it gets to see beside that. */
  readonly variables: Readonly<Record<string, string>>;
  readonly print: (line: string) => void;
  /** Gets the command's own lines. */
  readonly heard?: (line: string) => void;
  /** Milliseconds between asking it to end and ending it. */
  readonly grace?: number;
}

/** How the command ended: its exit code, and whether its time was over first. */
export interface CommandEnd {
  readonly code: number;
  readonly late: boolean;
}

/** Milliseconds between asking the command to end and ending it: less than the runner gives a cancelled step. */
const GRACE = 5_000;
/** Milliseconds for which output is read on after the end; whoever holds the pipe longer is not listened to. */
const DRAIN = 2_000;
/** Characters of a line after which it is broken. */
const LONGEST_LINE = 32_768;

/** Runs the command to its end, or to the end of its time. Throws `CommandStopped` where the job was told to end. */
export async function runCommand(spec: CommandSpec): Promise<CommandEnd> {
  keepDebuggerShut();
  const home = await mkdtemp(join(spec.temp, "command-home-"));
  await mkdir(join(home, "tmp"));
  // What it prints can look like a workflow command: nobody obeys it until this word comes.
  const word = `cairn-${randomUUID()}`;
  spec.print(`::stop-commands::${word}`);
  const end = await live(spec, home);
  spec.print(`::${word}::`);
  await endLeftovers(home);
  await rm(home, { recursive: true, force: true, maxRetries: 3 });
  if (end.stopped !== undefined) throw new CommandStopped(end.stopped);
  return { code: end.code, late: end.late };
}

/** The job itself was told to end, and the command with it: nothing is said of what it would have come to. */
export class CommandStopped extends Error {
  override readonly name = "CommandStopped";

  constructor(by: NodeJS.Signals) {
    super(`the job was cancelled (${by}); what it ran was stopped`);
  }
}

interface ProcessEnd extends CommandEnd {
  /** What told the job itself to end. */
  readonly stopped: NodeJS.Signals | undefined;
}

async function live(spec: CommandSpec, home: string): Promise<ProcessEnd> {
  const child = spawn("bash", ["-c", spec.command], {
    cwd: spec.workspace,
    env: environment(spec, home),
    // A session, and so a process group, of its own.
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const say = (line: string): void => {
    spec.heard?.(line);
    spec.print(line);
  };
  const output = [printLines(child.stdout, say), printLines(child.stderr, say)];
  const closed = new Promise<void>((resolve) => child.once("close", () => resolve()));
  let hard: NodeJS.Timeout | undefined;
  const end = (): void => {
    signal(child, "SIGTERM");
    hard ??= setTimeout(() => signal(child, "SIGKILL"), spec.grace ?? GRACE);
  };
  let late = false;
  const soft = setTimeout(() => {
    late = true;
    end();
  }, spec.timeoutMinutes * 60_000);
  let stopped: NodeJS.Signals | undefined;
  const listening = onCancel((by) => {
    stopped = by;
    end();
  });
  const code = await new Promise<number>((resolve) => {
    child.once("error", () => resolve(127));
    child.once("exit", (exit, by) => resolve(exit ?? (by ? 128 : 1)));
  });
  clearTimeout(soft);
  clearTimeout(hard);
  // Whatever it left running ends with it.
  signal(child, "SIGKILL");
  if (child.pid !== undefined) await atMost(DRAIN, closed);
  for (const stop of output) stop();
  listening.stop();
  return { code, late, stopped };
}

/** The runner cancels a step with SIGINT, and 7.5 s later with SIGTERM. The command's own group hears neither. */
function onCancel(act: (by: NodeJS.Signals) => void): { stop(): void } {
  const signals = ["SIGINT", "SIGTERM"] as const;
  for (const name of signals) process.on(name, act);
  return {
    stop() {
      for (const name of signals) process.off(name, act);
    },
  };
}

/**
 * Upon SIGUSR1 Node opens its debugger to everybody on the machine: whoever may send it, as any process of the same
 * account may, could have this process do and tell whatever it likes. It stays shut for good, as what was left running
 * may try later (https://nodejs.org/docs/latest-v24.x/api/process.html#signal-events).
 */
function keepDebuggerShut(): void {
  if (!process.listeners("SIGUSR1").includes(nothing)) process.on("SIGUSR1", nothing);
}

const nothing = (): void => undefined;

/** To the whole group; one that is gone already needs none. */
function signal(child: ChildProcess, name: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

async function atMost(milliseconds: number, done: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, milliseconds);
  });
  await Promise.race([done, late]);
  clearTimeout(timer);
}

/** All that it gets to see. Nothing of the job's is handed on but the way to programs. */
const environment = ({ path, variables }: CommandSpec, home: string): Record<string, string> => ({
  PATH: path,
  HOME: home,
  TMPDIR: join(home, "tmp"),
  LANG: "C.UTF-8",
  TERM: "dumb",
  CI: "true",
  GIT_TERMINAL_PROMPT: "0",
  ...variables,
});

/** Prints line by line. The returned function gives out what came last, and listens no more. */
function printLines(
  stream: NodeJS.ReadableStream & { destroy(): unknown },
  print: (line: string) => void,
): () => void {
  let rest = "";
  stream.setEncoding("utf8");
  stream.on("data", (chunk: string) => {
    // The runner ends a line at a carriage return too.
    const parts = (rest + chunk).split(/\r\n|\n|\r/);
    rest = parts.pop() ?? "";
    for (const line of parts) print(line);
    if (rest.length < LONGEST_LINE) return;
    print(rest);
    rest = "";
  });
  return () => {
    stream.removeAllListeners("data");
    stream.destroy();
    if (rest !== "") print(rest);
    rest = "";
  };
}
