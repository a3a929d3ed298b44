/**
 * Jobs of the simulated world: the engine's own definitions, conditions and outputs, the Action's own code in this
 * process, and stand-ins for checkout and artifacts. What a machine can do wrong is done to the job's process.
 */
import { join } from "node:path";
import type { Job, Toolkit } from "../../action/job.ts";
import { run } from "../../action/run.ts";
import { defaultEnvironment, githubContext, type JobPlaces } from "../sandbox/actions/environment.ts";
import {
  type Contexts,
  evaluateBoolean,
  evaluateIf,
  evaluateTexts,
  type Status,
} from "../sandbox/actions/expressions.ts";
import type { JobEnd, JobInput, RunningJob, StartJob } from "../sandbox/actions/job.ts";
import type { Stop } from "../sandbox/actions/job-state.ts";
import { createJobLog } from "../sandbox/actions/steps/job-log.ts";
import type { StepDefinition } from "../sandbox/actions/workflow-file.ts";
import type { Chance } from "./chance.ts";
import type { ProcessKind } from "./crash-points.ts";
import type { Dice } from "./knobs.ts";
import { createSimulatedMachine } from "./machine.ts";
import type { Process } from "./process.ts";

export interface RunnerOptions {
  readonly chance: Chance;
  readonly dice: Dice;
  readonly newProcess: (kind: ProcessKind, name: string) => Process;
  readonly fetchOf: (process: Process) => typeof fetch;
  readonly agentBegins: (process: Process, key: string) => void;
  readonly triaged: (process: Process, issue: number, text: string, verdict: string) => void;
  readonly checked: (process: Process, end: "green" | "red", tree: string) => void;
}

/** A job that is under way, for whoever does something to its machine. */
export interface LiveJob {
  readonly jobId: number;
  readonly runId: number;
  readonly process: Process;
  /** The engine may give it up while its process only sleeps, and wakes later. */
  survives: boolean;
}

export interface Runner {
  readonly startJob: StartJob;
  readonly live: ReadonlySet<LiveJob>;
}

interface Outcome {
  readonly conclusion: "success" | "failure" | "cancelled" | "skipped";
  readonly outputs: Readonly<Record<string, string>>;
}

/** Milliseconds that a runner gives a cancelled step before it ends it. */
const GRACE = 7_500;

export function createRunner(options: RunnerOptions): Runner {
  /** Files of artifacts, by run and name. */
  const artifacts = new Map<string, ReadonlyMap<string, Buffer>>();
  const live = new Set<LiveJob>();

  const startJob: StartJob = (input) => {
    const { host, record, definition } = input;
    const kind = kindOf(definition.key);
    const process = options.newProcess(kind, `${kind} ${record.runId}/${record.runAttempt}`);
    const one: LiveJob = { jobId: record.id, runId: record.runId, process, survives: false };
    live.add(one);
    const job = begin(options, input, one, artifacts);
    host.clock.schedule(60 * 60_000, () => job.stop("cancel"));
    return { ...job, done: job.done.finally(() => live.delete(one)) };
  };
  return { startJob, live };
}

/** Which of the Action's jobs it is; the engine puts the caller's key in front. */
function kindOf(key: string): ProcessKind {
  const name = key.split(".").at(-1) ?? "";
  return ["gate", "triage", "agent", "verify", "check", "review", "effect"].includes(name)
    ? (name as ProcessKind)
    : "conclude";
}

