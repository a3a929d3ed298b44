/** A JavaScript action: `pre`, `main`, and `post` at the job's end. */
import { join } from "node:path";
import type { Action } from "../action-file.ts";
import { evaluateRunsIf } from "../expressions.ts";
import type { StepOutcome, StepResult } from "../job-state.ts";
import type { StepDefinition } from "../workflow-file.ts";
import { runCommand } from "./command.ts";
import { contextsOf, type StepFrame, statusOf } from "./frame.ts";
import { nameOf } from "./step-name.ts";

export interface Given {
  readonly inputs: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
}

/** `main`, with `post` kept for the job's end. Of an action inside a composite one `pre` runs right before. */
export async function runNode(
  frame: StepFrame,
  step: StepDefinition,
  action: Action,
  given: Given,
  result: StepResult,
): Promise<StepOutcome> {
  const { job } = frame;
  if (action.runs.kind !== "node") throw new TypeError("not a JavaScript action");
  const { main, pre, post, postIf } = action.runs;
  const prepared = job.prepared.get(step);
  const state = prepared ?? {};
  if (pre !== undefined && !prepared) {
    if (step.uses?.startsWith("./")) {
      job.log.warning(`\`pre\` execution is not supported for local action from '${step.uses}'`);
    } else if ((await runPre(frame, action, given, state)) === "failure") return "failure";
  }
  if (post !== undefined) {
    const run = () => runScript(frame, action, post, given, state, unheard());
    job.posts.push({ name: `Post ${nameOf(step)}`, condition: postIf, run });
  }
  return runScript(frame, action, main, given, state, result);
}

/** `pre`, where its `pre-if` holds. */
export async function runPre(
  frame: StepFrame,
  action: Action,
  given: Given,
  state: Record<string, string>,
): Promise<StepOutcome> {
  if (action.runs.kind !== "node" || action.runs.pre === undefined) return "skipped";
  const { pre, preIf } = action.runs;
  if (!evaluateRunsIf(preIf, contextsOf(frame), statusOf(frame))) return "skipped";
  return runScript(frame, action, pre, given, state, unheard());
}

function runScript(
  frame: StepFrame,
  action: Action,
  file: string,
  { inputs, env }: Given,
  state: Record<string, string>,
  result: StepResult,
): Promise<StepOutcome> {
  const { job } = frame;
  const own: StepFrame = { ...frame, action: { kind: "node", inputs, action } };
  const saved = Object.entries(state).map(([name, value]) => [`STATE_${name}`, value] as const);
  const extra = { ...job.runtime, ...inputVariables(inputs), ...Object.fromEntries(saved) };
  const args = [join(action.directory, file)];
  const command = { command: process.execPath, args, cwd: job.places.workspace, env, extra, state };
  return runCommand(own, command, result);
}

/** Outputs of `pre` and `post` reach nobody. */
const unheard = (): StepResult => ({ outputs: {}, outcome: "success", conclusion: "success" });

/** `INPUT_NAME` as the toolkit reads it. */
const inputVariables = (inputs: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(inputs).map(([name, value]) => [
      `INPUT_${name.replaceAll(" ", "_").toUpperCase()}`,
      value,
    ]),
  );
