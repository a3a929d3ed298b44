/** Evaluation of `${{ … }}` with GitHub's own evaluator, over plain JSON-like contexts. */
import { data, Evaluator, Lexer, Parser } from "@actions/expressions";
import type { ExpressionData } from "@actions/expressions/data/expressiondata";
import type { FunctionDefinition } from "@actions/expressions/funcs/info";
import {
  ensureStatusFunction,
  isBasicExpression,
  isMapping,
  isSequence,
  isString,
  type TemplateToken,
} from "./library.ts";
import { entries, literal, WorkflowError } from "./tokens.ts";

/** Values by context name: `github`, `needs`, `steps`, … */
export type Contexts = Readonly<Record<string, unknown>>;

/** What `success()`, `failure()` and `cancelled()` answer, and what `hashFiles()` reads. */
export interface Status {
  success(names: readonly string[]): boolean;
  failure(names: readonly string[]): boolean;
  cancelled(): boolean;
  readonly hashFiles?: (patterns: readonly string[]) => string;
}

const CONTEXT_NAMES = [
  "github",
  "env",
  "vars",
  "job",
  "jobs",
  "steps",
  "runner",
  "secrets",
  "strategy",
  "matrix",
  "needs",
  "inputs",
];

/** What GitHub calls a dictionary, a list or a scalar, from its JSON. */
export function toData(value: unknown): ExpressionData {
  if (value === null || value === undefined) return new data.Null();
  if (typeof value === "string") return new data.StringData(value);
  if (typeof value === "number") return new data.NumberData(value);
  if (typeof value === "boolean") return new data.BooleanData(value);
  if (Array.isArray(value)) return new data.Array(...value.map(toData));
  const pairs = Object.entries(value as Record<string, unknown>);
  return new data.Dictionary(...pairs.map(([key, inner]) => ({ key, value: toData(inner) })));
}

function fromData(value: ExpressionData): unknown {
  switch (value.kind) {
    case data.Kind.Null:
      return null;
    case data.Kind.String:
      return (value as data.StringData).value;
    case data.Kind.Number:
      return (value as data.NumberData).value;
    case data.Kind.Boolean:
      return (value as data.BooleanData).value;
    case data.Kind.Array:
      return (value as data.Array).values().map(fromData);
    default:
      return Object.fromEntries(
        (value as data.Dictionary).pairs().map(({ key, value: inner }) => [key, fromData(inner)]),
      );
  }
}

function statusFunctions(status: Status | undefined): Map<string, FunctionDefinition> {
  const define = (name: string, maxArgs: number, answer: (args: string[]) => unknown) =>
    [
      name,
      {
        name,
        minArgs: 0,
        maxArgs,
        call: (...args: ExpressionData[]) => toData(answer(args.map((arg) => arg.coerceString()))),
      },
    ] as const;
  const known = (): Status => {
    if (!status) throw new WorkflowError("a status function is not available here");
    return status;
  };
  const functions = [
    define("always", 0, () => true),
    define("success", 255, (names) => known().success(names)),
    define("failure", 255, (names) => known().failure(names)),
    define("cancelled", 0, () => known().cancelled()),
    define("hashfiles", 255, (patterns) => {
      const hashFiles = known().hashFiles;
      if (!hashFiles) throw new WorkflowError("hashFiles() is available in steps only");
      return hashFiles(patterns);
    }),
  ];
  return new Map(functions);
}

/**
 * The lexer turns only the first `''` of a string into a quote. GitHub turns all of them, and a script with two quotes
 * around an expression has them.
 */
function unquoted(tokens: LexedTokens): LexedTokens {
  return tokens.map((token) =>
    typeof token.value === "string" ? { ...token, value: token.value.replaceAll("''", "'") } : token,
  );
}

type LexedTokens = ReturnType<Lexer["lex"]>["tokens"];

