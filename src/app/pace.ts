/** How soon an issue is looked at again that waits for something short. */

/** Milliseconds: what is to be looked at later than that has a time of its own, a patience or a deadline for instance. */
const SHORT = 3_000;
/** Doublings behind which nobody can tell a wait from none: three seconds become hours. */
const MOST = 12;

export interface Wait {
  /** What is waited for, whatever names it. */
  readonly what: string;
  /** Milliseconds until the next look; `null`: when something happens. */
  readonly again: number | null;
}

export interface Pace {
  /**
   * Milliseconds until the next look: as asked the first time, and twice as long each time that the same is waited for. What takes
   * seconds is seen within seconds; what never comes (a list that GitHub cuts short, a run that does not stop) costs fewer and fewer
   * requests, and a webhook or a sweep tells of it all the same.
   */
  next(issue: string, wait: Wait): number | null;
  forget(issue: string): void;
}

export function createPace(): Pace {
  const waits = new Map<string, { readonly what: string; readonly times: number }>();
  return {
    next(issue, { what, again }) {
      if (again === null || again > SHORT) {
        waits.delete(issue);
        return again;
      }
      const before = waits.get(issue);
      const times = before?.what === what ? Math.min(before.times + 1, MOST) : 0;
      waits.set(issue, { what, times });
      return again * 2 ** times;
    },
    forget: (issue) => void waits.delete(issue),
  };
}
