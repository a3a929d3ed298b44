/**
 * One of GitHub's sliding windows: so much weight in any span of time. GitHub counts a request when it arrives,
 * which is somewhere between its sending and its answer: so it counts here while it is under way, and from its
 * answer on for the window's length.
 */

export interface Window {
  /** Milliseconds until so much more fits; `Infinity`: when something that is under way has ended. */
  wait(now: number, weight: number): number;
  /** Something begins. To be called with what it returns when it has ended. */
  enter(weight: number): (now: number) => void;
  /** Counts something that is done at a time which may lie ahead: what others were given leave to spend. */
  lend(until: number, weight: number): void;
}

interface Spent {
  readonly at: number;
  readonly weight: number;
}

/** `most`: weight in any `length` milliseconds. */
export function createWindow(most: number, length: number): Window {
  const spent: Spent[] = [];
  let underWay = 0;
  let total = 0;

  function put(entry: Spent): void {
    total += entry.weight;
    let index = spent.length;
    while (index > 0 && (spent[index - 1]?.at ?? 0) > entry.at) index -= 1;
    spent.splice(index, 0, entry);
  }

  return {
    wait(now, weight) {
      while (spent[0] && spent[0].at <= now - length) total -= spent.shift()?.weight ?? 0;
      let sum = underWay + weight + total;
      if (sum <= most) return 0;
      for (const { at, weight: gone } of spent) {
        sum -= gone;
        if (sum <= most) return at + length - now;
      }
      return Number.POSITIVE_INFINITY;
    },
    enter(weight) {
      underWay += weight;
      return (now) => {
        underWay -= weight;
        put({ at: now, weight });
      };
    },
    lend: (until, weight) => put({ at: until, weight }),
  };
}
