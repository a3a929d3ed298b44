/** How a job says what it came to: as outputs for the jobs behind it, and as a summary for people. */
import { oneLine } from "../src/core/quoted.ts";
import type { Fate } from "../src/core/words.ts";
import type { Job } from "./job.ts";
import { JobFailure } from "./job-failure.ts";
import { code } from "./summary.ts";

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
    await fail(job, error);
  } finally {
    job.toolkit.setOutput("effects", JSON.stringify(fates));
  }
}

/** A failure that has a reason is an outcome of the job: what follows from it is decided on the chain. */
export async function fail(job: Job, { reason, message }: JobFailure): Promise<void> {
  const detail = oneLine(message);
  job.toolkit.setOutput("outcome", "failed");
  job.toolkit.setOutput("reason", reason);
  job.toolkit.setOutput("detail", detail);
  job.toolkit.warning(`${reason}: ${detail}`);
  await job.summarize(`### Not done: ${reason}\n\n${detail === "" ? "" : `${code(detail)}\n`}`);
}

/** How the last line of the check's job ends in its log, where it said no. */
export const NOTHING_PUBLISHED = ": nothing is published";

/** Nothing to do for this run. It has written nothing, or nothing since it lost the work. */
export async function neutral(job: Job, why: string): Promise<void> {
  job.toolkit.setOutput("outcome", "neutral");
  job.toolkit.info(`nothing to do: ${why}`);
  await job.summarize(`### Nothing to do\n\n${code(why)}\n`);
}
