/** Steps that stand in no file: `pre` and `post` of actions, shown among the job's steps. */
import { evaluateRunsIf } from "../expressions.ts";
import type { JobState, StepOutcome } from "../job-state.ts";
import type { StepRecord } from "../port.ts";
import { contextsOf, type StepFrame, statusOf } from "./frame.ts";

export const newStepRecord = (name: string, number: number): StepRecord => ({
  name,
  number,
  status: "queued",
  conclusion: null,
  startedAt: null,
  completedAt: null,
});

/** Runs `work` where the condition holds, under a record of its own. Never throws for what a workflow can do wrong. */
export async function runRecorded(
  job: JobState,
  name: string,
  holds: () => boolean,
  work: () => Promise<StepOutcome>,
): Promise<StepOutcome> {
  const record = newStepRecord(name, job.record.steps.length + 1);
  job.record.steps.push(record);
  job.log.beginStep();
  Object.assign(record, { status: "in_progress", startedAt: job.host.clock.now() });
  let outcome: StepOutcome = "skipped";
  try {
    if (holds()) {
      job.underWay.push(holds);
      outcome = await work();
    }
  } catch (error) {
    job.log.error(error instanceof Error ? error.message : String(error));
    outcome = "failure";
  } finally {
    job.underWay.splice(0);
  }
  Object.assign(record, { status: "completed", conclusion: outcome, completedAt: job.host.clock.now() });
  return outcome;
}

/** Posts in reverse order, whatever became of the steps. */
export async function runPosts(frame: StepFrame): Promise<void> {
  const { job } = frame;
  for (const { name, condition, run } of [...job.posts].reverse()) {
    if (job.stop === "force" || job.stop === "lost") return;
    const holds = (): boolean => evaluateRunsIf(condition, contextsOf(frame), statusOf(frame));
    if ((await runRecorded(job, name, holds, run)) === "failure") job.status = "failure";
  }
}
