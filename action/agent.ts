/**
 * The agent's job: one command in a checkout, with no token, no variable of the job, and a process group of its
 * own. What it leaves is a patch, taken with a git directory that was put aside before (I12).
 */
import { join } from "node:path";
import { checkClaim } from "../src/barrier/index.ts";
import { runAgent } from "./agent-process.ts";
import { identityOf, siteOf } from "./connect.ts";
import { type AgentEnd, leavePatch, takeIssue } from "./handover.ts";
import { claimRun, type Job, JobFailure, required, runOf, variable } from "./job.ts";
import { setAside, takePatch } from "./patch.ts";
import { keepRunnerFiles } from "./runner-files.ts";
import { code } from "./summary.ts";

export async function agent(job: Job): Promise<void> {
  const site = siteOf(job, required(job, "github-token"), identityOf(job));
  // A re-run, or a run that was cancelled meanwhile, starts no agent.
  await checkClaim(site, required(job, "claim"), claimRun(job), runOf(job));
  const issueDirectory = required(job, "directory");
  const context = await takeIssue(issueDirectory, required(job, "issue-digest"));
  const temp = variable(job, "RUNNER_TEMP");
  const workspace = variable(job, "GITHUB_WORKSPACE");
  const tree = await setAside(workspace, temp);
  const restore = await keepRunnerFiles(job.env);
  await hide(job);
  const end = await runAgent({
    context,
    workspace,
    temp,
    path: variable(job, "PATH"),
    issueFile: join(issueDirectory, "issue.md"),
    print: (line) => job.toolkit.info(line),
  });
  await restore();
  const { patch, told } = await outcomeOf(end, () => takePatch(tree, context.commit, context.rules));
  const directory = join(temp, "cairn-patch");
  await leavePatch(directory, patch, told);
  job.toolkit.setOutput("directory", directory);
  job.toolkit.setOutput("outcome", told.outcome);
  job.toolkit.setOutput("reason", told.reason ?? "");
  job.toolkit.setOutput("detail", told.detail);
  const words =
    told.outcome === "done" ? `It left a patch of ${patch.length} bytes.` : `It ended as ${told.reason}.`;
  await job.summarize(`### Agent\n\n${words}${told.detail === "" ? "" : ` ${code(told.detail)}`}\n`);
}

/** Not every system can: it is said then, as the agent could look the job's own token up (it may only read). */
async function hide(job: Job): Promise<void> {
  try {
    await job.hideSecrets();
  } catch (error) {
    job.toolkit.warning(`this machine shows the job's variables to the agent: ${(error as Error).message}`);
  }
}

const NOTHING = Buffer.alloc(0);

/** How it ended, once the patch is known as well. An agent that failed leaves none. */
async function outcomeOf(
  end: AgentEnd,
  take: () => Promise<Buffer>,
): Promise<{ readonly patch: Buffer; readonly told: AgentEnd }> {
  if (end.outcome === "failed") return { patch: NOTHING, told: end };
  try {
    const patch = await take();
    if (patch.length > 0) return { patch, told: end };
    return { patch, told: { outcome: "failed", reason: "no-change", detail: "" } };
  } catch (error) {
    if (!(error instanceof JobFailure)) throw error;
    return { patch: NOTHING, told: { outcome: "failed", reason: error.reason, detail: error.message } };
  }
}
