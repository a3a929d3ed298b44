/** What a job does on the machine that it runs on, GitHub apart: files, git, the agent's process. */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { runAgent } from "./agent-process.ts";
import type { AgentContext, AgentEnd, VerifiedPatch } from "./handover.ts";
import { hideSecrets } from "./hide-secrets.ts";
import { type Job, JobFailure, required, variable } from "./job.ts";
import { applyAndJudge, setAside, takePatch } from "./patch.ts";
import { keepRunnerFiles } from "./runner-files.ts";

/** How the agent ended, and what it left in the checkout; nothing where it failed. */
export interface Work {
  readonly end: AgentEnd;
  readonly patch: Buffer;
}

export interface Machine {
  read(path: string): Promise<Buffer>;
  /** Makes the folders as well. */
  write(path: string, content: string | Buffer): Promise<void>;
  /**
   * Runs the agent to its end in the job's checkout. `permit` is asked right before it starts, and rejects where it may
   * not any more. Rejects too where the job itself is told to end.
   */
  work(job: Job, context: AgentContext, permit: () => Promise<void>): Promise<Work>;
  /** The patch on the commit that the job has checked out. Throws `JobFailure` with the reason. */
  judge(job: Job, patch: Buffer, rules: AgentContext["rules"]): Promise<VerifiedPatch>;
}

/** The runner's. */
export const machine: Machine = {
  read: (path) => readFile(path),
  async write(path, content) {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content);
  },
  async work(job, context, permit) {
    const temp = variable(job, "RUNNER_TEMP");
    const workspace = variable(job, "GITHUB_WORKSPACE");
    // Inputs are variables: they are read before those are blotted out.
    const issueFile = join(required(job, "directory"), "issue.md");
    const tree = await setAside(workspace, temp);
    const restore = await keepRunnerFiles(job.env);
    await hide(job);
    await permit();
    const end = await runAgent({
      context,
      workspace,
      temp,
      path: variable(job, "PATH"),
      issueFile,
      print: (line) => job.toolkit.info(line),
    });
    await restore();
    return outcomeOf(end, () => takePatch(tree, context.commit, context.rules));
  },
  judge(job, patch, rules) {
    const workTree = variable(job, "GITHUB_WORKSPACE");
    const indexFile = join(variable(job, "RUNNER_TEMP"), "cairn-index");
    return applyAndJudge({ gitDir: join(workTree, ".git"), workTree, indexFile }, patch, rules);
  },
};

/** Not every system can: it is said then, as the agent could look the job's own token up (it may only read). */
async function hide(job: Job): Promise<void> {
  try {
    await hideSecrets();
  } catch (error) {
    job.toolkit.warning(`this machine shows the job's variables to the agent: ${(error as Error).message}`);
  }
}

const NOTHING = Buffer.alloc(0);

async function outcomeOf(end: AgentEnd, take: () => Promise<Buffer>): Promise<Work> {
  if (end.outcome === "failed") return { patch: NOTHING, end };
  try {
    const patch = await take();
    if (patch.length > 0) return { patch, end };
    return { patch, end: { outcome: "failed", reason: "no-change", detail: "" } };
  } catch (error) {
    if (!(error instanceof JobFailure)) throw error;
    return { patch: NOTHING, end: { outcome: "failed", reason: error.reason, detail: error.message } };
  }
}
