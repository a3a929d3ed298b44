/**
 * Review: the repository's review command on a published head, as untrusted as the agent, as what it reads may talk to it.
 * What it leaves is a file; what that says is for the effect job to judge.
 */
import { join } from "node:path";
import { claimCheck, identityOf, siteOf } from "./connect.ts";
import { leaveVerdict, takeIssue } from "./handover.ts";
import { type Job, required, variable } from "./job.ts";

export async function review(job: Job): Promise<void> {
  const { machine, toolkit } = job;
  const site = siteOf(job, required(job, "github-token"), identityOf(job));
  const permit = claimCheck(job, site);
  // A re-run, or a run that was cancelled meanwhile, starts no command.
  await permit();
  const context = await takeIssue(machine, required(job, "directory"), required(job, "issue-digest"));
  const verdict = await machine.review(job, context, permit);
  const directory = join(variable(job, "RUNNER_TEMP"), "cairn-verdict");
  await leaveVerdict(machine, directory, verdict);
  toolkit.setOutput("directory", directory);
  toolkit.setOutput("outcome", "done");
  await job.summarize(`### Reviewed\n\nThe command left ${Buffer.byteLength(verdict)} bytes.\n`);
}
