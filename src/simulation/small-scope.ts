/**
 * The small scope, all of it: a world with one issue and two runs for each piece of work, in which one request of
 * any process meets one outcome, or a person's act; the same with a second generation, and with a round of fixing.
 */
import { ACTS, OUTCOMES, type Outcome, type Plan } from "./plan.ts";
import type { SeedOptions } from "./run-seed.ts";

const MINUTE = 60_000;

/**
 * Worlds: the way to the merge, a second generation that replaces the first one's pull request, and a pull request
 * that is mended before it is merged.
 */
export const WORLDS = {
  merge: { twice: true },
  "second generation": { twice: true, again: 15 * MINUTE },
  "a round of fixing": { twice: true, changes: 15 * MINUTE },
} as const satisfies Record<string, Partial<Plan>>;

export type WorldName = keyof typeof WORLDS;

const SEED = 7;

export interface Case {
  readonly world: WorldName;
  readonly request: number;
  /** Who sends it, and what it is: `gate:chain.move`. */
  readonly name: string;
  readonly outcome: string;
}

const nothing = (): Outcome => ({ kind: "hang", ms: 0 });

const optionsOf = (world: WorldName, request: number, outcome: Outcome): SeedOptions => ({
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
    reviewed: false,
    autonomy: "full",
    triaged: false,
  },
  plan: { request, outcome, ...WORLDS[world] },
});

/** The world as it is when nothing goes wrong: its report names all its requests. */
export const undisturbed = (world: WorldName): SeedOptions => optionsOf(world, 0, nothing());

export const optionsOfCase = (one: Case): SeedOptions => ({
  ...optionsOf(one.world, one.request, OUTCOMES[one.outcome] ?? ACTS[one.outcome] ?? nothing()),
  caseName: nameOfCase(one),
});

/** `merge:179:landed, answer lost` */
export const nameOfCase = ({ world, request, outcome }: Case): string => `${world}:${request}:${outcome}`;

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

/** `names`: the requests of the undisturbed world. */
export function casesOf(world: WorldName, names: readonly string[], question: Question): readonly Case[] {
  const { of, outcomes } = QUESTIONS[question];
  return names.flatMap((name, at) =>
    of(name) ? outcomes.map((outcome) => ({ world, request: at + 1, name, outcome })) : [],
  );
}
