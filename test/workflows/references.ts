/** What expressions refer to: each access of a context, as the path of its names. */
import { data, Lexer, Parser } from "@actions/expressions";
import {
  Binary,
  ContextAccess,
  type Expr,
  FunctionCall,
  Grouping,
  IndexAccess,
  Literal,
  Logical,
  Unary,
} from "@actions/expressions/ast";

const CONTEXTS = ["github", "env", "vars", "job", "jobs", "steps", "runner", "secrets", "needs", "inputs"];
const FUNCTIONS = ["always", "success", "failure", "cancelled", "hashFiles"].map((name) => ({
  name,
  minArgs: 0,
  maxArgs: 255,
}));

/** `["needs", "gate", "outputs", "claim"]`; `*` stands for an index that only a run knows. */
export type Reference = readonly string[];

/** References in any part of a workflow; a bare `if` is an expression as a whole. */
export function referencesIn(part: unknown, key = ""): readonly Reference[] {
  if (typeof part === "string") return expressionsIn(part, key).flatMap(referencesOf);
  if (Array.isArray(part)) return part.flatMap((one) => referencesIn(one, key));
  if (typeof part !== "object" || part === null) return [];
  return Object.entries(part).flatMap(([name, value]) => referencesIn(value, name));
}

function expressionsIn(text: string, key: string): readonly string[] {
  const within = [...text.matchAll(/\$\{\{(.*?)\}\}/gs)].map(([, expression = ""]) => expression);
  return key === "if" && within.length === 0 ? [text] : within;
}

function referencesOf(expression: string): readonly Reference[] {
  return inTree(new Parser(new Lexer(expression).lex().tokens, CONTEXTS, FUNCTIONS).parse());
}

function inTree(tree: Expr): readonly Reference[] {
  const path = pathOf(tree);
  if (path) return [path, ...(tree instanceof IndexAccess ? indexesOf(tree).flatMap(inTree) : [])];
  return childrenOf(tree).flatMap(inTree);
}

function pathOf(tree: Expr): Reference | undefined {
  if (tree instanceof ContextAccess) return [tree.name.lexeme];
  if (!(tree instanceof IndexAccess)) return undefined;
  const path = pathOf(tree.expr);
  return path && [...path, nameOf(tree.index)];
}

const nameOf = (index: Expr): string =>
  index instanceof Literal && index.literal instanceof data.StringData ? index.literal.value : "*";

const indexesOf = (tree: Expr): readonly Expr[] =>
  tree instanceof IndexAccess ? [...indexesOf(tree.expr), tree.index] : [];

function childrenOf(tree: Expr): readonly Expr[] {
  if (tree instanceof Unary) return [tree.expr];
  if (tree instanceof Binary) return [tree.left, tree.right];
  if (tree instanceof Logical || tree instanceof FunctionCall) return tree.args;
  if (tree instanceof Grouping) return [tree.group];
  return tree instanceof IndexAccess ? [tree.expr, tree.index] : [];
}
