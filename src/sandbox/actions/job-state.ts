/** What a job and its steps share while they run. */
import type { Artifacts } from "./artifacts.ts";
import type { Caches } from "./caches.ts";
import type { JobPlaces, RunFacts } from "./environment.ts";
import type { Contexts } from "./expressions.ts";
import type { LoadedWorkflow } from "./load.ts";
import type { ActionsHost, JobRecord } from "./port.ts";
import type { JobLog } from "./steps/job-log.ts";
import type { RunningProcess } from "./steps/process.ts";
import type { JobDefinition, StepDefinition } from "./workflow-file.ts";

export type StepOutcome = "success" | "failure" | "cancelled" | "skipped";

/** Whether a job goes on: `cancel` lets `always()` steps run, `force` and `lost` let nothing run. A time-out is a cancel. */
export type Stop = "no" | "cancel" | "force" | "lost";

export interface StepResult {
  readonly outputs: Record<string, string>;
  outcome: StepOutcome;
  conclusion: StepOutcome;
}

/** An action's `post`, run in reverse order at the job's end. */
export interface PostStep {
  readonly name: string;
  readonly run: () => Promise<StepOutcome>;
  readonly condition: string | undefined;
}

export interface JobState {
  readonly host: ActionsHost;
  readonly facts: RunFacts;
  readonly workflow: LoadedWorkflow;
  readonly definition: JobDefinition;
  readonly record: JobRecord;
  readonly places: JobPlaces;
  readonly log: JobLog;
  readonly artifacts: Artifacts;
  readonly caches: Caches;
  /** Folder with actions of other repositories (`--actions`). */
  readonly actions: string | undefined;
  readonly token: string;
  readonly secrets: Readonly<Record<string, string>>;
  /** `github`, `needs`, `inputs`, `vars`, `secrets`, `matrix`, `strategy`, `runner`, `job`. */
  readonly contexts: Contexts;
  /** Variables that every process gets. */
  readonly base: Readonly<Record<string, string>>;
  /** Folders in front of `PATH`, the last one first. */
  readonly prepended: string[];
  /** The `env` context: workflow, job, and what steps have set. */
  readonly env: Record<string, string>;
  /** What only actions see, as GitHub has it. */
  readonly runtime: Readonly<Record<string, string>>;
  readonly steps: Record<string, StepResult>;
  /** What `pre` of an action has saved for its `main`, by step; there for each step whose `pre` has run. */
  readonly prepared: Map<StepDefinition, Record<string, string>>;
  readonly posts: PostStep[];
  /** In the environment of all that the job starts. */
  readonly mark: string;
  readonly processes: Set<RunningProcess>;
  /** Processes that were told to end. */
  readonly doomed: Set<RunningProcess>;
  /** Whether the steps under way still hold, outer ones first: asked again when the job is cancelled. */
  readonly underWay: (() => boolean)[];
  /** Steps under way whose time is over. */
  expired: number;
  readonly summaries: string[];
  status: "success" | "failure";
  stop: Stop;
  nextStep: number;
  /** `GITHUB_ACTION` of the step under way. */
  actionName: string;
}
