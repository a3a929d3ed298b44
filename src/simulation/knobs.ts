/** Faults by name. A seed draws which of them its world knows, and how often each happens. */
import type { Chance } from "./chance.ts";
import type { Shape } from "./shape.ts";

export const KNOBS = [
  // Between GitHub and the app.
  "webhook-dropped",
  "webhook-doubled",
  "webhook-late",
  "webhook-reordered",
  "webhook-before-data",
  // A request and its answer.
  "request-lost",
  "answer-lost",
  "applied-late",
  "5xx-applied",
  "5xx-not-applied",
  "2xx-unreadable",
  "hang",
  "401-mid-run",
  "403-permission",
  "limit-with-retry-after",
  "limit-without-retry-after",
  "404",
  "409",
  "410",
  "422",
  // What reads show.
  "stale-list",
  "stale-object",
  "stale-ref",
  "stale-count",
  "short-list",
  "page-shift",
  // What people and programs do to Cairn's records.
  "marker-edited",
  "marker-deleted",
  "marker-quoted",
  "marker-forged-by-user",
  "marker-forged-by-app",
  "marker-forged-by-actions",
  "marker-forged-by-agent",
  "marker-truncated",
  "marker-of-future-version",
  "chain-deleted",
  "chain-forced",
  "chain-pushed-to",
  // Processes.
  "crash",
  "runner-lost",
  "run-cancelled",
  "runner-paused",
  "run-rerun",
  "run-evicted",
  "clock-skew",
  // The world goes on.
  "labels-flapping",
  "ready-again",
  "hold-asked",
  "branch-forced",
  "branch-pushed-to",
  "branch-deleted",
  "base-moved",
  "issue-edited",
  "issue-closed",
  "issue-transferred",
  "repository-renamed",
  "permission-withdrawn",
  "pull-closed",
  "pull-merged-by-person",
  "changes-requested",
  "agent-failed",
  // New ones come last: what seeds draw for the others stays as it was.
  "pull-edited",
  "check-red",
  "status-tampered",
  "commands",
  "review-objects",
  "review-unusable",
  "base-conflicts",
  "triage-asks",
  "triage-unusable",
  "files-again",
  "taken-from-queue",
  "belongs-elsewhere",
  "commands-on-pull",
  "branch-updated",
  "merged-by-hand",
  "configuration-changed",
] as const;

export type Knob = (typeof KNOBS)[number];

/** How often each happens, by the chances that it has: a share in [0, 1]. */
export type Rates = Readonly<Record<Knob, number>>;

const MINUTE = 60_000;

export const PROFILES: Readonly<
  Record<"calm" | "mixed" | "storm" | "tampered" | "policies" | "cascade", ProfileWords>
> = {
  calm: { about: "nothing goes wrong", known: 0, rates: [0] },
  mixed: {
    about: "some faults, in each world others",
    known: 0.3,
    rates: [0.01, 0.04, 0.15],
    policies: 0.2,
  },
  storm: { about: "most faults at once", known: 0.8, rates: [0.02, 0.06], policies: 0.2 },
  policies: {
    about:
      "few faults, and repositories that have decided all kinds of things about when and how Cairn merges",
    known: 0.12,
    rates: [0.01, 0.04],
    policies: 1,
  },
  tampered: {
    about: "people and programs write into Cairn's own records, all the time",
    known: 0.7,
    rates: [0.2, 0.5],
    only: /^(?:marker|chain|status)-/,
  },
  cascade: {
    about: "six issues at once, and no comment can be written for five minutes",
    known: 0,
    rates: [0],
    shape: {
      issues: 6,
      replicas: 2,
      comments: 0,
      reviewers: true,
      merges: true,
      group: false,
      attempts: 3,
      slots: 6,
      queue: false,
      routes: false,
    },
    outage: [1 * MINUTE, 6 * MINUTE],
  },
};

interface ProfileWords {
  readonly about: string;
  /** Share of the knobs that a world knows. */
  readonly known: number;
  /** How often each may happen. */
  readonly rates: readonly number[];
  /** Knobs that it is about; by default all. */
  readonly only?: RegExp;
  /** Share of its worlds that have policies; by default none. */
  readonly policies?: number;
  readonly shape?: Partial<Shape>;
  /** Milliseconds after the beginning: from when to when comments are refused. */
  readonly outage?: readonly [number, number];
}

export type Profile = keyof typeof PROFILES;

/** `share`: how many of the knobs that the profile knows the world is to know. */
export function drawRates(chance: Chance, profile: Profile, share = 1): Rates {
  const { known, rates, only } = PROFILES[profile];
  const rate = (): number =>
    chance.happens(known * share) ? (rates[chance.integer(0, rates.length - 1)] ?? 0) : 0;
  return Object.fromEntries(
    KNOBS.map((knob) => [knob, only === undefined || only.test(knob) ? rate() : 0]),
  ) as Rates;
}

/** Says of each chance of a fault whether it is taken, and counts. */
export interface Dice {
  /** `weight`: how much more, or less, often than its rate. */
  roll(knob: Knob, weight?: number): boolean;
  /** Faults stop. */
  rest(): void;
  readonly happened: ReadonlyMap<Knob, number>;
  /** For what a fault looks like once it happens. */
  readonly of: (knob: Knob) => Chance;
}

/** `without`: those that must not happen, as `knob` or as `knob:3`, its third time: by which a story is shortened. */
export function createDice(chance: Chance, rates: Rates, without: ReadonlySet<string>): Dice {
  const sources = new Map<Knob, Chance>(KNOBS.map((knob) => [knob, chance.split(knob)]));
  const happened = new Map<Knob, number>();
  const taken = new Map<Knob, number>();
  let resting = false;
  const of = (knob: Knob): Chance => sources.get(knob) as Chance;
  return {
    of,
    happened,
    rest() {
      resting = true;
    },
    roll(knob, weight = 1) {
      const rate = rates[knob];
      if (resting || rate === 0 || !of(knob).happens(Math.min(1, rate * weight))) return false;
      const nth = (taken.get(knob) ?? 0) + 1;
      taken.set(knob, nth);
      if (without.has(knob) || without.has(`${knob}:${nth}`)) return false;
      happened.set(knob, (happened.get(knob) ?? 0) + 1);
      return true;
    },
  };
}
