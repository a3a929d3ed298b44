/** What a job does on the machine that it runs on, GitHub apart: files, git, the agent's process. */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { runAgent } from "./agent-process.ts";
import { readBounded } from "./bounded-file.ts";
import { applyVerified, type CheckEnd, runCheck } from "./check-process.ts";
import { beginMerge, solveAndJudge } from "./conflict.ts";
import {
  type AgentContext,
  type AgentEnd,
  type CheckContext,
  CONFLICTS_FILE,
  INPUT_FILE,
  type TriageContext,
  type VerifiedPatch,
} from "./handover.ts";
import { hideSecrets } from "./hide-secrets.ts";
import { type Job, required, variable } from "./job.ts";
import { JobFailure } from "./job-failure.ts";
import { applyAndJudge, setAside, takePatch } from "./patch.ts";
import { runReview } from "./review-process.ts";
import { keepRunnerFiles } from "./runner-files.ts";
import { runTriage } from "./triage-process.ts";

/** How the agent ended, and what it left in the checkout; nothing where it failed. */
export interface Work {
  readonly end: AgentEnd;
  readonly patch: Buffer;
}

export interface Machine {
  /**
   * `longest`: bytes that are allowed; of a file that has more, one more is read. Rejects where it is none; with `longest`,
   * where it is no plain one.
   */
  read(path: string, longest?: number): Promise<Buffer>;
  /** Makes the folders as well. */
  write(path: string, content: string | Buffer): Promise<void>;
  /**
   * Runs the agent to its end in the job's checkout. `permit` is asked right before it starts, and rejects where it may
   * not any more. Rejects too where the job itself is told to end, and with `JobFailure` where a conflict that the agent
   * was to solve is none. `specificationFile`: what the agent reads beside the issue, where there is something.
   */
  work(
    job: Job,
    context: AgentContext,
    permit: () => Promise<void>,
    specificationFile?: string,
  ): Promise<Work>;
  /**
   * The patch on the commit that the job has checked out, or on its merge with what it conflicts with. Throws `JobFailure`
   * with the reason.
   */
  judge(job: Job, patch: Buffer, context: AgentContext): Promise<VerifiedPatch>;
  /**
   * Runs the check command to its end on the job's checkout with the patch in it. Throws `JobFailure` where the two do
   * not give what was verified. Rejects too where the job itself is told to end.
   */
  check(job: Job, check: CheckContext, patch: VerifiedPatch): Promise<CheckEnd>;
  /**
   * Runs the review command to its end on the job's checkout; returns what it wrote as its verdict. Throws `JobFailure`
   * where that is nothing. `permit` as for `work`. Rejects too where the job itself is told to end.
   */
  review(job: Job, context: AgentContext, permit: () => Promise<void>): Promise<string>;
  /**
   * Runs the triage command to its end in the job's checkout; returns what it wrote as its answer. Throws `NoAnswer` where
   * that is nothing. Rejects too where the job itself is told to end.
   */
  triage(job: Job, context: AgentContext, triage: TriageContext): Promise<Buffer>;
}

/** The runner's. */
export const machine: Machine = {
  read: (path, longest) => (longest === undefined ? readFile(path) : readBounded(path, longest)),
  async write(path, content) {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content);
  },
  async work(job, context, permit, specificationFile) {
    const place = placeOf(job);
    // Inputs are variables: they are read before those are blotted out.
    const issueFile = join(required(job, "directory"), "issue.md");
    const merged = context.merges === undefined ? undefined : await conflictOf(place, context, issueFile);
    const tree = await setAside(place.workspace, place.temp);
    const end = await apart(job, async () => {
      await permit();
      return runAgent({ ...place, context, issueFile, specificationFile });
    });
    return outcomeOf(end, () => takePatch(tree, merged ?? context.commit, context.rules));
  },
  judge(job, patch, { rules, commit, merges }) {
    const workTree = variable(job, "GITHUB_WORKSPACE");
    const indexFile = join(variable(job, "RUNNER_TEMP"), "cairn-index");
    const tree = { gitDir: join(workTree, ".git"), workTree, indexFile };
    if (merges === undefined) return applyAndJudge(tree, patch, rules);
    return solveAndJudge(tree, patch, rules, { head: commit, base: merges });
  },
  async check(job, check, patch) {
    const place = placeOf(job);
    const gitDir = join(place.workspace, ".git");
    const indexFile = join(gitDir, "index");
    await applyVerified({ gitDir, workTree: place.workspace, indexFile }, patch);
    return apart(job, () => runCheck({ ...place, check, secrets: secretsOf(job) }));
  },
  review(job, context, permit) {
    const place = placeOf(job);
    const issueFile = join(required(job, "directory"), "issue.md");
    const secrets = secretsOf(job);
    return apart(job, async () => {
      await permit();
      return runReview({ ...place, context, issueFile, secrets });
    });
  },
  triage(job, context, triage) {
    const place = placeOf(job);
    const directory = required(job, "directory");
    const issueFile = join(directory, "issue.md");
    const inputFile = join(directory, INPUT_FILE);
    const secrets = secretsOf(job);
    return apart(job, () => runTriage({ ...place, context, triage, issueFile, inputFile, secrets }));
  },
};

/** Begins the merge in the checkout, and says which paths conflict; the tree that the agent's work is counted from. */
async function conflictOf(
  { workspace }: Pick<ReturnType<typeof placeOf>, "workspace">,
  { commit: head, merges: base = "" }: AgentContext,
  issueFile: string,
): Promise<string> {
  const gitDir = join(workspace, ".git");
  const checkout = { gitDir, workTree: workspace, indexFile: join(gitDir, "index") };
  const { tree, conflicts } = await beginMerge(checkout, { head, base });
  await machine.write(join(dirname(issueFile), CONFLICTS_FILE), `${JSON.stringify(conflicts, null, 2)}\n`);
  return tree;
}

/** Where a command of the repository's runs, and where its words go. */
const placeOf = (job: Job) => ({
  workspace: variable(job, "GITHUB_WORKSPACE"),
  temp: variable(job, "RUNNER_TEMP"),
  path: variable(job, "PATH"),
  print: (line: string) => job.toolkit.info(line),
});

/** Keeps the job's variables from what runs there, and the runner's files as they are (I12). */
async function apart<T>(job: Job, work: () => Promise<T>): Promise<T> {
  const restore = await keepRunnerFiles(job.env);
  await hide(job);
  try {
    return await work();
  } finally {
    await restore();
  }
}

/** Variables of a job whose values nobody should be told. */
const SECRET_NAME = /TOKEN|SECRET|KEY|PASS|CREDENTIAL|AUTH/i;
/** Characters from which a value is none that stands in any text. */
const SECRET_LENGTH = 8;

const secretsOf = ({ env }: Job): readonly string[] =>
  Object.entries(env).flatMap(([name, value = ""]) =>
    SECRET_NAME.test(name) && value.length >= SECRET_LENGTH ? [value] : [],
  );

/** Not every system can: it is said then, as the agent could look the job's own token up (it may only read). */
async function hide(job: Job): Promise<void> {
  try {
    await hideSecrets();
  } catch (error) {
    job.toolkit.warning(
      `this machine shows the job's variables to what it runs: ${(error as Error).message}`,
    );
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
