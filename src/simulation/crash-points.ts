/**
 * Where a process can be lost. Nobody outside can tell two moments between two requests apart, so each request that
 * a process makes gives two points: before it is sent, and after it has landed, before its answer is read. They
 * stand at the network's edge and cost the product nothing.
 */
import type { RequestName } from "./requests.ts";

export type ProcessKind = "app" | "gate" | "agent" | "verify" | "check" | "effect" | "conclude";

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
  agent: ["read"],
  verify: ["read"],
  check: [],
  effect: ["exchange", "read", "tree", "commit", "branch.create", "pull.create", "review.request"],
  conclude: ["exchange", "read", "commit", "chain.move", "comment"],
} as const satisfies Record<ProcessKind, readonly RequestName[]>;

export type CrashPoint = {
  [K in ProcessKind]: `${K}:${"before" | "after"}:${(typeof REQUESTS)[K][number]}`;
}[ProcessKind];

/** All of them. */
export const CRASH_POINTS: readonly CrashPoint[] = Object.entries(REQUESTS).flatMap(([process, requests]) =>
  requests.flatMap((request) => [
    `${process}:before:${request}` as CrashPoint,
    `${process}:after:${request}` as CrashPoint,
  ]),
);

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
