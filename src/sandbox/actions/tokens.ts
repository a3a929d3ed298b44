/** Reading of parsed but not evaluated YAML (`TemplateToken`s): literals as they are, expressions left alone. */
import { isBasicExpression, isLiteral, isMapping, isSequence, type TemplateToken } from "./library.ts";

/** A file says something that is not valid, or that this engine does not honour. The message is for its author. */
export class WorkflowError extends Error {
  override readonly name = "WorkflowError";
}

/** Key and value pairs of a mapping; none for anything else. */
export function entries(token: TemplateToken | undefined): readonly (readonly [string, TemplateToken])[] {
  if (!token || !isMapping(token)) return [];
  return [...token].map((pair) => [pair.key.toString(), pair.value] as const);
}

/** Value under a key of a mapping. */
export function field(token: TemplateToken | undefined, key: string): TemplateToken | undefined {
  return entries(token).find(([name]) => name === key)?.[1];
}

/** The plain value of a token without expressions. Throws `WorkflowError` where it holds one. */
export function literal(token: TemplateToken): unknown {
  if (isMapping(token))
    return Object.fromEntries(entries(token).map(([key, value]) => [key, literal(value)]));
  if (isSequence(token)) return [...token].map(literal);
  if (isBasicExpression(token)) throw new WorkflowError(`${place(token)}an expression is not allowed here`);
  if (!isLiteral(token))
    throw new WorkflowError(`${place(token)}\${{ insert }} is not honoured by this sandbox`);
  return token.templateTokenType === NULL_TOKEN ? null : (token as unknown as { value: unknown }).value;
}

/** `TokenType.Null` of the parser. */
const NULL_TOKEN = 7;

/** Literal text; `undefined` where the token is absent. */
export function text(token: TemplateToken | undefined): string | undefined {
  if (!token) return undefined;
  const value = literal(token);
  return value === null ? "" : String(value);
}

/** A string or a list of strings, as a list. */
export function strings(token: TemplateToken | undefined): readonly string[] {
  if (!token) return [];
  const value = literal(token);
  return (Array.isArray(value) ? value : [value]).map(String);
}

/** `(Line: 3, Col: 5): `, as GitHub writes it before a message; empty where the place is not known. */
export function place(token: TemplateToken | undefined): string {
  return token?.line === undefined ? "" : `(Line: ${token.line}, Col: ${token.col}): `;
}

export const isWorkflowError = (error: unknown): error is WorkflowError => error instanceof WorkflowError;
