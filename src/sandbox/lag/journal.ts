/**
 * What changed in the world, row by row and with the time of it: what a database sends to its replicas.
 * Handlers change rows in place and tell nobody, so changes are found by comparing with the rows as last taken down:
 * one walk over the world, which every request that looks for an issue's comments takes as well.
 */
import type { IssueComment, Repository, World } from "../world/state.ts";
import { same } from "./same.ts";

export type Rows = Map<unknown, unknown>;
/** Rows by table; a row in it never changes, so that replicas share it. */
export type State = Map<string, Rows>;

export interface Change {
  /** Milliseconds on the sandbox's clock. */
  readonly at: number;
  readonly table: string;
  readonly key: unknown;
  /** `undefined`: it is gone. */
  readonly row: unknown;
}

/** Accounts, credentials and installations are not among them: who may do what is asked of the primary. */
const CHANGING = [
  "repositories",
  "issues",
  "comments",
  "pulls",
  "reviews",
  "reviewComments",
  "reviewThreads",
  "commitComments",
  "checkSuites",
  "checkRuns",
  "rulesets",
  "mergeQueueEntries",
] as const;
/** Their rows are made once, or replaced whole. */
const FIXED = ["reactions", "contentEdits", "issueEvents", "statuses", "runs"] as const;

export const TABLES = [...CHANGING, ...FIXED] as const;

/** A repository's refs are a table of their own, as they are read with a lag of their own. */
export const refsTable = (repositoryId: number): string => `refs/${repositoryId}`;
export const isRefs = (table: string): boolean => table.startsWith("refs/");

export function apply(state: State, { table, key, row }: Pick<Change, "table" | "key" | "row">): void {
  const rows = rowsOf(state, table);
  if (row === undefined) rows.delete(key);
  else rows.set(key, row);
}

export function rowsOf(state: State, table: string): Rows {
  const found = state.get(table);
  if (found) return found;
  const fresh: Rows = new Map();
  state.set(table, fresh);
  return fresh;
}

/** Brings `known` up to the world and tells what that took, dated `at`. */
export function takeDown(known: State, world: World, at: number): Change[] {
  const changes: Change[] = [];
  const change = (table: string, key: unknown, row: unknown): void => {
    const made = { at, table, key, row };
    apply(known, made);
    changes.push(made);
  };
  for (const { table, rows, unchanged, copy } of tablesOf(world)) {
    const before = rowsOf(known, table);
    for (const [key, row] of rows) if (!unchanged(before.get(key), row)) change(table, key, copy(row));
    if (before.size === rows.size) continue;
    for (const key of before.keys()) if (!rows.has(key)) change(table, key, undefined);
  }
  return changes;
}

interface Table {
  readonly table: string;
  readonly rows: ReadonlyMap<unknown, unknown>;
  readonly unchanged: (old: unknown, row: unknown) => boolean;
  readonly copy: (row: unknown) => unknown;
}

function* tablesOf(world: World): Generator<Table> {
  const fixed = { unchanged: Object.is, copy: (row: unknown) => row };
  for (const table of CHANGING) {
    const unchanged = table === "comments" ? sameComment : same;
    yield { table, rows: world[table], unchanged, copy: copyOf };
  }
  for (const table of FIXED) yield { table, rows: world[table], ...fixed };
  yield { table: "transfers", rows: new Map(world.transfers.entries()), ...fixed };
  for (const { id, refs } of world.repositories.values())
    yield { table: refsTable(id), rows: refs, ...fixed };
}

/** There are thousands of them, and these are the two fields that change. */
function sameComment(old: unknown, row: unknown): boolean {
  const a = old as IssueComment | undefined;
  const b = row as IssueComment;
  return a !== undefined && a.updatedAt === b.updatedAt && a.body === b.body;
}

/** What no read shows from the row itself (or what has a table of its own) stays shared: it may be long. */
function copyOf(row: unknown): unknown {
  if (!isRepository(row)) return structuredClone(row);
  const { refs, verifiedCommits, secrets, variables, ...rest } = row;
  return { ...structuredClone(rest), refs, verifiedCommits, secrets, variables };
}

const isRepository = (row: unknown): row is Repository =>
  typeof row === "object" && row !== null && "verifiedCommits" in row;
