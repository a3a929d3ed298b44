/** What the jobs of a run share, and the records by which the run shows them. */
import type { Artifacts } from "../artifacts.ts";
import type { Caches } from "../caches.ts";
import type { Groups } from "../concurrency.ts";
import type { RunFacts } from "../environment.ts";
import type { Contexts } from "../expressions.ts";
import type { RunningJob, StartJob } from "../job.ts";
import { labelsOf, titleOf } from "../job-terms.ts";
import type { LoadedWorkflow } from "../load.ts";
import type { Machines } from "../machines.ts";
import type { Combination } from "../matrix.ts";
import type { ActionsHost, Conclusion, JobRecord } from "../port.ts";
import type { JobResult } from "../results.ts";
import type { JobDefinition } from "../workflow-file.ts";
import type { Scope, Seat } from "./scope.ts";

export interface RunInput {
  readonly host: ActionsHost;
  readonly facts: RunFacts;
  readonly workflow: LoadedWorkflow;
  /** The `inputs` context of a dispatched run. */
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly artifacts: Artifacts;
  readonly caches: Caches;
  /** Folder with actions of other repositories. */
  readonly actions: string | undefined;
  readonly groups: Groups;
  /** Where jobs wait for a free machine. */
  readonly machines: Machines;
  readonly startJob: StartJob;
  /** Jobs that are not run again, by path. */
  readonly reuse: ReadonlyMap<string, JobResult>;
  readonly idToken: (
    job: JobRecord,
    workflow: LoadedWorkflow,
  ) => { readonly url: string; readonly bearer: string };
  readonly started: (job: JobRecord, running: RunningJob) => void;
  /** Resolves when the engine may say that the job is over: for a lost machine some time later. */
  readonly ended: (job: JobRecord) => Promise<void>;
  readonly onLine: (job: JobRecord, text: string) => void;
}

export interface RunState {
  readonly input: RunInput;
  readonly github: Readonly<Record<string, unknown>>;
  readonly vars: Readonly<Record<string, string>>;
  /** By path: `caller.callee`. */
  readonly results: Map<string, JobResult>;
  readonly seats: Set<Seat>;
  cancelled: "no" | "ask" | "force";
}

/** A job, or a call, of a scope, with what its expressions may name. */
export interface Node {
  readonly scope: Scope;
  readonly definition: JobDefinition;
  readonly contexts: Contexts;
}

export const FAILED: JobResult = { result: "failure", outputs: {} };
export const CANCELLED: JobResult = { result: "cancelled", outputs: {} };

export const isCancelled = (state: RunState, scope: Scope): boolean =>
  state.cancelled !== "no" ||
  scope.stopped ||
  (scope.parent !== undefined && isCancelled(state, scope.parent));

/** A new job of the run, queued. */
export function newRecord({ input }: RunState, { scope, definition, contexts }: Node): JobRecord {
  const { host, facts } = input;
  const combination = (contexts.matrix ?? {}) as Combination;
  const record: JobRecord = {
    id: host.nextId("job"),
    runId: facts.run.id,
    runAttempt: facts.run.attempt,
    name: `${scope.title}${titleOf(definition, contexts, combination)}`,
    key: `${scope.path}${definition.key}`,
    definedIn: scope.parent === undefined ? scope.workflow.file.path : scope.workflow.workflowRef,
    status: "queued",
    conclusion: null,
    createdAt: host.clock.now(),
    startedAt: null,
    completedAt: null,
    checkRunId: null,
    steps: [],
    annotations: [],
    labels: labelsOf(definition, contexts),
  };
  facts.run.jobs.push(record);
  return record;
}

/** Ends a job; `why` is said in its log and on its check run. */
export function complete({ input }: RunState, record: JobRecord, conclusion: Conclusion, why?: string): void {
  const { host, facts } = input;
  if (why !== undefined) {
    input.onLine(record, `##[error]${why}`);
    const place = { path: ".github", startLine: 1, endLine: 1, startColumn: null, endColumn: null };
    record.annotations.push({ level: "failure", message: why, title: "", ...place });
  }
  record.status = "completed";
  record.conclusion = conclusion;
  record.completedAt = host.clock.now();
  facts.run.updatedAt = host.clock.now();
  host.onJob(facts.run, record, "completed");
}
