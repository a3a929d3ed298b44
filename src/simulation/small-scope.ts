/**
 * The small scope, all of it: a world with one issue and two runs for each piece of work, in which one request of
 * any process meets one outcome, or a person's act; and the same with a second generation.
 */
import type { Clockwork } from "./clockwork.ts";
import { ACTS, NOTHING, OUTCOMES, type Plan } from "./plan.ts";
import { runSeed, type SeedOptions, type SeedResult } from "./run-seed.ts";

const MINUTE = 60_000;

/** Worlds: the way to the merge, and a second generation that replaces the first one's pull request. */
export const WORLDS = {
  merge: { twice: true },
  "second generation": { twice: true, again: 15 * MINUTE },
} as const satisfies Record<string, Partial<Plan>>;

export type WorldName = keyof typeof WORLDS;

const SEED = 7;

export interface Case {
  readonly world: WorldName;
  readonly request: number;
  readonly name: string;
  readonly outcome: string;
}

const optionsOf = (world: WorldName, request: number, outcome: string | undefined): SeedOptions => ({
  seed: SEED,
  profile: "calm",
  shape: {
    issues: 1,
    replicas: 2,
    reviewers: true,
    merges: true,
    attempts: 2,
    group: false,
    comments: 0,
    // Long enough for both generations.
    safety: 40 * MINUTE,
    limits: "github",
  },
  plan: {
    request,
    outcome: outcome === undefined ? NOTHING : (OUTCOMES[outcome] ?? ACTS[outcome] ?? NOTHING),
    ...WORLDS[world],
  },
});

/** What is asked of the requests of a world. */
export const QUESTIONS = {
  /** Each request that writes, every outcome. */
  writes: { of: (name: string) => !name.endsWith(":read"), outcomes: Object.keys(OUTCOMES) },
  /** Each request that reads, every outcome. */
  reads: { of: (name: string) => name.endsWith(":read"), outcomes: Object.keys(OUTCOMES) },
  /** A person who asks at the moment of each request: whoever moves the chain first has it. */
  acts: { of: () => true, outcomes: Object.keys(ACTS) },
} as const;

export type Question = keyof typeof QUESTIONS;

export async function casesOf(
  clockwork: Clockwork,
  world: WorldName,
  question: Question,
): Promise<readonly Case[]> {
  const { names } = await runSeed(clockwork, optionsOf(world, 0, undefined));
  const { of, outcomes } = QUESTIONS[question];
  return names.flatMap((name, at) =>
    of(name) ? outcomes.map((outcome) => ({ world, request: at + 1, name, outcome })) : [],
  );
}

export function runCase(clockwork: Clockwork, { world, request, outcome }: Case): Promise<SeedResult> {
  return runSeed(clockwork, optionsOf(world, request, outcome));
}
