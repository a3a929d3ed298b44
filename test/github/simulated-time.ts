/** A clock that stands still until it is moved on, to whoever sleeps shortest. */
import type { Clock } from "../../src/github/index.ts";

export interface SimulatedTime {
  readonly clock: Clock;
  /** At once, waking nobody. */
  set(now: number): void;
  /** Wakes sleepers one after the other until there is none, or `until`. */
  run(until?: number): Promise<void>;
}

interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

/** Longer than any chain of promises that one step of these tests makes. */
async function settled(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

export function simulatedTime(): SimulatedTime {
  let now = 0;
  const sleepers: Sleeper[] = [];
  return {
    clock: {
      now: () => now,
      sleep: (ms) => new Promise((wake) => sleepers.push({ at: now + Math.max(0, ms), wake })),
    },
    set(time) {
      now = time;
    },
    async run(until = Number.POSITIVE_INFINITY) {
      await settled();
      for (;;) {
        sleepers.sort((a, b) => a.at - b.at);
        const next = sleepers[0];
        if (!next || next.at > until) break;
        sleepers.shift();
        now = Math.max(now, next.at);
        next.wake();
        await settled();
      }
      if (Number.isFinite(until)) now = Math.max(now, until);
    },
  };
}
