/** Inputs of `workflow_dispatch` and `workflow_call`: what is missing, unknown or of the wrong type, and their values. */
import { type Contexts, evaluate, toText } from "./expressions.ts";
import type { DispatchError } from "./port.ts";
import { WorkflowError } from "./tokens.ts";
import { type InputDefinition, literalDefault } from "./workflow-file.ts";

type Definitions = Readonly<Record<string, InputDefinition>>;

const refusal = (message: string): DispatchError => ({ status: 422, message });

/** Checks a dispatch in the order and with the words of `POST …/dispatches`. */
export function checkDispatchInputs(
  definitions: Definitions,
  inputs: Readonly<Record<string, unknown>>,
): DispatchError | undefined {
  const unexpected = Object.keys(inputs).filter((name) => !(name in definitions));
  if (unexpected.length > 0) return refusal(`Unexpected inputs provided: ${JSON.stringify(unexpected)}`);
  for (const [name, definition] of Object.entries(definitions)) {
    const value = inputs[name] === undefined ? undefined : toText(inputs[name]);
    if (value === undefined || value === "") {
      if (definition.required && literalDefault(definition) === undefined) {
        return refusal(`Required input '${name}' not provided`);
      }
      continue;
    }
    if (definition.type === "choice" && !definition.options.includes(value)) {
      return refusal(`Provided value '${value}' for input '${name}' not in the list of allowed values`);
    }
    if (definition.type === "boolean" && value !== "true" && value !== "false") {
      return refusal(`Provided value '${value}' for input '${name}' not a valid boolean`);
    }
    if (definition.type === "number" && Number.isNaN(Number(value))) {
      return refusal(`Provided value '${value}' for input '${name}' not a valid number`);
    }
  }
  return undefined;
}

/** Texts of all inputs with defaults filled in: `github.event.inputs`. */
export function dispatchTexts(
  definitions: Definitions,
  inputs: Readonly<Record<string, string>>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(definitions).map(([name, definition]) => {
      const given = inputs[name];
      return [name, given !== undefined && given !== "" ? given : toText(fallback(definition))];
    }),
  );
}

/** The `inputs` context of a dispatched run: booleans and numbers as such. */
export function dispatchValues(
  definitions: Definitions,
  texts: Readonly<Record<string, string>>,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(definitions).map(([name, definition]) => {
      const value = texts[name] ?? "";
      if (definition.type === "boolean") return [name, value === "true"];
      if (definition.type === "number") return [name, value === "" ? "" : Number(value)];
      return [name, value];
    }),
  );
}

function fallback(definition: InputDefinition): unknown {
  const value = literalDefault(definition);
  if (value !== undefined) return value;
  if (definition.type === "boolean") return false;
  return definition.type === "choice" ? (definition.options[0] ?? "") : "";
}

/** What a caller must say before the run starts: nothing unknown, everything required. Throws `WorkflowError`. */
export function checkCallInputs(definitions: Definitions, names: readonly string[]): void {
  const lower = (name: string): string => name.toLowerCase();
  for (const name of names) {
    if (!Object.keys(definitions).some((known) => lower(known) === lower(name))) {
      throw new WorkflowError(`Invalid input, ${name} is not defined in the referenced workflow.`);
    }
  }
  for (const [name, definition] of Object.entries(definitions)) {
    const given = names.some((other) => lower(other) === lower(name));
    if (definition.required && !given) {
      throw new WorkflowError(`Input ${name} is required, but not provided while calling.`);
    }
  }
}

/** The `inputs` context of a called workflow. Throws `WorkflowError` where a value is not of its type. */
export function callValues(
  definitions: Definitions,
  given: Readonly<Record<string, unknown>>,
  contexts: Contexts,
): Record<string, unknown> {
  const byName = new Map(Object.entries(given).map(([name, value]) => [name.toLowerCase(), value]));
  return Object.fromEntries(
    Object.entries(definitions).map(([name, definition]) => {
      const value = byName.has(name.toLowerCase())
        ? byName.get(name.toLowerCase())
        : definition.default && evaluate(definition.default, contexts);
      return [name, typed(name, definition, value)];
    }),
  );
}

function typed(name: string, definition: InputDefinition, value: unknown): unknown {
  const wrong = (): never => {
    throw new WorkflowError(`Input '${name}' must be a ${definition.type}, not '${toText(value)}'`);
  };
  const absent = value === undefined || value === null;
  switch (definition.type) {
    case "boolean":
      if (absent) return false;
      return typeof value === "boolean" ? value : wrong();
    case "number":
      if (absent) return 0;
      return typeof value === "number" ? value : wrong();
    default:
      return absent ? "" : toText(value);
  }
}
