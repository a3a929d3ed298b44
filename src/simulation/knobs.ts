/** Faults by name. A seed draws which of them its world knows, and how often each happens. */
import type { Chance } from "./chance.ts";

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
] as const;

export type Knob = (typeof KNOBS)[number];

/** How often each happens, by the chances that it has: a share in [0, 1]. */
export type Rates = Readonly<Record<Knob, number>>;

export const PROFILES = {
  /** Nothing goes wrong. */
  calm: { known: 0, rates: [0] },
  /** Some faults, in each world others. */
  mixed: { known: 0.3, rates: [0.01, 0.04, 0.15] },
  /** Most faults at once. */
  storm: { known: 0.8, rates: [0.02, 0.06] },
} as const satisfies Record<string, { readonly known: number; readonly rates: readonly number[] }>;

export type Profile = keyof typeof PROFILES;

export function drawRates(chance: Chance, profile: Profile): Rates {
  const { known, rates } = PROFILES[profile];
  return Object.fromEntries(
    KNOBS.map((knob) => [knob, chance.happens(known) ? rates[chance.integer(0, rates.length - 1)] : 0]),
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
