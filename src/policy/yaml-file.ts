/**
 * Reads a YAML file by its schema. Each problem has its place, what was found, what is allowed and, for a key that is
 * not known, the nearest that is. Pure: text in, value or problems out.
 */
import { isCollection, isMap, isNode, isScalar, LineCounter, type Node, parseDocument, visit } from "yaml";
import type { z } from "zod";
import { nearest } from "../core/nearest.ts";

export interface FileProblem {
  /** From 1. */
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

export type FileResult<T> =
  | { readonly kind: "valid"; readonly value: T }
  | { readonly kind: "invalid"; readonly problems: readonly FileProblem[] };

/** What zod does not tell with its problems, by the path to where they are. */
export interface SchemaWords {
  /** The keys that a mapping may have; `undefined`: any. */
  readonly known: (path: readonly PropertyKey[]) => readonly string[] | undefined;
  /** Where a key belongs that is not known here, in words; `undefined`: nowhere. */
  readonly elsewhere?: (path: readonly PropertyKey[], key: string) => string | undefined;
  /** What may stand there, and the words of which one is to be chosen; left out: as the schema's messages say. */
  readonly allowed?: (
    path: readonly PropertyKey[],
  ) => { readonly words: string; readonly choices: readonly string[] } | undefined;
}

/** Values that are each allowed, and not together. */
export interface Contradiction {
  /** Of two keys or more. */
  readonly places: readonly (readonly PropertyKey[])[];
  readonly words: string;
}

export interface FileOptions<T> extends SchemaWords {
  readonly contradictions?: (value: T) => readonly Contradiction[];
  /** A key without a value is as if it were left out. */
  readonly emptyIsMissing?: boolean;
}

/** Of a file that is there, and has no text that could be read. */
export const unreadable = ({ flaw }: { readonly flaw: string }) =>
  ({
    kind: "invalid",
    problems: [
      { line: 1, column: 1, message: `the file: found ${flaw}; allowed: a plain file of at most 1 MB` },
    ],
  }) as const;

/** Reads the file's text; without any content it is an empty mapping. Never throws. */
export function readYamlFile<T>(text: string, schema: z.ZodType<T>, options: FileOptions<T>): FileResult<T> {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true });
  const at = (offset: number, message: string): FileProblem => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col), message };
  };
  if (document.errors.length > 0) {
    const problems = document.errors.map(({ pos, message }) => at(pos[0], firstLine(message)));
    return { kind: "invalid", problems };
  }
  if (options.emptyIsMissing) dropEmpty(document);
  const value = plain(document);
  if ("flaw" in value) return { kind: "invalid", problems: [at(value.offset, value.flaw)] };
  const parsed = schema.safeParse(value.of ?? {});
  const root = document.contents;
  if (parsed.success) {
    const clashes = (options.contradictions?.(parsed.data) ?? []).map(({ places, words }) => {
      const [first, ...more] = places
        .map((path) => {
          const found = givenAt(root, path);
          return { path, found, place: found && at(found.range?.[0] ?? 0, "") };
        })
        .sort((a, b) => Number(!a.found) - Number(!b.found));
      const others = more.map(({ path, place }) =>
        place ? `${named(path)} at ${place.line}:${place.column}` : `${named(path)}, which is not given`,
      );
      return at(
        first?.found?.range?.[0] ?? 0,
        `${named(first?.path ?? [])}: ${words} (${others.join(", ")})`,
      );
    });
    return clashes.length > 0
      ? { kind: "invalid", problems: inOrderOnce(clashes) }
      : { kind: "valid", value: parsed.data };
  }
  const problems = parsed.error.issues.filter(isFirst).flatMap((issue) => {
    const found = nodeAt(root, issue.path);
    if (issue.code === "unrecognized_keys") {
      return issue.keys.map((key) => at(keyAt(found, key), keyWords(issue.path, key, options)));
    }
    if (issue.code === "invalid_key") {
      const key = String(issue.path.at(-1));
      const words = `${named(issue.path.slice(0, -1))}: found the key '${key}'; allowed: ${issue.issues[0]?.message}`;
      return [at(keyAt(nodeAt(root, issue.path.slice(0, -1)), key), words)];
    }
    const words = `${named(issue.path)}: found ${shown(found)}; ${allowedWords(issue, found, options)}`;
    return [at(found?.range?.[0] ?? 0, words)];
  });
  return { kind: "invalid", problems: inOrderOnce(problems) };
}

/** A schema may say the same of one value by several of its rules. */
function inOrderOnce(problems: readonly FileProblem[]): readonly FileProblem[] {
  const once = new Map(problems.map((one) => [`${one.line}:${one.column}: ${one.message}`, one]));
  return [...once.values()].sort((a, b) => a.line - b.line || a.column - b.column);
}

/** `FILE:LINE:COLUMN: message`, each problem's. */
export const problemLines = (file: string, problems: readonly FileProblem[]): readonly string[] =>
  problems.map(({ line, column, message }) => `${file}:${line}:${column}: ${message}`);

