/** Verify: the patch on the newest base, by rules that the agent has no hand in. What passes is fixed by its digest. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { checkClaim } from "../src/barrier/index.ts";
import { identityOf, siteOf } from "./connect.ts";
import { leaveVerified, takeEnd, takeIssue } from "./handover.ts";
import { claimRun, type Job, JobFailure, required, runOf, variable } from "./job.ts";
import { applyAndJudge } from "./patch.ts";
import { code } from "./summary.ts";

export async function verify(job: Job): Promise<void> {
  const site = siteOf(job, required(job, "github-token"), identityOf(job));
  await checkClaim(site, required(job, "claim"), claimRun(job), runOf(job));
  const root = required(job, "directory");
  const context = await takeIssue(join(root, "cairn-issue"), required(job, "issue-digest"));
  const end = await takeEnd(join(root, "cairn-patch"));
  if (end.outcome !== "done") throw new JobFailure(end.reason ?? "agent-failed", end.detail);
  const patch = await readFile(join(root, "cairn-patch", "patch.diff"));
  const workTree = variable(job, "GITHUB_WORKSPACE");
  const temp = variable(job, "RUNNER_TEMP");
  const tree = { gitDir: join(workTree, ".git"), workTree, indexFile: join(temp, "cairn-index") };
  const verified = await applyAndJudge(tree, patch, context.rules);
  const directory = join(temp, "cairn-verified");
  const digest = await leaveVerified(directory, verified);
  job.toolkit.setOutput("directory", directory);
  job.toolkit.setOutput("digest", digest);
  job.toolkit.setOutput("outcome", "go");
  await job.summarize(
    `### Verified\n\n${verified.files.length} files on ${code(verified.base)}, digest ${code(digest)}.\n`,
  );
}
