/**
 * `.github/cairn.yml`: every key optional, nothing unknown accepted, each error with its place. Fail closed: a
 * file that cannot be used is a hold, never a guess.
 */
import { isMap, isScalar, isSeq, LineCounter, type Node, type Pair, parseDocument } from "yaml";
import { type Digest, digestOf } from "../core/canonical.ts";
import type { MergeMethod } from "../core/words.ts";

export const CONFIG_PATH = ".github/cairn.yml";

export interface Config {
  readonly agent: {
    /** Shell command, run at the top of a checkout. `undefined`: none is configured. */
    readonly command: string | undefined;
    readonly timeoutMinutes: number;
  };
  /** Logins that are asked to review. */
  readonly reviewers: readonly string[];
  readonly merge: "never" | "on-green-with-review";
  readonly mergeMethod: MergeMethod;
  /** `require`: at least one required check must exist before a merge. `allow-none`: approval alone may do. */
  readonly checks: "require" | "allow-none";
  /** Lost attempts of one edge after which people are asked. */
  readonly attempts: number;
  /** Minutes that the agents of one generation may work, all attempts together; waiting is not charged. */
  readonly budgets: { readonly implementing: number };
  /** Paths that a patch must not touch, beside `.github/`; a trailing slash means a folder. */
  readonly reservedPaths: readonly string[];
  readonly limits: { readonly files: number; readonly kilobytes: number };
}

export const DEFAULTS: Config = {
  agent: { command: undefined, timeoutMinutes: 60 },
  reviewers: [],
  merge: "never",
  mergeMethod: "merge",
  checks: "require",
  attempts: 3,
  budgets: { implementing: 180 },
  reservedPaths: [],
  limits: { files: 300, kilobytes: 4_096 },
};

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
  const problems: ConfigProblem[] = [];
  const report = (node: Node | null | undefined, message: string): undefined => {
    const { line, col } = counter.linePos(node?.range?.[0] ?? 0);
    problems.push({ line: Math.max(1, line), column: Math.max(1, col), message });
    return undefined;
  };
  for (const error of document.errors) {
    const at = error.linePos?.[0] ?? { line: 1, col: 1 };
    problems.push({ line: at.line, column: at.col, message: error.message.split("\n")[0] ?? "not YAML" });
  }
  const root = document.contents;
  if (root !== null && !isMap(root) && !(isScalar(root) && root.value === null)) {
    report(root, "expected keys and values");
  }
  if (problems.length > 0) return { kind: "invalid", problems };
  const config = isMap(root) ? readRoot(new Reader(root.items as Pair[], "", report)) : DEFAULTS;
  if (problems.length > 0) return { kind: "invalid", problems };
  return { kind: "valid", config, digest: digestOf(config) };
}

/** `line:column: message`, one a line, with the file's name. */
export const wordsOf = (problems: readonly ConfigProblem[], file = CONFIG_PATH): string =>
  problems.map(({ line, column, message }) => `${file}:${line}:${column}: ${message}`).join("; ");

type Report = (node: Node | null | undefined, message: string) => undefined;

function readRoot(reader: Reader): Config {
  const config: Config = {
    agent:
      reader.section("agent", (agent) => ({
        command: agent.text("command") ?? DEFAULTS.agent.command,
        timeoutMinutes: agent.integer("timeout-minutes", 1, 360) ?? DEFAULTS.agent.timeoutMinutes,
      })) ?? DEFAULTS.agent,
    reviewers: reader.texts("reviewers", LOGIN, "a login") ?? DEFAULTS.reviewers,
    merge: reader.oneOf("merge", ["never", "on-green-with-review"]) ?? DEFAULTS.merge,
    mergeMethod: reader.oneOf("merge-method", ["merge", "squash"]) ?? DEFAULTS.mergeMethod,
    checks: reader.oneOf("checks", ["require", "allow-none"]) ?? DEFAULTS.checks,
    attempts: reader.integer("attempts", 1, 10) ?? DEFAULTS.attempts,
    budgets:
      reader.section("budgets", (budgets) => ({
        implementing: budgets.integer("implementing", 1, 10_080) ?? DEFAULTS.budgets.implementing,
      })) ?? DEFAULTS.budgets,
    reservedPaths: reader.texts("reserved-paths", /^[^/].*$/, "a path from the repository's top") ?? [],
    limits:
      reader.section("limits", (limits) => ({
        files: limits.integer("files", 1, 3_000) ?? DEFAULTS.limits.files,
        kilobytes: limits.integer("kilobytes", 1, 51_200) ?? DEFAULTS.limits.kilobytes,
      })) ?? DEFAULTS.limits,
  };
  reader.end();
  return config;
}

const LOGIN = /^[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\[bot\])?$/;

/** One mapping, read key by key; `end` reports the keys that nobody asked for. */
class Reader {
  readonly #items: Map<string, Pair>;
  readonly #path: string;
  readonly #report: Report;
  readonly #known: string[] = [];

  constructor(items: readonly Pair[], path: string, report: Report) {
    this.#items = new Map(items.map((pair) => [isScalar(pair.key) ? String(pair.key.value) : "", pair]));
    this.#path = path;
    this.#report = report;
  }

  #take(key: string): { readonly node: Node; readonly value: unknown } | undefined {
    this.#known.push(key);
    const node = this.#items.get(key)?.value as Node | null | undefined;
    if (!node || (isScalar(node) && node.value === null)) return undefined;
    return { node, value: isScalar(node) ? node.value : undefined };
  }

  text(key: string): string | undefined {
    const found = this.#take(key);
    if (!found) return undefined;
    if (typeof found.value === "string" && found.value.trim() !== "") return found.value;
    return this.#report(found.node, `'${this.#path}${key}' must be text`);
  }

  integer(key: string, least: number, most: number): number | undefined {
    const found = this.#take(key);
    if (!found) return undefined;
    const { value } = found;
    if (typeof value === "number" && Number.isInteger(value) && value >= least && value <= most) return value;
    return this.#report(found.node, `'${this.#path}${key}' must be a whole number from ${least} to ${most}`);
  }

  oneOf<T extends string>(key: string, allowed: readonly T[]): T | undefined {
    const found = this.#take(key);
    if (!found) return undefined;
    const match = allowed.find((one) => one === found.value);
    return match ?? this.#report(found.node, `'${this.#path}${key}' must be one of: ${allowed.join(", ")}`);
  }

  texts(key: string, shape: RegExp, what: string): readonly string[] | undefined {
    const found = this.#take(key);
    if (!found) return undefined;
    if (!isSeq(found.node)) return this.#report(found.node, `'${this.#path}${key}' must be a list`);
    return found.node.items.flatMap((item) => {
      if (isScalar(item) && typeof item.value === "string" && shape.test(item.value)) return [item.value];
      this.#report(item as Node, `each of '${this.#path}${key}' must be ${what}`);
      return [];
    });
  }

  section<T>(key: string, read: (reader: Reader) => T): T | undefined {
    const found = this.#take(key);
    if (!found) return undefined;
    if (!isMap(found.node))
      return this.#report(found.node, `'${this.#path}${key}' must hold keys and values`);
    const reader = new Reader(found.node.items as Pair[], `${this.#path}${key}.`, this.#report);
    const value = read(reader);
    reader.end();
    return value;
  }

  end(): void {
    for (const [key, pair] of this.#items) {
      if (this.#known.includes(key)) continue;
      this.#report(
        pair.key as Node,
        `'${this.#path}${key}' is not known; known are: ${this.#known.join(", ")}`,
      );
    }
  }
}
