/** One job on its own machine-like folder: token, environment, steps, posts, and an end that cleans up. */
import { randomBytes } from "node:crypto";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Artifacts } from "./artifacts.ts";
import type { Caches } from "./caches.ts";
import {
  defaultEnvironment,
  githubContext,
  type JobPlaces,
  type RunFacts,
  runnerContext,
} from "./environment.ts";
import { type Contexts, evaluateNumber, evaluateText, evaluateTexts } from "./expressions.ts";
import type { JobState, Stop } from "./job-state.ts";
import type { LoadedWorkflow } from "./load.ts";
import type { ActionsHost, JobRecord, Permissions } from "./port.ts";
import type { Result } from "./results.ts";
import { contextsOf, jobFrame, type StepFrame } from "./steps/frame.ts";
import { createJobLog, type JobLog } from "./steps/job-log.ts";
import { killOrphans, TRACKING } from "./steps/orphans.ts";
import { prepareActions } from "./steps/prepare.ts";
import { newStepRecord, runPosts } from "./steps/recorded.ts";
import { runStep } from "./steps/step.ts";
import { nameOf } from "./steps/step-name.ts";
import { stopJob } from "./steps/stop.ts";
import { entries } from "./tokens.ts";
import type { JobDefinition, StepDefinition } from "./workflow-file.ts";

export interface JobInput {
  readonly host: ActionsHost;
  readonly facts: RunFacts;
  readonly workflow: LoadedWorkflow;
  readonly definition: JobDefinition;
  readonly record: JobRecord;
  readonly permissions: Permissions;
  readonly secrets: Readonly<Record<string, string>>;
  /** `needs`, `inputs`, `vars`, `matrix`, `strategy`. */
  readonly contexts: Contexts;
  readonly artifacts: Artifacts;
  readonly caches: Caches;
  /** Folder with actions of other repositories. */
  readonly actions: string | undefined;
  /** Where id tokens are asked for, and the bearer that may ask. */
  readonly idToken: { readonly url: string; readonly bearer: string } | undefined;
  readonly onLine: (text: string) => void;
}

export interface RunningJob {
  readonly log: JobLog;
  readonly summaries: readonly string[];
  readonly done: Promise<JobEnd>;
  /** Stops it: `cancel` lets `always()` steps run. */
  stop(how: Exclude<Stop, "no">): void;
}

export interface JobEnd {
  readonly conclusion: Result;
  readonly outputs: Readonly<Record<string, string>>;
}

/** Starts a job at once; the returned promise never rejects for what a workflow can do wrong. */
export type StartJob = (input: JobInput) => RunningJob;

/** Default of GitHub for `timeout-minutes`. */
const MOST_MINUTES = 360;

export const startJob: StartJob = (input) => {
  const { host, record, definition } = input;
  const root = join(host.directory, "jobs", `${record.runId}-${record.runAttempt}-${record.id}`);
  const workspace = join(root, "work", input.facts.repository.name, input.facts.repository.name);
  const places: JobPlaces = {
    root,
    workspace,
    temp: join(root, "temp"),
    tools: join(root, "tools"),
    home: join(root, "home"),
    actions: join(host.directory, "actions"),
    eventPath: join(root, "temp", "event.json"),
  };
  const { annotations } = record;
  const log = createJobLog({ now: () => host.clock.now(), onLine: input.onLine, annotations, workspace });
  const { facts, permissions } = input;
  const token = host.mintJobToken({
    repositoryId: facts.repository.id,
    permissions,
    runId: facts.run.id,
    jobId: record.id,
  });
  const secrets = { ...input.secrets, GITHUB_TOKEN: token, github_token: token };
  for (const secret of Object.values(secrets)) log.mask(secret);
  const github = {
    ...githubContext(facts),
    token,
    job: definition.key,
    workspace,
    action: "",
    event_path: places.eventPath,
  };
  const contexts: Contexts = {
    ...input.contexts,
    github,
    secrets,
    runner: runnerContext(places),
    job: {
      status: "success",
      workflow_ref: input.workflow.workflowRef,
      workflow_sha: input.workflow.source.sha,
    },
  };
  const identity: Record<string, string> = input.idToken
    ? {
        ACTIONS_ID_TOKEN_REQUEST_URL: input.idToken.url,
        ACTIONS_ID_TOKEN_REQUEST_TOKEN: input.idToken.bearer,
      }
    : {};
  if (input.idToken) log.mask(input.idToken.bearer);
  const mark = `sandbox_${randomBytes(12).toString("hex")}`;
  const state: JobState = {
    host,
    facts,
    workflow: input.workflow,
    definition,
    record,
    places,
    log,
    artifacts: input.artifacts,
    caches: input.caches,
    actions: input.actions,
    token,
    secrets,
    contexts,
    // GitHub shows the id token's variables to every step, those of the runtime to actions alone.
    base: { ...defaultEnvironment(github, definition.key, places), [TRACKING]: mark, ...identity },
    mark,
    prepended: [],
    env: {},
    runtime: {
      ACTIONS_RUNTIME_TOKEN: `runtime-${record.id}-${token.slice(-8)}`,
      ACTIONS_RUNTIME_URL: `${host.serverUrl}/_services/pipelines/`,
      ACTIONS_RESULTS_URL: `${host.serverUrl}/_services/results/`,
    },
    steps: {},
    prepared: new Map(),
    posts: [],
    processes: new Set(),
    doomed: new Set(),
    underWay: [],
    expired: 0,
    summaries: [],
    status: "success",
    stop: "no",
    nextStep: 0,
    actionName: "__run",
  };
  const timers: (() => void)[] = [];
  const done = runJob(state, timers).finally(async () => {
    for (const cancel of timers) cancel();
    host.revokeJobToken(token);
    killOrphans(state.mark);
    await rm(join(root, "work"), { recursive: true, force: true });
  });
  return {
    log,
    summaries: state.summaries,
    done,
    stop: (how) => stopJob(state, how, timers),
  };
};

