/**
 * The one clock of a sandbox. Everything that the sandbox stamps, expires, delays or schedules asks it.
 * It runs with the machine's clock and can be set forward, never back: GitHub's time does not go back either.
 */
export interface SandboxClock {
  /** Milliseconds since the epoch, as the sandbox sees them. */
  now(): number;
  /** Calls `run` once, when `delayMs` have passed on this clock. Returns a function that takes it back. */
  schedule(delayMs: number, run: () => void): () => void;
  /** Resolves when `delayMs` have passed on this clock. */
  sleep(delayMs: number): Promise<void>;
  /** Sets the clock forward by `ms` (≥ 0); whatever falls due runs at once, in order. */
  advance(ms: number): void;
  /** Takes back everything scheduled, so that a process can end. */
  stop(): void;
}

interface Scheduled {
  readonly dueAt: number;
  readonly run: () => void;
  timer: NodeJS.Timeout | undefined;
}

/** A clock that runs with the machine's and can be set forward. */
export function createClock(): SandboxClock {
  let offset = 0;
  const pending = new Set<Scheduled>();
  const now = (): number => Date.now() + offset;

  function fire(entry: Scheduled): void {
    clearTimeout(entry.timer);
    if (pending.delete(entry)) entry.run();
  }
  function arm(entry: Scheduled): void {
    clearTimeout(entry.timer);
    entry.timer = setTimeout(() => fire(entry), Math.max(0, entry.dueAt - now()));
  }
  const clock: SandboxClock = {
    now,
    schedule(delayMs, run) {
      const entry: Scheduled = { dueAt: now() + delayMs, run, timer: undefined };
      pending.add(entry);
      arm(entry);
      return () => {
        clearTimeout(entry.timer);
        pending.delete(entry);
      };
    },
    sleep: (delayMs) => new Promise((resolve) => clock.schedule(delayMs, resolve)),
    advance(ms) {
      if (!(ms >= 0)) throw new RangeError(`the clock only goes forward: ${ms} ms`);
      offset += ms;
      const due = [...pending].filter((entry) => entry.dueAt <= now()).sort((a, b) => a.dueAt - b.dueAt);
      for (const entry of due) fire(entry);
      for (const entry of pending) arm(entry);
    },
    stop() {
      for (const entry of pending) clearTimeout(entry.timer);
      pending.clear();
    },
  };
  return clock;
}
