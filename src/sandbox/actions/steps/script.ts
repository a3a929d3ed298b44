/** `run`: a script in the shell that the step, the job or the workflow names. */
import { existsSync } from "node:fs";
import { chmod, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { type Contexts, evaluateText } from "../expressions.ts";
import type { StepOutcome, StepResult } from "../job-state.ts";
import { field, WorkflowError } from "../tokens.ts";
import type { StepDefinition } from "../workflow-file.ts";
import { runCommand } from "./command.ts";
import { contextsOf, type StepFrame, statusOf } from "./frame.ts";

export async function runScript(
  frame: StepFrame,
  step: StepDefinition,
  env: Readonly<Record<string, string>>,
  contexts: Contexts,
  result: StepResult,
): Promise<StepOutcome> {
  const { job } = frame;
  const script = evaluateText(step.run, contexts, statusOf(frame));
  const shell = evaluateText(step.shell, contexts, statusOf(frame)) || defaultOf(frame, "shell");
  const folder =
    evaluateText(step.workingDirectory, contexts, statusOf(frame)) || defaultOf(frame, "working-directory");
  const cwd = resolve(job.places.workspace, folder);
  if (!existsSync(cwd)) throw new WorkflowError(`the working directory '${cwd}' does not exist`);
  const file = join(job.places.temp, `step-${job.nextStep}-${Math.random().toString(36).slice(2)}`);
  const [command = "bash", ...args] = shellOf(shell, file);
  await writeFile(file, `${script}\n`);
  await chmod(file, 0o755);
  job.log.say(`##[group]Run ${script.trimStart().split("\n")[0] ?? ""}`);
  job.log.say("##[endgroup]");
  return runCommand(frame, { command, args, cwd, env, extra: {} }, result);
}

/** `defaults.run` of the job, then of the workflow. Steps of a composite action name their shell themselves. */
function defaultOf(frame: StepFrame, key: "shell" | "working-directory"): string {
  if (frame.action) return "";
  for (const token of [frame.job.definition.defaults, frame.job.workflow.file.defaults]) {
    const value = evaluateText(field(field(token, "run"), key), contextsOf(frame), statusOf(frame));
    if (value !== "") return value;
  }
  return "";
}

function shellOf(shell: string, file: string): string[] {
  switch (shell) {
    case "":
      return ["bash", "-e", file];
    case "bash":
      return ["bash", "--noprofile", "--norc", "-eo", "pipefail", file];
    case "sh":
      return ["sh", "-e", file];
    case "python":
      return ["python3", file];
    default:
      if (shell.includes("{0}")) return shell.split(/\s+/).map((part) => part.replace("{0}", file));
      throw new WorkflowError(`the shell '${shell}' is not here: bash, sh, python, or a command with {0}`);
  }
}