async function runJob(state: JobState, timers: (() => void)[]): Promise<JobEnd> {
  const { host, places, definition, workflow, log } = state;
  for (const folder of [places.workspace, places.temp, places.tools, places.home, places.actions]) {
    await mkdir(folder, { recursive: true });
  }
  await writeFile(places.eventPath, JSON.stringify(state.facts.event.payload));
  const frame = jobFrame(state);
  let outputs: Record<string, string> = {};
  try {
    for (const token of [workflow.file.env, definition.env]) {
      Object.assign(state.env, evaluateTexts(token, contextsOf(frame)));
    }
    const minutes = evaluateNumber(definition.timeoutMinutes, contextsOf(frame), MOST_MINUTES);
    timers.push(
      host.clock.schedule(minutes * 60_000, () => {
        log.error(`The job has exceeded the maximum execution time of ${durationOf(minutes)}`);
        stopJob(state, "cancel", timers);
      }),
    );
    await prepareActions(frame, definition.steps);
    await runSteps(frame, definition.steps);
    await runPosts(frame);
    // Of a machine that is gone nobody hears what its steps had said.
    if (!isLost(state)) outputs = outputsOf(state, frame);
  } catch (error) {
    log.error(error instanceof Error ? error.message : String(error));
    state.status = "failure";
  }
  return { conclusion: conclusionOf(state), outputs };
}

const isLost = ({ stop }: JobState): boolean => stop === "lost";

async function runSteps(frame: StepFrame, steps: readonly StepDefinition[]): Promise<void> {
  const { record, host } = frame.job;
  const before = record.steps.length;
  const records = steps.map((step, index) => newStepRecord(nameOf(step), before + index + 1));
  record.steps.push(...records);
  for (const [index, step] of steps.entries()) {
    await runStep(frame, step, records[index]);
    host.onJob(frame.job.facts.run, record, "in_progress");
  }
}

/** `90` minutes as `1h30m0s`. */
function durationOf(minutes: number): string {
  const seconds = Math.round(minutes * 60);
  const hours = Math.floor(seconds / 3600);
  return `${hours > 0 ? `${hours}h` : ""}${Math.floor((seconds % 3600) / 60)}m${seconds % 60}s`;
}

/** A job that exceeds `timeout-minutes` is cancelled, as GitHub reports it: not failed, not timed out. */
function conclusionOf(state: JobState): Result {
  switch (state.stop) {
    case "cancel":
    case "force":
      return "cancelled";
    case "lost":
      return "failure";
    case "no":
      return state.status;
  }
}

/** GitHub drops an output that holds a secret, and says so. */
function outputsOf(state: JobState, frame: StepFrame): Record<string, string> {
  const outputs: Record<string, string> = {};
  for (const [name, token] of entries(state.definition.outputs)) {
    const value = evaluateText(token, contextsOf(frame));
    if (state.log.isSecret(value)) {
      state.log.warning(`Skip output '${name}' since it may contain secret.`);
    } else outputs[name] = value;
  }
  return outputs;
}
