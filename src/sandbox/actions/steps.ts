/** One step: `run`, a built-in, a JavaScript action, a composite one; its condition, its variables, its end. */
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { type Action, loadAction } from "./action-file.ts";
import { downloadArtifact, uploadArtifact } from "./artifact-actions.ts";
import type { BuiltIn } from "./built-in.ts";
import { checkout } from "./checkout.ts";
import { createCommandFiles, FileCommandError, type StepWords } from "./command-files.ts";
import {
  type Contexts,
  evaluateBoolean,
  evaluateIf,
  evaluateNumber,
  evaluateRunsIf,
  evaluateText,
  evaluateTexts,
  type Status,
} from "./expressions.ts";
import { hashFiles } from "./hash-files.ts";
import type { JobState, StepOutcome, StepResult } from "./job-state.ts";
import type { Source } from "./load.ts";
import type { StepRecord } from "./port.ts";
import { startProcess } from "./process.ts";
import { field, WorkflowError } from "./tokens.ts";
import type { StepDefinition } from "./workflow-file.ts";

const BUILT_IN: Readonly<Record<string, BuiltIn>> = {
  "actions/checkout": checkout,
  "actions/upload-artifact": uploadArtifact,
  "actions/download-artifact": downloadArtifact,
};

/** What the steps of a job, or of a composite action, have around them. */
export interface StepFrame {
  readonly job: JobState;
  readonly within: Source;
  readonly steps: Record<string, StepResult>;
  /** Inside a composite action: its inputs, and where it is. */
  readonly composite:
    | { readonly inputs: Readonly<Record<string, string>>; readonly action: Action }
    | undefined;
  /** Outcome so far of the steps of this frame. */
  failed: boolean;
}

/** Runs one step to its end and notes it. Never throws for what a workflow can do wrong. */
export async function runStep(frame: StepFrame, step: StepDefinition, record?: StepRecord): Promise<void> {
  const { job } = frame;
  const result: StepResult = { outputs: {}, outcome: "skipped", conclusion: "skipped" };
  if (step.id !== undefined) frame.steps[step.id] = result;
  begin(job, record);
  try {
    if (mayRun(frame, step))
      result.outcome = await withTimeout(frame, step, () => perform(frame, step, result));
  } catch (error) {
    job.log.print(`::error::${wordsOf(error)}`);
    result.outcome = "failure";
  }
  result.conclusion = result.outcome;
  if (result.outcome === "failure" && continues(frame, step)) result.conclusion = "success";
  if (result.conclusion === "failure") fail(frame);
  end(job, record, result.conclusion);
}

const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

function fail(frame: StepFrame): void {
  frame.failed = true;
  if (!frame.composite) frame.job.status = "failure";
}

function begin(job: JobState, record: StepRecord | undefined): void {
  if (!record) return;
  record.status = "in_progress";
  record.startedAt = job.host.clock.now();
}

function end(job: JobState, record: StepRecord | undefined, conclusion: StepOutcome): void {
  if (!record) return;
  record.status = "completed";
  record.conclusion = conclusion;
  record.completedAt = job.host.clock.now();
}

function mayRun(frame: StepFrame, step: StepDefinition): boolean {
  const { stop } = frame.job;
  if (stop === "force" || stop === "lost" || stop === "timeout") return false;
  return evaluateIf(step.if, contextsOf(frame), statusOf(frame));
}

function continues(frame: StepFrame, step: StepDefinition): boolean {
  return evaluateBoolean(step.continueOnError, contextsOf(frame), false, statusOf(frame));
}

export function statusOf(frame: StepFrame): Status {
  const { job } = frame;
  const failed = (): boolean => frame.failed || job.status === "failure";
  return {
    success: () => !failed() && job.stop === "no",
    failure: () => failed(),
    cancelled: () => job.stop === "cancel",
    hashFiles: (patterns) => hashFiles(job.places.workspace, patterns),
  };
}

export function contextsOf(
  frame: StepFrame,
  env: Readonly<Record<string, string>> = frame.job.env,
): Contexts {
  const { job, composite } = frame;
  const steps = Object.fromEntries(
    Object.entries(frame.steps).map(([id, { outputs, outcome, conclusion }]) => [
      id,
      { outputs, outcome, conclusion },
    ]),
  );
  const status = job.stop === "cancel" ? "cancelled" : job.status;
  const github = job.contexts.github as Record<string, unknown>;
  return {
    ...job.contexts,
    env,
    steps,
    job: { ...(job.contexts.job as object), status },
    ...(composite
      ? { inputs: composite.inputs, github: { ...github, action_path: composite.action.directory } }
      : {}),
  };
}