function begin(
  options: RunnerOptions,
  input: JobInput,
  one: LiveJob,
  artifacts: Map<string, ReadonlyMap<string, Buffer>>,
): RunningJob {
  const { host, record, definition, facts } = input;
  const { process } = one;
  const root = `/jobs/${record.id}`;
  const places = placesOf(root);
  const log = createJobLog({
    now: () => host.clock.now(),
    onLine: input.onLine,
    annotations: record.annotations,
    workspace: places.workspace,
  });
  const token = host.mintJobToken({
    repositoryId: facts.repository.id,
    permissions: input.permissions,
    runId: facts.run.id,
    jobId: record.id,
  });
  log.mask(token);
  const github = { ...githubContext(facts), token, job: definition.key, workspace: places.workspace };
  const summaries: string[] = [];
  const steps: Record<string, object> = {};
  const files = new Map<string, Buffer>();
  let failed = false;
  let stop: Stop = "no";
  let end: ((how: "lost" | "cancelled") => void) | undefined;
  const ended = new Promise<"lost" | "cancelled">((resolve) => {
    end = resolve;
  });
  const status: Status = {
    success: () => !failed && stop === "no",
    failure: () => failed,
    cancelled: () => stop !== "no",
    hashFiles: () => "",
  };
  const contexts = (): Contexts => ({
    ...input.contexts,
    github,
    secrets: { ...input.secrets, GITHUB_TOKEN: token },
    runner: { temp: places.temp, os: "Linux", arch: "X64", name: "simulated" },
    job: { status: failed ? "failure" : "success" },
    steps,
    env: {},
  });
  let checkout = facts.event.sha;

  async function perform(step: StepDefinition): Promise<Outcome> {
    if (!evaluateIf(step.if, contexts(), status)) return { conclusion: "skipped", outputs: {} };
    const uses = step.uses ?? "";
    const inputs = evaluateTexts(step.with, contexts(), status);
    if (uses === "$/action") return action(inputs);
    if (uses.startsWith("actions/checkout@")) {
      checkout = await commitOf(inputs.ref ?? "");
    } else if (uses.startsWith("actions/upload-artifact@")) {
      const prefix = `${inputs.path}/`;
      const found = [...files].filter(([path]) => path.startsWith(prefix));
      artifacts.set(
        `${record.runId}/${inputs.name}`,
        new Map(found.map(([path, content]) => [path.slice(prefix.length), content])),
      );
    } else if (uses.startsWith("actions/download-artifact@")) {
      const found = artifacts.get(`${record.runId}/${inputs.name}`);
      if (!found) return { conclusion: "failure", outputs: {} };
      for (const [path, content] of found) files.set(join(inputs.path ?? "", path), content);
    } else throw new Error(`a simulated machine knows no action ${uses}`);
    await process.clock.sleep(2_000);
    return { conclusion: "success", outputs: {} };
  }

  async function commitOf(ref: string): Promise<string> {
    const { store } = facts.repository;
    return /^[0-9a-f]{40}$/.test(ref) ? ref : ((await store.readRef(`refs/heads/${ref}`)) ?? facts.event.sha);
  }

  async function action(inputs: Readonly<Record<string, string>>): Promise<Outcome> {
    const outputs: Record<string, string> = {};
    let wentWrong = false;
    const load = options.fetchOf(process);
    const toolkit: Toolkit = {
      getInput: (name) => inputs[name] ?? "",
      setOutput: (name, value) => void Object.assign(outputs, { [name]: value }),
      setSecret: (secret) => log.mask(secret),
      setFailed(message) {
        wentWrong = true;
        log.error(message);
      },
      info: (message) => log.print(message),
      warning: (message) => log.warning(message),
      async getIDToken(audience = "") {
        const { url, bearer } = input.idToken ?? { url: "", bearer: "" };
        const answer = await load(`${url}&audience=${audience}`, {
          headers: { authorization: `Bearer ${bearer}` },
        });
        const { value } = (await answer.json()) as { value?: string };
        if (!value) throw new Error("no id token");
        return value;
      },
    };
    const job: Job = {
      toolkit,
      env: environmentOf(input, github, places),
      clock: process.clock,
      fetch: load,
      machine: createSimulatedMachine({
        process,
        chance: options.chance,
        dice: options.dice,
        files,
        store: facts.repository.store,
        checkout: () => checkout,
        // Its job bears the effect's key as its name.
        agentBegins: () =>
          options.agentBegins(process, /agent\.run:\S+/.exec(record.name)?.[0] ?? record.name),
        triaged: (...asked) => options.triaged(process, ...asked),
        checked: (...found) => options.checked(process, ...found),
      }),
      summarize: async (markdown) => void summaries.push(markdown),
    };
    await run(job);
    return { conclusion: wentWrong ? "failure" : "success", outputs };
  }

  async function all(): Promise<JobEnd> {
    // A machine is found and set up.
    await process.clock.sleep(options.chance.integer(2_000, 20_000));
    for (const step of definition.steps) {
      const { conclusion, outputs } = await perform(step).catch((error: Error): Outcome => {
        log.error(error.message);
        return { conclusion: "failure", outputs: {} };
      });
      if (step.id !== undefined) steps[step.id] = { outputs, outcome: conclusion, conclusion };
      // Of a step that may fail the outcome is told, and its job goes on.
      if (conclusion === "failure" && !evaluateBoolean(step.continueOnError, contexts(), false))
        failed = true;
      host.onJob(facts.run, record, "in_progress");
    }
    const outputs = evaluateTexts(definition.outputs, contexts(), status);
    return { conclusion: failed ? "failure" : stop === "no" ? "success" : "cancelled", outputs };
  }

  const done = Promise.race([
    all(),
    ended.then((how): JobEnd => {
      if (!one.survives) process.die();
      return { conclusion: how === "lost" ? "failure" : "cancelled", outputs: {} };
    }),
  ]).finally(() => host.revokeJobToken(token));
  return {
    log,
    summaries,
    done,
    stop(how) {
      if (stop === "force" || stop === "lost") return;
      stop = how;
      if (how === "cancel") host.clock.schedule(GRACE, () => end?.("cancelled"));
      else end?.(how === "lost" ? "lost" : "cancelled");
    },
  };
}

const placesOf = (root: string): JobPlaces => ({
  root,
  workspace: `${root}/work`,
  temp: `${root}/temp`,
  tools: `${root}/tools`,
  home: `${root}/home`,
  actions: `${root}/actions`,
  eventPath: `${root}/temp/event.json`,
});

function environmentOf(
  input: JobInput,
  github: Readonly<Record<string, unknown>>,
  places: JobPlaces,
): Record<string, string> {
  const identity = input.idToken
    ? {
        ACTIONS_ID_TOKEN_REQUEST_URL: input.idToken.url,
        ACTIONS_ID_TOKEN_REQUEST_TOKEN: input.idToken.bearer,
      }
    : undefined;
  return { ...defaultEnvironment(github, input.definition.key, places), PATH: "/usr/bin", ...identity };
}