/** Value of one expression, without its `${{ }}`. Throws `WorkflowError` with the evaluator's words. */
export function evaluateExpression(expression: string, contexts: Contexts, status?: Status): unknown {
  const functions = statusFunctions(status);
  try {
    const tokens = unquoted(new Lexer(expression).lex().tokens);
    const tree = new Parser(tokens, CONTEXT_NAMES, [...functions.values()]).parse();
    // Contexts are large, and an expression has most of them nowhere in its text: those need no conversion.
    const text = expression.toLowerCase();
    const all = Object.fromEntries(
      CONTEXT_NAMES.map((name) => [name, text.includes(name) ? (contexts[name] ?? {}) : {}]),
    );
    return fromData(new Evaluator(tree, toData(all) as data.Dictionary, functions).evaluate());
  } catch (error) {
    throw new WorkflowError(`${(error as Error).message} in expression: ${expression}`, { cause: error });
  }
}

/** A token with all its expressions replaced by their values. */
export function evaluate(token: TemplateToken, contexts: Contexts, status?: Status): unknown {
  if (isBasicExpression(token)) return evaluateExpression(token.expression, contexts, status);
  if (isSequence(token)) return [...token].map((item) => evaluate(item, contexts, status));
  if (!isMapping(token)) return literal(token);
  return Object.fromEntries(
    [...token].map((pair) => [
      String(evaluate(pair.key, contexts, status)),
      evaluate(pair.value, contexts, status),
    ]),
  );
}

/** As GitHub turns a value into text: `""` for null, JSON's words for booleans, `Object` for a mapping. */
export function toText(value: unknown): string {
  return toData(value).coerceString();
}

/** Text of a token; `""` where it is absent. */
export function evaluateText(token: TemplateToken | undefined, contexts: Contexts, status?: Status): string {
  return token ? toText(evaluate(token, contexts, status)) : "";
}

/** A mapping of texts (`env`, `with`, `outputs`); empty where it is absent. */
export function evaluateTexts(
  token: TemplateToken | undefined,
  contexts: Contexts,
  status?: Status,
): Record<string, string> {
  if (!token) return {};
  if (isBasicExpression(token)) {
    const value = evaluate(token, contexts, status) ?? {};
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, toText(inner)]));
  }
  return Object.fromEntries(
    entries(token).map(([key, inner]) => [key, evaluateText(inner, contexts, status)]),
  );
}

/** Boolean of a token (`continue-on-error`, `fail-fast`); `fallback` where it is absent. Throws on anything else. */
export function evaluateBoolean(
  token: TemplateToken | undefined,
  contexts: Contexts,
  fallback: boolean,
  status?: Status,
): boolean {
  if (!token) return fallback;
  const value = evaluate(token, contexts, status);
  if (value === true || value === "true") return true;
  if (value === false || value === "false" || value === "" || value === null) return false;
  throw new WorkflowError(`Unexpected value '${toText(value)}'; expected a boolean`);
}

/** Number of a token (`timeout-minutes`, `max-parallel`). Throws where it is none. */
export function evaluateNumber(
  token: TemplateToken | undefined,
  contexts: Contexts,
  fallback: number,
  status?: Status,
): number {
  if (!token) return fallback;
  const value = evaluate(token, contexts, status);
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  if (typeof number !== "number" || Number.isNaN(number)) {
    throw new WorkflowError(`Unexpected value '${toText(value)}'; expected a number`);
  }
  return number;
}

/** An `if`: with `success() && (…)` around it unless it names a status function; absent, `success()` alone. */
export function evaluateIf(token: TemplateToken | undefined, contexts: Contexts, status: Status): boolean {
  if (!token) return status.success([]);
  const source = isBasicExpression(token)
    ? token.expression
    : isString(token)
      ? token.value.trim()
      : toText(literal(token));
  if (source === "") return status.success([]);
  const condition = ensureStatusFunction(source, token.definitionInfo);
  return isTruthy(evaluateExpression(condition, contexts, status));
}

/** `pre-if` and `post-if` of an action: taken as they are, `always()` where absent. */
export function evaluateRunsIf(condition: string | undefined, contexts: Contexts, status: Status): boolean {
  if (condition === undefined) return true;
  const inner = /^\s*\$\{\{(.*)\}\}\s*$/s.exec(condition)?.[1] ?? condition;
  return isTruthy(evaluateExpression(inner, contexts, status));
}

/** GitHub's truth: everything but `false`, `0`, `-0`, `NaN`, `""` and `null`. */
function isTruthy(value: unknown): boolean {
  return !(value === false || value === 0 || Number.isNaN(value) || value === "" || value === null);
}
