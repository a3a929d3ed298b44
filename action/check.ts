/**
 * Check: the repository's own command on the verified patch, as untrusted as the agent, as it runs what the agent wrote.
 * It is green only where the job concludes as a success; every other end fails the job, whatever its outputs say.
 */
import { join } from "node:path";
import { leaveCheckLog, takeIssue, takeVerified } from "./handover.ts";
import { claimRun, type Job, required, runOf, variable } from "./job.ts";
import { JobFailure } from "./job-failure.ts";
import { fail, NOTHING_PUBLISHED, neutral } from "./report.ts";
import { code } from "./summary.ts";

export async function check(job: Job): Promise<void> {
  // A re-run is another owner: nothing of what it finds could be published.
  if (claimRun(job).attempt !== runOf(job).attempt) {
    const why = "this attempt of the run is not the one that took the intent";
    await neutral(job, why);
    return job.toolkit.setFailed(`nothing is checked: ${why}`);
  }
  try {
    await pass(job);
  } catch (error) {
    if (!(error instanceof JobFailure)) throw error;
    await fail(job, error);
    job.toolkit.setFailed(`${error.reason}${NOTHING_PUBLISHED}`);
  }
}

/** Throws `JobFailure` where the command does not say yes. */
async function pass(job: Job): Promise<void> {
  const { machine, toolkit } = job;
  const root = required(job, "directory");
  const context = await takeIssue(machine, join(root, "cairn-issue"), required(job, "issue-digest"));
  if (context.check === null) throw new JobFailure("tampered", "no check is configured, and this job began");
  const patch = await takeVerified(machine, join(root, "cairn-verified"), required(job, "digest"));
  const end = await machine.check(job, context.check, patch);
  if (end.kind === "green") {
    await job.summarize(`### Checked\n\n${code(context.check.command)} says yes.\n`);
    return toolkit.setOutput("outcome", "done");
  }
  const directory = join(variable(job, "RUNNER_TEMP"), "cairn-check");
  await leaveCheckLog(machine, directory, context.check, end);
  toolkit.setOutput("directory", directory);
  throw new JobFailure("check-red", end.detail);
}
