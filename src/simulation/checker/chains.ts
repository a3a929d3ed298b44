/** Chains as git keeps them: every commit that was ever the head of an issue's ref, with the time when it became so. */
import { createHash } from "node:crypto";
import type { RefMoved } from "../history.ts";
import type { Checked } from "./index.ts";

/** A step as it stands in a commit's message; read here by its names alone. */
export interface ChainStep {
  readonly at: number;
  readonly sha: string;
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
  claimedAt: number | undefined;
  /** Who claimed it. */
  run: { readonly id: number; readonly attempt: number } | undefined;
  /** When it was settled or sealed. */
  endedAt: number | undefined;
  endedAs: string | undefined;
}

export interface DeclaredEffect {
  readonly kind: string;
  readonly key: string;
  readonly branch?: string;
  readonly reviewers?: readonly string[];
}

export interface ChainStory {
  readonly steps: readonly ChainStep[];
  readonly declares: readonly Declared[];
  /** A person moved or deleted the ref. */
  readonly tampered: boolean;
  /** Whether an edge is open at the end. */
  readonly open: boolean;
}

interface Known {
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
    const steps = commit && stepsIn(commit.message);
    if (commit && steps) known.set(sha, { steps });
  }
  return new Map(issues.map((issue) => [issue, storyOf(ofIssue(issue), (sha) => known.get(sha))]));
}

function stepsIn(message: string): Known["steps"] | undefined {
  try {
    const { steps } = JSON.parse(message.trimEnd().split("\n").at(-1) ?? "") as { steps?: unknown };
    return Array.isArray(steps) ? (steps as Known["steps"]) : undefined;
  } catch {
    return undefined;
  }
}

function storyOf(moves: readonly RefMoved[], known: (sha: string) => Known | undefined): ChainStory {
  const seen = new Set<string>();
  const steps: ChainStep[] = [];
  for (const { at, after } of moves) {
    const commit = after === null ? undefined : known(after);
    if (!commit || after === null || seen.has(after)) continue;
    seen.add(after);
    for (const step of commit.steps) steps.push({ step: "", ...step, at, sha: after });
  }
  const declares: Declared[] = [];
  for (const step of steps) {
    const open = declares.findLast((one) => one.endedAt === undefined);
    if (step.step === "declare") declares.push(declaredBy(step));
    else if (step.step === "claim" && open && open.claimedAt === undefined) {
      open.claimedAt = step.at;
      open.run = step.run as Declared["run"];
    } else if ((step.step === "settle" || step.step === "seal") && open) {
      open.endedAt = step.at;
      open.endedAs = step.step === "seal" ? "sealed" : String(step.as);
    }
  }
  const tampered = moves.some((move) => move.byPerson);
  return { steps, declares, tampered, open: declares.some((one) => one.endedAt === undefined) };
}

function declaredBy(step: ChainStep): Declared {
  const { at, generation, edge, attempt, digest, effects } = step as unknown as Declared;
  return {
    at,
    generation,
    edge,
    attempt,
    digest,
    effects,
    claimedAt: undefined,
    run: undefined,
    endedAt: undefined,
    endedAs: undefined,
  };
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
