/** Time as this layer needs it: monotonic, so that a corrected wall clock changes nothing. */
import { setTimeout as delay } from "node:timers/promises";

export interface Clock {
  /** Milliseconds, monotonic. */
  now(): number;
  sleep(ms: number): Promise<void>;
}

/** What must happen later, whether or not anybody waits for it. */
export interface Scheduler {
  /** Calls `run` once, after `ms`. Returns a function that takes it back. */
  schedule(ms: number, run: () => void): () => void;
}

export const realClock: Clock & Scheduler = {
  now: () => performance.now(),
  sleep: (ms) => delay(ms),
  schedule(ms, run) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};

/** GitHub's clock by its last answer; this machine's own may be wrong. Milliseconds since the epoch. */
export interface ServerClock {
  now(): number;
  /** An answer carried this time. */
  saw(serverTime: number): void;
}

/** `machine`: this machine's own clock, milliseconds since the epoch. */
export function createServerClock(machine: () => number = Date.now): ServerClock {
  let ahead = 0;
  return {
    now: () => machine() + ahead,
    saw(serverTime) {
      ahead = serverTime - machine();
    },
  };
}
