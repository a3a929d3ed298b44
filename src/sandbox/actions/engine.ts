/** The engine: which workflows an event starts, and every run from its start to its end. */
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { createArtifacts } from "./artifacts.ts";
import { createGroups } from "./concurrency.ts";
import { githubContext, identityClaims, type RunFacts } from "./environment.ts";
import { evaluateText } from "./expressions.ts";
import { checkDispatchInputs, dispatchTexts, dispatchValues } from "./inputs.ts";
import type { RunningJob } from "./job.ts";
import { type LoadedWorkflow, loadCalls, readText, type Source, workflowRefOf } from "./load.ts";
import type { ActionsEngine, ActionsHost, ActionsUser, JobRecord, RunRecord, TriggerEvent } from "./port.ts";
import { groupOf, type JobResult, type RunningRun, startRun } from "./run.ts";
import { isWorkflowError } from "./tokens.ts";
import { asksToSkip, matches } from "./triggers.ts";
import { type ParsedWorkflow, readWorkflow, type WorkflowFile } from "./workflow-file.ts";
import { createWorkflowList } from "./workflow-list.ts";

export interface EngineOptions {
  /** Jobs that run at once. */
  readonly machines?: number;
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
  const under = new Set<Promise<void>>();
  let stopped = false;
  let numbers = new Map<string, number>();

  async function trigger(event: TriggerEvent): Promise<readonly RunRecord[]> {
    if (stopped || (await asksToSkip(event))) return [];
    const started: RunRecord[] = [];
    for (const parsed of await workflowsAt(event)) {
      if (parsed.kind === "valid" && !(await matches(event, parsed.file))) continue;
      // A file that cannot be read starts nothing but, on a push, a run that says so.
      if (parsed.kind === "invalid" && event.name !== "push" && event.workflowPath !== parsed.path) continue;
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
      results: new Map(),
    };
    if (parsed.kind === "valid") Object.assign(record, { displayTitle: titleOf(live, parsed.file) });
    runs.set(record.id, live);
    host.onRun(record, "requested");
    track(execute(live, new Map()));
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
    return { host, repository: event.repository, event, run: record, root: root ?? rootRef };
  }

  function track(work: Promise<void>): void {
    under.add(work);
    void work.finally(() => under.delete(work));
  }

  /** One attempt of a run. Never rejects: what goes wrong is the run's failure. */
  async function execute(live: LiveRun, reuse: ReadonlyMap<string, JobResult>): Promise<void> {
    const { record, parsed } = live;
    try {
      if (parsed.kind === "invalid") return startupFailure(live, parsed.message);
      const source: Source = { repository: live.event.repository, sha: record.sha, ref: record.ref };
      const loaded = await loadCalls(host, source, parsed.file, undefined);
      await inGroup(live, parsed.file, () => perform(live, loaded, reuse));
    } catch (error) {
      startupFailure(live, error instanceof Error ? error.message : String(error));
      if (!isWorkflowError(error)) process.emitWarning(error instanceof Error ? error : String(error));
    }
  }

  function startupFailure(live: LiveRun, message: string): void {
    const { record } = live;
    record.startupError = message;
    record.status = "completed";
    record.conclusion = "startup_failure";
    record.updatedAt = host.clock.now();
    live.attempts.set(record.attempt, structuredClone(record));
    host.onRun(record, "completed");
  }

  async function inGroup(live: LiveRun, file: WorkflowFile, work: () => Promise<void>): Promise<void> {
    const { record } = live;
    const github = githubContext(factsOf(live, undefined));
    const contexts = { github, inputs: live.inputs, vars: host.variables(record.repositoryId) };
    const group = file.concurrency ? groupOf(file.concurrency, contexts) : undefined;
    if (!group) return work();
    const name = `${record.repositoryId}/${group.name}`;
    const holder = { cancel: () => live.running?.cancel("ask") };
    const entered = groups.enter(name, group.cancelInProgress, holder);
    live.waiting = { cancel: () => groups.leave(name, holder) };
    const verdict = await entered;
    live.waiting = undefined;
    if (verdict === "cancelled") {
      record.status = "completed";
      record.conclusion = "cancelled";
      record.updatedAt = host.clock.now();
      live.attempts.set(record.attempt, structuredClone(record));
      host.onRun(record, "completed");
      return;
    }
    try {
      await work();
    } finally {
      groups.leave(name, holder);
    }
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
      groups,
      machine: machines,
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
        const lostFor = jobs.get(job.id)?.lostFor;
        jobs.delete(job.id);
        bearers.delete(job.id);
        if (lostFor !== undefined) await host.clock.sleep(lostFor);
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

  /** Jobs that succeeded and stand behind none that did not: their outputs are taken over. */
  function reusable(live: LiveRun): ReadonlyMap<string, JobResult> {
    const file = live.parsed.kind === "valid" ? live.parsed.file : undefined;
    const kept = new Map([...live.results].filter(([, one]) => one.result === "success"));
    // A job runs again where one that it needs does.
    for (let changed = true; changed; ) {
      changed = false;
      for (const job of file?.jobs ?? []) {
        if (!kept.has(job.key) || job.needs.every((key) => kept.has(key))) continue;
        kept.delete(job.key);
        changed = true;
      }
    }
    return kept;
  }

  function rerun(repositoryId: number, runId: number, scope: "all" | "failed", actor: ActionsUser): boolean {
    const live = runs.get(runId);
    if (!live || live.record.repositoryId !== repositoryId || live.record.status !== "completed")
      return false;
    const { record } = live;
    const reuse = scope === "failed" ? reusable(live) : new Map<string, JobResult>();
    const now = host.clock.now();
    const kept = record.jobs.filter((job) => reuse.has(job.key));
    Object.assign(record, {
      attempt: record.attempt + 1,
      triggeringActor: actor,
      status: "queued",
      conclusion: null,
      runStartedAt: now,
      updatedAt: now,
      startupError: null,
      jobs: kept.map((job) => ({
        ...structuredClone(job),
        id: host.nextId("job"),
        runAttempt: record.attempt + 1,
      })),
    });
    host.onRun(record, "requested");
    track(execute(live, reuse));
    return true;
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
      live.waiting?.cancel();
      live.running?.cancel(mode);
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
      job.running.log.print("::error::The self-hosted runner lost communication with the server.");
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
      for (const live of runs.values()) {
        live.waiting?.cancel();
        live.running?.cancel("force");
      }
      await Promise.all(under);
      numbers = new Map();
    },
  };
}

/** So many jobs at once; the others wait their turn. */
function createMachines(count: number): () => Promise<() => void> {
  const queue: (() => void)[] = [];
  let busy = 0;
  const free = (): void => {
    busy -= 1;
    queue.shift()?.();
  };
  return async () => {
    while (busy >= count) await new Promise<void>((resolve) => queue.push(resolve));
    busy += 1;
    return free;
  };
}
