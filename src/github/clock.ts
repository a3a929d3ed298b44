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
