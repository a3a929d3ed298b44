/** One step from its condition to its end. */
import { type Contexts, evaluateBoolean, evaluateIf, evaluateNumber, evaluateTexts } from "../expressions.ts";
import type { JobState, StepOutcome, StepResult } from "../job-state.ts";
import type { StepRecord } from "../port.ts";
import { isWorkflowError } from "../tokens.ts";
import type { StepDefinition } from "../workflow-file.ts";
import { contextsOf, environmentOf, type StepFrame, statusOf } from "./frame.ts";
import { runScript } from "./script.ts";
import { displayName, nameOf } from "./step-name.ts";
import { endProcesses } from "./stop.ts";
import { runUses } from "./uses.ts";

/** Runs one step to its end and notes it. Never throws for what a workflow can do wrong. */
export async function runStep(frame: StepFrame, step: StepDefinition, record?: StepRecord): Promise<void> {
  const { job } = frame;
  const result: StepResult = { outputs: {}, outcome: "skipped", conclusion: "skipped" };
  if (step.id !== undefined) frame.steps[step.id] = result;
  begin(job, record);
  try {
    if (job.stop !== "force" && job.stop !== "lost")
      result.outcome = await attempt(frame, step, result, record);
  } catch (error) {
    job.log.error(error instanceof Error ? error.message : String(error));
    result.outcome = job.stop === "no" || isWorkflowError(error) ? "failure" : "cancelled";
  }
  result.conclusion = result.outcome;
  if (result.outcome === "failure" && continues(frame, step)) result.conclusion = "success";
  if (result.conclusion === "failure" || result.conclusion === "cancelled") note(frame, result.conclusion);
  end(job, record, result.conclusion);
}

/** A failure stays one, whatever comes after it; of a job, what cancels it is told by `stop`. */
function note(frame: StepFrame, conclusion: "failure" | "cancelled"): void {
  if (frame.status === "success") frame.status = conclusion;
  if (!frame.action && conclusion === "failure") frame.job.status = "failure";
}

function begin(job: JobState, record: StepRecord | undefined): void {
  if (!record) return;
  job.log.beginStep();
  record.status = "in_progress";
  record.startedAt = job.host.clock.now();
}

function end(job: JobState, record: StepRecord | undefined, conclusion: StepOutcome): void {
  if (!record) return;
  record.status = "completed";
  record.conclusion = conclusion;
  record.completedAt = job.host.clock.now();
}

function continues(frame: StepFrame, step: StepDefinition): boolean {
  try {
    return evaluateBoolean(step.continueOnError, contextsOf(frame), false, statusOf(frame));
  } catch (error) {
    if (!isWorkflowError(error)) throw error;
    frame.job.log.error(error.message);
    return false;
  }
}

/** The step's variables are known first: its condition and its name may look at them. */
async function attempt(
  frame: StepFrame,
  step: StepDefinition,
  result: StepResult,
  record: StepRecord | undefined,
): Promise<StepOutcome> {
  const { job } = frame;
  const env = {
    ...environmentOf(frame),
    ...evaluateTexts(step.env, contextsOf(frame), statusOf(frame)),
  };
  const holds = (): boolean => evaluateIf(step.if, contextsOf(frame, env), statusOf(frame));
  if (!holds()) return "skipped";
  if (record) record.name = displayName(frame, step, env, record.name);
  job.actionName = actionNameOf(step);
  job.underWay.push(holds);
  try {
    const contexts = contextsOf(frame, env);
    return await withTimeout(frame, step, contexts, () =>
      step.run === undefined
        ? runUses(frame, step, env, contexts, result)
        : runScript(frame, step, env, contexts, result),
    );
  } finally {
    job.underWay.splice(job.underWay.indexOf(holds), 1);
  }
}

/** `GITHUB_ACTION`: the step's id, or a name that GitHub makes up (docs: "Variables reference"). */
function actionNameOf({ id, uses }: StepDefinition): string {
  if (id !== undefined) return id;
  return uses === undefined ? "__run" : `__${uses.replace(/@.*$/, "").replaceAll(/[^A-Za-z0-9-]+/g, "_")}`;
}

async function withTimeout(
  frame: StepFrame,
  step: StepDefinition,
  contexts: Contexts,
  run: () => Promise<StepOutcome>,
): Promise<StepOutcome> {
  const { job } = frame;
  const minutes = evaluateNumber(step.timeoutMinutes, contexts, 0, statusOf(frame));
  if (minutes <= 0) return run();
  let expired = false;
  const timers: (() => void)[] = [];
  timers.push(
    job.host.clock.schedule(minutes * 60_000, () => {
      expired = true;
      job.expired += 1;
      endProcesses(job, timers);
    }),
  );
  try {
    const outcome = await run();
    if (!expired || job.stop !== "no") return outcome;
  } catch (error) {
    // A process of a built-in that was ended says so by its error.
    if (!expired || job.stop !== "no") throw error;
  } finally {
    if (expired) job.expired -= 1;
    for (const cancel of timers) cancel();
  }
  job.log.error(`The action '${nameOf(step)}' has timed out after ${minutes} minutes.`);
  return "failure";
}
