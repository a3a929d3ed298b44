/**
 * How many status comments of issues that only wait one process writes in a repository: a thousand that are set ready at once
 * must not take the hour's requests from those that are worked on (docs/adr/0016-status-comment.md). Lost, it begins anew.
 */
export interface Ration {
  /** Whether one more may be written; then it is counted. `now`: GitHub's clock, ms. */
  take(repository: number, now: number): boolean;
}

const MOST = 20;
/** Milliseconds. */
export const QUARTER = 15 * 60_000;

export function createRation(): Ration {
  const taken = new Map<number, readonly number[]>();
  return {
    take(repository, now) {
      const recent = (taken.get(repository) ?? []).filter((at) => now - at < QUARTER);
      const room = recent.length < MOST;
      taken.set(repository, room ? [...recent, now] : recent);
      return room;
    },
  };
}
