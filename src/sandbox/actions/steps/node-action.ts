/** A JavaScript action: `pre`, `main`, and `post` at the job's end. */
import { join } from "node:path";
import type { Action } from "../action-file.ts";
import { evaluateRunsIf } from "../expressions.ts";
import type { StepOutcome, StepResult } from "../job-state.ts";
import { runCommand } from "./command.ts";
import { contextsOf, type StepFrame, statusOf } from "./frame.ts";

export async function runNode(
  frame: StepFrame,
  action: Action,
  inputs: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string>>,
  result: StepResult,
): Promise<StepOutcome> {
  const { job } = frame;
  if (action.runs.kind !== "node") throw new TypeError("not a JavaScript action");
  const { main, pre, post, preIf, postIf } = action.runs;
  const state: Record<string, string> = {};
  const own: StepFrame = { ...frame, action: { kind: "node", inputs, action } };
  const script = (file: string, into: StepResult): Promise<StepOutcome> => {
    const saved = Object.entries(state).map(([name, value]) => [`STATE_${name}`, value] as const);
    const extra = { ...job.runtime, ...inputVariables(inputs), ...Object.fromEntries(saved) };
    const args = [join(action.directory, file)];
    const command = { command: process.execPath, args, cwd: job.places.workspace, env, extra, state };
    return runCommand(own, command, into);
  };
  if (pre !== undefined && evaluateRunsIf(preIf, contextsOf(frame), statusOf(frame))) {
    if ((await script(pre, unheard())) === "failure") return "failure";
  }
  if (post !== undefined) {
    job.posts.push({ name: `Post ${action.name}`, condition: postIf, run: () => script(post, unheard()) });
  }
  return script(main, result);
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
