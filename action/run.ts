/** Runs one job and turns whatever ends it into one clear line. */
import { REFUSALS, Refusal, type RefusalCode } from "../src/barrier/index.ts";
import { oneLine } from "../src/core/quoted.ts";
import { EXCHANGE_REFUSALS, JOB_FAILURES, type JobCode, type Meaning } from "../src/core/refusals.ts";
import { GitHubError } from "../src/github/index.ts";
import { agent } from "./agent.ts";
import { check } from "./check.ts";
import { CommandStopped } from "./command-process.ts";
import { conclude, Unfinished } from "./conclude.ts";
import { effect } from "./effect.ts";
import { ExchangeError } from "./exchange.ts";
import { gate } from "./gate.ts";
import type { Job } from "./job.ts";
import { InputError, JobFailure } from "./job-failure.ts";
import { fail, neutral } from "./report.ts";
import { review } from "./review.ts";
import { triage } from "./triage.ts";
import { verify } from "./verify.ts";

const JOBS: Readonly<Record<string, (job: Job) => Promise<void>>> = {
  gate,
  triage,
  agent,
  verify,
  check,
  review,
  effect,
  conclude,
};

/**
 * Never rejects. Not the owner any more: a neutral end. A failure that has a reason: an outcome of the job, which
 * is no failure of the job itself. All else fails it, with one line and no stack.
 */
export async function run(job: Job): Promise<void> {
  const name = job.toolkit.getInput("job");
  try {
    const work = JOBS[name];
    if (!work)
      throw new InputError(`the input 'job' must be one of ${Object.keys(JOBS).join(", ")}, not '${name}'`);
    await work(job);
  } catch (error) {
    if (error instanceof JobFailure) return fail(job, error);
    if (error instanceof ExchangeError && error.neutral)
      return neutral(job, `${error.code}: ${error.message}`);
    if (error instanceof Refusal && OVER.has(error.code)) return neutral(job, error.message);
    job.toolkit.setFailed(oneLine(failureWords(error), 1_000));
  }
}

/** Refusals that say: the work is not this run's any more. The gate says its own for an intent it never had. */
const OVER: ReadonlySet<RefusalCode> = new Set(["not-owner", "not-current", "cancelled", "nothing-open"]);

/** One line: the code, what happened, what to do. */
export function failureWords(error: unknown): string {
  if (error instanceof Refusal) return line(`refused (${error.code})`, error.message, REFUSALS[error.code]);
  if (error instanceof ExchangeError)
    return line(`no token (${error.code})`, error.message, EXCHANGE_REFUSALS[error.code]);
  const code = jobCodeOf(error);
  return line(`failed (${code})`, error instanceof Error ? error.message : String(error), JOB_FAILURES[code]);
}

const line = (head: string, message: string, { next }: Meaning): string =>
  `${head}: ${message.replace(/\.$/, "")}. Next: ${next}`;

function jobCodeOf(error: unknown): JobCode {
  if (error instanceof InputError) return "bad-input";
  if (error instanceof GitHubError) return "github-error";
  if (error instanceof Unfinished) return "unfinished";
  return error instanceof CommandStopped ? "command-stopped" : "unexpected";
}
