/**
 * One look at a time for each issue: a request that comes while one is under way leads to one more after it, and
 * those that come together are one. Holds no state of any issue: all of it may be lost at any time (I10).
 */
import type { Clock } from "../github/clock.ts";

export interface QueueOptions<T> {
  readonly clock: Clock;
  /** Looks that run side by side, over all keys. */
  readonly concurrency: number;
  /** Milliseconds for which requests of one key are gathered. */
  readonly gather: number;
  /** Two requests for one key made into one. */
  readonly join: (a: T, b: T) => T;
  /** Must not reject. */
  readonly work: (key: string, request: T, signal: AbortSignal) => Promise<void>;
}

export interface Queue<T> {
  add(key: string, request: T): void;
  /** Takes nothing new and resolves when what is under way has ended. */
  drain(): Promise<void>;
  /** Resolves when nothing is under way or waiting. */
  idle(): Promise<void>;
}

export function createQueue<T>(options: QueueOptions<T>): Queue<T> {
  const waiting = new Map<string, { request: T; ready: boolean }>();
  const running = new Set<string>();
  const listeners = new Set<() => void>();
  const stop = new AbortController();

  const add = (key: string, request: T): void => {
    if (stop.signal.aborted) return;
    const before = waiting.get(key);
    if (before) {
      before.request = options.join(before.request, request);
      return;
    }
    const entry = { request, ready: false };
    waiting.set(key, entry);
    void gather(entry);
  };

  async function gather(entry: { ready: boolean }): Promise<void> {
    await options.clock.sleep(options.gather);
    entry.ready = true;
    pump();
  }

  function pump(): void {
    for (const [key, entry] of waiting) {
      if (running.size >= options.concurrency) break;
      if (!entry.ready || running.has(key) || stop.signal.aborted) continue;
      waiting.delete(key);
      running.add(key);
      void options.work(key, entry.request, stop.signal).finally(() => {
        running.delete(key);
        pump();
      });
    }
    if (running.size === 0 && (waiting.size === 0 || stop.signal.aborted)) {
      for (const listener of listeners) listener();
      listeners.clear();
    }
  }

  const idle = (): Promise<void> =>
    running.size === 0 && (waiting.size === 0 || stop.signal.aborted)
      ? Promise.resolve()
      : new Promise((resolve) => listeners.add(resolve));

  return {
    add,
    idle,
    drain() {
      stop.abort();
      waiting.clear();
      return idle();
    },
  };
}
