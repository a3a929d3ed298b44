/**
 * Reads `.github/cairn.yml`. Nothing unknown is accepted, and each error has its place. Fail closed: a file that cannot
 * be used is a hold, never a guess.
 */
import { closest, distance } from "fastest-levenshtein";
import {
  type Document,
  isAlias,
  isCollection,
  isMap,
  isScalar,
  LineCounter,
  type Node,
  parseDocument,
} from "yaml";
import type { z } from "zod";
import { type Digest, digestOf } from "../../core/canonical.ts";
import { allowedAt, nodeAt } from "./describe.ts";
import { CONFIG_PATH, type Config, configOf, configSchema } from "./schema.ts";

export interface ConfigProblem {
  /** From 1. */
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

export type ConfigResult =
  | { readonly kind: "valid"; readonly config: Config; readonly digest: Digest }
  | { readonly kind: "invalid"; readonly problems: readonly ConfigProblem[] };

/** Reads the file's text; `undefined`, no file: the defaults. Never throws. */
export function parseConfig(text: string | undefined): ConfigResult {
  const counter = new LineCounter();
  const document = parseDocument(text ?? "", { lineCounter: counter, uniqueKeys: true });
  const syntax = [...document.errors, ...document.warnings].map(({ linePos, message }) => {
    const { line, col } = linePos?.[0] ?? { line: 1, col: 1 };
    return { line, column: col, message: message.split("\n")[0] ?? "not YAML" };
  });
  if (syntax.length > 0) return { kind: "invalid", problems: syntax };
  const root = document.contents;
  const isEmpty = root === null || (isScalar(root) && root.value === null);
  const parsed = configSchema.safeParse(isEmpty ? {} : written(root as Node));
  if (parsed.success) {
    const config = configOf(parsed.data);
    return { kind: "valid", config, digest: digestOf(config) };
  }
  const problems = parsed.error.issues.flatMap((issue) =>
    found(issue, document).map(({ node, message }) => {
      const { line, col } = counter.linePos(node?.range?.[0] ?? 0);
      return { line: Math.max(1, line), column: Math.max(1, col), message };
    }),
  );
  return { kind: "invalid", problems: problems.sort((a, b) => a.line - b.line || a.column - b.column) };
}

/** `FILE:LINE:COLUMN: message`, in the order of the file. */
export const wordsOf = (problems: readonly ConfigProblem[], file = CONFIG_PATH): string =>
  problems.map(({ line, column, message }) => `${file}:${line}:${column}: ${message}`).join("; ");

/** The values as they are written. A key without a value is as if it were left out; an alias is a value of no type. */
function written(node: Node): unknown {
  if (isMap(node)) {
    return Object.fromEntries(
      node.items.map(({ key, value }) => {
        const isNothing = !value || (isScalar(value) && value.value === null);
        return [nameOf(key), isNothing ? undefined : written(value as Node)];
      }),
    );
  }
  if (isCollection(node)) return node.items.map((item) => written(item as Node));
  if (isAlias(node)) return Symbol(node.source);
  return isScalar(node) ? node.value : node;
}

const nameOf = (key: unknown): string => (isScalar(key) ? String(key.value) : "");

interface Found {
  readonly node: Node | undefined;
  readonly message: string;
}

/** What the schema has to say, with the node that it is about. */
function found(issue: z.core.$ZodIssue, document: Document): readonly Found[] {
  if (issue.code === "unrecognized_keys")
    return issue.keys.map((key) => unknownKey(issue.path, key, document));
  const node = document.getIn(issue.path, true) as Node | undefined;
  const schema = nodeAt(issue.path);
  if (!schema || !node) return [{ node, message: issue.message }];
  const value = isScalar(node) ? node.value : undefined;
  const near = typeof value === "string" && schema.enum ? nearest(value, schema.enum) : "";
  const name = nameAt(issue.path);
  return [{ node, message: `${name} is ${shown(node)}, and must be ${allowedAt(schema)}${near}` }];
}

function unknownKey(path: readonly PropertyKey[], key: string, document: Document): Found {
  const map = path.length === 0 ? document.contents : document.getIn(path, true);
  const pair = isMap(map) ? map.items.find((one) => nameOf(one.key) === key) : undefined;
  const known = Object.keys(nodeAt(path)?.properties ?? {});
  const name = [...path, key].join(".");
  return {
    node: pair?.key as Node | undefined,
    message: `'${name}' is not known; known are: ${known.join(", ")}${nearest(key, known)}`,
  };
}

/** `'reviewers'`, or `each of 'reviewers'`. */
function nameAt(path: readonly PropertyKey[]): string {
  if (path.length === 0) return "the file";
  const keys = path.filter((key) => typeof key !== "number").join(".");
  return typeof path.at(-1) === "number" ? `each of '${keys}'` : `'${keys}'`;
}

/** What stands there, short. */
function shown(node: Node): string {
  if (isMap(node)) return "a mapping";
  if (isCollection(node)) return "a list";
  if (isAlias(node)) return "an alias";
  const text = JSON.stringify(isScalar(node) ? node.value : String(node)) ?? "nothing";
  return text.length <= 40 ? text : `${text.slice(0, 39)}…`;
}

/** The one that was probably meant, if one is near. */
function nearest(found: string, known: readonly string[]): string {
  if (known.length === 0) return "";
  const near = closest(found, [...known]);
  return distance(found, near) <= Math.max(2, near.length / 3) ? `; did you mean '${near}'?` : "";
}