/** The same on one line. */
export const problemWords = (file: string, problems: readonly FileProblem[]): string =>
  problemLines(file, problems).join("; ");

/** The document as plain values, or why it is none, and where. */
function plain(
  document: ReturnType<typeof parseDocument>,
): { readonly of: unknown } | { readonly flaw: string; readonly offset: number } {
  let flaw: { readonly flaw: string; readonly offset: number } | undefined;
  visit(document, {
    Pair: (_key, { key }) => {
      const offset = isNode(key) ? (key.range?.[0] ?? 0) : 0;
      if (!isScalar(key)) flaw ??= { flaw: "found a key that is no word", offset };
      // Left out in silence by whatever copies keys: a rule would be lost.
      else if (key.value === "__proto__") flaw ??= { flaw: "found the key '__proto__'", offset };
    },
    Alias(_key, alias) {
      const words = `found an alias of '${alias.source}', which is defined nowhere above it`;
      if (!alias.resolve(document)) flaw ??= { flaw: words, offset: alias.range?.[0] ?? 0 };
    },
  });
  if (flaw) return flaw;
  try {
    return { of: document.toJS() as unknown };
  } catch (error) {
    // More aliases of aliases than can be written out.
    if (error instanceof ReferenceError) return { flaw: `the file: ${error.message}`, offset: 0 };
    throw error;
  }
}

function firstLine(message: string): string {
  const first = (message.split("\n", 1)[0] ?? message).replace(/ at line \d+, column \d+:$/, "");
  return first.startsWith("Plain value cannot start with") ? `${first}: put it in quotes` : first;
}

/** Whether nothing else is said of the same place: what a key is missing follows from one that was mistyped. */
function isFirst(issue: z.core.$ZodIssue, _index: number, all: readonly z.core.$ZodIssue[]): boolean {
  const place = JSON.stringify(issue.path);
  return issue.code !== "custom" || !all.some((one) => one !== issue && JSON.stringify(one.path) === place);
}

/** What was meant comes first: what is allowed can be long, and where there is little room only the begin is shown. */
function keyWords(path: readonly PropertyKey[], key: string, words: SchemaWords): string {
  const keys = words.known(path) ?? [];
  const belongs = words.elsewhere?.(path, key);
  const hint = meant(key, keys) ?? (belongs === undefined ? undefined : `${belongs}.`);
  return `${named(path)}: found the key '${key}'; ${hinted(hint, keys.join(", "))}`;
}

function allowedWords(issue: z.core.$ZodIssue, found: Node | undefined, { allowed }: SchemaWords): string {
  const may = allowed?.(issue.path);
  if (!may) return hinted(undefined, issue.message);
  return hinted(isScalar(found) ? meant(String(found.value), may.choices) : undefined, may.words);
}

const hinted = (hint: string | undefined, allowed: string): string =>
  hint === undefined ? `allowed: ${allowed}` : `${hint} Allowed: ${allowed}`;

function meant(word: string, known: readonly string[]): string | undefined {
  const near = nearest(word, known);
  return near === null ? undefined : `did you mean '${near}'?`;
}

function dropEmpty(document: ReturnType<typeof parseDocument>): void {
  const isEmpty = (value: unknown): boolean => value === null || (isScalar(value) && value.value === null);
  visit(document, { Pair: (_key, { value }) => (isEmpty(value) ? visit.REMOVE : undefined) });
}

const named = (path: readonly PropertyKey[]): string =>
  path.length === 0 ? "the file" : `'${path.map(String).join(".")}'`;

function shown(node: Node | undefined): string {
  if (isScalar(node)) return node.value === null ? "nothing" : (JSON.stringify(node.value) ?? "nothing");
  if (isMap(node)) return node.items.length === 0 ? "no keys" : "keys and values";
  return isCollection(node) ? (node.items.length === 0 ? "an empty list" : "a list") : "nothing";
}

/** The node at a path, or the last one on the way to it. */
function nodeAt(root: Node | null, path: readonly PropertyKey[]): Node | undefined {
  let node: Node | undefined = root ?? undefined;
  for (const part of path) {
    const next: unknown = isCollection(node) ? node.get(part, true) : undefined;
    if (!next) return node;
    node = next as Node;
  }
  return node;
}

/** The node at a path; `undefined`: the file does not give it. */
function givenAt(root: Node | null, path: readonly PropertyKey[]): Node | undefined {
  let node: unknown = root;
  for (const part of path) node = isCollection(node) ? node.get(part, true) : undefined;
  return isNode(node) ? node : undefined;
}

/** Where a key begins. */
function keyAt(map: Node | undefined, key: string): number {
  const pair = isMap(map)
    ? map.items.find((item) => isScalar(item.key) && String(item.key.value) === key)
    : undefined;
  return (pair?.key as Node | undefined)?.range?.[0] ?? map?.range?.[0] ?? 0;
}
