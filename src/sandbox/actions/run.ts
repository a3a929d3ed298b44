/** A run: its jobs in the order of their needs, reusable workflows unfolded where they are called. */
import type { Artifacts } from "./artifacts.ts";
import type { Caches } from "./caches.ts";
import { type Groups, groupOf } from "./concurrency.ts";
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
import { labelsOf, refusedMachine, strategyContexts, strategyOf, titleOf } from "./job-terms.ts";
import { isString } from "./library.ts";
import type { LoadedWorkflow } from "./load.ts";
import { createMachines, type Machines } from "./machines.ts";
import type { Combination } from "./matrix.ts";
import { readOnly } from "./permissions.ts";
import type { ActionsHost, Conclusion, JobRecord } from "./port.ts";
import { combined, isInside, type JobResult, NOT_RUN, type Result, runConclusion } from "./results.ts";
import { createSeat, type Scope, type Seat, stopScope } from "./scope.ts";
import { entries, isWorkflowError } from "./tokens.ts";
import type { JobDefinition } from "./workflow-file.ts";

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

/** One job, or one combination of its matrix, on its way to a machine. */
interface Candidate {
  readonly scope: Scope;
  readonly definition: JobDefinition;
  readonly contexts: Contexts;
  readonly status: Status;
  readonly seat: Seat;
  readonly record: JobRecord;
}

const FAILED: JobResult = { result: "failure", outputs: {} };
const CANCELLED: JobResult = { result: "cancelled", outputs: {} };

