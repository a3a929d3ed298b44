/**
 * The small scope, all of it: worlds with one issue and two runs for each piece of work, in which one request of
 * any process meets one outcome, or a person's act.
 */
import { ENTRY_LABEL } from "../core/entry-label.ts";
import { ACTS, OUTCOMES, type Outcome, type Plan } from "./plan.ts";
import type { SeedOptions } from "./run-seed.ts";
import type { Shape } from "./shape.ts";

const MINUTE = 60_000;

interface World {
  readonly plan?: Partial<Plan>;
  readonly shape?: Partial<Shape>;
}

/** Worlds, which between them send every kind of effect: the way to the merge, and what can be on it or beside it. */
export const WORLDS = {
  merge: {},
  /** It replaces the first one's pull request. */
  "second generation": { plan: { again: 15 * MINUTE } },
  /** The pull request is mended before it is merged. */
  "a round of fixing": { plan: { changes: 15 * MINUTE } },
  /** Commands of the repository's own: triage, check and review. */
  "own commands": { shape: { triaged: true, check: true, reviewed: true } },
  "a merge queue": { shape: { queue: true } },
  /** The head is brought up to date before it is merged. */
  "an update": { plan: { moves: 15 * MINUTE }, shape: { updates: true } },
  /** A label gives the issue to another repository. */
  "another repository": { shape: { routes: true } },
} as const satisfies Record<string, World>;

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

function optionsOf(world: WorldName, request: number, outcome: Outcome): SeedOptions {
  const { plan, shape }: World = WORLDS[world];
  return {
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
      // Long enough for what people do in it, and for what comes of that.
      safety: (plan?.again ?? plan?.changes ?? plan?.moves ?? 0) + 25 * MINUTE,
      limits: "github",
      slots: 1,
      check: false,
      entryLabel: ENTRY_LABEL,
      reviewed: false,
      autonomy: "full",
      triaged: false,
      teams: false,
      queue: false,
      routes: false,
      ...shape,
    },
    plan: { request, outcome, twice: true, ...plan },
  };
}

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
