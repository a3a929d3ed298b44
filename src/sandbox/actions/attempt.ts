/** One attempt of a run: loaded, held back by its group, performed. */
import type { Artifacts } from "./artifacts.ts";
import type { Caches } from "./caches.ts";
import { type Groups, groupOf, type Holder } from "./concurrency.ts";
import { githubContext } from "./environment.ts";
import type { StartJob } from "./job.ts";
import type { LiveJobs } from "./live-jobs.ts";
import { factsOf, type LiveRun } from "./live-run.ts";
import { type LoadedWorkflow, loadCalls, type Source } from "./load.ts";
import type { Machines } from "./machines.ts";
import type { ActionsHost, JobRecord } from "./port.ts";
import { type JobResult, reusable } from "./results.ts";
import { startRun } from "./run/run.ts";
import { isWorkflowError } from "./tokens.ts";
import type { WorkflowFile } from "./workflow-file.ts";

/** What all runs of an engine share. */
export interface Shared {
  readonly host: ActionsHost;
  readonly jobs: LiveJobs;
  readonly artifacts: Artifacts;
  readonly caches: Caches;
  /** Folder with actions of other repositories. */
  readonly actions: string | undefined;
  readonly groups: Groups;
  /** Where jobs wait for a free machine. */
  readonly machines: Machines;
  readonly startJob: StartJob;
  readonly onLine: (live: LiveRun, job: JobRecord, text: string) => void;
}

/** Never rejects: what goes wrong is the run's failure. */
export async function execute(shared: Shared, live: LiveRun, scope: "all" | "failed"): Promise<void> {
  const { host } = shared;
  const { record, parsed } = live;
  try {
    if (parsed.kind === "invalid") return startupFailure(host, live, parsed.message);
    if (parsed.file.refused !== undefined) return startupFailure(host, live, parsed.file.refused);
    const source: Source = { repository: live.event.repository, sha: record.sha, ref: record.ref };
    const kept = scope === "failed" ? live.loaded : undefined;
    const reuse = kept ? reusable(kept, live.results) : new Map<string, JobResult>();
    live.loaded = kept ?? (await loadCalls(host, source, parsed.file, undefined));
    await inGroup(shared, live, parsed.file, live.loaded, reuse);
  } catch (error) {
    startupFailure(host, live, error instanceof Error ? error.message : String(error));
    if (!isWorkflowError(error)) process.emitWarning(error instanceof Error ? error : String(error));
  }
}

export function cancelLive(live: LiveRun, mode: "ask" | "force"): void {
  if (live.cancelled !== "force") live.cancelled = mode;
  live.waiting?.cancel();
  live.running?.cancel(mode);
}

function startupFailure(host: ActionsHost, live: LiveRun, message: string): void {
  live.record.startupError = message;
  endBeforeJobs(host, live, "startup_failure");
}

function endBeforeJobs(host: ActionsHost, live: LiveRun, conclusion: "cancelled" | "startup_failure"): void {
  const { record } = live;
  record.status = "completed";
  record.conclusion = conclusion;
  record.updatedAt = host.clock.now();
  live.attempts.set(record.attempt, structuredClone(record));
  host.onRun(record, "completed");
}

async function inGroup(
  shared: Shared,
  live: LiveRun,
  file: WorkflowFile,
  loaded: LoadedWorkflow,
  reuse: ReadonlyMap<string, JobResult>,
): Promise<void> {
  const { host, groups } = shared;
  const { record } = live;
  const github = githubContext(factsOf(host, live, undefined));
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
      if (verdict === "cancelled") return endBeforeJobs(host, live, "cancelled");
    }
    if (live.cancelled !== "no") return endBeforeJobs(host, live, "cancelled");
    await perform(shared, live, loaded, reuse);
  } finally {
    if (group) groups.leave(group, holder);
  }
}

async function perform(
  shared: Shared,
  live: LiveRun,
  loaded: LoadedWorkflow,
  reuse: ReadonlyMap<string, JobResult>,
): Promise<void> {
  const { host, jobs } = shared;
  const { record } = live;
  live.running = startRun({
    ...shared,
    facts: factsOf(host, live, loaded),
    workflow: loaded,
    inputs: live.inputs,
    reuse,
    idToken: (job, workflow) => jobs.idToken(live, job, workflow),
    started: jobs.started,
    ended: jobs.ended,
    onLine(job, text) {
      jobs.line(job, text);
      shared.onLine(live, job, text);
    },
  });
  await live.running.done;
  live.results = live.running.results;
  live.running = undefined;
  live.attempts.set(record.attempt, structuredClone(record));
}