async function withTimeout(
  frame: StepFrame,
  step: StepDefinition,
  run: () => Promise<StepOutcome>,
): Promise<StepOutcome> {
  const minutes = evaluateNumber(step.timeoutMinutes, contextsOf(frame), 0, statusOf(frame));
  if (minutes <= 0) return run();
  let expired = false;
  const cancel = frame.job.host.clock.schedule(minutes * 60_000, () => {
    expired = true;
    for (const process of frame.job.processes) process.signal("SIGKILL");
  });
  const outcome = await run();
  cancel();
  if (!expired) return outcome;
  frame.job.log.print(`::error::The action has timed out after ${minutes} minutes.`);
  return "failure";
}

async function perform(frame: StepFrame, step: StepDefinition, result: StepResult): Promise<StepOutcome> {
  const { job } = frame;
  const env = { ...job.env, ...evaluateTexts(step.env, contextsOf(frame), statusOf(frame)) };
  const contexts = contextsOf(frame, env);
  if (step.run !== undefined) return runScript(frame, step, env, contexts, result);
  const uses = step.uses ?? "";
  const inputs = evaluateTexts(step.with, contexts, statusOf(frame));
  const builtIn = BUILT_IN[uses.split("@")[0] ?? ""];
  if (builtIn) return runBuiltIn(job, uses, builtIn, inputs, result);
  const action = await loadAction(uses, {
    host: job.host,
    workspace: job.places.workspace,
    cache: job.places.actions,
    by: job.facts.repository,
    within: frame.within,
  });
  const given = withDefaults(frame, action, inputs);
  job.log.say(`##[group]Run ${uses}`);
  return action.runs.kind === "composite"
    ? runComposite(frame, action, given, env, result)
    : runNode(frame, action, given, env, result);
}

async function runScript(
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
  const file = join(job.places.temp, `step-${job.nextStep}-${Math.random().toString(36).slice(2)}`);
  const [command, ...args] = shellOf(shell, file);
  await writeFile(file, `${script}\n`);
  await chmod(file, 0o755);
  job.log.say(`##[group]Run ${script.split("\n")[0] ?? ""}`);
  const cwd = resolve(job.places.workspace, folder);
  return runCommand(frame, { command: command ?? "bash", args, cwd, env, extra: {} }, result);
}

