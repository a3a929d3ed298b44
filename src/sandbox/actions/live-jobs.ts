/** Jobs as the engine knows them: their logs, their id tokens, and what becomes of one whose machine is lost. */
import { randomBytes } from "node:crypto";
import { identityClaims } from "./environment.ts";
import type { RunningJob } from "./job.ts";
import { factsOf, type LiveRun } from "./live-run.ts";
import type { LoadedWorkflow } from "./load.ts";
import type { ActionsHost, JobRecord } from "./port.ts";

/** What a job whose machine is gone is annotated with, in GitHub's words. */
const LOST =
  "The self-hosted runner lost communication with the server. Verify the machine is running and has a healthy network connection. Anything in your workflow that terminates the runner process, starves it for CPU/Memory, or blocks its network access can cause this error.";

interface LiveJob {
  readonly running: RunningJob;
  /** Milliseconds until the loss is noticed. */
  lostFor: number | undefined;
}

interface Bearer {
  readonly bearer: string;
  readonly run: LiveRun;
  readonly workflow: LoadedWorkflow;
}

export type LiveJobs = ReturnType<typeof createLiveJobs>;

export function createLiveJobs(host: ActionsHost) {
  const jobs = new Map<number, LiveJob>();
  const logs = new Map<number, () => string>();
  const summaries = new Map<number, () => readonly string[]>();
  const bearers = new Map<number, Bearer>();
  const wakeLost = new Set<() => void>();
  let stopped = false;

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

  return {
    /** Where the job asks for id tokens, and by what it may. */
    idToken(run: LiveRun, job: JobRecord, workflow: LoadedWorkflow) {
      const bearer = `idt_${randomBytes(16).toString("hex")}`;
      bearers.set(job.id, { bearer, run, workflow });
      return { url: `${host.serverUrl}/_services/idtoken/${job.id}?api-version=2.0`, bearer };
    },
    started(job: JobRecord, running: RunningJob): void {
      jobs.set(job.id, { running, lostFor: undefined });
      logs.set(job.id, () => running.log.text());
      summaries.set(job.id, () => running.summaries);
    },
    /** Resolves when the job may be called over. */
    async ended(job: JobRecord): Promise<void> {
      const known = jobs.get(job.id);
      jobs.delete(job.id);
      bearers.delete(job.id);
      if (known?.lostFor === undefined) return;
      await unnoticed(known.lostFor);
      known.running.log.error(LOST);
    },
    /** A line of a job that has no log of its own, as it never started. */
    line(job: JobRecord, text: string): void {
      if (!logs.has(job.id)) logs.set(job.id, () => `${text}\n`);
    },
    /** A job of the attempt before, as the new attempt shows it: with an id of its own, and its log. */
    takenOver(job: JobRecord, attempt: number): JobRecord {
      const copy = { ...structuredClone(job), id: host.nextId("job"), runAttempt: attempt };
      const log = logs.get(job.id);
      const summary = summaries.get(job.id);
      if (log) logs.set(copy.id, log);
      if (summary) summaries.set(copy.id, summary);
      return copy;
    },
    log: (jobId: number): string | undefined => logs.get(jobId)?.(),
    summary: (jobId: number): string | undefined => summaries.get(jobId)?.().join("\n"),
    lose(jobId: number, noticeMs: number): boolean {
      const job = jobs.get(jobId);
      if (!job) return false;
      job.lostFor = noticeMs;
      job.running.stop("lost");
      return true;
    },
    /** A signed id token for the bearer that the job was given; `undefined` for any other. */
    async signedToken(
      jobId: number,
      bearer: string | undefined,
      audience: string | null,
    ): Promise<string | undefined> {
      const known = bearers.get(jobId);
      if (!known || known.bearer !== bearer) return undefined;
      return host.signIdToken(identityClaims(factsOf(host, known.run, undefined), known.workflow, audience));
    },
    stop(): void {
      stopped = true;
      for (const wake of wakeLost) wake();
    },
  };
}
