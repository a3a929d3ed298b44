/**
 * Seeds over the cores of the machine: each process takes the next as soon as it is free. Processes and not threads: V8
 * keeps one table of compiled code for all threads of a process, and now and then ends the process over it (nodejs/node#64500).
 */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import type { SeedOptions } from "./run-seed.ts";
import type { SeedReport, WorkerInput } from "./worker.ts";

export interface PoolOptions extends WorkerInput {
  readonly processes: number;
  /** Seeds that are told as stories, where they fail. */
  readonly stories: number;
  readonly onReport: (report: SeedReport) => void;
}

/** Seeds that a process lives for: libraries keep a little of each world for as long as their process lives. */
const LIFE = 300;

/** A world is short-lived garbage, most of it: with more room for that a seed takes a twentieth less. MiB. */
const YOUNG = 64;

const WORKER = new URL("./worker.ts", import.meta.url);

/** Rejects where a process ends with an error: that is a fault of the simulation, not a violation. */
export async function runPool(seeds: readonly SeedOptions[], options: PoolOptions): Promise<void> {
  const waiting = [...seeds];
  const input: WorkerInput = { without: options.without };
  let stories = options.stories;
  const work = async (): Promise<void> => {
    if (waiting.length === 0) return;
    const worker = fork(WORKER, [JSON.stringify(input)], {
      execArgv: [`--max-semi-space-size=${YOUNG}`],
      serialization: "advanced",
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
    try {
      for (let count = 0; count < LIFE; count += 1) {
        const next = waiting.shift();
        if (!next) break;
        const report = await answered(worker, { ...next, stories: stories > 0 });
        if (report.violations.length > 0) stories -= 1;
        options.onReport(report);
      }
    } finally {
      if (worker.exitCode === null && worker.signalCode === null) {
        const gone = once(worker, "exit");
        worker.kill("SIGKILL");
        await gone;
      }
    }
    return work();
  };
  await Promise.all(Array.from({ length: Math.min(options.processes, seeds.length) }, work));
}

function answered(
  worker: ChildProcess,
  seed: SeedOptions & { readonly stories: boolean },
): Promise<SeedReport> {
  return new Promise((resolve, reject) => {
    const fail = (why: unknown): void => {
      worker.off("message", done);
      // Its own words stand on the standard error.
      reject(new Error(`seed ${seed.seed}: its process ended: ${why instanceof Error ? why.message : why}`));
    };
    const onExit = (code: number | null, signal: string | null): void => fail(signal ?? `exit code ${code}`);
    const done = (report: SeedReport): void => {
      worker.off("error", fail).off("exit", onExit);
      resolve(report);
    };
    worker.once("error", fail).once("exit", onExit).once("message", done);
    worker.send(seed);
  });
}
