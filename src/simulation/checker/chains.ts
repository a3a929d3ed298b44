/** Chains as git keeps them: every commit that was ever the head of an issue's ref, with the time when it became so. */
import { createHash } from "node:crypto";
import type { RefMoved } from "../history.ts";
import type { Checked } from "./index.ts";

/** A step as it stands in a commit's message; read here by its names alone. */
export interface ChainStep {
  readonly at: number;
  readonly step: string;
  readonly [field: string]: unknown;
}

export interface Declared {
  readonly at: number;
  readonly generation: number;
  readonly edge: string;
  readonly attempt: number;
  readonly digest: string;
  readonly effects: readonly DeclaredEffect[];
  /** Who claimed it. */
  readonly run?: { readonly id: number; readonly attempt: number };
  /** How and when it was settled or sealed. */
  readonly ended?: { readonly at: number; readonly as: string };
}

export interface DeclaredEffect {
  readonly kind: string;
  readonly key: string;
  readonly branch?: string;
  /** The head that it is about. */
  readonly head?: string;
  /** The commit of the base that is merged into it. */
  readonly merges?: string;
  readonly reviewers?: readonly string[];
  /** Id of the other repository in which it opens an issue. */
  readonly repository?: number;
}

/** What a chain says whose head is one commit: the steps from its beginning up to there. */
export interface Line {
  readonly steps: readonly ChainStep[];
  readonly declares: readonly Declared[];
  /** Whether an edge is open. */
  readonly open: boolean;
}

/** A head of the ref, from when on, and what it says. */
interface Head {
  readonly at: number;
  readonly byPerson: boolean;
  readonly line: Line;
}

export interface ChainStory {
  readonly heads: readonly Head[];
}

const EMPTY: Line = { steps: [], declares: [], open: false };

/** The line at the end. */
export const lastLine = ({ heads }: ChainStory): Line => heads.at(-1)?.line ?? EMPTY;

/**
 * What somebody may have read who acts at that time: the chain as it stood then and, since nobody holds a ref while
 * they send, what stood before each move that a person made.
 */
export function linesAt({ heads }: ChainStory, at: number): readonly Line[] {
  const until = heads.filter((head) => head.at <= at);
  const moved = until.flatMap((head, index) => (head.byPerson ? (until[index - 1]?.line ?? []) : []));
  return [until.at(-1)?.line ?? EMPTY, ...moved.reverse()];
}

/** Every step that was ever taken: the line that it ended. A person's move to an old head is none. */
export const linesOf = ({ heads }: ChainStory): readonly Line[] => [
  ...new Set(heads.map(({ line }) => line)),
];

interface Known {
  readonly parent: string | undefined;
  readonly steps: readonly Readonly<Record<string, unknown>>[];
}

export async function readChains(checked: Checked): Promise<ReadonlyMap<number, ChainStory>> {
  const { history, sandbox, stage, issues } = checked;
  const store = sandbox.services.stores.get(stage.repository.id);
  const known = new Map<string, Known>();
  const ofIssue = (issue: number) =>
    history.refs.filter(
      (move) => move.repositoryId === stage.repository.id && move.ref === `refs/cairn/${issue}`,
    );
  for (const sha of new Set(issues.flatMap((issue) => ofIssue(issue).flatMap(({ after }) => after ?? [])))) {
    const commit = await store?.readCommit(sha);
    if (commit) known.set(sha, { parent: commit.parents[0], steps: stepsIn(commit.message) });
  }
  return new Map(issues.map((issue) => [issue, storyOf(ofIssue(issue), known)]));
}

/** None where somebody pushed a commit that is no step. */
function stepsIn(message: string): Known["steps"] {
  try {
    const { steps } = JSON.parse(message.trimEnd().split("\n").at(-1) ?? "") as { steps?: unknown };
    return Array.isArray(steps) ? (steps as Known["steps"]) : [];
  } catch {
    return [];
  }
}

function storyOf(moves: readonly RefMoved[], known: ReadonlyMap<string, Known>): ChainStory {
  const lines = new Map<string, Line>();
  const lineOf = (sha: string, at: number): Line => {
    const there = lines.get(sha);
    if (there) return there;
    const commit = known.get(sha);
    if (!commit) return EMPTY;
    let line = commit.parent === undefined ? EMPTY : lineOf(commit.parent, at);
    for (const step of commit.steps) line = after(line, { step: "", ...step, at });
    lines.set(sha, line);
    return line;
  };
  return {
    heads: moves.map(({ at, byPerson, after: head }) => ({
      at,
      byPerson,
      line: head === null ? EMPTY : lineOf(head, at),
    })),
  };
}

function after({ steps, declares }: Line, step: ChainStep): Line {
  const index = declares.findLastIndex((one) => one.ended === undefined);
  const open = declares[index];
  const next = (): readonly Declared[] => {
    if (step.step === "declare") return [...declares, declaredBy(step)];
    if (!open) return declares;
    if (step.step === "claim" && !open.run) {
      return declares.with(index, { ...open, run: step.run as NonNullable<Declared["run"]> });
    }
    if (step.step !== "settle" && step.step !== "seal") return declares;
    const as = step.step === "seal" ? "sealed" : String(step.as);
    return declares.with(index, { ...open, ended: { at: step.at, as } });
  };
  const then = next();
  return { steps: [...steps, step], declares: then, open: then.some((one) => !one.ended) };
}

function declaredBy(step: ChainStep): Declared {
  const { at, generation, edge, attempt, digest, effects } = step as unknown as Declared;
  return { at, generation, edge, attempt, digest, effects };
}

/** SHA-256 over JSON with its keys in order: what a chain declares of a marker. */
export function digestOf(value: unknown): string {
  return createHash("sha256").update(ordered(value)).digest("hex");
}

function ordered(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(ordered).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${ordered(item)}`).join(",")}}`;
}
