/**
 * Where issues wait until the limits have room for a look and for what may follow from it (I11). Waiting costs no
 * request. First what has a chain already, then what is new; within each, in the order in which it came.
 * Holds nothing that matters: lost, the sweep fills it again.
 */
import type { Governor, Scheduler } from "../github/index.ts";
import { GOING_ON, NEW_WORK } from "./needs.ts";

export interface LineOptions<T> {
  readonly clock: Scheduler;
  readonly governorOf: (request: T) => Governor;
  /** Whether the issue is known to have a chain. */
  readonly isGoing: (key: string, request: T) => boolean;
  /** Two requests for one key made into one. */
  readonly join: (a: T, b: T) => T;
  /** There is room: the look may begin. */
  readonly go: (key: string, request: T) => void;
}

export interface Line<T> {
  add(key: string, request: T): void;
  /** How many wait for which this holds. */
  waiting(which: (request: T) => boolean): number;
  stop(): void;
}

/** Milliseconds after which room is asked for again, at least. */
const LEAST = 1_000;

export function createLine<T>(options: LineOptions<T>): Line<T> {
  const queues = new Map<Governor, Queues<T>>();
  let stopped = false;

  function queuesOf(governor: Governor): Queues<T> {
    const known = queues.get(governor);
    if (known) return known;
    const made: Queues<T> = { going: new Map(), fresh: new Map(), again: undefined };
    queues.set(governor, made);
    governor.onRoom(() => serve(governor, made));
    return made;
  }

  function serve(governor: Governor, line: Queues<T>): void {
    line.again?.();
    line.again = undefined;
    for (const [queue, need] of [
      [line.going, GOING_ON],
      [line.fresh, NEW_WORK],
    ] as const) {
      for (const [key, request] of queue) {
        if (stopped) return;
        const wait = governor.reserve(key, need);
        if (wait > 0) {
          line.again = options.clock.schedule(Math.max(LEAST, wait), () => serve(governor, line));
          return;
        }
        queue.delete(key);
        options.go(key, request);
      }
    }
  }

  return {
    add(key, request) {
      const governor = options.governorOf(request);
      // What is kept for it covers the look.
      if (governor.stateOf(key) !== undefined) return options.go(key, request);
      const line = queuesOf(governor);
      const before = line.going.get(key) ?? line.fresh.get(key);
      const joined = before === undefined ? request : options.join(before, request);
      const going = options.isGoing(key, joined);
      if (going) line.fresh.delete(key);
      (going ? line.going : line.fresh).set(key, joined);
      if (!line.again) serve(governor, line);
    },
    waiting: (which) =>
      [...queues.values()].flatMap(({ going, fresh }) => [...going.values(), ...fresh.values()]).filter(which)
        .length,
    stop() {
      stopped = true;
      for (const line of queues.values()) line.again?.();
    },
  };
}

interface Queues<T> {
  readonly going: Map<string, T>;
  readonly fresh: Map<string, T>;
  /** Takes back the next try, where there is one. */
  again: (() => void) | undefined;
}
