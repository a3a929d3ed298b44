/**
 * The agent: one command in a checkout, with no token, no variable of the job, and a process group of its own.
 * What it leaves is a patch, taken with a git directory that it never had in hand (I12).
 */
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { cp, mkdir, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { checkClaim } from "../src/barrier/index.ts";
import { identityOf, siteOf } from "./connect.ts";
import { gitOut } from "./git.ts";
import { type AgentContext, type AgentEnd, leavePatch, takeIssue } from "./handover.ts";
import { claimRun, type Job, required, runOf, variable } from "./job.ts";

export async function agent(job: Job): Promise<void> {
  const site = siteOf(job, required(job, "github-token"), identityOf(job));
  // A re-run, or a run that was cancelled meanwhile, starts no agent.
  await checkClaim(site, required(job, "claim"), claimRun(job), runOf(job));
  const issueDirectory = required(job, "directory");
  const context = await takeIssue(issueDirectory, required(job, "issue-digest"));
  const temp = variable(job, "RUNNER_TEMP");
  const workspace = variable(job, "GITHUB_WORKSPACE");
  const gitDir = join(temp, `cairn-git-${randomUUID()}`);
  await cp(join(workspace, ".git"), gitDir, { recursive: true });
  const end = await runAgent({
    context,
    workspace,
    temp,
    issueFile: join(issueDirectory, "issue.md"),
    print: (line) => job.toolkit.info(line),
  });
  const tree = { gitDir, workTree: workspace };
  await gitOut(tree, ["add", "--all"]);
  const patch = await gitOut(tree, [
    "diff",
    "--cached",
    "--binary",
    "--full-index",
    "--no-ext-diff",
    "--no-textconv",
    "--no-renames",
    "--no-color",
    context.commit,
  ]);
  const told: AgentEnd =
    end.outcome === "done" && patch.length === 0
      ? { outcome: "failed", reason: "no-change", detail: "" }
      : end;
  const directory = join(temp, "cairn-patch");
  await leavePatch(directory, patch, told);
  job.toolkit.setOutput("directory", directory);
  job.toolkit.setOutput("outcome", told.outcome);
  job.toolkit.setOutput("reason", told.reason ?? "");
  job.toolkit.setOutput("detail", told.detail);
  await job.summarize(
    `### Agent\n\n${told.outcome === "done" ? `It left a patch of ${patch.length} bytes.` : `It ended as ${told.reason}. ${told.detail}`}\n`,
  );
}

export interface AgentSpec {
  readonly context: AgentContext;
  readonly workspace: string;
  readonly temp: string;
  readonly issueFile: string;
  readonly print: (line: string) => void;
}

/** Milliseconds between asking the agent to end and ending it. */
const GRACE = 5_000;

/** Runs the command to its end, or to the end of its time. */
export async function runAgent(spec: AgentSpec): Promise<AgentEnd> {
  const { context, workspace, temp } = spec;
  const home = await mkdtemp(join(temp, "agent-home-"));
  const scratch = join(home, "tmp");
  await mkdir(scratch);
  // What the agent prints can look like a workflow command: nobody obeys it until this word comes.
  const word = `cairn-${randomUUID()}`;
  spec.print(`::stop-commands::${word}`);
  const child = spawn("bash", ["-c", context.command], {
    cwd: workspace,
    env: environment(context, { home, scratch, issueFile: spec.issueFile }),
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const signal = (name: NodeJS.Signals): void => {
    if (child.pid === undefined) return;
    try {
      process.kill(-child.pid, name);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
  };
  const flush = [lines(child.stdout, spec.print), lines(child.stderr, spec.print)];
  let late = false;
  const timers: NodeJS.Timeout[] = [];
  timers.push(
    setTimeout(() => {
      late = true;
      signal("SIGTERM");
      timers.push(setTimeout(() => signal("SIGKILL"), GRACE));
    }, context.timeoutMinutes * 60_000),
  );
  const code = await new Promise<number>((resolve) => {
    child.once("error", () => resolve(127));
    child.once("exit", (exit, by) => resolve(exit ?? (by ? 128 : 1)));
  });
  for (const timer of timers) clearTimeout(timer);
  // Whatever it left running ends with it.
  signal("SIGKILL");
  for (const rest of flush) rest();
  spec.print(`::${word}::`);
  await rm(home, { recursive: true, force: true });
  if (late)
    return { outcome: "failed", reason: "agent-timeout", detail: `after ${context.timeoutMinutes} minutes` };
  if (code === 127 || code === 126) {
    return {
      outcome: "failed",
      reason: "agent-missing",
      detail: `\`${context.command}\` ended with ${code}`,
    };
  }
  if (code !== 0) return { outcome: "failed", reason: "agent-failed", detail: `it ended with ${code}` };
  return { outcome: "done", reason: null, detail: "" };
}

/** All that the agent gets to see. Nothing is handed on but the way to programs. */
export function environment(
  context: AgentContext,
  places: { readonly home: string; readonly scratch: string; readonly issueFile: string },
): Record<string, string> {
  return {
    PATH: process.env.PATH ?? "/usr/local/bin:/usr/bin:/bin",
    HOME: places.home,
    TMPDIR: places.scratch,
    LANG: "C.UTF-8",
    TERM: "dumb",
    CI: "true",
    GIT_TERMINAL_PROMPT: "0",
    CAIRN_ISSUE_FILE: places.issueFile,
    CAIRN_ISSUE_NUMBER: String(context.issue),
    CAIRN_ISSUE_TITLE: context.title,
    CAIRN_GENERATION: String(context.generation),
    CAIRN_ATTEMPT: String(context.attempt),
    CAIRN_BASE: context.base,
  };
}

/** Prints line by line; the returned function gives out what came last. */
function lines(stream: NodeJS.ReadableStream, print: (line: string) => void): () => void {
  let rest = "";
  stream.setEncoding("utf8");
  stream.on("data", (chunk: string) => {
    const parts = (rest + chunk).split(/\r?\n/);
    rest = parts.pop() ?? "";
    for (const line of parts) print(line);
  });
  return () => {
    if (rest !== "") print(rest);
    rest = "";
  };
}
