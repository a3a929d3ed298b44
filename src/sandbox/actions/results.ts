/** What became of jobs: for `needs`, for the run's conclusion, and for a re-run of failed jobs. */
import type { LoadedWorkflow } from "./load.ts";
import type { Conclusion } from "./port.ts";

export type Result = "success" | "failure" | "cancelled" | "skipped";

export interface JobResult {
  readonly result: Result;
  readonly outputs: Readonly<Record<string, string>>;
}

/** Whether a path is one of the jobs that the job at `call` calls; `call(0).` where the call has a matrix. */
export const isInside = (path: string, call: string): boolean =>
  path.startsWith(`${call}.`) || path.startsWith(`${call}(`);

export const NOT_RUN: JobResult = { result: "skipped", outputs: {} };

/** One result for several jobs: of a matrix, of a called workflow, of a run. */
export function combined(results: readonly JobResult[]): Result {
  const has = (result: Result): boolean => results.some((one) => one.result === result);
  if (has("failure")) return "failure";
  if (has("cancelled")) return "cancelled";
  return has("success") ? "success" : "skipped";
}

/** A run's conclusion; `asked`: whether somebody cancelled it. */
export function runConclusion(results: readonly JobResult[], asked: "cancelled" | "not"): Conclusion {
  const result = combined(results);
  if (result === "failure") return "failure";
  return asked === "cancelled" ? "cancelled" : result;
}

/**
 * Results that a re-run of failed jobs takes over, by path (`caller.callee`). GitHub runs again what failed or was
 * cancelled and all that depends on it, inside called workflows too; everything else stays as it was.
 */
export function reusable(
  workflow: LoadedWorkflow,
  results: ReadonlyMap<string, JobResult>,
): ReadonlyMap<string, JobResult> {
  const kept = new Map<string, JobResult>();
  keepIn(workflow, results, "", kept);
  return kept;
}

function keepIn(
  workflow: LoadedWorkflow,
  results: ReadonlyMap<string, JobResult>,
  path: string,
  kept: Map<string, JobResult>,
): void {
  const { jobs } = workflow.file;
  const again = new Set<string>();
  for (const { key } of jobs) {
    const result = results.get(`${path}${key}`)?.result;
    if (result === undefined || result === "failure" || result === "cancelled") again.add(key);
  }
  for (let before = -1; before !== again.size; ) {
    before = again.size;
    for (const job of jobs) if (job.needs.some((key) => again.has(key))) again.add(job.key);
  }
  for (const job of jobs) {
    const whole = `${path}${job.key}`;
    const called = workflow.calls.get(job.key);
    if (!again.has(job.key)) {
      for (const [key, result] of results) {
        if (key === whole || isInside(key, whole)) kept.set(key, result);
      }
    } else if (called && !job.needs.some((key) => again.has(key))) {
      // Entered again only for what failed in it: the rest of it is kept.
      keepIn(called, results, `${whole}.`, kept);
    }
  }
}
