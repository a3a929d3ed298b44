/** A composite action: its steps in a frame of their own, its outputs from theirs. */
import type { Action } from "../action-file.ts";
import { evaluateText } from "../expressions.ts";
import type { StepOutcome, StepResult } from "../job-state.ts";
import { contextsOf, type StepFrame, statusOf } from "./frame.ts";
import { runStep } from "./step.ts";

export async function runComposite(
  frame: StepFrame,
  action: Action,
  inputs: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string>>,
  result: StepResult,
): Promise<StepOutcome> {
  if (action.runs.kind !== "composite") throw new TypeError("not a composite action");
  const calling = frame.job.underWay.at(-1);
  const inner: StepFrame = {
    job: frame.job,
    within: action.origin ?? frame.within,
    steps: {},
    overlay: { ...frame.overlay, ...env },
    action: { kind: "composite", inputs, action },
    goesOn: () => frame.goesOn() && (calling?.() ?? true),
    status: "success",
  };
  for (const step of action.runs.steps) await runStep(inner, step);
  for (const [name, value] of action.runs.outputs) {
    result.outputs[name] = evaluateText(value, contextsOf(inner), statusOf(inner));
  }
  return inner.status;
}
