/**
 * Time and chance of a whole process, taken in hand: timers, clocks and randomness of Node are replaced, so that
 * the code under test runs unchanged and every run of a seed is the same. For a process, or a worker, of its own.
 *
 * Nothing but timers may wake anything: what is run here does no input or output of its own.
 */
import { createRequire, syncBuiltinESMExports } from "node:module";
import type { Chance } from "./chance.ts";

export interface Clockwork {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Calls `run` once, `ms` from now. Returns a function that takes it back. */
  schedule(ms: number, run: () => void): () => void;
  /** Lets time pass until `at`, or until `stop` says so, which is asked after each timer. */
  passUntil(at: number, stop?: () => boolean): Promise<void>;
  /** Forgets all timers, sets the time, and takes randomness from `chance` from now on. */
  reset(at: number, chance: Chance): void;
  /** Timers that are waiting. */
  readonly waiting: number;
  /** When the next of them is due; `Infinity`: none waits. */
  readonly dueAt: number;
}

interface Timer {
  readonly dueAt: number;
  readonly seq: number;
  run: (() => void) | undefined;
}

/** One for all: nobody looks at where it was made, and most are made for requests that ended long ago. */
const LATE = new DOMException("The operation timed out.", "TimeoutError");

const settle: (run: () => void) => void = setImmediate;
const tick: (run: () => void) => void = process.nextTick;
const RealDate = Date;

let installed: Clockwork | undefined;

/** Replaces the process's time and randomness, once and for good. */
export function installClockwork(): Clockwork {
  installed ??= install();
  return installed;
}

function install(): Clockwork {
  let now = 0;
  let seq = 0;
  let chance: Chance | undefined;
  let heap: Timer[] = [];
  const draw = (): Chance => {
    if (!chance) throw new Error("the clockwork has not been reset");
    return chance;
  };

  function schedule(ms: number, run: () => void): () => void {
    seq += 1;
    const timer: Timer = { dueAt: now + Math.max(0, Math.ceil(ms) || 0), seq, run };
    push(heap, timer);
    return () => {
      timer.run = undefined;
    };
  }

  async function passUntil(at: number, stop: () => boolean = () => false): Promise<void> {
    await quiet();
    while (!stop()) {
      const next = heap[0];
      if (!next || next.dueAt > at) {
        now = Math.max(now, at);
        return;
      }
      pop(heap);
      if (!next.run) continue;
      now = next.dueAt;
      next.run();
      await quiet();
    }
  }

  const clockwork: Clockwork = {
    now: () => now,
    schedule,
    passUntil,
    reset(at, next) {
      heap = [];
      now = at;
      seq = 0;
      chance = next;
    },
    get waiting() {
      return heap.filter((timer) => timer.run).length;
    },
    get dueAt() {
      return heap[0]?.dueAt ?? Number.POSITIVE_INFINITY;
    },
  };
  replaceGlobals(clockwork, draw);
  replaceModules(clockwork, draw);
  return clockwork;
}

/** Turns of the event loop are slow: one in so many suffices for what Node does there, rejections that nobody handles above all. */
const TURNS = 100;

let looks = 0;

/** Everything that was ready has run: promises first, then ticks, and what the ticks had made ready. */
async function quiet(): Promise<void> {
  looks += 1;
  if (looks % TURNS === 0) return new Promise((resolve) => settle(resolve));
  for (let round = 0; round < 2; round += 1) await new Promise<void>((resolve) => tick(resolve));
}

function replaceGlobals({ now, schedule }: Clockwork, draw: () => Chance): void {
  const again = (ms: number, run: () => void): (() => void) => {
    let cancel = schedule(ms, function tick() {
      cancel = schedule(ms, tick);
      run();
    });
    return () => cancel();
  };
  const handle = (cancel: () => void): Handle => new Handle(cancel);
  const replaced = {
    Date: class extends RealDate {
      constructor(...args: unknown[]) {
        // With no argument the constructor reads the clock; with arguments it reads none.
        super(...((args.length === 0 ? [now()] : args) as [number]));
      }
      static override now(): number {
        return now();
      }
    },
    setTimeout: (run: (...args: unknown[]) => void, ms = 1, ...args: unknown[]) =>
      handle(schedule(Math.max(1, ms), () => run(...args))),
    setInterval: (run: (...args: unknown[]) => void, ms = 1, ...args: unknown[]) =>
      handle(again(Math.max(1, ms), () => run(...args))),
    setImmediate: (run: (...args: unknown[]) => void, ...args: unknown[]) =>
      handle(schedule(0, () => run(...args))),
    clearTimeout: clear,
    clearInterval: clear,
    clearImmediate: clear,
  };
  Object.assign(globalThis, replaced);
  Object.defineProperty(performance, "now", { value: now, configurable: true });
  Object.defineProperty(Math, "random", { value: () => draw().fraction(), configurable: true });
  // Names under which libraries keep things for the whole process: two worlds must not share one, be they the same.
  let names = 0;
  const unique = (): string => {
    names += 1;
    return `00000000-0000-4000-8000-${names.toString(16).padStart(12, "0")}`;
  };
  Object.defineProperty(crypto, "randomUUID", { value: unique, configurable: true });
  Object.defineProperty(AbortSignal, "timeout", {
    value: (ms: number) => {
      const late = new AbortController();
      schedule(ms, () => late.abort(LATE));
      return late.signal;
    },
    configurable: true,
  });
}

function replaceModules({ schedule }: Clockwork, draw: () => Chance): void {
  const require = createRequire(import.meta.url);
  const timers = require("node:timers/promises") as Record<string, unknown>;
  timers.setTimeout = (ms = 1, value?: unknown) =>
    new Promise((resolve) => schedule(Math.max(1, ms), () => resolve(value)));
  const crypto = require("node:crypto") as Record<string, unknown>;
  crypto.randomUUID = () => draw().uuid();
  crypto.randomBytes = (size: number) => draw().bytes(size);
  syncBuiltinESMExports();
}

class Handle {
  readonly cancel: () => void;

  constructor(cancel: () => void) {
    this.cancel = cancel;
  }
  ref(): this {
    return this;
  }
  unref(): this {
    return this;
  }
}

function clear(handle: unknown): void {
  if (handle instanceof Handle) handle.cancel();
}

const before = (a: Timer, b: Timer): boolean => a.dueAt < b.dueAt || (a.dueAt === b.dueAt && a.seq < b.seq);

/** A binary heap: the earliest stands first, and of one time the one that was asked for first. */
function push(heap: Timer[], timer: Timer): void {
  let at = heap.push(timer) - 1;
  while (at > 0) {
    const parent = (at - 1) >> 1;
    const above = heap[parent] as Timer;
    if (!before(timer, above)) break;
    heap[at] = above;
    at = parent;
  }
  heap[at] = timer;
}

function pop(heap: Timer[]): void {
  const last = heap.pop() as Timer;
  if (heap.length === 0) return;
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && before(heap[child + 1] as Timer, heap[child] as Timer)) child += 1;
    if (!before(heap[child] as Timer, last)) break;
    heap[at] = heap[child] as Timer;
    at = child;
  }
  heap[at] = last;
}
