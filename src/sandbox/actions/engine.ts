/** The engine: which workflows an event starts, and every run from its start to its end. */
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { createArtifacts } from "./artifacts.ts";
import { createCaches } from "./caches.ts";
import { createGroups, groupOf, type Holder } from "./concurrency.ts";
import { githubContext, identityClaims, isFromFork, type RunFacts } from "./environment.ts";
import { asksToSkip, matches } from "./events/triggers.ts";
import { evaluateText } from "./expressions.ts";
import { checkDispatchInputs, dispatchTexts, dispatchValues } from "./inputs.ts";
import type { RunningJob } from "./job.ts";
import { type LoadedWorkflow, loadCalls, readText, type Source, workflowRefOf } from "./load.ts";
import { createMachines } from "./machines.ts";
import type { ActionsEngine, ActionsHost, ActionsUser, JobRecord, RunRecord, TriggerEvent } from "./port.ts";
import { type JobResult, reusable } from "./results.ts";
import { type RunningRun, startRun } from "./run.ts";
import { isWorkflowError } from "./tokens.ts";
import { type ParsedWorkflow, readWorkflow, type WorkflowFile } from "./workflow-file.ts";
import { createWorkflowList } from "./workflow-list.ts";

export interface EngineOptions {
  /** Jobs that run at once. */
  readonly machines?: number;
  /** Folder with actions of other repositories, as `owner/name[/path]`. */
  readonly actions?: string | undefined;
}

interface LiveRun {
  readonly record: RunRecord;
  readonly event: TriggerEvent;
  readonly parsed: ParsedWorkflow;
  readonly inputs: Readonly<Record<string, unknown>>;
  /** As each attempt was when it ended. */
  readonly attempts: Map<number, RunRecord>;
  running: RunningRun | undefined;
  /** Keeps a run that waits for its group from starting. */
  waiting: { cancel(): void } | undefined;
  /** Whether somebody cancelled this attempt, be it before its first job. */
  cancelled: "no" | "ask" | "force";
  /** What the last attempt ran: failed jobs are run again from the same commits. */
  loaded: LoadedWorkflow | undefined;
  results: ReadonlyMap<string, JobResult>;
}

interface LiveJob {
  readonly run: LiveRun;
  readonly record: JobRecord;
  readonly running: RunningJob;
  readonly workflow: LoadedWorkflow;
  readonly bearer: string;
  lostFor: number | undefined;
}

/** What a job whose machine is gone is annotated with, in GitHub's words. */
const LOST =
  "The self-hosted runner lost communication with the server. Verify the machine is running and has a healthy network connection. Anything in your workflow that terminates the runner process, starves it for CPU/Memory, or blocks its network access can cause this error.";

