/** A run from the event that started it, over all its attempts: what the engine keeps of it. */
import { githubContext, isFromFork, type RunFacts } from "./environment.ts";
import { evaluateText } from "./expressions.ts";
import { dispatchTexts, dispatchValues } from "./inputs.ts";
import { type LoadedWorkflow, type Source, workflowRefOf } from "./load.ts";
import type { ActionsHost, RunRecord, TriggerEvent } from "./port.ts";
import type { JobResult } from "./results.ts";
import type { RunningRun } from "./run/run.ts";
import { isWorkflowError } from "./tokens.ts";
import type { ParsedWorkflow } from "./workflow-file.ts";
import type { WorkflowList } from "./workflow-list.ts";

export interface LiveRun {
  readonly record: RunRecord;
  readonly event: TriggerEvent;
  readonly parsed: ParsedWorkflow;
  readonly inputs: Readonly<Record<string, unknown>>;
  /** As each attempt was when it ended. */
  readonly attempts: Map<number, RunRecord>;
  running: RunningRun | undefined;
  /** Keeps a run that waits for its group from starting. */
  waiting: { cancel(): void } | undefined;
  /** Whether somebody cancelled this attempt, be it before its first job. */
  cancelled: "no" | "ask" | "force";
  /** What the last attempt ran: failed jobs are run again from the same commits. */
  loaded: LoadedWorkflow | undefined;
  results: ReadonlyMap<string, JobResult>;
}

/** Makes the runs of an engine, each workflow's numbered from 1. */
export function createRunMaker(host: ActionsHost, list: WorkflowList) {
  const numbers = new Map<string, number>();

  function numberFor(key: string): number {
    const number = (numbers.get(key) ?? 0) + 1;
    numbers.set(key, number);
    return number;
  }

  return (event: TriggerEvent, parsed: ParsedWorkflow): LiveRun => {
    const { path, name } = parsed.kind === "valid" ? parsed.file : parsed;
    const dispatched = event.name === "workflow_dispatch";
    const definitions = (dispatched && parsed.kind === "valid" && parsed.file.dispatchInputs) || {};
    const texts = dispatched ? dispatchTexts(definitions, event.inputs ?? {}) : {};
    const number = numberFor(`${event.repository.id}/${path}`);
    const live: LiveRun = {
      record: newRecord(host, event, list.record(event.repository, path, name), number),
      event: dispatched ? { ...event, payload: { ...event.payload, inputs: texts } } : event,
      parsed,
      inputs: dispatchValues(definitions, texts),
      attempts: new Map(),
      running: undefined,
      waiting: undefined,
      cancelled: "no",
      loaded: undefined,
      results: new Map(),
    };
    Object.assign(live.record, { displayTitle: titleOf(host, live) });
    return live;
  };
}

function newRecord(
  host: ActionsHost,
  event: TriggerEvent,
  workflow: { readonly id: number; readonly path: string; readonly name: string },
  runNumber: number,
): RunRecord {
  const pull = (event.payload.pull_request as { number?: number } | undefined)?.number;
  const now = host.clock.now();
  return {
    id: host.nextId("run"),
    repositoryId: event.repository.id,
    workflowId: workflow.id,
    workflowPath: workflow.path,
    workflowName: workflow.name,
    displayTitle: workflow.name,
    runNumber,
    attempt: 1,
    event: event.name,
    ref: event.ref,
    sha: event.sha,
    headBranch: event.headBranch,
    headSha: event.headSha,
    actor: event.actor,
    triggeringActor: event.actor,
    status: "queued",
    conclusion: null,
    createdAt: now,
    runStartedAt: now,
    updatedAt: now,
    jobs: [],
    pullRequests: pull === undefined ? [] : [pull],
    startupError: null,
  };
}

/** `run-name`; else the pull request's title, the pushed commit's first line, the workflow's name. */
function titleOf(host: ActionsHost, live: LiveRun): string {
  const { event, parsed, record } = live;
  if (parsed.kind === "valid" && parsed.file.runName) {
    try {
      const github = githubContext(factsOf(host, live, undefined));
      const contexts = { github, inputs: live.inputs, vars: host.variables(record.repositoryId) };
      return evaluateText(parsed.file.runName, contexts);
    } catch (error) {
      if (!isWorkflowError(error)) throw error;
    }
  }
  const pull = event.payload.pull_request as { title?: string } | undefined;
  const head = event.payload.head_commit as { message?: string } | undefined;
  return pull?.title ?? head?.message?.split("\n")[0] ?? record.workflowName;
}

/** What contexts and id tokens are made of; without `root` before the workflow is loaded. */
export function factsOf(host: ActionsHost, live: LiveRun, root: LoadedWorkflow | undefined): RunFacts {
  const { event, record } = live;
  const source: Source = { repository: event.repository, sha: event.sha, ref: event.ref };
  const unloaded = { source, workflowRef: workflowRefOf(source, record.workflowPath) };
  return {
    host,
    repository: event.repository,
    event,
    run: record,
    root: root ?? unloaded,
    fromFork: isFromFork(event),
  };
}