/** `defaults.run` of the job, then of the workflow. Composite steps name their shell themselves. */
function defaultOf(frame: StepFrame, key: "shell" | "working-directory"): string {
  if (frame.composite) return "";
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

interface CommandSpec {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** What only this kind of step sees. */
  readonly extra: Readonly<Record<string, string>>;
  /** Where an action's saved state goes. */
  readonly state?: Record<string, string>;
}

/** Runs a process of a step, and takes in what it wrote to its command files. */
async function runCommand(frame: StepFrame, spec: CommandSpec, result: StepResult): Promise<StepOutcome> {
  const { job } = frame;
  job.nextStep += 1;
  const files = await createCommandFiles(job.places.temp, String(job.nextStep));
  const action: Record<string, string> = frame.composite
    ? { GITHUB_ACTION_PATH: frame.composite.action.directory }
    : {};
  const process = startProcess({
    command: spec.command,
    args: spec.args,
    cwd: spec.cwd,
    env: { ...job.base, ...action, ...spec.env, ...spec.extra, ...files.env },
    onLine: (line) => job.log.print(line),
  });
  job.processes.add(process);
  const code = await process.done;
  job.processes.delete(process);
  if (job.stop === "lost") return "failure";
  takeIn(job, await files.read(), result, spec.state ?? {});
  if (code === 0) return "success";
  if (job.stop === "cancel" || job.stop === "force") return "cancelled";
  job.log.print(`::error::Process completed with exit code ${code}.`);
  return "failure";
}

function takeIn(job: JobState, words: StepWords, result: StepResult, state: Record<string, string>): void {
  for (const name of Object.keys(words.env)) {
    if (/^(?:GITHUB|RUNNER)_/.test(name) || name === "NODE_OPTIONS") {
      throw new FileCommandError(`Can't store ${name} output parameter using '$GITHUB_ENV' command.`);
    }
  }
  Object.assign(result.outputs, words.outputs);
  Object.assign(job.env, words.env);
  if (words.path.length > 0) job.base.PATH = [...[...words.path].reverse(), job.base.PATH].join(":");
  if (words.summary !== "") job.summaries.push(job.log.masked(words.summary));
  Object.assign(state, words.state);
}

async function runBuiltIn(
  job: JobState,
  uses: string,
  builtIn: BuiltIn,
  inputs: Readonly<Record<string, string>>,
  result: StepResult,
): Promise<StepOutcome> {
  const unknown = Object.keys(inputs).filter((name) => !builtIn.inputs.includes(name));
  if (unknown.length > 0) {
    throw new WorkflowError(`${uses}: the sandbox does not honour the input ${unknown.join(", ")}`);
  }
  job.log.say(`##[group]Run ${uses}`);
  const outputs = await builtIn.run({
    inputs,
    github: job.contexts.github as Record<string, unknown>,
    workspace: job.places.workspace,
    home: job.places.home,
    token: job.token,
    runId: job.facts.run.id,
    log: job.log,
    artifacts: job.artifacts,
    started(process) {
      job.processes.add(process);
      void process.done.finally(() => job.processes.delete(process));
    },
  });
  Object.assign(result.outputs, outputs);
  return "success";
}

function withDefaults(
  frame: StepFrame,
  action: Action,
  given: Readonly<Record<string, string>>,
): Record<string, string> {
  const inputs: Record<string, string> = { ...given };
  const lower = new Set(Object.keys(given).map((name) => name.toLowerCase()));
  for (const { name, default: fallback } of action.inputs) {
    if (lower.has(name.toLowerCase())) continue;
    inputs[name] = fallback ? evaluateText(fallback, contextsOf(frame)) : "";
  }
  for (const name of Object.keys(given)) {
    if (!action.inputs.some((input) => input.name.toLowerCase() === name.toLowerCase())) {
      frame.job.log.print(
        `::warning::Unexpected input(s) '${name}', valid inputs are [${action.inputs.map((one) => `'${one.name}'`).join(", ")}]`,
      );
    }
  }
  return inputs;
}

async function runComposite(
  frame: StepFrame,
  action: Action,
  inputs: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string>>,
  result: StepResult,
): Promise<StepOutcome> {
  if (action.runs.kind !== "composite") throw new TypeError("not a composite action");
  const before = { ...frame.job.env };
  Object.assign(frame.job.env, env);
  const inner: StepFrame = {
    job: frame.job,
    within: action.source ?? frame.within,
    steps: {},
    composite: { inputs, action },
    failed: false,
  };
  for (const step of action.runs.steps) await runStep(inner, step);
  for (const name of Object.keys(env)) if (!(name in before)) delete frame.job.env[name];
  for (const [name, value] of action.runs.outputs)
    result.outputs[name] = evaluateText(value, contextsOf(inner));
  if (frame.job.stop !== "no") return "cancelled";
  return inner.failed ? "failure" : "success";
}

/** `INPUT_NAME` as the toolkit reads it. */
const inputVariables = (inputs: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(inputs).map(([name, value]) => [
      `INPUT_${name.replaceAll(" ", "_").toUpperCase()}`,
      value,
    ]),
  );

async function runNode(
  frame: StepFrame,
  action: Action,
  inputs: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string>>,
  result: StepResult,
): Promise<StepOutcome> {
  const { job } = frame;
  if (action.runs.kind !== "node") throw new TypeError("not a JavaScript action");
  const { main, pre, post, preIf, postIf } = action.runs;
  const state: Record<string, string> = {};
  const own = { ...frame, composite: { inputs, action } };
  const script = async (file: string, into: StepResult): Promise<StepOutcome> => {
    const stateVariables = Object.fromEntries(
      Object.entries(state).map(([name, value]) => [`STATE_${name}`, value]),
    );
    const extra = {
      ...job.runtime,
      ...inputVariables(inputs),
      ...stateVariables,
      GITHUB_ACTION_PATH: action.directory,
    };
    const args = [join(action.directory, file)];
    await mkdir(job.places.workspace, { recursive: true });
    return runCommand(
      own,
      { command: process.execPath, args, cwd: job.places.workspace, env, extra, state },
      into,
    );
  };
  if (pre !== undefined && evaluateRunsIf(preIf, contextsOf(frame), statusOf(frame))) {
    if ((await script(pre, { outputs: {}, outcome: "success", conclusion: "success" })) === "failure")
      return "failure";
  }
  if (post !== undefined) {
    const ignored: StepResult = { outputs: {}, outcome: "success", conclusion: "success" };
    job.posts.push({ name: `Post ${action.name}`, condition: postIf, run: () => script(post, ignored) });
  }
  return script(main, result);
}
