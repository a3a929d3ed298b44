/** A job that calls a reusable workflow: what goes in, the scope that it opens, what comes out. */
import { groupOf } from "../concurrency.ts";
import { evaluate, evaluateText, evaluateTexts } from "../expressions.ts";
import { callValues } from "../inputs.ts";
import { titleOf } from "../job-terms.ts";
import { isString } from "../library.ts";
import type { LoadedWorkflow } from "../load.ts";
import type { Combination } from "../matrix.ts";
import { combined, type JobResult, NOT_RUN } from "../results.ts";
import { entries } from "../tokens.ts";
import type { CallDefinition } from "../workflow-file.ts";
import { runScope } from "./node.ts";
import { type Scope, type Seat, stopScope } from "./scope.ts";
import { CANCELLED, complete, type Node, newRecord, type RunState } from "./state.ts";

export async function runCall(
  state: RunState,
  node: Node,
  seat: Seat,
  combination: Combination,
  index: number,
): Promise<JobResult> {
  const { scope, definition, contexts } = node;
  const { input } = state;
  const workflow = scope.workflow.calls.get(definition.key);
  if (!workflow?.file.call) throw new TypeError(`job ${definition.key} calls nothing that was loaded`);
  const inner = innerScope(node, workflow, workflow.file.call, combination, index);
  const calledContexts = { ...contexts, inputs: inner.inputs };
  const asked = [
    groupOf(definition.concurrency, contexts, input.facts.repository.id),
    groupOf(workflow.file.concurrency, calledContexts, input.facts.repository.id),
  ];
  for (const group of asked) {
    if (!group || (await seat.enter(input.groups, group)) === "go") continue;
    complete(state, newRecord(state, node), "cancelled");
    return CANCELLED;
  }
  seat.runs((how) => stopScope(inner, state.seats, how));
  await runScope(state, inner);
  const ended = await Promise.all(
    workflow.file.jobs.map(async ({ key }) => [key, (await inner.jobs.get(key)) ?? NOT_RUN] as const),
  );
  const known = { ...calledContexts, jobs: Object.fromEntries(ended) };
  const outputs = Object.entries(workflow.file.call.outputs).map(
    ([name, token]) => [name, evaluateText(token, known)] as const,
  );
  return { result: combined(ended.map(([, one]) => one)), outputs: Object.fromEntries(outputs) };
}

function innerScope(
  { scope, definition, contexts }: Node,
  workflow: LoadedWorkflow,
  call: CallDefinition,
  combination: Combination,
  index: number,
): Scope {
  const given = Object.fromEntries(
    entries(definition.with).map(([name, token]) => [name, evaluate(token, contexts)]),
  );
  const inherits = definition.secrets && isString(definition.secrets);
  const several = Object.keys(combination).length > 0;
  return {
    workflow,
    inputs: callValues(call.inputs, given, contexts),
    secrets: inherits
      ? scope.secrets
      : evaluateTexts(definition.secrets, { ...contexts, secrets: scope.secrets }),
    path: `${scope.path}${definition.key}${several ? `(${index})` : ""}.`,
    title: `${scope.title}${titleOf(definition, contexts, combination)} / `,
    parent: scope,
    jobs: new Map(),
    stopped: false,
  };
}
