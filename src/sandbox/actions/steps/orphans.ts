/** Processes that a job left behind, also those in a session of their own. */
import { readdirSync, readFileSync } from "node:fs";

/** Set in the environment of all that a job starts, as GitHub's runner has it. */
export const TRACKING = "RUNNER_TRACKING_ID";

/** Kills what still has the job's mark in its environment. Does nothing where there is no `/proc`. */
export function killOrphans(mark: string): void {
  for (const pid of pids()) if (environmentOf(pid).includes(`${TRACKING}=${mark}\0`)) kill(pid);
}

function pids(): readonly number[] {
  try {
    return readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name))
      .map(Number);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

function environmentOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, "latin1");
  } catch {
    // Gone by now, or of another user: not of this job.
    return "";
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    // Gone by itself: that is what was wanted.
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
