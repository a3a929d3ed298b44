/** What every job of the workflow has around it: its inputs, its run, and ways to speak. Everything is passed in. */
import type { RunId } from "../src/core/words.ts";
import type { Clock } from "../src/github/index.ts";
import { InputError } from "./job-failure.ts";
import type { Machine } from "./machine.ts";

/** The parts of `@actions/core` that are used. */
export interface Toolkit {
  getInput(name: string, options?: { readonly required?: boolean }): string;
  setOutput(name: string, value: string): void;
  setSecret(secret: string): void;
  setFailed(message: string): void;
  info(message: string): void;
  warning(message: string): void;
  getIDToken(audience?: string): Promise<string>;
}

export interface Job {
  readonly toolkit: Toolkit;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly fetch: typeof fetch;
  readonly machine: Machine;
  /** Adds to the job's summary. */
  summarize(markdown: string): Promise<void>;
}

export function required(job: Job, name: string): string {
  const value = job.toolkit.getInput(name);
  if (value === "") throw new InputError(`the input '${name}' is missing`);
  return value;
}

export function number(job: Job, name: string): number {
  const text = required(job, name);
  const value = Number(text);
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new InputError(`the input '${name}' must be a number, not '${text}'`);
}

export function variable(job: Job, name: string): string {
  const value = job.env[name];
  if (value === undefined || value === "")
    throw new InputError(`${name} is not set: this runs in GitHub Actions only`);
  return value;
}

/** This run, in this attempt. A re-run is another owner. */
export function runOf(job: Job): RunId {
  return { id: Number(variable(job, "GITHUB_RUN_ID")), attempt: Number(variable(job, "GITHUB_RUN_ATTEMPT")) };
}

/** The run as it was when the gate made its claim: the attempt may be an earlier one, on a re-run of failed jobs. */
export function claimRun(job: Job): RunId {
  return { id: runOf(job).id, attempt: number(job, "claim-attempt") };
}

/** Address of the repository for people. */
export const repositoryUrl = (job: Job): string =>
  `${variable(job, "GITHUB_SERVER_URL")}/${variable(job, "GITHUB_REPOSITORY")}`;

export const runUrl = (job: Job): string =>
  `${repositoryUrl(job)}/actions/runs/${variable(job, "GITHUB_RUN_ID")}`;
