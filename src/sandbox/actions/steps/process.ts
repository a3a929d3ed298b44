/** One process of a job, in a group of its own: its lines as they come, and an end that leaves nothing behind. */
import { type ChildProcess, spawn } from "node:child_process";

export interface ProcessSpec {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** The whole environment: nothing of the sandbox's own is added. */
  readonly env: Readonly<Record<string, string>>;
  readonly onLine: (line: string) => void;
}

export interface RunningProcess {
  /** Exit code; 128 + signal where one ended it; 127 where it could not be started. */
  readonly done: Promise<number>;
  signal(signal: NodeJS.Signals): void;
}

const SIGNAL_NUMBERS: Partial<Record<NodeJS.Signals, number>> = { SIGINT: 2, SIGKILL: 9, SIGTERM: 15 };

/** Milliseconds for which output of left-over children is awaited after the process itself has ended. */
const LINGER = 250;

export function startProcess(spec: ProcessSpec): RunningProcess {
  const child = spawn(spec.command, spec.args, {
    cwd: spec.cwd,
    env: spec.env,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const flush = [splitter(child.stdout, spec.onLine), splitter(child.stderr, spec.onLine)];
  const done = new Promise<number>((resolve) => {
    const end = (code: number): void => {
      // What the process left running in its group ends with it, as on a machine that is thrown away.
      kill(child, "SIGKILL");
      for (const rest of flush) rest();
      resolve(code);
    };
    child.once("error", (error) => {
      spec.onLine(`${spec.command}: ${error.message}`);
      end(127);
    });
    let closed = false;
    child.once("exit", (code, signal) => {
      const result = code ?? 128 + (SIGNAL_NUMBERS[signal ?? "SIGKILL"] ?? 9);
      const timer = setTimeout(() => !closed && end(result), LINGER);
      child.once("close", () => {
        closed = true;
        clearTimeout(timer);
        end(result);
      });
    });
  });
  return { done, signal: (signal) => kill(child, signal) };
}

function kill(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch (error) {
    // The group is gone already: that is what was wanted.
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

/** Calls `onLine` for each line; the returned function gives out what came last without a line end. */
function splitter(stream: NodeJS.ReadableStream | null, onLine: (line: string) => void): () => void {
  let rest = "";
  stream?.setEncoding("utf8");
  stream?.on("data", (chunk: string) => {
    const lines = (rest + chunk).split(/\r?\n/);
    rest = lines.pop() ?? "";
    for (const line of lines) onLine(line);
  });
  return () => {
    if (rest !== "") onLine(rest);
    rest = "";
  };
}
