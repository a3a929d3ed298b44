/**
 * The one clock of a sandbox. Everything that the sandbox stamps, expires, delays or schedules asks it.
 * It runs with the machine's clock, or stands still (`virtual`); both can be set forward, never back: GitHub's time
 * does not go back either. What runs in processes of its own (steps of jobs, git) has the machine's time.
 */
export interface SandboxClock {
  readonly kind: ClockKind;
  /** Milliseconds since the epoch, as the sandbox sees them. */
  now(): number;
  /** Calls `run` once, when `delayMs` have passed on this clock. Returns a function that takes it back. */
  schedule(delayMs: number, run: () => void): () => void;
  /** Resolves when `delayMs` have passed on this clock. */
  sleep(delayMs: number): Promise<void>;
  /**
   * Aborts when somebody outside has had `delayMs` to answer. A clock that runs is not set forward for them: they live on
   * the machine's time, and would be given up on in the middle of an answer.
   */
  timeout(delayMs: number): AbortSignal;
  /**
   * Sets the clock forward by `ms` (≥ 0). Whatever falls due on the way runs at once, in order, each at the time for
   * which it was scheduled.
   */
  advance(ms: number): void;
  /** `listener` is called after anything scheduled has run, and before time is set forward. */
  watch(listener: () => void): void;
  /** Takes back everything scheduled, so that a process can end. */
  stop(): void;
}

/** `real` runs with the machine's clock; `virtual` begins at its time and moves only when it is set forward. */
export type ClockKind = "real" | "virtual";

interface Scheduled {
  readonly dueAt: number;
  readonly run: () => void;
  timer: NodeJS.Timeout | undefined;
}

export function createClock(kind: ClockKind = "real"): SandboxClock {
  const begun = Date.now();
  const machine = kind === "real" ? Date.now : (): number => begun;
  let offset = 0;
  const pending = new Set<Scheduled>();
  const listeners: (() => void)[] = [];
  const now = (): number => machine() + offset;
  const tell = (): void => {
    for (const listener of listeners) listener();
  };

  function fire(entry: Scheduled): void {
    clearTimeout(entry.timer);
    if (!pending.delete(entry)) return;
    entry.run();
    tell();
  }
  function arm(entry: Scheduled): void {
    clearTimeout(entry.timer);
    if (kind === "virtual" && entry.dueAt > now()) return;
    entry.timer = setTimeout(() => fire(entry), Math.max(0, entry.dueAt - now()));
  }
  /** The next to fall due before the clock shows `machine() + end`. */
  function nextBefore(end: number): Scheduled | undefined {
    let next: Scheduled | undefined;
    for (const entry of pending) {
      if (entry.dueAt <= machine() + end && entry.dueAt < (next?.dueAt ?? Number.POSITIVE_INFINITY))
        next = entry;
    }
    return next;
  }
  function schedule(delayMs: number, run: () => void): () => void {
    const entry: Scheduled = { dueAt: now() + delayMs, run, timer: undefined };
    pending.add(entry);
    arm(entry);
    return () => {
      clearTimeout(entry.timer);
      pending.delete(entry);
    };
  }
  function timeout(delayMs: number): AbortSignal {
    if (kind === "real") return AbortSignal.timeout(delayMs);
    const late = new AbortController();
    schedule(delayMs, () => late.abort(new DOMException("The operation timed out.", "TimeoutError")));
    return late.signal;
  }
  return {
    kind,
    now,
    schedule,
    sleep: (delayMs) => new Promise((resolve) => schedule(delayMs, resolve)),
    timeout,
    advance(ms) {
      if (!(ms >= 0)) throw new RangeError(`the clock only goes forward: ${ms} ms`);
      tell();
      const end = offset + ms;
      for (let next = nextBefore(end); next; next = nextBefore(end)) {
        offset = Math.max(offset, next.dueAt - machine());
        fire(next);
      }
      offset = end;
      for (const entry of pending) arm(entry);
    },
    watch(listener) {
      listeners.push(listener);
    },
    stop() {
      for (const entry of pending) clearTimeout(entry.timer);
      pending.clear();
    },
  };
}
