/** What a job's definition says once the contexts are known: its name, its machine, its strategy. */
import { type Contexts, evaluate, evaluateBoolean, evaluateNumber, evaluateText } from "./expressions.ts";
import { type Combination, combinationsOf } from "./matrix.ts";
import { field, isWorkflowError } from "./tokens.ts";
import type { JobDefinition } from "./workflow-file.ts";

/** `name`, or the job's key; the key too where the name cannot be evaluated. */
export function nameOf(definition: JobDefinition, contexts: Contexts): string {
  if (!definition.name) return definition.key;
  try {
    return evaluateText(definition.name, contexts) || definition.key;
  } catch (error) {
    if (!isWorkflowError(error)) throw error;
    return definition.key;
  }
}

/** The name as the web page shows it: values of the matrix behind it, unless the job names itself. */
export function titleOf(definition: JobDefinition, contexts: Contexts, combination: Combination): string {
  const values = Object.values(combination).map((value) =>
    typeof value === "object" ? JSON.stringify(value) : String(value),
  );
  const suffix = definition.name === undefined && values.length > 0 ? ` (${values.join(", ")})` : "";
  return `${nameOf(definition, contexts)}${suffix}`;
}

/** Labels of `runs-on`; none where it cannot be evaluated (`refusedMachine` then says why). */
export function labelsOf(definition: JobDefinition, contexts: Contexts): readonly string[] {
  try {
    return askedLabels(definition, contexts);
  } catch (error) {
    if (!isWorkflowError(error)) throw error;
    return [];
  }
}

function askedLabels(definition: JobDefinition, contexts: Contexts): readonly string[] {
  if (!definition.runsOn) return [];
  const value = evaluate(field(definition.runsOn, "labels") ?? definition.runsOn, contexts);
  return (Array.isArray(value) ? value : [value]).map(String);
}

/** Why no machine here takes the job: said at once, as such a job would wait for ever. */
export function refusedMachine(definition: JobDefinition, contexts: Contexts): string | undefined {
  if (field(definition.runsOn, "group")) {
    return "runs-on: group: this sandbox has no runner groups; name ubuntu-latest or self-hosted";
  }
  const labels = askedLabels(definition, contexts);
  const other = labels.find((label) => /^(?:windows|macos)\b/i.test(label));
  if (other !== undefined) return `runs-on: ${other}: only Linux jobs run in this sandbox`;
  const known = labels.some((label) => /^(?:ubuntu-\S+|self-hosted)$/i.test(label));
  if (known) return undefined;
  return `runs-on: ${labels.join(", ") || "nothing"}: no runner here has that label; name ubuntu-latest or self-hosted`;
}

export interface Strategy {
  readonly combinations: readonly Combination[];
  readonly failFast: boolean;
  readonly maxParallel: number;
}

/** `strategy`, with one empty combination where there is no matrix. Throws `WorkflowError` where it is not valid. */
export function strategyOf(definition: JobDefinition, contexts: Contexts): Strategy {
  const matrix = field(definition.strategy, "matrix");
  const combinations = matrix ? combinationsOf(evaluate(matrix, contexts)) : [{}];
  return {
    combinations,
    failFast: evaluateBoolean(field(definition.strategy, "fail-fast"), contexts, true),
    maxParallel: evaluateNumber(field(definition.strategy, "max-parallel"), contexts, combinations.length),
  };
}

/** `matrix` and `strategy` contexts of one combination. */
export function strategyContexts(strategy: Strategy, index: number): Contexts {
  return {
    matrix: strategy.combinations[index] ?? {},
    strategy: {
      "fail-fast": strategy.failFast,
      "job-index": index,
      "job-total": strategy.combinations.length,
      "max-parallel": strategy.maxParallel,
    },
  };
}
