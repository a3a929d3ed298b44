/** A job from its queue to its end: its group, a place in its matrix, a machine. */
import { groupOf } from "../concurrency.ts";
import { evaluateBoolean } from "../expressions.ts";
import { refusedMachine } from "../job-terms.ts";
import type { Machines } from "../machines.ts";
import { readOnly } from "../permissions.ts";
import type { JobRecord } from "../port.ts";
import type { JobResult } from "../results.ts";
import { isWorkflowError } from "../tokens.ts";
import type { Seat } from "./scope.ts";
import { CANCELLED, complete, FAILED, type Node, newRecord, type RunState } from "./state.ts";

export async function runJob(state: RunState, node: Node, seat: Seat, places: Machines): Promise<JobResult> {
  const { host, facts, groups, machines } = state.input;
  const { definition, contexts } = node;
  const record = newRecord(state, node);
  host.onJob(facts.run, record, "queued");
  try {
    const refused = refusedMachine(definition, contexts);
    if (refused) {
      complete(state, record, "failure", refused);
      return FAILED;
    }
    const mayFail = evaluateBoolean(definition.continueOnError, contexts, false);
    const group = groupOf(definition.concurrency, contexts, facts.repository.id);
    const goes =
      (await seat.take(places)) === "go" &&
      (!group || (await seat.enter(groups, group)) === "go") &&
      (await seat.take(machines)) === "go";
    if (!goes) {
      complete(state, record, "cancelled");
      return CANCELLED;
    }
    const result = await onMachine(state, node, seat, record);
    return mayFail && result.result === "failure" ? { ...result, result: "success" } : result;
  } catch (error) {
    if (!isWorkflowError(error)) throw error;
    complete(state, record, "failure", error.message);
    return FAILED;
  }
}

async function onMachine(state: RunState, node: Node, seat: Seat, record: JobRecord): Promise<JobResult> {
  const { input } = state;
  const { host, facts } = input;
  const { scope, definition, contexts } = node;
  const { run } = facts;
  record.status = "in_progress";
  record.startedAt = host.clock.now();
  if (run.status !== "in_progress") {
    run.status = "in_progress";
    run.updatedAt = host.clock.now();
    host.onRun(run, "in_progress");
  }
  const asked = definition.permissions ?? scope.workflow.permissions;
  const permissions = facts.fromFork ? readOnly(asked) : asked;
  const job = input.startJob({
    host,
    facts,
    workflow: scope.workflow,
    definition,
    record,
    permissions,
    secrets: scope.secrets,
    contexts,
    artifacts: input.artifacts,
    caches: input.caches,
    actions: input.actions,
    idToken: permissions["id-token"] === "write" ? input.idToken(record, scope.workflow) : undefined,
    onLine: (line) => input.onLine(record, line),
  });
  input.started(record, job);
  seat.runs((how) => job.stop(how));
  host.onJobStarted(run, record);
  host.onJob(run, record, "in_progress");
  const end = await job.done;
  await input.ended(record);
  complete(state, record, end.conclusion);
  return { result: end.conclusion, outputs: end.outputs };
}
