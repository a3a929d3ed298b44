/** Seeds over the cores of the machine: each thread takes the next as soon as it is free. */
import { Worker } from "node:worker_threads";
import type { SeedOptions } from "./run-seed.ts";
import type { SeedReport, WorkerInput } from "./worker.ts";

export interface PoolOptions extends WorkerInput {
  readonly threads: number;
  /** Seeds that are told as stories, where they fail. */
  readonly stories: number;
  readonly onReport: (report: SeedReport) => void;
}

/** Seeds that a thread lives for: libraries keep a little of each world for as long as their process lives. */
const LIFE = 300;

/** Rejects where a thread ends with an error: that is a fault of the simulation, not a violation. */
export async function runPool(seeds: readonly SeedOptions[], options: PoolOptions): Promise<void> {
  const waiting = [...seeds];
  let stories = options.stories;
  const thread = async (): Promise<void> => {
    if (waiting.length === 0) return;
    const worker = new Worker(new URL("./worker.ts", import.meta.url), {
      workerData: { without: options.without } satisfies WorkerInput,
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
      await worker.terminate();
    }
    return thread();
  };
  await Promise.all(Array.from({ length: Math.min(options.threads, seeds.length) }, thread));
}

function answered(worker: Worker, seed: SeedOptions & { readonly stories: boolean }): Promise<SeedReport> {
  return new Promise((resolve, reject) => {
    const fail = (error: unknown): void =>
      reject(new Error(`seed ${seed.seed}: ${error instanceof Error ? error.stack : error}`));
    worker.once("error", fail);
    worker.once("message", (report: SeedReport) => {
      worker.off("error", fail);
      resolve(report);
    });
    worker.postMessage(seed);
  });
}
