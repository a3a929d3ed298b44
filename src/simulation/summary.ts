/** What many seeds came to, as one JSON line. */
import { createHash } from "node:crypto";
import type { Rule } from "./checker/index.ts";
import { CRASH_POINTS, type CrashPoint } from "./crash-points.ts";
import type { SeedReport } from "./worker.ts";

export interface Summary {
  readonly type: "summary";
  readonly seeds: number;
  readonly start: number;
  /** SHA-256 over the hashes of all seeds, in their order. */
  readonly hash: string;
  readonly simulatedHours: number;
  readonly requests: number;
  readonly faults: Readonly<Record<string, number>>;
  readonly crashPointsHit: number;
  readonly crashPointsMissed: readonly CrashPoint[];
  readonly landed: Readonly<Record<string, number>>;
  readonly done: number;
  readonly held: Readonly<Record<string, number>>;
  /** Requests that GitHub refused for a limit. */
  readonly limited: number;
  readonly violations: readonly {
    readonly seed: number;
    readonly rule: Rule;
    readonly story: string;
  }[];
  readonly seedsPerSecond: number;
}

/** `seconds`: that it took. */
export function summaryOf(reports: readonly SeedReport[], start: number, seconds: number): Summary {
  const inOrder = [...reports].sort((a, b) => a.seed - b.seed);
  const hit = new Set(inOrder.flatMap((one) => one.crashPoints));
  const sum = (pick: (one: SeedReport) => number): number => inOrder.reduce((all, one) => all + pick(one), 0);
  return {
    type: "summary",
    seeds: inOrder.length,
    start,
    hash: inOrder.reduce((hash, one) => hash.update(one.hash), createHash("sha256")).digest("hex"),
    simulatedHours: Math.round(sum((one) => one.hours)),
    requests: sum((one) => one.requests),
    faults: added(inOrder.map((one) => one.faults)),
    crashPointsHit: hit.size,
    crashPointsMissed: CRASH_POINTS.filter((point) => !hit.has(point)),
    landed: added(inOrder.map((one) => one.landed)),
    done: sum((one) => one.done),
    held: added(inOrder.map((one) => one.held)),
    limited: sum((one) => one.limited),
    violations: inOrder.flatMap((one) =>
      one.violations.map(({ rule, what }) => ({ seed: one.seed, rule, story: what })),
    ),
    seedsPerSecond: Math.round((10 * inOrder.length) / seconds) / 10,
  };
}

/** Counts by name, summed; the names in their order. */
export function added(
  counts: readonly Readonly<Record<string, number | undefined>>[],
): Record<string, number> {
  const all: Record<string, number> = {};
  for (const one of counts) {
    for (const [name, count] of Object.entries(one)) all[name] = (all[name] ?? 0) + (count ?? 0);
  }
  return Object.fromEntries(Object.entries(all).sort(([a], [b]) => (a < b ? -1 : 1)));
}
