/** What became of the effects, as outputs: a reason to give up is an outcome of the job, not its failure. */
import { oneLine } from "../src/core/plan.ts";
import type { Fate } from "../src/core/words.ts";
import { type Job, JobFailure } from "./job.ts";

/** Runs the work and tells how it ended; `fates` is told whatever happens. `go`: later jobs go on with it. */
export async function reporting(
  job: Job,
  fates: Readonly<Record<string, Fate>>,
  work: () => Promise<void>,
  outcome: "done" | "go" = "done",
): Promise<void> {
  try {
    await work();
    job.toolkit.setOutput("outcome", outcome);
  } catch (error) {
    if (!(error instanceof JobFailure)) throw error;
    fail(job, error);
  } finally {
    job.toolkit.setOutput("effects", JSON.stringify(fates));
  }
}

/** Outputs of a failure that has a reason. */
export function fail(job: Job, { reason, message }: JobFailure): void {
  job.toolkit.setOutput("outcome", "failed");
  job.toolkit.setOutput("reason", reason);
  job.toolkit.setOutput("detail", oneLine(message));
  job.toolkit.warning(`${reason}: ${oneLine(message)}`);
}
