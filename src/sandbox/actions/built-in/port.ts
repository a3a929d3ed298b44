/** Actions that the sandbox brings itself, as nothing can be fetched from github.com. */
import type { JobState } from "../job-state.ts";
import type { RunningProcess } from "../steps/process.ts";

export interface BuiltInContext {
  readonly inputs: Readonly<Record<string, string>>;
  readonly job: JobState;
  readonly github: Readonly<Record<string, unknown>>;
  /** Variables of the step, whole. */
  readonly env: Readonly<Record<string, string>>;
  /** A process that a cancel has to end. */
  readonly started: (process: RunningProcess) => void;
  /** For all later steps. */
  readonly setVariable: (name: string, value: string) => void;
  readonly addPath: (folder: string) => void;
  /** A post step, run in reverse order at the job's end where its condition (`post-if`) holds. */
  readonly atEnd: (condition: string, run: () => Promise<void>) => void;
}

export interface BuiltIn {
  /** Inputs that are honoured; any other fails the step. */
  readonly inputs: readonly string[];
  /** Outputs of the step. Throws with a word for the log where it fails. */
  run(context: BuiltInContext): Promise<Readonly<Record<string, string>>>;
}
