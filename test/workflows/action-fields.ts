/** Which inputs the action's code reads and which outputs it sets, out of its syntax tree. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";

/** Functions that take a field's name, and which of their arguments it is. */
const TAKERS: ReadonlyMap<string, readonly [kind: "inputs" | "outputs", argument: number]> = new Map([
  ["getInput", ["inputs", 0]],
  ["required", ["inputs", 1]],
  ["number", ["inputs", 1]],
  ["setOutput", ["outputs", 0]],
]);

/** The file in which those functions hand the name on. */
const DEFINED_IN = "job.ts";

export interface Fields {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Calls in which the name is not written out: what they mean cannot be checked. */
  readonly unknown: readonly string[];
}

export function fieldsIn(sources: Readonly<Record<string, string>>): Fields {
  const found = { inputs: new Set<string>(), outputs: new Set<string>() };
  const unknown: string[] = [];
  for (const [name, text] of Object.entries(sources)) {
    const visit = (node: ts.Node): void => {
      if (ts.isCallExpression(node)) {
        const [kind, at] = TAKERS.get(calleeOf(node)) ?? [];
        const argument = at === undefined ? undefined : node.arguments[at];
        if (kind && argument && ts.isStringLiteral(argument)) found[kind].add(argument.text);
        else if (kind && name !== DEFINED_IN) unknown.push(`${name}: ${node.getText()}`);
      }
      ts.forEachChild(node, visit);
    };
    visit(ts.createSourceFile(name, text, ts.ScriptTarget.Latest, true));
  }
  return { inputs: [...found.inputs].sort(), outputs: [...found.outputs].sort(), unknown };
}

function calleeOf({ expression }: ts.CallExpression): string {
  return ts.isPropertyAccessExpression(expression) ? expression.name.text : expression.getText();
}

/** The action's own files: not what is bundled of them. */
export function sourcesOf(folder: string): Readonly<Record<string, string>> {
  const names = readdirSync(folder).filter((name) => name.endsWith(".ts"));
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(folder, name), "utf8")]));
}
