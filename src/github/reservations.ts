/** What is kept for work that has been admitted, until it is settled. A memory for the pace: lost, it is made anew. */

/** What a piece of work may still ask of GitHub. */
export interface Need {
  readonly requests: number;
  readonly content: number;
  /** Points of the secondary limit that it spends at once when it begins, up to its first job. */
  readonly points: number;
}

export type WorkState = "new" | "begun";

export interface Reservations {
  set(work: string, need: Need): void;
  stateOf(work: string): WorkState | undefined;
  begin(work: string): void;
  delete(work: string): boolean;
  /** One of its requests goes out. */
  spend(work: string, points: number, content: boolean): void;
  /** One of its jobs begins: what the job before it was lent is spent by now, and what this one publishes is counted. */
  lend(work: string, share: Need): void;
  /** Points that are still kept for its beginning; `undefined`: nothing is kept for it. */
  pointsOf(work: string): number | undefined;
  /** All that is kept, but for `work`. */
  total(except?: string): Need;
}

interface Kept extends Need {
  readonly state: WorkState;
  /** Requests of the job that is at work. */
  readonly lent: number;
}

const left = (have: number, gone: number): number => Math.max(0, have - gone);

export function createReservations(): Reservations {
  const kept = new Map<string, Kept>();
  const change = (work: string, make: (before: Kept) => Kept): void => {
    const before = kept.get(work);
    if (before) kept.set(work, make(before));
  };
  return {
    set: (work, need) => kept.set(work, { ...need, state: kept.get(work)?.state ?? "new", lent: 0 }),
    stateOf: (work) => kept.get(work)?.state,
    begin: (work) => change(work, (before) => ({ ...before, state: "begun" })),
    delete: (work) => kept.delete(work),
    spend: (work, points, content) =>
      change(work, (before) => ({
        ...before,
        requests: left(before.requests, 1),
        content: left(before.content, content ? 1 : 0),
        points: left(before.points, points),
      })),
    lend: (work, share) =>
      change(work, (before) => ({
        ...before,
        requests: left(before.requests, before.lent),
        content: left(before.content, share.content),
        points: 0,
        lent: share.requests,
      })),
    pointsOf: (work) => kept.get(work)?.points,
    total(except) {
      let [requests, content, points] = [0, 0, 0];
      for (const [work, one] of kept) {
        if (work === except) continue;
        requests += one.requests;
        content += one.content;
        points += one.points;
      }
      return { requests, content, points };
    },
  };
}
