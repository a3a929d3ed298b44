/** One process of a step, and what it tells its job: by commands in its output, by its command files, by its end. */
import type { JobState, StepOutcome, StepResult } from "../job-state.ts";
import { createCommandFiles, type StepWords } from "./command-files.ts";
import type { StepFrame } from "./frame.ts";
import { startProcess } from "./process.ts";
import { isEnding } from "./stop.ts";

export interface CommandSpec {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** What only this kind of step sees. */
  readonly extra: Readonly<Record<string, string>>;
  /** Where an action's saved state goes. */
  readonly state?: Record<string, string>;
}

/** Runs a process of a step, and takes in what it said. */
export async function runCommand(
  frame: StepFrame,
  spec: CommandSpec,
  result: StepResult,
): Promise<StepOutcome> {
  const { job } = frame;
  job.nextStep += 1;
  const files = await createCommandFiles(job.places.temp, String(job.nextStep));
  if (isEnding(job)) return "cancelled";
  const state = spec.state ?? {};
  let refused = false;
  const ear = {
    output: (name: string, value: string) => void Object.assign(result.outputs, { [name]: value }),
    state: (name: string, value: string) => void Object.assign(state, { [name]: value }),
    failed: () => {
      refused = true;
    },
  };
  const process = startProcess({
    command: spec.command,
    args: spec.args,
    cwd: spec.cwd,
    env: variablesOf(frame, spec, files.env),
    onLine: (line) => job.log.print(line, ear),
  });
  job.processes.add(process);
  const code = await process.done;
  job.processes.delete(process);
  if (job.stop === "lost") return "failure";
  const words = await files.read();
  takeIn(job, words, result, state);
  if (job.doomed.has(process)) {
    if (job.stop !== "no") job.log.error("The operation was canceled.");
    return "cancelled";
  }
  if (code !== 0) job.log.error(`Process completed with exit code ${code}.`);
  return code === 0 && !refused && !words.unreadable ? "success" : "failure";
}

/** `env` gives way to the variables that GitHub sets by default (docs: "Variables reference"), and to nothing else. */
export function variablesOf(
  frame: StepFrame,
  spec: Pick<CommandSpec, "env" | "extra">,
  files: Readonly<Record<string, string>>,
): Record<string, string> {
  const { base, prepended } = frame.job;
  const defaults = Object.entries(base).filter(([name]) => /^(?:GITHUB|RUNNER|ACTIONS_ID_TOKEN)_/.test(name));
  const path = [...[...prepended].reverse(), spec.env.PATH ?? base.PATH ?? ""].join(":");
  return {
    ...base,
    ...spec.env,
    ...spec.extra,
    ...Object.fromEntries(defaults),
    ...actionOf(frame),
    ...files,
    PATH: path,
  };
}

function actionOf({ job, action }: StepFrame): Record<string, string> {
  return {
    GITHUB_ACTION: job.actionName,
    ...(action
      ? {
          GITHUB_ACTION_PATH: action.action.directory,
          GITHUB_ACTION_REPOSITORY: action.action.repository,
          GITHUB_ACTION_REF: action.action.ref,
        }
      : {}),
  };
}

function takeIn(job: JobState, words: StepWords, result: StepResult, state: Record<string, string>): void {
  for (const message of words.errors) job.log.error(message);
  const { NODE_OPTIONS: options, ...env } = words.env;
  // The runner says so and goes on: the step does not fail of it.
  if (options !== undefined) {
    job.log.error("Can't store NODE_OPTIONS output parameter using '$GITHUB_ENV' command.");
  }
  Object.assign(result.outputs, words.outputs);
  Object.assign(job.env, env);
  for (const folder of words.path) prepend(job, folder);
  if (words.summary !== "") job.summaries.push(job.log.masked(words.summary));
  Object.assign(state, words.state);
}

/** Puts a folder in front of the `PATH` of all later steps. */
export function prepend(job: JobState, folder: string): void {
  const before = job.prepended.indexOf(folder);
  if (before >= 0) job.prepended.splice(before, 1);
  job.prepended.push(folder);
}
