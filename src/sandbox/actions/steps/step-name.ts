/** What a step is called on the page of its job. */
import { evaluateText } from "../expressions.ts";
import { isWorkflowError } from "../tokens.ts";
import type { StepDefinition } from "../workflow-file.ts";
import { contextsOf, type StepFrame, statusOf } from "./frame.ts";

/** The name as the file has it, expressions left alone. */
export function nameOf(step: StepDefinition): string {
  const name = step.name && "value" in step.name ? String(step.name.value) : undefined;
  const run =
    step.run && "value" in step.run ? `Run ${String(step.run.value).trim().split("\n")[0]}` : undefined;
  return step.uses === undefined ? (name ?? run ?? "Run") : (name ?? `Run ${step.uses}`);
}

/** The name with its expressions; as it was where they cannot be evaluated. */
export function displayName(
  frame: StepFrame,
  step: StepDefinition,
  env: Readonly<Record<string, string>>,
  before: string,
): string {
  const token = step.name ?? (step.uses === undefined ? step.run : undefined);
  try {
    const text = evaluateText(token, contextsOf(frame, env), statusOf(frame)).trim().split("\n")[0] ?? "";
    if (text === "") return before;
    return step.name ? text : `Run ${text}`;
  } catch (error) {
    if (!isWorkflowError(error)) throw error;
    return before;
  }
}
