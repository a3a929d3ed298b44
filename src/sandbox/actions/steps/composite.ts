/** A composite action: its steps in a frame of their own, its outputs from theirs. */
import type { Action } from "../action-file.ts";
import { evaluateText } from "../expressions.ts";
import type { StepOutcome, StepResult } from "../job-state.ts";
import { WorkflowError } from "../tokens.ts";
import { contextsOf, type StepFrame, statusOf } from "./frame.ts";
import { runStep } from "./step.ts";

/** Composite actions that may stand one inside the other, as the runner has it. */
export const DEEPEST = 9;
export const TOO_DEEP = `Composite action depth exceeded max depth ${DEEPEST}`;

export async function runComposite(
  frame: StepFrame,
  action: Action,
  inputs: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string>>,
  result: StepResult,
): Promise<StepOutcome> {
  if (action.runs.kind !== "composite") throw new TypeError("not a composite action");
  if (frame.depth >= DEEPEST) throw new WorkflowError(TOO_DEEP);
  const calling = frame.job.underWay.at(-1);
  const inner: StepFrame = {
    job: frame.job,
    within: action.origin ?? frame.within,
    steps: {},
    overlay: { ...frame.overlay, ...env },
    action: { kind: "composite", inputs, action },
    depth: frame.depth + 1,
    goesOn: () => frame.goesOn() && (calling?.() ?? true),
    status: "success",
  };
  for (const step of action.runs.steps) await runStep(inner, step);
  for (const [name, value] of action.runs.outputs) {
    result.outputs[name] = evaluateText(value, contextsOf(inner), statusOf(inner));
  }
  return inner.status;
}
