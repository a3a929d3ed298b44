/** The agent's process: what it gets to see, what may be seen of it, and how it ends. */
import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import type { AgentContext, AgentEnd } from "./handover.ts";
import { endLeftovers } from "./leftovers.ts";

export interface AgentSpec {
  readonly context: AgentContext;
  readonly workspace: string;
  /** Folder for its home, which goes away with it. */
  readonly temp: string;
  /** `PATH` of the job: the way to programs is all that is handed on. */
  readonly path: string;
  readonly issueFile: string;
  readonly print: (line: string) => void;
  /** Milliseconds between asking it to end and ending it. */
  readonly grace?: number;
}

/** Milliseconds between asking the agent to end and ending it: less than the runner gives a cancelled step. */
const GRACE = 5_000;
/** Milliseconds for which output is read on after the end; whoever holds the pipe longer is not listened to. */
const DRAIN = 2_000;
/** Characters of a line after which it is broken. */
const LONGEST_LINE = 32_768;

/** Runs the command to its end, or to the end of its time. */
export async function runAgent(spec: AgentSpec): Promise<AgentEnd> {
  const home = await mkdtemp(join(spec.temp, "agent-home-"));
  const scratch = join(home, "tmp");
  await mkdir(scratch);
  // What the agent prints can look like a workflow command: nobody obeys it until this word comes.
  const word = `cairn-${randomUUID()}`;
  spec.print(`::stop-commands::${word}`);
  const end = await live(spec, { home, scratch, issueFile: spec.issueFile });
  spec.print(`::${word}::`);
  await endLeftovers(home);
  await rm(home, { recursive: true, force: true, maxRetries: 3 });
  if (end.stopped !== undefined) throw new AgentStopped(end.stopped);
  return judge(spec.context, end);
}

/** The job itself was told to end, and the agent with it: nothing is said of what it would have come to. */
export class AgentStopped extends Error {
  override readonly name = "AgentStopped";

  constructor(by: NodeJS.Signals) {
    super(`the job was cancelled (${by}); the agent was stopped`);
  }
}

interface ProcessEnd {
  readonly code: number;
  readonly late: boolean;
  /** What told the job itself to end. */
  readonly stopped: NodeJS.Signals | undefined;
}

async function live(spec: AgentSpec, places: Places): Promise<ProcessEnd> {
  const child = spawn("bash", ["-c", spec.context.command], {
    cwd: spec.workspace,
    env: environment(spec.context, spec.path, places),
    // A session, and so a process group, of its own.
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const output = [printLines(child.stdout, spec.print), printLines(child.stderr, spec.print)];
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
  }, spec.context.timeoutMinutes * 60_000);
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

/** The runner cancels a step with SIGINT, and 7.5 s later with SIGTERM. The agent's own group hears neither. */
function onCancel(act: (by: NodeJS.Signals) => void): { stop(): void } {
  const signals = ["SIGINT", "SIGTERM"] as const;
  for (const name of signals) process.on(name, act);
  return {
    stop() {
      for (const name of signals) process.off(name, act);
    },
  };
}

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

function judge({ command, timeoutMinutes }: AgentContext, { code, late }: ProcessEnd): AgentEnd {
  const failed = (reason: AgentEnd["reason"], detail: string): AgentEnd => ({
    outcome: "failed",
    reason,
    detail,
  });
  if (late) return failed("agent-timeout", `after ${timeoutMinutes} minutes`);
  // As shells say it: 127 not found, 126 not executable.
  if (code === 127 || code === 126) return failed("agent-missing", `${command} ended with ${code}`);
  if (code !== 0) return failed("agent-failed", `it ended with ${code}`);
  return { outcome: "done", reason: null, detail: "" };
}

interface Places {
  readonly home: string;
  readonly scratch: string;
  readonly issueFile: string;
}

/** All that the agent gets to see. Nothing is handed on but the way to programs. */
export function environment(context: AgentContext, path: string, places: Places): Record<string, string> {
  return {
    PATH: path,
    HOME: places.home,
    TMPDIR: places.scratch,
    LANG: "C.UTF-8",
    TERM: "dumb",
    CI: "true",
    GIT_TERMINAL_PROMPT: "0",
    CAIRN_ISSUE_FILE: places.issueFile,
    CAIRN_ISSUE_NUMBER: String(context.issue),
    CAIRN_ISSUE_TITLE: context.title,
    CAIRN_GENERATION: String(context.generation),
    CAIRN_ATTEMPT: String(context.attempt),
    CAIRN_BASE: context.base,
  };
}

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
