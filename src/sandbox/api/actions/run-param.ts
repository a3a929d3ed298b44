/** Runs and jobs that paths name. Read from the world, which may be an older one: a run may lag behind its dispatch. */
import type { JobRecord, RunRecord } from "../../actions/port.ts";
import { notFound } from "../errors.ts";
import { numberParam } from "../input.ts";
import type { RouteContext } from "../router.ts";
import { engineOf } from "./engine.ts";

export function runParam(context: RouteContext): RunRecord {
  const run = context.world.runs.get(numberParam(context, "run_id"));
  if (run?.repositoryId !== context.repository.id) throw notFound();
  return run;
}

/** The run as it is, or as it was in an earlier attempt. */
export function attemptParam(context: RouteContext): RunRecord {
  const run = attemptOf(context, runParam(context), numberParam(context, "attempt_number"));
  if (!run) throw notFound();
  return run;
}

/** Attempts that are over change no more: the engine's record of them serves every world that knows of a later one. */
export function attemptOf(context: RouteContext, run: RunRecord, attempt: number): RunRecord | undefined {
  if (attempt === run.attempt) return run;
  if (attempt > run.attempt) return undefined;
  return engineOf(context).attempt(run.repositoryId, run.id, attempt);
}

export interface JobOfRun {
  readonly run: RunRecord;
  readonly job: JobRecord;
}

export function jobParam(context: RouteContext): JobOfRun {
  const id = numberParam(context, "job_id");
  for (const run of context.world.runs.values()) {
    if (run.repositoryId !== context.repository.id) continue;
    const job = run.jobs.find((one) => one.id === id);
    if (job) return { run, job };
  }
  const older = engineOf(context).job(context.repository.id, id);
  const known = older && context.world.runs.get(older.run.id);
  if (!older || !known || older.job.runAttempt >= known.attempt) throw notFound();
  return older;
}
