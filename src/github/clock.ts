/** Time as this layer needs it: monotonic, so that a corrected wall clock changes nothing. */
import { setTimeout as delay } from "node:timers/promises";

export interface Clock {
  /** Milliseconds, monotonic. */
  now(): number;
  sleep(ms: number): Promise<void>;
}

export const realClock: Clock = {
  now: () => performance.now(),
  sleep: (ms) => delay(ms),
};

/** GitHub's clock by its last answer; this machine's own may be wrong. Milliseconds since the epoch. */
export interface ServerClock {
  now(): number;
  /** An answer carried this time. */
  saw(serverTime: number): void;
}

export function createServerClock(): ServerClock {
  let ahead = 0;
  return {
    now: () => Date.now() + ahead,
    saw(serverTime) {
      ahead = serverTime - Date.now();
    },
  };
}
