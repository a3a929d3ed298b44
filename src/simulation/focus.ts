/**
 * What a world is about: one crash point, at which it kills. Some points are hardly reached where everything else goes
 * wrong too, or only by those who do a certain thing: their worlds are made such that it happens.
 */
import {
  type CrashPoint,
  FIRST_POINTS,
  FIXING_POINTS,
  QUEUEING_POINTS,
  REVIEWING_POINTS,
  ROUTING_POINTS,
  UPDATING_POINTS,
} from "./crash-points.ts";
import type { Rates } from "./knobs.ts";
import type { Shape } from "./shape.ts";

export interface Focus {
  readonly point: CrashPoint;
  readonly help: Help | undefined;
}

export interface Help {
  readonly shape?: Partial<Shape>;
  readonly rates?: Partial<Rates>;
  /** Nobody reviews while things go wrong: who has given a review need not be asked for it. */
  readonly reviewsLate?: true;
  /** Somebody has to be lost there first. */
  readonly prelude?: CrashPoint;
}

/** Of the other faults a world that is helped knows this share. */
export const CALMER = 0.25;

/** Reached by every run that is left alone. */
const CALM: Help = {};
/** Conclude has something to write only where a job before it says why it failed. */
const FAILS: Help = { shape: { check: true }, rates: { "agent-failed": 0.6, "check-red": 0.1 } };

/** Some time passes before a pull request gets into a queue. */
const QUEUED = { merges: true, queue: true, issues: 3, attempts: 3, safety: 45 * 60_000 };

/** What is published gets reviewed and merged. */
const MERGED = {
  merges: true,
  queue: false,
  routes: false,
  reviewers: true,
  attempts: 3,
  safety: 45 * 60_000,
};

/** By process and request. What is missing is reached often enough. */
const HELP: Readonly<Record<string, Help>> = {
  // GitHub closes the issue with the pull request, unless somebody took those words out of it.
  "app:issue.close": { shape: { merges: true }, rates: { "pull-edited": 0.9 } },
  "gate:pull.close": { shape: { attempts: 3 }, rates: { "ready-again": 0.15 } },
  // What a gate does itself it does only where another run was lost on the way to it.
  "gate:pull.create": { shape: { attempts: 3 }, prelude: "effect:before:pull.create" },
  "gate:review.request": {
    shape: { attempts: 3, reviewers: true },
    reviewsLate: true,
    prelude: "effect:before:review.request",
  },
  "gate:merge": { shape: { merges: true } },
  // Who merges first leaves the other behind.
  "gate:branch.update": {
    shape: { ...MERGED, updates: true, issues: 2, slots: 2 },
    rates: { "base-moved": 0.3 },
  },
  "gate:merge.enqueue": { shape: QUEUED },
  "app:merge.dequeue": { shape: QUEUED, rates: { "taken-from-queue": 1 } },
  "effect:exchange": CALM,
  "effect:tree": CALM,
  "effect:commit": CALM,
  "effect:branch.create": CALM,
  // Nobody approves before somebody has asked for changes, or the base conflicts.
  "effect:branch.push": { rates: { "changes-requested": 0.3, "base-conflicts": 0.2 }, reviewsLate: true },
  "effect:pull.create": CALM,
  "effect:review.post": { shape: { reviewed: true }, rates: { "review-objects": 0.06 } },
  "review:read": { shape: { reviewed: true }, rates: { "review-unusable": 0.06 } },
  "effect:review.request": { shape: { reviewers: true } },
  "conclude:exchange": FAILS,
  "conclude:read": FAILS,
  "conclude:commit": FAILS,
  "conclude:chain.move": FAILS,
  "conclude:comment": FAILS,
  "gate:issue.create": { shape: { routes: true } },
};

/** Of so many worlds one is about a round of fixing. */
const FIXING_SHARE = 31;

/** Of so many worlds one is about a review command. */
const REVIEWING_SHARE = 37;

/** Of so many worlds one has a triage command that often asks, whatever else it is about. */
const TRIAGING_SHARE = 41;
const TRIAGING: Help = {
  shape: { triaged: true },
  rates: { "triage-asks": 0.06, "triage-unusable": 0.03 },
};

/** Of so many worlds one has a check that often says no, and agents that now and then change nothing about that. */
const REFUSING_SHARE = 43;
const REFUSING: Help = {
  shape: { check: true, attempts: 3 },
  rates: { "check-red": 0.12, "files-again": 0.08 },
};

/** Of so many worlds one is about a merge queue. */
const QUEUEING_SHARE = 29;

/** Of so many worlds one is about issues that belong to another repository. */
const ROUTING_SHARE = 53;

/** Of so many worlds one is about heads that are brought up to date. */
const UPDATING_SHARE = 61;

function pointsFor(seed: number): readonly CrashPoint[] {
  if (seed % QUEUEING_SHARE === 0) return QUEUEING_POINTS;
  if (seed % FIXING_SHARE === 0) return FIXING_POINTS;
  if (seed % REVIEWING_SHARE === 0) return REVIEWING_POINTS;
  if (seed % ROUTING_SHARE === 0) return ROUTING_POINTS;
  return seed % UPDATING_SHARE === 0 ? UPDATING_POINTS : FIRST_POINTS;
}

export function focusOf(seed: number): Focus {
  const points = pointsFor(seed);
  const point = points[seed % points.length] as CrashPoint;
  const [process, , request] = point.split(":");
  const help = HELP[`${process}:${request}`];
  const helps = [
    ...(seed % TRIAGING_SHARE === 0 ? [TRIAGING] : []),
    ...(seed % REFUSING_SHARE === 0 ? [REFUSING] : []),
  ];
  return { point, help: helps.reduce(withMore, help) };
}

const withMore = (help: Help | undefined, more: Help): Help => ({
  ...help,
  shape: { ...help?.shape, ...more.shape },
  rates: { ...help?.rates, ...more.rates },
});
