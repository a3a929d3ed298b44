/** Verify: the patch on the newest base, by rules that the agent has no hand in. What passes is fixed by its digest. */
import { join } from "node:path";
import { claimCheck, identityOf, siteOf } from "./connect.ts";
import { leaveVerified, takeEnd, takeIssue } from "./handover.ts";
import { type Job, required, variable } from "./job.ts";
import { JobFailure } from "./job-failure.ts";
import { code } from "./summary.ts";

export async function verify(job: Job): Promise<void> {
  const { machine } = job;
  const site = siteOf(job, required(job, "github-token"), identityOf(job));
  await claimCheck(job, site)();
  const root = required(job, "directory");
  const context = await takeIssue(machine, join(root, "cairn-issue"), required(job, "issue-digest"));
  const end = await takeEnd(machine, join(root, "cairn-patch"));
  if (end.outcome !== "done") throw new JobFailure(end.reason ?? "agent-failed", end.detail);
  const patch = await machine.read(join(root, "cairn-patch", "patch.diff"));
  const verified = await machine.judge(job, patch, context);
  const directory = join(variable(job, "RUNNER_TEMP"), "cairn-verified");
  const digest = await leaveVerified(machine, directory, verified);
  job.toolkit.setOutput("directory", directory);
  job.toolkit.setOutput("digest", digest);
  job.toolkit.setOutput("base-commit", verified.base);
  job.toolkit.setOutput("tree", verified.tree);
  job.toolkit.setOutput("outcome", "go");
  await job.summarize(
    `### Verified\n\n${verified.files.length} files on ${code(verified.base)}, digest ${code(digest)}.\n`,
  );
}
