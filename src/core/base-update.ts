/**
 * A head that lacks the newest commit of its base is brought up to date by an edge `merge` that merges nothing yet: the base
 * goes into the head, and the gate judges the head that comes of it from the start.
 */
import type { OpenEdge } from "./chain.ts";

/**
 * So many heads of one generation are brought up to date, with no merge behind any of them. Each costs a run of the checks and
 * another review, which is asked of people. A base on which ten other merges come first each time is busier than one by one can
 * follow: somebody has to choose, or give it a merge queue.
 */
export const MOST_UPDATES = 10;

export const updatesHead = ({ effects }: Pick<OpenEdge, "effects">): boolean =>
  effects.some(({ kind }) => kind === "branch.update");
