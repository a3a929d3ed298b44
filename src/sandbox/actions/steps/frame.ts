/** What the steps of a job, or of a composite action, have around them: contexts, variables, status. */
import type { Action } from "../action-file.ts";
import type { Contexts, Status } from "../expressions.ts";
import type { JobState, StepResult } from "../job-state.ts";
import type { Origin } from "../origin.ts";
import { hashFiles } from "./hash-files.ts";

export interface StepFrame {
  readonly job: JobState;
  /** Where the file with these steps comes from: what `$/…` means. */
  readonly within: Origin;
  readonly steps: Record<string, StepResult>;
  /** Variables of the steps that called the composite action, over those of the job. */
  readonly overlay: Readonly<Record<string, string>>;
  /** Inside an action: its inputs, and where it is. */
  readonly action: ActionScope | undefined;
  /** How many composite actions stand around the steps. */
  readonly depth: number;
  /** Whether the steps around this one go on once the job is cancelled. */
  readonly goesOn: () => boolean;
  /** What became of the steps of this frame so far. */
  status: "success" | "failure" | "cancelled";
}

export interface ActionScope {
  readonly kind: "composite" | "node";
  readonly inputs: Readonly<Record<string, string>>;
  readonly action: Action;
}

/** The frame of a job's own steps. */
export function jobFrame(job: JobState): StepFrame {
  return {
    job,
    within: { kind: "commit", source: job.workflow.source },
    steps: job.steps,
    overlay: {},
    action: undefined,
    depth: 0,
    goesOn: () => true,
    status: "success",
  };
}

/** Inside a composite action the action's own steps count alone, elsewhere the job (runner: `action_status`). */
export function statusOf(frame: StepFrame): Status {
  const { job } = frame;
  const own = frame.action?.kind === "composite";
  const status = (): StepFrame["status"] => (own ? frame.status : jobStatus(job));
  return {
    success: () => status() === "success" && (job.stop === "no" || frame.goesOn()),
    failure: () => status() === "failure",
    cancelled: () => job.stop !== "no",
    hashFiles: (patterns) => hashFiles(job.places, patterns),
  };
}

const jobStatus = (job: JobState): StepFrame["status"] => (job.stop === "no" ? job.status : "cancelled");

/** `env` of a frame: the job's, what steps have set, and the overlay. */
export const environmentOf = (frame: StepFrame): Record<string, string> => ({
  ...frame.job.env,
  ...frame.overlay,
});

export function contextsOf(
  frame: StepFrame,
  env: Readonly<Record<string, string>> = environmentOf(frame),
): Contexts {
  const { job, action } = frame;
  const steps = Object.fromEntries(
    Object.entries(frame.steps).map(([id, { outputs, outcome, conclusion }]) => [
      id,
      { outputs, outcome, conclusion },
    ]),
  );
  const github = job.contexts.github as Record<string, unknown>;
  return {
    ...job.contexts,
    env,
    steps,
    job: { ...(job.contexts.job as object), status: jobStatus(job) },
    ...(action
      ? {
          inputs: action.inputs,
          github: {
            ...github,
            action_path: action.action.directory,
            action_repository: action.action.repository,
            action_ref: action.action.ref,
            action_status: frame.status,
          },
        }
      : {}),
  };
}
