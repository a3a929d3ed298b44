/**
 * What the agent leaves running outside its process group, in a session of its own, would see the steps and jobs
 * behind it come and go (I12). GitHub's runner knows its jobs' processes by `RUNNER_TRACKING_ID`; the agent does not
 * get that, so its processes are known by the home that they were started with. One that was started with other
 * variables on purpose is not found. Where there is no `/proc`, none is.
 */
import { readdir, readFile } from "node:fs/promises";

/** Looks so often, as what is ended may just have started another. */
const ROUNDS = 10;

/** Ends every process whose variables name this folder. */
export async function endLeftovers(home: string): Promise<void> {
  for (let round = 0; round < ROUNDS; round += 1) {
    const found = await startedWith(home);
    if (found.length === 0) return;
    for (const pid of found) kill(pid);
  }
}

async function startedWith(home: string): Promise<readonly number[]> {
  const names = await readdir("/proc").catch(unlessOver([]));
  const pids = names.map(Number).filter((pid) => Number.isSafeInteger(pid) && pid !== process.pid);
  const environments = await Promise.all(
    pids.map((pid) => readFile(`/proc/${pid}/environ`, "utf8").catch(unlessOver(""))),
  );
  return pids.filter((_, at) => environments[at]?.split("\0").includes(`HOME=${home}`));
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    unlessOver(undefined)(error);
  }
}

/** What is said of a process that is gone, or another account's. */
const OVER = new Set(["ENOENT", "ESRCH", "EACCES", "EPERM"]);

const unlessOver =
  <T>(fallback: T) =>
  (error: unknown): T => {
    if (OVER.has((error as NodeJS.ErrnoException).code ?? "")) return fallback;
    throw error;
  };
