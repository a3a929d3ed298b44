/** Runs one job and turns whatever ends it into one clear line. */
import { Refusal } from "../src/barrier/index.ts";
import { GitHubError } from "../src/github/index.ts";
import { agent } from "./agent.ts";
import { conclude } from "./conclude.ts";
import { effect } from "./effect.ts";
import { ExchangeError } from "./exchange.ts";
import { gate } from "./gate.ts";
import { InputError, type Job, JobFailure } from "./job.ts";
import { fail } from "./report.ts";
import { verify } from "./verify.ts";

const JOBS: Readonly<Record<string, (job: Job) => Promise<void>>> = { gate, agent, verify, effect, conclude };

/** Never rejects. A failure that has a reason is an outcome of the job; all else fails it. */
export async function run(job: Job): Promise<void> {
  const name = job.toolkit.getInput("job");
  try {
    const work = JOBS[name];
    if (!work)
      throw new InputError(`the input 'job' must be one of ${Object.keys(JOBS).join(", ")}, not '${name}'`);
    await work(job);
  } catch (error) {
    if (error instanceof JobFailure) {
      fail(job, error);
      return;
    }
    job.toolkit.setFailed(wordsOf(error));
  }
}

function wordsOf(error: unknown): string {
  if (error instanceof Refusal) return `refused (${error.code}): ${error.message}`;
  if (error instanceof ExchangeError) return `no token (${error.code}): ${error.message}`;
  if (error instanceof GitHubError || error instanceof InputError) return error.message;
  return error instanceof Error ? `unexpected: ${error.message}` : String(error);
}
