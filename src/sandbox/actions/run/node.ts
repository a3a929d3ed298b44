/** The graph of a scope: each job waits for its needs, asks its condition, and runs in each combination of its matrix. */
import { type Contexts, evaluateIf, type Status } from "../expressions.ts";
import { strategyContexts, strategyOf } from "../job-terms.ts";
import { createMachines } from "../machines.ts";
import { combined, isInside, type JobResult, NOT_RUN, type Result } from "../results.ts";
import { isWorkflowError } from "../tokens.ts";
import type { JobDefinition } from "../workflow-file.ts";
import { runCall } from "./call.ts";
import { runJob } from "./job-on-machine.ts";
import { createSeat, type Scope, type Seat } from "./scope.ts";
import { complete, FAILED, isCancelled, type Node, newRecord, type RunState } from "./state.ts";

export async function runScope(state: RunState, scope: Scope): Promise<void> {
  for (const definition of scope.workflow.file.jobs) {
    scope.jobs.set(definition.key, later(state, scope, definition));
  }
  await Promise.all(scope.jobs.values());
}

/** Begins when all jobs of the scope are known, as `needs` may name later ones. */
async function later(state: RunState, scope: Scope, definition: JobDefinition): Promise<JobResult> {
  await Promise.resolve();
  const result = await runNode(state, scope, definition);
  state.results.set(`${scope.path}${definition.key}`, result);
  return result;
}

async function runNode(state: RunState, scope: Scope, definition: JobDefinition): Promise<JobResult> {
  const { input, github, vars, results } = state;
  const needed = new Map<string, JobResult>();
  for (const key of definition.needs) {
    needed.set(key, (await scope.jobs.get(key)) ?? NOT_RUN);
  }
  const path = `${scope.path}${definition.key}`;
  const reused = input.reuse.get(path);
  if (reused) {
    for (const [inside, result] of input.reuse) if (isInside(inside, path)) results.set(inside, result);
    return reused;
  }
  const contexts: Contexts = { github, inputs: scope.inputs, vars, needs: Object.fromEntries(needed) };
  const node: Node = { scope, definition, contexts };
  const status = statusOf(state, scope, definition);
  try {
    if (state.cancelled === "force" || !evaluateIf(definition.if, contexts, status)) {
      const conclusion = isCancelled(state, scope) ? "cancelled" : "skipped";
      complete(state, newRecord(state, node), conclusion);
      return { result: conclusion, outputs: {} };
    }
    return await runMatrix(state, node, status);
  } catch (error) {
    if (!isWorkflowError(error)) throw error;
    complete(state, newRecord(state, node), "failure", error.message);
    return FAILED;
  }
}

/** Both look at all jobs that stand before this one: a skip or a failure goes down the whole chain (docs: `needs`). */
function statusOf(state: RunState, scope: Scope, definition: JobDefinition): Status {
  const before = (): readonly (Result | undefined)[] =>
    ancestors(scope, definition).map((path) => state.results.get(path)?.result);
  return {
    success: () => !isCancelled(state, scope) && before().every((result) => result === "success"),
    failure: () => before().includes("failure"),
    cancelled: () => isCancelled(state, scope),
  };
}

function ancestors(scope: Scope, definition: JobDefinition, seen = new Set<string>()): readonly string[] {
  for (const key of definition.needs) {
    if (seen.has(key)) continue;
    seen.add(key);
    const before = scope.workflow.file.jobs.find((job) => job.key === key);
    if (before) ancestors(scope, before, seen);
  }
  return [...seen].map((key) => `${scope.path}${key}`);
}

async function runMatrix(state: RunState, node: Node, status: Status): Promise<JobResult> {
  const { scope, definition, contexts } = node;
  const strategy = strategyOf(definition, contexts);
  const places = createMachines(strategy.maxParallel);
  const siblings: Seat[] = [];
  const run = async (index: number): Promise<JobResult> => {
    const own: Node = { ...node, contexts: { ...contexts, ...strategyContexts(strategy, index) } };
    const kind = definition.uses === undefined ? "job" : "call";
    const seat = createSeat(scope, kind, () => evaluateIf(definition.if, contexts, status));
    siblings.push(seat);
    state.seats.add(seat);
    try {
      const result = await (kind === "job"
        ? runJob(state, own, seat, places)
        : runCall(state, own, seat, strategy.combinations[index] ?? {}, index));
      if (result.result === "failure" && strategy.failFast) {
        for (const other of siblings) if (other !== seat) other.stop("cancel");
      }
      return result;
    } finally {
      seat.release();
      state.seats.delete(seat);
    }
  };
  const ended = await Promise.all(strategy.combinations.map((_, index) => run(index)));
  const outputs = Object.assign({}, ...ended.map((one) => one.outputs)) as Record<string, string>;
  return { result: combined(ended), outputs };
}
