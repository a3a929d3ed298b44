/** A run: its jobs in the order of their needs, reusable workflows unfolded where they are called. */
import type { Artifacts } from "./artifacts.ts";
import type { Groups } from "./concurrency.ts";
import { githubContext, type RunFacts } from "./environment.ts";
import {
  type Contexts,
  evaluate,
  evaluateBoolean,
  evaluateIf,
  evaluateText,
  evaluateTexts,
  type Status,
} from "./expressions.ts";
import { callValues } from "./inputs.ts";
import { type RunningJob, startJob } from "./job.ts";
import { isString } from "./library.ts";
import type { LoadedWorkflow } from "./load.ts";
import { type Combination, combinationsOf } from "./matrix.ts";
import type { ActionsHost, Conclusion, JobRecord, Permissions } from "./port.ts";
import { entries, field, isWorkflowError } from "./tokens.ts";
import type { JobDefinition } from "./workflow-file.ts";

type Result = "success" | "failure" | "cancelled" | "skipped";

/** What became of a job, for `needs` and for a re-run of failed jobs. */
export interface JobResult {
  readonly result: Result;
  readonly outputs: Readonly<Record<string, string>>;
}

const NOT_RUN: JobResult = { result: "skipped", outputs: {} };

export interface RunInput {
  readonly host: ActionsHost;
  readonly facts: RunFacts;
  readonly workflow: LoadedWorkflow;
  /** The `inputs` context of a dispatched run. */
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly artifacts: Artifacts;
  readonly groups: Groups;
  /** Waits for a free machine; call what it gives back to free it. */
  readonly machine: () => Promise<() => void>;
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

export interface RunningRun {
  readonly results: ReadonlyMap<string, JobResult>;
  readonly done: Promise<void>;
  cancel(mode: "ask" | "force"): void;
}

/** A called or calling workflow inside the run. */
interface Scope {
  readonly workflow: LoadedWorkflow;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly secrets: Readonly<Record<string, string>>;
  /** `caller.` in front of the keys and `caller / ` in front of the names of a called workflow's jobs. */
  readonly path: string;
  readonly title: string;
  readonly jobs: Map<string, Promise<JobResult>>;
}

export function startRun(input: RunInput): RunningRun {
  const { host, facts } = input;
  const { run } = facts;
  const results = new Map<string, JobResult>();
  const live = new Map<JobRecord, { readonly job: RunningJob; readonly goesOn: () => boolean }>();
  let cancelled: "no" | "ask" | "force" = "no";
  const github = githubContext(facts);
  const vars = host.variables(facts.repository.id);

  const done = (async () => {
    const scope: Scope = {
      workflow: input.workflow,
      inputs: input.inputs,
      secrets: host.secrets(facts.repository.id),
      path: "",
      title: "",
      jobs: new Map(),
    };
    await runScope(scope);
    finish();
  })();

  function finish(): void {
    run.status = "completed";
    run.conclusion = conclusionOf([...results.values()], cancelled !== "no");
    run.updatedAt = host.clock.now();
    host.onRun(run, "completed");
  }

  async function runScope(scope: Scope): Promise<void> {
    for (const definition of scope.workflow.file.jobs)
      scope.jobs.set(definition.key, later(scope, definition));
    await Promise.all(scope.jobs.values());
  }

  /** Begins when all jobs of the scope are known, as `needs` may name later ones. */
  async function later(scope: Scope, definition: JobDefinition): Promise<JobResult> {
    await Promise.resolve();
    const result = await runNode(scope, definition);
    results.set(`${scope.path}${definition.key}`, result);
    return result;
  }

  async function runNode(scope: Scope, definition: JobDefinition): Promise<JobResult> {
    const needed = new Map<string, JobResult>();
    for (const key of definition.needs) {
      needed.set(key, (await scope.jobs.get(key)) ?? NOT_RUN);
    }
    const reused = input.reuse.get(`${scope.path}${definition.key}`);
    if (reused) return reused;
    const contexts = contextsFor(scope, needed);
    const status = statusOf(scope, definition, needed);
    try {
      if (cancelled === "force" || !evaluateIf(definition.if, contexts, status)) {
        return skipped(scope, definition, contexts, cancelled === "no" ? "skipped" : "cancelled");
      }
      if (definition.uses !== undefined) return await runCall(scope, definition, contexts);
      return await runMatrix(scope, definition, contexts, status);
    } catch (error) {
      if (!isWorkflowError(error)) throw error;
      const record = newRecord(scope, definition, contexts, {});
      complete(record, "failure", error.message);
      return { result: "failure", outputs: {} };
    }
  }

  const contextsFor = (scope: Scope, needed: ReadonlyMap<string, JobResult>): Contexts => ({
    github,
    inputs: scope.inputs,
    vars,
    needs: Object.fromEntries(needed),
  });

  /** `success()` looks at what is needed, `failure()` at all that stands before it. */
  function statusOf(scope: Scope, definition: JobDefinition, needed: ReadonlyMap<string, JobResult>): Status {
    const all = ancestors(scope, definition);
    return {
      success: () => cancelled === "no" && [...needed.values()].every((one) => one.result === "success"),
      failure: () => all.some((path) => results.get(path)?.result === "failure"),
      cancelled: () => cancelled !== "no",
    };
  }

  function ancestors(scope: Scope, definition: JobDefinition, seen = new Set<string>()): readonly string[] {
    for (const key of definition.needs) {
      if (seen.has(key)) continue;
      seen.add(key);
      const before = scope.workflow.file.jobs.find((job) => job.key === key);
      if (before) ancestors(scope, before, seen);
    }
    return [...seen].map((key) => `${scope.path}${key}`);
  }

  async function runCall(scope: Scope, definition: JobDefinition, contexts: Contexts): Promise<JobResult> {
    const workflow = scope.workflow.calls.get(definition.key);
    if (!workflow?.file.call) throw new TypeError(`job ${definition.key} calls nothing that was loaded`);
    const withSecrets = { ...contexts, secrets: scope.secrets };
    const given = Object.fromEntries(
      entries(definition.with).map(([name, token]) => [name, evaluate(token, contexts)]),
    );
    const inherits = definition.secrets && isString(definition.secrets);
    const inner: Scope = {
      workflow,
      inputs: callValues(workflow.file.call.inputs, given, contexts),
      secrets: inherits ? scope.secrets : evaluateTexts(definition.secrets, withSecrets),
      path: `${scope.path}${definition.key}.`,
      title: `${scope.title}${nameOf(definition, contexts)} / `,
      jobs: new Map(),
    };
    await runScope(inner);
    const jobs = Object.fromEntries(
      workflow.file.jobs.map((job) => [job.key, results.get(`${inner.path}${job.key}`) ?? NOT_RUN]),
    );
    const outputs = Object.entries(workflow.file.call.outputs).map(
      ([name, token]) => [name, evaluateText(token, { ...contexts, inputs: inner.inputs, jobs })] as const,
    );
    const ended = Object.values(jobs);
    return { result: combined(ended), outputs: Object.fromEntries(outputs) };
  }

  async function runMatrix(
    scope: Scope,
    definition: JobDefinition,
    contexts: Contexts,
    status: Status,
  ): Promise<JobResult> {
    const matrix = field(definition.strategy, "matrix");
    const combinations = matrix ? combinationsOf(evaluate(matrix, contexts)) : [{}];
    const ended = await Promise.all(
      combinations.map((combination, index) =>
        runOne(scope, definition, status, {
          ...contexts,
          matrix: combination,
          strategy: {
            "fail-fast": true,
            "job-index": index,
            "job-total": combinations.length,
            "max-parallel": combinations.length,
          },
        }),
      ),
    );
    const outputs = Object.assign({}, ...ended.map((one) => one.outputs)) as Record<string, string>;
    return { result: combined(ended), outputs };
  }

  async function runOne(
    scope: Scope,
    definition: JobDefinition,
    status: Status,
    contexts: Contexts,
  ): Promise<JobResult> {
    const record = newRecord(scope, definition, contexts, contexts.matrix as Combination);
    host.onJob(run, record, "queued");
    const refused = refusedMachine(definition, contexts);
    if (refused) {
      complete(record, "failure", refused);
      return { result: "failure", outputs: {} };
    }
    const asked = definition.concurrency ? groupOf(definition.concurrency, contexts) : undefined;
    const group = asked && { ...asked, name: `${facts.repository.id}/${asked.name}` };
    const holder = { cancel: () => live.get(record)?.job.stop("cancel") };
    if (group && (await input.groups.enter(group.name, group.cancelInProgress, holder)) === "cancelled") {
      complete(record, "cancelled", `a newer job took its place in the group ${group.name}`);
      return { result: "cancelled", outputs: {} };
    }
    const free = await input.machine();
    try {
      if (cancelled !== "no" && !evaluateIf(definition.if, contexts, status)) {
        complete(record, "cancelled");
        return { result: "cancelled", outputs: {} };
      }
      return await onMachine(scope, definition, status, contexts, record);
    } finally {
      free();
      if (group) input.groups.leave(group.name, holder);
    }
  }

  async function onMachine(
    scope: Scope,
    definition: JobDefinition,
    status: Status,
    contexts: Contexts,
    record: JobRecord,
  ): Promise<JobResult> {
    record.status = "in_progress";
    record.startedAt = host.clock.now();
    if (run.status !== "in_progress") {
      run.status = "in_progress";
      run.updatedAt = host.clock.now();
      host.onRun(run, "in_progress");
    }
    const permissions: Permissions = definition.permissions ?? scope.workflow.permissions;
    const job = startJob({
      host,
      facts,
      workflow: scope.workflow,
      definition,
      record,
      permissions,
      secrets: scope.secrets,
      contexts,
      artifacts: input.artifacts,
      idToken: permissions["id-token"] === "write" ? input.idToken(record, scope.workflow) : undefined,
      onLine: (line) => input.onLine(record, line),
    });
    // A job with `always()` goes on when its run is cancelled: GitHub asks its condition once more.
    const goesOn = (): boolean => definition.if !== undefined && evaluateIf(definition.if, contexts, status);
    live.set(record, { job, goesOn });
    input.started(record, job);
    host.onJobStarted(run, record);
    host.onJob(run, record, "in_progress");
    const end = await job.done;
    live.delete(record);
    await input.ended(record);
    complete(record, end.conclusion);
    const forgiven =
      end.conclusion === "failure" && evaluateBoolean(definition.continueOnError, contexts, false);
    return { result: forgiven ? "success" : (end.conclusion as Result), outputs: end.outputs };
  }

  function newRecord(
    scope: Scope,
    definition: JobDefinition,
    contexts: Contexts,
    combination: Combination,
  ): JobRecord {
    const values = Object.values(combination).map((value) =>
      typeof value === "object" ? JSON.stringify(value) : String(value),
    );
    const suffix = definition.name === undefined && values.length > 0 ? ` (${values.join(", ")})` : "";
    const record: JobRecord = {
      id: host.nextId("job"),
      runId: run.id,
      runAttempt: run.attempt,
      name: `${scope.title}${nameOf(definition, contexts)}${suffix}`,
      key: `${scope.path}${definition.key}`,
      definedIn: scope.path === "" ? scope.workflow.file.path : scope.workflow.workflowRef,
      status: "queued",
      conclusion: null,
      createdAt: host.clock.now(),
      startedAt: null,
      completedAt: null,
      checkRunId: null,
      steps: [],
      labels: labelsOf(definition, contexts),
    };
    run.jobs.push(record);
    return record;
  }

  function skipped(
    scope: Scope,
    definition: JobDefinition,
    contexts: Contexts,
    conclusion: "skipped" | "cancelled",
  ): JobResult {
    const record = newRecord(scope, definition, contexts, {});
    complete(record, conclusion);
    return { result: conclusion, outputs: {} };
  }

  function complete(record: JobRecord, conclusion: Conclusion, why?: string): void {
    if (why !== undefined) input.onLine(record, `##[error]${why}`);
    record.status = "completed";
    record.conclusion = conclusion;
    record.completedAt = host.clock.now();
    run.updatedAt = host.clock.now();
    host.onJob(run, record, "completed");
  }

  return {
    results,
    done,
    cancel(mode) {
      if (cancelled === "force") return;
      cancelled = mode;
      for (const { job, goesOn } of live.values()) {
        if (mode === "force") job.stop("force");
        else if (!goesOn()) job.stop("cancel");
      }
    },
  };
}

function nameOf(definition: JobDefinition, contexts: Contexts): string {
  if (!definition.name) return definition.key;
  try {
    return evaluateText(definition.name, contexts) || definition.key;
  } catch (error) {
    if (!isWorkflowError(error)) throw error;
    return definition.key;
  }
}

function labelsOf(definition: JobDefinition, contexts: Contexts): readonly string[] {
  if (!definition.runsOn) return [];
  const value = evaluate(definition.runsOn, contexts);
  return (Array.isArray(value) ? value : [value]).map(String);
}

/** Machines that are not here: said at once, as such a job would wait for ever. */
function refusedMachine(definition: JobDefinition, contexts: Contexts): string | undefined {
  const other = labelsOf(definition, contexts).find((label) => /^(?:windows|macos)-/.test(label));
  return other === undefined ? undefined : `runs-on: ${other}: only Linux jobs run in this sandbox`;
}

/** `concurrency` as text, or as a mapping. */
export function groupOf(
  token: NonNullable<JobDefinition["concurrency"]>,
  contexts: Contexts,
): { readonly name: string; readonly cancelInProgress: boolean } | undefined {
  const group = field(token, "group");
  const name = evaluateText(group ?? token, contexts);
  if (name === "") return undefined;
  return { name, cancelInProgress: evaluateBoolean(field(token, "cancel-in-progress"), contexts, false) };
}

function combined(results: readonly JobResult[]): Result {
  const has = (result: Result): boolean => results.some((one) => one.result === result);
  if (has("failure")) return "failure";
  if (has("cancelled")) return "cancelled";
  return has("success") ? "success" : "skipped";
}

function conclusionOf(results: readonly JobResult[], wasCancelled: boolean): Conclusion {
  const result = combined(results);
  if (result === "failure") return "failure";
  return wasCancelled ? "cancelled" : result;
}
