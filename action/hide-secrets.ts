/**
 * A process of the same account can read the variables that this one was started with, under `/proc`. Where the
 * agent runs they are blotted out first, but for plain facts (I12): in place, as nothing else changes what the
 * kernel shows. Linux only; on a machine where the agent may become root nothing is hidden from it.
 */
import { open, readFile } from "node:fs/promises";

/** Facts about the run, which the job itself still needs. All else (`ACTIONS_*`, inputs, a machine's own) goes. */
const PLAIN = /^(?:(?:GITHUB|RUNNER)_(?!\w*TOKEN)\w+|PATH|HOME|LANG|CI)$/;

/** Numbers of `env_start` and `env_end` in `/proc/self/stat`, behind the closing bracket of the name (proc(5)). */
const ENV_START = 47;

/** Returns the names that were blotted out. Rejects where the system does not allow it. */
export async function hideSecrets(): Promise<readonly string[]> {
  const stat = await readFile("/proc/self/stat", "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const start = Number(fields[ENV_START]);
  const environment = await readFile("/proc/self/environ");
  const memory = await open("/proc/self/mem", "r+");
  const hidden: string[] = [];
  try {
    for (let at = 0; at < environment.length; ) {
      const end = environment.indexOf(0, at) === -1 ? environment.length : environment.indexOf(0, at);
      const equals = environment.indexOf("=", at);
      const name = environment.toString("latin1", at, equals);
      if (equals > at && equals < end && !PLAIN.test(name)) {
        await memory.write(Buffer.alloc(end - equals - 1, "x"), 0, end - equals - 1, start + equals + 1);
        hidden.push(name);
      }
      at = end + 1;
    }
  } finally {
    await memory.close();
  }
  return hidden;
}
