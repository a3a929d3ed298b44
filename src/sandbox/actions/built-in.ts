/** Actions that the sandbox brings itself, as nothing can be fetched from github.com. */
import type { Artifacts } from "./artifacts.ts";
import type { JobLog } from "./job-log.ts";
import type { RunningProcess } from "./process.ts";

export interface BuiltInContext {
  readonly inputs: Readonly<Record<string, string>>;
  readonly github: Readonly<Record<string, unknown>>;
  readonly workspace: string;
  readonly home: string;
  readonly token: string;
  readonly runId: number;
  readonly log: JobLog;
  readonly artifacts: Artifacts;
  /** A process that a cancel has to end. */
  readonly started: (process: RunningProcess) => void;
}

export interface BuiltIn {
  /** Inputs that are honoured; any other fails the step. */
  readonly inputs: readonly string[];
  /** Outputs of the step. Throws with a word for the log where it fails. */
  run(context: BuiltInContext): Promise<Readonly<Record<string, string>>>;
}
