/** The engine: which workflows an event starts, every run from its start to its end, and what is asked of it. */
import { join } from "node:path";
import { createArtifacts } from "./artifacts.ts";
import { cancelLive, execute, type Shared } from "./attempt.ts";
import { createCaches } from "./caches.ts";
import { createGroups } from "./concurrency.ts";
import { startSchedules } from "./events/schedules.ts";
import { filesStartedBy, targetEvent } from "./events/started.ts";
import { checkDispatchInputs } from "./inputs.ts";
import { type StartJob, startJob } from "./job.ts";
import { createLiveJobs } from "./live-jobs.ts";
import { createRunMaker, type LiveRun } from "./live-run.ts";
import { readText } from "./load.ts";
import { createMachines } from "./machines.ts";
import type {
  ActionsEngine,
  ActionsHost,
  ActionsUser,
  DispatchError,
  RunRecord,
  TriggerEvent,
} from "./port.ts";
import { reusable } from "./results.ts";
import { readWorkflow } from "./workflow-file.ts";
import { createWorkflowList } from "./workflow-list.ts";

export interface EngineOptions {
  /** Jobs that run at once. */
  readonly machines?: number;
  /** Folder with actions of other repositories, as `owner/name[/path]`. */
  readonly actions?: string | undefined;
  /** What performs a job; by default a folder and processes of this machine. */
  readonly startJob?: StartJob | undefined;
}

/** Workflows that may follow one another by `workflow_run` (docs: "Events that trigger workflows"). */
const LONGEST_CHAIN = 3;

export function createActionsEngine(host: ActionsHost, options: EngineOptions = {}): ActionsEngine {
  const runs = new Map<number, LiveRun>();
  const listeners = new Set<Parameters<ActionsEngine["onLine"]>[0]>();
  const list = createWorkflowList(host);
  const jobs = createLiveJobs(host);
  const newRun = createRunMaker(host, list);
  const shared: Shared = {
    host,
    jobs,
    artifacts: createArtifacts(join(host.directory, "artifacts"), {
      nextId: () => host.nextId("artifact"),
      now: () => host.clock.now(),
    }),
    caches: createCaches(join(host.directory, "caches")),
    actions: options.actions,
    groups: createGroups(),
    machines: createMachines(options.machines ?? 6),
    startJob: options.startJob ?? startJob,
    onLine({ record }, job, text) {
      for (const listener of listeners) listener({ runId: record.id, jobId: job.id, job: job.name, text });
    },
  };
  const under = new Set<Promise<void>>();
  let stopped = false;

  async function trigger(event: TriggerEvent): Promise<readonly RunRecord[]> {
    if (stopped || chainLength(event) > LONGEST_CHAIN) return [];
    const started: RunRecord[] = [];
    for (const parsed of await filesStartedBy(event, list)) {
      if (stopped) break;
      const live = newRun(event, parsed);
      runs.set(live.record.id, live);
      host.onRun(live.record, "requested");
      begin(live, "all");
      started.push(live.record);
    }
    const target = await targetEvent(event);
    return target === undefined ? started : [...started, ...(await trigger(target))];
  }

  function begin(live: LiveRun, scope: "all" | "failed"): void {
    const work = execute(shared, live, scope);
    under.add(work);
    void work.finally(() => under.delete(work));
  }

  /** How many runs stand one behind the other by `workflow_run`, the one that would start included. */
  function chainLength(event: TriggerEvent): number {
    if (event.name !== "workflow_run") return 0;
    const before = (event.payload.workflow_run as { id?: number } | undefined)?.id;
    const live = before === undefined ? undefined : runs.get(before);
    return 1 + (live ? chainLength(live.event) : 0);
  }

  function rerun(repositoryId: number, runId: number, scope: "all" | "failed", actor: ActionsUser): boolean {
    const live = find(repositoryId, runId);
    if (stopped || live?.record.status !== "completed") return false;
    const { record } = live;
    const failed = scope === "failed" && live.loaded !== undefined;
    const reuse = failed && live.loaded ? reusable(live.loaded, live.results) : new Map<string, unknown>();
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
      jobs: kept.map((job) => jobs.takenOver(job, record.attempt + 1)),
    });
    host.onRun(record, "requested");
    begin(live, failed ? "failed" : "all");
    return true;
  }

  function find(repositoryId: number, runId: number): LiveRun | undefined {
    const live = runs.get(runId);
    return live?.record.repositoryId === repositoryId ? live : undefined;
  }

  const schedules = startSchedules(host, list, trigger);
  const ofRepository = (repositoryId: number): LiveRun[] =>
    [...runs.values()].filter(({ record }) => record.repositoryId === repositoryId);

  return {
    trigger,
    rerun,
    checkDispatch,
    workflows: (repositoryId) => {
      const repository = host.repository(repositoryId);
      return repository ? list.all(repository) : Promise.resolve([]);
    },
    runs: (repositoryId) =>
      ofRepository(repositoryId)
        .map(({ record }) => record)
        .reverse(),
    run: (repositoryId, runId) => find(repositoryId, runId)?.record,
    attempt(repositoryId, runId, attempt) {
      const live = find(repositoryId, runId);
      return live?.record.attempt === attempt ? live.record : live?.attempts.get(attempt);
    },
    job(repositoryId, jobId) {
      for (const live of ofRepository(repositoryId)) {
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
    jobLog: jobs.log,
    summary: jobs.summary,
    artifacts: shared.artifacts.list,
    artifactDirectory: (runId, name) =>
      shared.artifacts.list(runId).find((one) => one.name === name)?.directory,
    loseRunner: jobs.lose,
    onLine(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async handle({ method, path, query, headers }) {
      const id = /^\/_services\/idtoken\/(\d+)$/.exec(path)?.[1];
      if (id === undefined || method !== "GET") return undefined;
      const bearer = headers.authorization?.replace(/^bearer /i, "");
      const value = await jobs.signedToken(Number(id), bearer, query.get("audience"));
      if (value === undefined) return { status: 401, body: { message: "Unauthorized" } };
      return { status: 200, body: { count: 1, value } };
    },
    async stop() {
      stopped = true;
      await schedules.stop();
      for (const live of runs.values()) if (live.record.status !== "completed") cancelLive(live, "force");
      jobs.stop();
      await Promise.all(under);
    },
  };
}

const checkDispatch: ActionsEngine["checkDispatch"] = async (repository, path, sha, inputs) => {
  const refusal = (status: DispatchError["status"], message: string): DispatchError => ({ status, message });
  const content = await readText({ repository, sha, ref: "" }, path);
  if (content === undefined) return refusal(404, "Not Found");
  const parsed = await readWorkflow(path, content);
  if (parsed.kind === "invalid") return refusal(422, `Failed to parse workflow: ${parsed.message}`);
  if (!parsed.file.dispatchInputs) {
    return refusal(422, "Workflow does not have 'workflow_dispatch' trigger");
  }
  return checkDispatchInputs(parsed.file.dispatchInputs, inputs);
};
