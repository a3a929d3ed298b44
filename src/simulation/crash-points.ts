/**
 * Where a process can be lost. Nobody outside can tell two moments between two requests apart, so each request that
 * a process makes gives two points: before it is sent, and after it has landed, before its answer is read. They
 * stand at the network's edge and cost the product nothing.
 */
import type { RequestName } from "./requests.ts";

export type ProcessKind =
  | "app"
  | "gate"
  | "triage"
  | "agent"
  | "verify"
  | "check"
  | "review"
  | "effect"
  | "conclude";

const REQUESTS = {
  app: [
    "read",
    "commit",
    "chain.create",
    "chain.move",
    "comment",
    "label",
    "unlabel",
    "dispatch",
    "run.cancel",
    "issue.close",
    "token",
  ],
  gate: ["exchange", "read", "commit", "chain.move", "pull.close", "pull.create", "review.request", "merge"],
  triage: [],
  agent: ["read"],
  verify: ["read"],
  check: [],
  review: [],
  effect: ["exchange", "read", "tree", "commit", "branch.create", "pull.create", "review.request"],
  conclude: ["exchange", "read", "commit", "chain.move", "comment"],
} as const satisfies Record<ProcessKind, readonly RequestName[]>;

/** Those of rounds of fixing. They came later: what worlds of the others draw stays as it was. */
const FIXING = { effect: ["branch.push"] } as const satisfies Partial<
  Record<ProcessKind, readonly RequestName[]>
>;

/** Those of looks of a review command, for the same reason. */
const REVIEWING = { review: ["read"], effect: ["review.post"] } as const satisfies Partial<
  Record<ProcessKind, readonly RequestName[]>
>;

/** Those of a base with a merge queue, for the same reason. */
const QUEUEING = { gate: ["merge.enqueue"], app: ["merge.dequeue"] } as const satisfies Partial<
  Record<ProcessKind, readonly RequestName[]>
>;

/** Those of issues that are opened in another repository. */
const ROUTING = { gate: ["issue.create"] } as const satisfies Partial<
  Record<ProcessKind, readonly RequestName[]>
>;

/** That of a head that is brought up to date with its base. */
const UPDATING = { gate: ["branch.update"] } as const satisfies Partial<
  Record<ProcessKind, readonly RequestName[]>
>;

type PointsOf<T extends Partial<Record<ProcessKind, readonly RequestName[]>>> = {
  [K in keyof T & ProcessKind]: `${K}:${"before" | "after"}:${NonNullable<T[K]>[number]}`;
}[keyof T & ProcessKind];

export type CrashPoint =
  | PointsOf<typeof REQUESTS>
  | PointsOf<typeof FIXING>
  | PointsOf<typeof REVIEWING>
  | PointsOf<typeof QUEUEING>
  | PointsOf<typeof ROUTING>
  | PointsOf<typeof UPDATING>;

const pointsOf = (table: Partial<Record<ProcessKind, readonly RequestName[]>>): readonly CrashPoint[] =>
  Object.entries(table).flatMap(([process, requests]) =>
    requests.flatMap((request) => [
      `${process}:before:${request}` as CrashPoint,
      `${process}:after:${request}` as CrashPoint,
    ]),
  );

export const FIRST_POINTS = pointsOf(REQUESTS);
export const FIXING_POINTS = pointsOf(FIXING);
export const REVIEWING_POINTS = pointsOf(REVIEWING);
export const QUEUEING_POINTS = pointsOf(QUEUEING);
export const ROUTING_POINTS = pointsOf(ROUTING);
export const UPDATING_POINTS = pointsOf(UPDATING);
/** All of them. */
export const CRASH_POINTS: readonly CrashPoint[] = [
  ...FIRST_POINTS,
  ...FIXING_POINTS,
  ...REVIEWING_POINTS,
  ...QUEUEING_POINTS,
  ...ROUTING_POINTS,
  ...UPDATING_POINTS,
];

const KNOWN: ReadonlySet<string> = new Set(CRASH_POINTS);

/** `undefined`: that process makes no such request. */
export function crashPointOf(
  process: ProcessKind,
  moment: "before" | "after",
  request: RequestName,
): CrashPoint | undefined {
  const point = `${process}:${moment}:${request}`;
  return KNOWN.has(point) ? (point as CrashPoint) : undefined;
}
