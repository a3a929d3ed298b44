/** How a demo ends. */
import type { Happened } from "./hostile/tally.ts";
import type { Landing } from "./landings.ts";
import type { IssueEnd } from "./watch.ts";

export type ExitReason =
  | "done"
  | "hold"
  | "unmerged"
  | "twice"
  | "fault-missing"
  | "bad-arguments"
  | "try-again"
  | "interrupted"
  | "failed";

export interface Ended {
  readonly code: number;
  readonly reason: ExitReason;
}

export function endOf(ends: readonly IssueEnd[]): Ended {
  return ends.every((end) => end === "done") ? { code: 0, reason: "done" } : { code: 1, reason: "hold" };
}

/** Merged and closed is not enough: everything must have gone wrong, and nothing have happened twice. */
export function hostileEndOf(ended: Ended, faults: readonly Happened[], landings: readonly Landing[]): Ended {
  if (ended.code !== 0) return ended;
  const merges = landings.filter(({ kind }) => kind === "merge");
  if (merges.length !== 1 || landings.some(({ count }) => count > 1)) return { code: 1, reason: "twice" };
  if (faults.some(({ count }) => count === 0)) return { code: 1, reason: "fault-missing" };
  return ended;
}
