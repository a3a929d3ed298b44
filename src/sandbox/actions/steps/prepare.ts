/** Before a job's first step: every action that it names is found, and `pre` of those that have one runs. */
import type { Action } from "../action-file.ts";
import { evaluateTexts } from "../expressions.ts";
import type { JobState } from "../job-state.ts";
import type { Origin } from "../origin.ts";
import { WorkflowError } from "../tokens.ts";
import type { StepDefinition } from "../workflow-file.ts";
import { DEEPEST, TOO_DEEP } from "./composite.ts";
import { contextsOf, environmentOf, type StepFrame, statusOf } from "./frame.ts";
import { runPre } from "./node-action.ts";
import { runRecorded } from "./recorded.ts";
import { nameOf } from "./step-name.ts";
import { locate, withDefaults } from "./uses.ts";

/** Throws `WorkflowError` for an action that is not to be had, whether its step would run or not: no step runs then. */
export async function prepareActions(frame: StepFrame, steps: readonly StepDefinition[]): Promise<void> {
  const found: (readonly [StepDefinition, Action])[] = [];
  for (const step of steps) {
    const action = await find(frame.job, frame.within, step.uses, 0);
    if (action) found.push([step, action]);
  }
  for (const [step, action] of found) {
    if (action.runs.kind === "node" && action.runs.pre !== undefined) await pre(frame, step, action);
  }
}

/** An action from the workspace is not there yet: it is looked for when its step runs. */
async function find(
  job: JobState,
  within: Origin,
  uses: string | undefined,
  depth: number,
): Promise<Action | undefined> {
  if (uses === undefined || uses.startsWith("./")) return undefined;
  const located = await locate(job, within, uses);
  if (located.kind === "stand-in") return undefined;
  const { action } = located;
  if (action.runs.kind === "composite") {
    if (depth >= DEEPEST) throw new WorkflowError(TOO_DEEP);
    for (const step of action.runs.steps) await find(job, action.origin ?? within, step.uses, depth + 1);
  }
  return action;
}

async function pre(frame: StepFrame, step: StepDefinition, action: Action): Promise<void> {
  const { job } = frame;
  const state: Record<string, string> = {};
  job.prepared.set(step, state);
  const holds = (): boolean => job.stop === "no";
  const outcome = await runRecorded(job, `Pre ${nameOf(step)}`, holds, () => {
    const contexts = contextsOf(frame);
    const env = { ...environmentOf(frame), ...evaluateTexts(step.env, contexts, statusOf(frame)) };
    const inputs = withDefaults(frame, action, evaluateTexts(step.with, contexts, statusOf(frame)));
    return runPre(frame, action, { inputs, env }, state);
  });
  if (outcome === "failure") job.status = "failure";
}
