/** `uses`: the sandbox's own stand-in, or an action that was found, with its inputs. */
import { type Action, loadAction } from "../action-file.ts";
import { standInFor } from "../built-in/index.ts";
import type { BuiltIn } from "../built-in/port.ts";
import { type Contexts, evaluateText, evaluateTexts } from "../expressions.ts";
import type { JobState, StepOutcome, StepResult } from "../job-state.ts";
import type { Origin } from "../origin.ts";
import { WorkflowError } from "../tokens.ts";
import type { StepDefinition } from "../workflow-file.ts";
import { prepend, variablesOf } from "./command.ts";
import { runComposite } from "./composite.ts";
import { contextsOf, type StepFrame, statusOf } from "./frame.ts";
import { type Given, runNode } from "./node-action.ts";
import { nameOf } from "./step-name.ts";
import { isEnding } from "./stop.ts";

export async function runUses(
  frame: StepFrame,
  step: StepDefinition,
  env: Readonly<Record<string, string>>,
  contexts: Contexts,
  result: StepResult,
): Promise<StepOutcome> {
  const { job } = frame;
  const uses = step.uses ?? "";
  const inputs = evaluateTexts(step.with, contexts, statusOf(frame));
  job.log.say(`##[group]Run ${uses}`);
  job.log.say("##[endgroup]");
  const located = await locate(job, frame.within, uses);
  if (located.kind === "stand-in") return runBuiltIn(frame, step, located.builtIn, { inputs, env }, result);
  const { action } = located;
  const given = withDefaults(frame, action, inputs);
  return action.runs.kind === "composite"
    ? runComposite(frame, action, given, env, result)
    : runNode(frame, step, action, { inputs: given, env }, result);
}

export type Located =
  | { readonly kind: "stand-in"; readonly builtIn: BuiltIn }
  | { readonly kind: "action"; readonly action: Action };

/** Throws `WorkflowError` where there is no such action, or where it is of a kind that is not run here. */
export async function locate(job: JobState, within: Origin, uses: string): Promise<Located> {
  const builtIn = await standInFor(uses, job.actions);
  if (builtIn) return { kind: "stand-in", builtIn };
  const action = await loadAction(uses, {
    host: job.host,
    workspace: job.places.workspace,
    cache: job.places.actions,
    library: job.actions,
    by: job.facts.repository,
    within,
  });
  return { kind: "action", action };
}

async function runBuiltIn(
  frame: StepFrame,
  step: StepDefinition,
  builtIn: BuiltIn,
  { inputs, env }: Given,
  result: StepResult,
): Promise<StepOutcome> {
  const { job } = frame;
  const unknown = Object.keys(inputs).filter((name) => !builtIn.inputs.includes(name));
  if (unknown.length > 0) {
    throw new WorkflowError(`${step.uses}: the sandbox does not honour the input ${unknown.join(", ")}`);
  }
  const outputs = await builtIn.run({
    inputs,
    job,
    github: job.contexts.github as Record<string, unknown>,
    env: variablesOf(frame, { env, extra: {} }, {}),
    started(process) {
      job.processes.add(process);
      if (isEnding(job)) process.signal("SIGKILL");
      void process.done.finally(() => job.processes.delete(process));
    },
    setVariable: (name, value) => void Object.assign(job.env, { [name]: value }),
    addPath: (folder) => prepend(job, folder),
    atEnd(condition, run) {
      const post = (): Promise<StepOutcome> => run().then(() => "success");
      job.posts.push({ name: `Post ${nameOf(step)}`, condition, run: post });
    },
  });
  Object.assign(result.outputs, outputs);
  return "success";
}

/** Inputs as given, and the defaults of the others. */
export function withDefaults(
  frame: StepFrame,
  action: Action,
  given: Readonly<Record<string, string>>,
): Record<string, string> {
  const inputs: Record<string, string> = { ...given };
  const lower = new Set(Object.keys(given).map((name) => name.toLowerCase()));
  for (const { name, default: fallback } of action.inputs) {
    if (lower.has(name.toLowerCase())) continue;
    inputs[name] = fallback ? evaluateText(fallback, contextsOf(frame), statusOf(frame)) : "";
  }
  const known = action.inputs.map((one) => one.name);
  const unexpected = Object.keys(given).filter(
    (name) => !known.some((one) => one.toLowerCase() === name.toLowerCase()),
  );
  if (unexpected.length > 0) {
    frame.job.log.warning(
      `Unexpected input(s) '${unexpected.join("', '")}', valid inputs are ['${known.join("', '")}']`,
    );
  }
  return inputs;
}