export function startRun(input: RunInput): RunningRun {
  const { host, facts } = input;
  const { run } = facts;
  const results = new Map<string, JobResult>();
  const seats = new Set<Seat>();
  let cancelled: "no" | "ask" | "force" = "no";
  const github = githubContext(facts);
  const vars = host.variables(facts.repository.id);
  const root: Scope = {
    workflow: input.workflow,
    inputs: input.inputs,
    // GitHub hands a fork's pull request no secret, and a token that only reads.
    secrets: facts.fromFork ? {} : host.secrets(facts.repository.id),
    path: "",
    title: "",
    parent: undefined,
    jobs: new Map(),
    stopped: false,
  };
  const done = runScope(root).then(finish);

  function finish(): void {
    run.status = "completed";
    run.conclusion = runConclusion([...results.values()], cancelled === "no" ? "not" : "cancelled");
    run.updatedAt = host.clock.now();
    host.onRun(run, "completed");
  }

  const isCancelled = (scope: Scope): boolean =>
    cancelled !== "no" || scope.stopped || (scope.parent !== undefined && isCancelled(scope.parent));

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
    if (reused) {
      for (const [path, result] of input.reuse)
        if (isInside(path, `${scope.path}${definition.key}`)) results.set(path, result);
      return reused;
    }
    const contexts: Contexts = { github, inputs: scope.inputs, vars, needs: Object.fromEntries(needed) };
    const status = statusOf(scope, definition);
    try {
      if (cancelled === "force" || !evaluateIf(definition.if, contexts, status)) {
        const conclusion = isCancelled(scope) ? "cancelled" : "skipped";
        complete(newRecord(scope, definition, contexts), conclusion);
        return { result: conclusion, outputs: {} };
      }
      return await runMatrix(scope, definition, contexts, status);
    } catch (error) {
      if (!isWorkflowError(error)) throw error;
      complete(newRecord(scope, definition, contexts), "failure", error.message);
      return FAILED;
    }
  }

  /** Both look at all jobs that stand before this one: a skip or a failure goes down the whole chain (docs: `needs`). */
  function statusOf(scope: Scope, definition: JobDefinition): Status {
    const before = (): readonly (Result | undefined)[] =>
      ancestors(scope, definition).map((path) => results.get(path)?.result);
    return {
      success: () => !isCancelled(scope) && before().every((result) => result === "success"),
      failure: () => before().includes("failure"),
      cancelled: () => isCancelled(scope),
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

  async function runMatrix(
    scope: Scope,
    definition: JobDefinition,
    contexts: Contexts,
    status: Status,
  ): Promise<JobResult> {
    const strategy = strategyOf(definition, contexts);
    const places = createMachines(strategy.maxParallel);
    const siblings: Seat[] = [];
    const run = async (index: number): Promise<JobResult> => {
      const own = { ...contexts, ...strategyContexts(strategy, index) };
      const kind = definition.uses === undefined ? "job" : "call";
      const seat = createSeat(scope, kind, () => evaluateIf(definition.if, contexts, status));
      siblings.push(seat);
      seats.add(seat);
      try {
        const result = await (kind === "job"
          ? runJob(scope, definition, own, status, seat, places)
          : runCall(scope, definition, own, seat, strategy.combinations[index] ?? {}, index));
        if (result.result === "failure" && strategy.failFast) {
          for (const other of siblings) if (other !== seat) other.stop("cancel");
        }
        return result;
      } finally {
        seat.release();
        seats.delete(seat);
      }
    };
    const ended = await Promise.all(strategy.combinations.map((_, index) => run(index)));
    const outputs = Object.assign({}, ...ended.map((one) => one.outputs)) as Record<string, string>;
    return { result: combined(ended), outputs };
  }

  async function runCall(
    scope: Scope,
    definition: JobDefinition,
    contexts: Contexts,
    seat: Seat,
    combination: Combination,
    index: number,
  ): Promise<JobResult> {
    const workflow = scope.workflow.calls.get(definition.key);
    if (!workflow?.file.call) throw new TypeError(`job ${definition.key} calls nothing that was loaded`);
    const given = Object.fromEntries(
      entries(definition.with).map(([name, token]) => [name, evaluate(token, contexts)]),
    );
    const inherits = definition.secrets && isString(definition.secrets);
    const several = Object.keys(combination).length > 0;
    const inner: Scope = {
      workflow,
      inputs: callValues(workflow.file.call.inputs, given, contexts),
      secrets: inherits
        ? scope.secrets
        : evaluateTexts(definition.secrets, { ...contexts, secrets: scope.secrets }),
      path: `${scope.path}${definition.key}${several ? `(${index})` : ""}.`,
      title: `${scope.title}${titleOf(definition, contexts, combination)} / `,
      parent: scope,
      jobs: new Map(),
      stopped: false,
    };
    const calledContexts = { ...contexts, inputs: inner.inputs };
    const asked = [
      groupOf(definition.concurrency, contexts, facts.repository.id),
      groupOf(workflow.file.concurrency, calledContexts, facts.repository.id),
    ];
    for (const group of asked) {
      if (!group || (await seat.enter(input.groups, group)) === "go") continue;
      complete(newRecord(scope, definition, contexts), "cancelled");
      return CANCELLED;
    }
    seat.stops = (how) => stopScope(inner, seats, how);
    await runScope(inner);
    const ended = await Promise.all(
      workflow.file.jobs.map(async ({ key }) => [key, (await inner.jobs.get(key)) ?? NOT_RUN] as const),
    );
    const known = { ...calledContexts, jobs: Object.fromEntries(ended) };
    const outputs = Object.entries(workflow.file.call.outputs).map(
      ([name, token]) => [name, evaluateText(token, known)] as const,
    );
    return { result: combined(ended.map(([, one]) => one)), outputs: Object.fromEntries(outputs) };
  }

  async function runJob(
    scope: Scope,
    definition: JobDefinition,
    contexts: Contexts,
    status: Status,
    seat: Seat,
    places: Machines,
  ): Promise<JobResult> {
    const record = newRecord(scope, definition, contexts);
    host.onJob(run, record, "queued");
    try {
      const refused = refusedMachine(definition, contexts);
      if (refused) {
        complete(record, "failure", refused);
        return FAILED;
      }
      const group = groupOf(definition.concurrency, contexts, facts.repository.id);
      const goes =
        (await seat.take(places)) === "go" &&
        (!group || (await seat.enter(input.groups, group)) === "go") &&
        (await seat.take(input.machines)) === "go";
      if (!goes) {
        complete(record, "cancelled");
        return CANCELLED;
      }
      return await onMachine({ scope, definition, contexts, status, seat, record });
    } catch (error) {
      if (!isWorkflowError(error)) throw error;
      complete(record, "failure", error.message);
      return FAILED;
    }
  }

  async function onMachine(candidate: Candidate): Promise<JobResult> {
    const { scope, definition, contexts, seat, record } = candidate;
    record.status = "in_progress";
    record.startedAt = host.clock.now();
    if (run.status !== "in_progress") {
      run.status = "in_progress";
      run.updatedAt = host.clock.now();
      host.onRun(run, "in_progress");
    }
    const asked = definition.permissions ?? scope.workflow.permissions;
    const permissions = facts.fromFork ? readOnly(asked) : asked;
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
      caches: input.caches,
      actions: input.actions,
      idToken: permissions["id-token"] === "write" ? input.idToken(record, scope.workflow) : undefined,
      onLine: (line) => input.onLine(record, line),
    });
    seat.stops = (how) => job.stop(how);
    input.started(record, job);
    host.onJobStarted(run, record);
    host.onJob(run, record, "in_progress");
    const end = await job.done;
    await input.ended(record);
    complete(record, end.conclusion);
    const forgiven =
      end.conclusion === "failure" && evaluateBoolean(definition.continueOnError, contexts, false);
    return { result: forgiven ? "success" : end.conclusion, outputs: end.outputs };
  }

  function newRecord(scope: Scope, definition: JobDefinition, contexts: Contexts): JobRecord {
    const combination = (contexts.matrix ?? {}) as Combination;
    const record: JobRecord = {
      id: host.nextId("job"),
      runId: run.id,
      runAttempt: run.attempt,
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
    run.jobs.push(record);
    return record;
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
      for (const seat of seats) {
        if (mode === "force") seat.stop("force");
        // A job with `always()` goes on when its run is cancelled: GitHub asks its condition once more.
        // Of a call, each job is asked itself.
        else if ((!seat.isCall() || !seat.stops) && !seat.goesOn()) seat.stop("cancel");
      }
    },
  };
}
