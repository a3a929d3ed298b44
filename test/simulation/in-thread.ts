/** A module that runs in a thread of its own, on a clockwork of its own, and posts what it came to. */
import { Worker } from "node:worker_threads";

export async function inThread<T>(module: URL, input: unknown): Promise<T> {
  const worker = new Worker(module, { workerData: input });
  try {
    return await new Promise<T>((resolve, reject) => {
      worker.once("error", reject);
      worker.once("message", resolve);
    });
  } finally {
    await worker.terminate();
  }
}
