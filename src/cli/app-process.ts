/** The app as a process of its own, as it runs in earnest. */
import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { ExitError } from "./exit.ts";
import type { Stage } from "./stage.ts";

export interface AppProcess {
  readonly process: ChildProcess;
  /** Last lines that it wrote, for whoever asks why it ended. */
  readonly lines: readonly string[];
  stop(): Promise<void>;
}

export interface AppProcessOptions {
  readonly stage: Stage;
  readonly port: number;
  readonly onLine: (line: string) => void;
  readonly env?: Readonly<Record<string, string>>;
}

const MAIN = fileURLToPath(new URL("./main.ts", import.meta.url));
const PATIENCE = 20_000;

/** Starts it and waits until it serves. Throws `ExitError` 3 with its own words where it does not. */
export async function startAppProcess({
  stage,
  port,
  onLine,
  env = {},
}: AppProcessOptions): Promise<AppProcess> {
  const lines: string[] = [];
  const child = spawn(process.execPath, [MAIN, "app"], {
    // Nothing of this process's environment but the way to programs: what the app needs, it is told here.
    env: {
      PATH: process.env.PATH ?? "",
      APP_ID: String(stage.app.app.id),
      PRIVATE_KEY_PATH: stage.privateKeyFile,
      WEBHOOK_SECRET: stage.app.webhookSecret,
      GITHUB_API_URL: stage.sandbox.url,
      HOST: "127.0.0.1",
      PORT: String(port),
      ...env,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let over = false;
  child.once("exit", () => {
    over = true;
  });
  for (const stream of [child.stdout, child.stderr]) {
    let rest = "";
    stream.setEncoding("utf8");
    stream.on("data", (chunk: string) => {
      const parts = (rest + chunk).split("\n");
      rest = parts.pop() ?? "";
      for (const line of parts) {
        lines.push(line);
        if (lines.length > 200) lines.shift();
        onLine(line);
      }
    });
  }
  const end = Date.now() + PATIENCE;
  while (!(await healthy(port))) {
    if (over || Date.now() > end) {
      child.kill("SIGKILL");
      throw new ExitError(3, `the app did not start: ${lines.slice(-3).join(" / ") || "it said nothing"}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return {
    process: child,
    lines,
    stop: () =>
      new Promise((resolve) => {
        if (over) return resolve();
        const timer = setTimeout(() => child.kill("SIGKILL"), 10_000);
        child.once("exit", () => {
          clearTimeout(timer);
          resolve();
        });
        child.kill("SIGTERM");
      }),
  };
}

async function healthy(port: number): Promise<boolean> {
  try {
    return (await fetch(`http://127.0.0.1:${port}/healthz`, { signal: AbortSignal.timeout(2_000) })).ok;
  } catch (error) {
    // Not listening yet: fetch gives a TypeError for a refused connection.
    if (error instanceof TypeError || (error as Error).name === "TimeoutError") return false;
    throw error;
  }
}