export function createActionsEngine(host: ActionsHost, options: EngineOptions = {}): ActionsEngine {
  const runs = new Map<number, LiveRun>();
  const jobs = new Map<number, LiveJob>();
  const logs = new Map<number, () => string>();
  const summaries = new Map<number, () => readonly string[]>();
  const bearers = new Map<
    number,
    { readonly bearer: string; readonly run: LiveRun; readonly workflow: LoadedWorkflow }
  >();
  const listeners = new Set<Parameters<ActionsEngine["onLine"]>[0]>();
  const groups = createGroups();
  const list = createWorkflowList(host);
  const machines = createMachines(options.machines ?? 6);
  const artifacts = createArtifacts(join(host.directory, "artifacts"), {
    nextId: () => host.nextId("artifact"),
    now: () => host.clock.now(),
  });
  const caches = createCaches(join(host.directory, "caches"));
  const under = new Set<Promise<void>>();
  const numbers = new Map<string, number>();
  const wakeLost = new Set<() => void>();
  let stopped = false;

  async function trigger(event: TriggerEvent): Promise<readonly RunRecord[]> {
    if (stopped || (await asksToSkip(event))) return [];
    const started: RunRecord[] = [];
    for (const parsed of await workflowsAt(event)) {
      if (parsed.kind === "valid" && !(await matches(event, parsed.file))) continue;
      // A file that cannot be read starts nothing but, on a push, a run that says so.
      if (parsed.kind === "invalid" && event.name !== "push" && event.workflowPath !== parsed.path) continue;
      if (stopped) break;
      started.push(begin(event, parsed));
    }
    return started;
  }

  async function workflowsAt(event: TriggerEvent): Promise<readonly ParsedWorkflow[]> {
    const paths =
      event.workflowPath === undefined ? await list.paths(event.repository, event.sha) : [event.workflowPath];
    const source: Source = { repository: event.repository, sha: event.sha, ref: event.ref };
    const found: ParsedWorkflow[] = [];
    for (const path of paths) {
      const content = await readText(source, path);
      if (content !== undefined) found.push(await readWorkflow(path, content));
    }
    return found;
  }

  function begin(event: TriggerEvent, parsed: ParsedWorkflow): RunRecord {
    const path = parsed.kind === "valid" ? parsed.file.path : parsed.path;
    const name = parsed.kind === "valid" ? parsed.file.name : parsed.name;
    const definitions = parsed.kind === "valid" ? (parsed.file.dispatchInputs ?? {}) : {};
    const texts = event.name === "workflow_dispatch" ? dispatchTexts(definitions, event.inputs ?? {}) : {};
    const inputs = event.name === "workflow_dispatch" ? dispatchValues(definitions, texts) : {};
    const workflow = list.record(event.repository, path, name);
    const number = (numbers.get(`${event.repository.id}/${path}`) ?? 0) + 1;
    numbers.set(`${event.repository.id}/${path}`, number);
    const pull = (event.payload.pull_request as { number?: number } | undefined)?.number;
    const now = host.clock.now();
    const record: RunRecord = {
      id: host.nextId("run"),
      repositoryId: event.repository.id,
      workflowId: workflow.id,
      workflowPath: path,
      workflowName: name,
      displayTitle: name,
      runNumber: number,
      attempt: 1,
      event: event.name,
      ref: event.ref,
      sha: event.sha,
      headBranch: event.headBranch,
      headSha: event.headSha,
      actor: event.actor,
      triggeringActor: event.actor,
      status: "queued",
      conclusion: null,
      createdAt: now,
      runStartedAt: now,
      updatedAt: now,
      jobs: [],
      pullRequests: pull === undefined ? [] : [pull],
      startupError: null,
    };
    const withInputs = {
      ...event,
      payload: { ...event.payload, ...(event.name === "workflow_dispatch" ? { inputs: texts } : {}) },
    };
    const live: LiveRun = {
      record,
      event: withInputs,
      parsed,
      inputs,
      attempts: new Map(),
      running: undefined,
      waiting: undefined,
      cancelled: "no",
      loaded: undefined,
      results: new Map(),
    };
    if (parsed.kind === "valid") Object.assign(record, { displayTitle: titleOf(live, parsed.file) });
    runs.set(record.id, live);
    host.onRun(record, "requested");
    track(execute(live, "all"));
    return record;
  }

  function titleOf(live: LiveRun, file: WorkflowFile): string {
    if (file.runName) {
      try {
        const github = githubContext(factsOf(live, undefined));
        return evaluateText(file.runName, {
          github,
          inputs: live.inputs,
          vars: host.variables(live.record.repositoryId),
        });
      } catch (error) {
        if (!isWorkflowError(error)) throw error;
      }
    }
    const { event, parsed } = live;
    const pull = event.payload.pull_request as { title?: string } | undefined;
    const head = event.payload.head_commit as { message?: string } | undefined;
    const name = parsed.kind === "valid" ? parsed.file.name : parsed.name;
    return pull?.title ?? head?.message?.split("\n")[0] ?? name;
  }

  function factsOf(live: LiveRun, root: LoadedWorkflow | undefined): RunFacts {
    const { event, record } = live;
    const source: Source = { repository: event.repository, sha: event.sha, ref: event.ref };
    const rootRef = { source, workflowRef: workflowRefOf(source, record.workflowPath) };
    return {
      host,
      repository: event.repository,
      event,
      run: record,
      root: root ?? rootRef,
      fromFork: isFromFork(event),
    };
  }

  function track(work: Promise<void>): void {
    under.add(work);
    void work.finally(() => under.delete(work));
  }

  /** One attempt of a run. Never rejects: what goes wrong is the run's failure. */
  async function execute(live: LiveRun, scope: "all" | "failed"): Promise<void> {
    const { record, parsed } = live;
    try {
      if (parsed.kind === "invalid") return startupFailure(live, parsed.message);
      if (parsed.file.refused !== undefined) return startupFailure(live, parsed.file.refused);
      const source: Source = { repository: live.event.repository, sha: record.sha, ref: record.ref };
      const kept = scope === "failed" ? live.loaded : undefined;
      const reuse = kept ? reusable(kept, live.results) : new Map<string, JobResult>();
      live.loaded = kept ?? (await loadCalls(host, source, parsed.file, undefined));
      await inGroup(live, parsed.file, live.loaded, reuse);
    } catch (error) {
      startupFailure(live, error instanceof Error ? error.message : String(error));
      if (!isWorkflowError(error)) process.emitWarning(error instanceof Error ? error : String(error));
    }
  }

  function startupFailure(live: LiveRun, message: string): void {
    live.record.startupError = message;
    endBeforeJobs(live, "startup_failure");
  }

  function endBeforeJobs(live: LiveRun, conclusion: "cancelled" | "startup_failure"): void {
    const { record } = live;
    record.status = "completed";
    record.conclusion = conclusion;
    record.updatedAt = host.clock.now();
    live.attempts.set(record.attempt, structuredClone(record));
    host.onRun(record, "completed");
  }

  async function inGroup(
    live: LiveRun,
    file: WorkflowFile,
    loaded: LoadedWorkflow,
    reuse: ReadonlyMap<string, JobResult>,
  ): Promise<void> {
    const { record } = live;
    const github = githubContext(factsOf(live, undefined));
    const contexts = { github, inputs: live.inputs, vars: host.variables(record.repositoryId) };
    const group = groupOf(file.concurrency, contexts, record.repositoryId);
    const holder: Holder = { cancel: () => cancelLive(live, "ask") };
    try {
      if (group && live.cancelled === "no") {
        const entered = groups.enter(group, holder);
        live.waiting = { cancel: () => groups.leave(group, holder) };
        record.status = "pending";
        host.keepRun(record);
        const verdict = await entered;
        record.status = "queued";
        host.keepRun(record);
        live.waiting = undefined;
        if (verdict === "cancelled") return endBeforeJobs(live, "cancelled");
      }
      if (live.cancelled !== "no") return endBeforeJobs(live, "cancelled");
      await perform(live, loaded, reuse);
    } finally {
      if (group) groups.leave(group, holder);
    }
  }

  function cancelLive(live: LiveRun, mode: "ask" | "force"): void {
    if (live.cancelled !== "force") live.cancelled = mode;
    live.waiting?.cancel();
    live.running?.cancel(mode);
  }

  async function perform(
    live: LiveRun,
    loaded: LoadedWorkflow,
    reuse: ReadonlyMap<string, JobResult>,
  ): Promise<void> {
    const { record } = live;
    live.running = startRun({
      host,
      facts: factsOf(live, loaded),
      workflow: loaded,
      inputs: live.inputs,
      artifacts,
      caches,
      actions: options.actions,
      groups,
      machines,
      reuse,
      idToken: (job, workflow) => {
        const bearer = `idt_${randomBytes(16).toString("hex")}`;
        bearers.set(job.id, { bearer, run: live, workflow });
        return { url: `${host.serverUrl}/_services/idtoken/${job.id}?api-version=2.0`, bearer };
      },
      started(job, running) {
        const known = bearers.get(job.id);
        jobs.set(job.id, {
          run: live,
          record: job,
          running,
          workflow: known?.workflow ?? loaded,
          bearer: known?.bearer ?? "",
          lostFor: undefined,
        });
        logs.set(job.id, () => running.log.text());
        summaries.set(job.id, () => running.summaries);
      },
      async ended(job) {
        const known = jobs.get(job.id);
        jobs.delete(job.id);
        bearers.delete(job.id);
        if (known?.lostFor === undefined) return;
        await unnoticed(known.lostFor);
        known.running.log.error(LOST);
      },
      onLine(job, text) {
        if (!logs.has(job.id)) logs.set(job.id, () => `${text}\n`);
        for (const listener of listeners) listener({ runId: record.id, jobId: job.id, job: job.name, text });
      },
    });
    await live.running.done;
    live.results = live.running.results;
    live.running = undefined;
    live.attempts.set(record.attempt, structuredClone(record));
  }

  /** The time until GitHub misses a lost machine; over at once when the engine stops. */
  function unnoticed(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        wakeLost.delete(end);
        unschedule();
        resolve();
      };
      const unschedule = host.clock.schedule(ms, end);
      wakeLost.add(end);
      if (stopped) end();
    });
  }

  function rerun(repositoryId: number, runId: number, scope: "all" | "failed", actor: ActionsUser): boolean {
    const live = runs.get(runId);
    if (!live || live.record.repositoryId !== repositoryId || live.record.status !== "completed")
      return false;
    if (stopped) return false;
    const { record } = live;
    const again = scope === "failed" && live.loaded ? "failed" : "all";
    const reuse = again === "failed" && live.loaded ? reusable(live.loaded, live.results) : new Map();
    const now = host.clock.now();
    const kept = record.jobs.filter((job) => reuse.has(job.key));
    live.cancelled = "no";
    Object.assign(record, {
      attempt: record.attempt + 1,
      triggeringActor: actor,
      status: "queued",
      conclusion: null,
      runStartedAt: now,
      updatedAt: now,
      startupError: null,
      jobs: kept.map((job) => takenOver(job, record.attempt + 1)),
    });
    host.onRun(record, "requested");
    track(execute(live, again));
    return true;
  }

  /** A job of the attempt before, as the new attempt shows it: with an id of its own, and its log. */
  function takenOver(job: JobRecord, attempt: number): JobRecord {
    const copy = { ...structuredClone(job), id: host.nextId("job"), runAttempt: attempt };
    const log = logs.get(job.id);
    const summary = summaries.get(job.id);
    if (log) logs.set(copy.id, log);
    if (summary) summaries.set(copy.id, summary);
    return copy;
  }

  const find = (repositoryId: number, runId: number): LiveRun | undefined => {
    const live = runs.get(runId);
    return live?.record.repositoryId === repositoryId ? live : undefined;
  };

  return {
    trigger,
    rerun,
    async checkDispatch(repository, path, sha, inputs) {
      const content = await readText({ repository, sha, ref: "" }, path);
      if (content === undefined) return { status: 404, message: "Not Found" };
      const parsed = await readWorkflow(path, content);
      if (parsed.kind === "invalid")
        return { status: 422, message: `Failed to parse workflow: ${parsed.message}` };
      if (!parsed.file.dispatchInputs) {
        return { status: 422, message: "Workflow does not have 'workflow_dispatch' trigger" };
      }
      return checkDispatchInputs(parsed.file.dispatchInputs, inputs);
    },
    workflows: (repositoryId) => {
      const repository = host.repository(repositoryId);
      return repository ? list.all(repository) : Promise.resolve([]);
    },
    runs: (repositoryId) =>
      [...runs.values()]
        .map((live) => live.record)
        .filter((run) => run.repositoryId === repositoryId)
        .reverse(),
    run: (repositoryId, runId) => find(repositoryId, runId)?.record,
    attempt(repositoryId, runId, attempt) {
      const live = find(repositoryId, runId);
      return live?.record.attempt === attempt ? live.record : live?.attempts.get(attempt);
    },
    job(repositoryId, jobId) {
      for (const live of runs.values()) {
        if (live.record.repositoryId !== repositoryId) continue;
        for (const run of [live.record, ...live.attempts.values()]) {
          const job = run.jobs.find((one) => one.id === jobId);
          if (job) return { run, job };
        }
      }
      return undefined;
    },
    cancel(repositoryId, runId, mode) {
      const live = find(repositoryId, runId);
      if (!live || live.record.status === "completed") return false;
      cancelLive(live, mode);
      return true;
    },
    jobLog: (jobId) => logs.get(jobId)?.(),
    summary: (jobId) => summaries.get(jobId)?.().join("\n"),
    artifacts: (runId) => artifacts.list(runId),
    artifactDirectory: (runId, name) => artifacts.list(runId).find((one) => one.name === name)?.directory,
    loseRunner(jobId, noticeMs) {
      const job = jobs.get(jobId);
      if (!job) return false;
      job.lostFor = noticeMs;
      job.running.stop("lost");
      return true;
    },
    onLine(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async handle({ method, path, query, headers }) {
      const id = /^\/_services\/idtoken\/(\d+)$/.exec(path)?.[1];
      if (id === undefined || method !== "GET") return undefined;
      const known = bearers.get(Number(id));
      if (!known || headers.authorization?.replace(/^bearer /i, "") !== known.bearer) {
        return { status: 401, body: { message: "Unauthorized" } };
      }
      const claims = identityClaims(factsOf(known.run, undefined), known.workflow, query.get("audience"));
      return { status: 200, body: { count: 1, value: await host.signIdToken(claims) } };
    },
    async stop() {
      stopped = true;
      for (const live of runs.values()) if (live.record.status !== "completed") cancelLive(live, "force");
      for (const wake of wakeLost) wake();
      await Promise.all(under);
    },
  };
}
