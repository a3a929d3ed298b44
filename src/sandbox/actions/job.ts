/** One job on its own machine-like folder: token, environment, steps, posts, and an end that cleans up. */
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Artifacts } from "./artifacts.ts";
import {
  defaultEnvironment,
  githubContext,
  type JobPlaces,
  type RunFacts,
  runnerContext,
} from "./environment.ts";
import { type Contexts, evaluateNumber, evaluateRunsIf, evaluateText, evaluateTexts } from "./expressions.ts";
import { createJobLog, type JobLog } from "./job-log.ts";
import type { JobState, Stop } from "./job-state.ts";
import type { LoadedWorkflow } from "./load.ts";
import type { ActionsHost, JobRecord, Permissions, StepRecord } from "./port.ts";
import type { Result } from "./results.ts";
import { contextsOf, runStep, type StepFrame, statusOf } from "./steps.ts";
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

/** Default of GitHub for `timeout-minutes`. */
const MOST_MINUTES = 360;
/** Milliseconds between the signals of a cancel: SIGINT, SIGTERM, SIGKILL. */
const PATIENCE = { term: 7_500, kill: 10_000 };

export function startJob(input: JobInput): RunningJob {
  const { host, record, definition } = input;
  const log = createJobLog({ now: () => host.clock.now(), onLine: input.onLine });
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
  const state: JobState = {
    host,
    facts,
    workflow: input.workflow,
    definition,
    record,
    places,
    log,
    artifacts: input.artifacts,
    token,
    secrets,
    contexts,
    // GitHub shows the id token's variables to every step, those of the runtime to actions alone.
    base: { ...defaultEnvironment(github, definition.key, places), ...identity },
    env: {},
    runtime: {
      ACTIONS_RUNTIME_TOKEN: `runtime-${record.id}-${token.slice(-8)}`,
      ACTIONS_RUNTIME_URL: `${host.serverUrl}/_services/pipelines/`,
      ACTIONS_RESULTS_URL: `${host.serverUrl}/_services/results/`,
    },
    steps: {},
    posts: [],
    processes: new Set(),
    summaries: [],
    status: "success",
    stop: "no",
    nextStep: 0,
  };
  const timers: (() => void)[] = [];
  const done = runJob(state, timers).finally(async () => {
    for (const cancel of timers) cancel();
    host.revokeJobToken(token);
    await rm(join(root, "work"), { recursive: true, force: true });
  });
  return {
    log,
    summaries: state.summaries,
    done,
    stop: (how) => stopJob(state, how, timers),
  };
}

function stopJob(state: JobState, how: Exclude<Stop, "no">, timers: (() => void)[]): void {
  const send = (signal: NodeJS.Signals) => (): void => {
    for (const process of state.processes) process.signal(signal);
  };
  const before = state.stop;
  if (before === "force" || before === "lost") return;
  state.stop = how;
  if (how !== "cancel") {
    send("SIGKILL")();
    return;
  }
  if (before === "cancel") return;
  // Only what runs now is stopped; steps of `always()` that come after it run to their end.
  const doomed = [...state.processes];
  const each = (signal: NodeJS.Signals) => (): void => {
    for (const process of doomed) if (state.processes.has(process)) process.signal(signal);
  };
  each("SIGINT")();
  timers.push(state.host.clock.schedule(PATIENCE.term, each("SIGTERM")));
  timers.push(state.host.clock.schedule(PATIENCE.kill, each("SIGKILL")));
}

async function runJob(state: JobState, timers: (() => void)[]): Promise<JobEnd> {
  const { host, places, definition, workflow, log } = state;
  for (const folder of [places.workspace, places.temp, places.tools, places.home, places.actions]) {
    await mkdir(folder, { recursive: true });
  }
  await writeFile(places.eventPath, JSON.stringify(state.facts.event.payload));
  const frame: StepFrame = {
    job: state,
    within: workflow.source,
    steps: state.steps,
    composite: undefined,
    failed: false,
  };
  try {
    for (const token of [workflow.file.env, definition.env]) {
      Object.assign(state.env, evaluateTexts(token, contextsOf(frame)));
    }
    const minutes = evaluateNumber(definition.timeoutMinutes, contextsOf(frame), MOST_MINUTES);
    timers.push(
      host.clock.schedule(minutes * 60_000, () => {
        log.print(`::error::The job has exceeded the maximum execution time of ${minutes}m0s`);
        state.status = "failure";
        stopJob(state, "timeout", timers);
      }),
    );
    await runSteps(frame, definition.steps);
    await runPosts(frame);
  } catch (error) {
    log.print(`::error::${error instanceof Error ? error.message : String(error)}`);
    state.status = "failure";
  }
  return { conclusion: conclusionOf(state), outputs: outputsOf(state, frame) };
}

async function runSteps(frame: StepFrame, steps: readonly StepDefinition[]): Promise<void> {
  const { record, host } = frame.job;
  const records = steps.map(
    (step, index): StepRecord => ({
      name: stepName(step),
      number: index + 1,
      status: "queued",
      conclusion: null,
      startedAt: null,
      completedAt: null,
    }),
  );
  record.steps.push(...records);
  for (const [index, step] of steps.entries()) {
    await runStep(frame, step, records[index]);
    host.onJob(frame.job.facts.run, record, "in_progress");
  }
}

function stepName(step: StepDefinition): string {
  const name = step.name && "value" in step.name ? String(step.name.value) : undefined;
  const run = step.run && "value" in step.run ? `Run ${String(step.run.value).split("\n")[0]}` : undefined;
  return step.uses === undefined ? (name ?? run ?? "Run") : (name ?? `Run ${step.uses}`);
}

/** In reverse order, whatever became of the steps. */
async function runPosts(frame: StepFrame): Promise<void> {
  for (const post of [...frame.job.posts].reverse()) {
    if (frame.job.stop === "force" || frame.job.stop === "lost" || frame.job.stop === "timeout") return;
    if (!evaluateRunsIf(post.condition, contextsOf(frame), statusOf(frame))) continue;
    if ((await post.run()) === "failure") frame.job.status = "failure";
  }
}

/** A job that exceeds `timeout-minutes` is cancelled, as GitHub reports it: not failed, not timed out. */
function conclusionOf(state: JobState): Result {
  switch (state.stop) {
    case "cancel":
    case "force":
    case "timeout":
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
      state.log.print(`::warning::Skip output '${name}' since it may contain secret.`);
    } else outputs[name] = value;
  }
  return outputs;
}
