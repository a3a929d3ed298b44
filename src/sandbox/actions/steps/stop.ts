/** How what runs in a job is ended: asked, asked harder, killed. */
import type { JobState, Stop } from "../job-state.ts";
import { killOrphans } from "./orphans.ts";

/** Milliseconds after SIGINT: SIGTERM, SIGKILL, as the runner has them. */
const PATIENCE = { term: 7_500, kill: 10_000 };

/** Milliseconds that a cancelled job has for its `always()` steps; then it is ended by force (docs: "Canceling a workflow"). */
const CANCEL_TIMEOUT = 300_000;

/** Ends the processes that run now. Steps that come after them run to their end. */
export function endProcesses(job: JobState, timers: (() => void)[]): void {
  const doomed = [...job.processes];
  for (const process of doomed) job.doomed.add(process);
  const each = (signal: NodeJS.Signals) => (): void => {
    for (const process of doomed) if (job.processes.has(process)) process.signal(signal);
  };
  each("SIGINT")();
  timers.push(job.host.clock.schedule(PATIENCE.term, each("SIGTERM")));
  timers.push(job.host.clock.schedule(PATIENCE.kill, each("SIGKILL")));
}

/** Stops a job. `cancel` asks every step under way whether its condition still holds: `always()` goes on. */
export function stopJob(job: JobState, how: Exclude<Stop, "no">, timers: (() => void)[]): void {
  const before = job.stop;
  if (before === "force" || before === "lost") return;
  job.stop = how;
  if (how !== "cancel") {
    for (const process of job.processes) {
      job.doomed.add(process);
      process.signal("SIGKILL");
    }
    killOrphans(job.mark);
    return;
  }
  if (before === "cancel") return;
  timers.push(job.host.clock.schedule(CANCEL_TIMEOUT, () => stopJob(job, "force", timers)));
  if (!job.underWay.every((holds) => stillHolds(job, holds))) endProcesses(job, timers);
}

/** Whether what is about to start is to end already: it was not there yet when all others were told. */
export function isEnding(job: JobState): boolean {
  if (job.stop === "force" || job.stop === "lost" || job.expired > 0) return true;
  return job.stop === "cancel" && !job.underWay.every((holds) => stillHolds(job, holds));
}

function stillHolds(job: JobState, holds: () => boolean): boolean {
  try {
    return holds();
  } catch (error) {
    job.log.error(error instanceof Error ? error.message : String(error));
    return false;
  }
}
