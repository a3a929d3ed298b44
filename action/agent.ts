/**
 * The agent's job: one command in a checkout, with no token, no variable of the job, and a process group of its
 * own. What it leaves is a patch, taken with a git directory that was put aside before (I12).
 */
import { join } from "node:path";
import { HEAD_FRESHNESS } from "../src/barrier/index.ts";
import { claimCheck, identityOf, siteOf } from "./connect.ts";
import { leavePatch, takeIssue, takeSpecification } from "./handover.ts";
import { type Job, required, variable } from "./job.ts";
import { code } from "./summary.ts";

export async function agent(job: Job): Promise<void> {
  const { machine, toolkit } = job;
  const site = siteOf(job, required(job, "github-token"), identityOf(job));
  const check = claimCheck(job, site);
  // A re-run, or a run that was cancelled meanwhile, starts no agent.
  let checkedAt = job.clock.now();
  await check();
  /** What was checked permits a start for so long; behind it, be it that the machine slept, it is checked again (I1). */
  const permit = async (): Promise<void> => {
    while (job.clock.now() - checkedAt > HEAD_FRESHNESS) {
      checkedAt = job.clock.now();
      await check();
    }
  };
  const issue = required(job, "directory");
  const context = await takeIssue(machine, issue, required(job, "issue-digest"));
  const left = toolkit.getInput("answer");
  const specification = left === "" ? undefined : await takeSpecification(machine, left, issue);
  const { patch, end } = await machine.work(job, context, permit, specification);
  const directory = join(variable(job, "RUNNER_TEMP"), "cairn-patch");
  await leavePatch(machine, directory, patch, end);
  toolkit.setOutput("directory", directory);
  toolkit.setOutput("outcome", end.outcome);
  toolkit.setOutput("reason", end.reason ?? "");
  toolkit.setOutput("detail", end.detail);
  const words =
    end.outcome === "done" ? `It left a patch of ${patch.length} bytes.` : `It ended as ${end.reason}.`;
  await job.summarize(`### Agent\n\n${words}${end.detail === "" ? "" : ` ${code(end.detail)}`}\n`);
}
