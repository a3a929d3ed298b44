/** A process of the simulated world: it has time and a network as long as it lives, and nothing after that. */
import type { Clock, Scheduler } from "../github/index.ts";
import type { Clockwork } from "./clockwork.ts";
import type { ProcessKind } from "./crash-points.ts";

export interface Process {
  readonly kind: ProcessKind;
  /** Told apart in stories: `app-1.2`, `effect 801/1`. */
  readonly name: string;
  readonly alive: boolean;
  /** Monotonic time of a machine whose wall clock may be wrong by `skew` ms. */
  readonly clock: Clock & Scheduler;
  readonly skew: number;
  /** Whatever is under way in it never goes on. */
  die(): void;
  /** Stands still until then, as a machine that sleeps. */
  pauseUntil(at: number): void;
  /** Resolves at once, or when the pause is over; never for a process that is dead. */
  awake(): Promise<void>;
}

export function createProcess(clockwork: Clockwork, kind: ProcessKind, name: string, skew = 0): Process {
  let alive = true;
  let asleepUntil = 0;
  const never = new Promise<never>(() => undefined);

  async function awake(): Promise<void> {
    if (!alive) return never;
    const wait = asleepUntil - clockwork.now();
    if (wait <= 0) return;
    await new Promise<void>((resolve) => clockwork.schedule(wait, resolve));
    return awake();
  }
  const schedule: Scheduler["schedule"] = (ms, run) =>
    clockwork.schedule(ms, () => {
      if (alive && asleepUntil <= clockwork.now()) run();
      else if (alive) void awake().then(run);
    });
  return {
    kind,
    name,
    skew,
    get alive() {
      return alive;
    },
    clock: {
      now: clockwork.now,
      schedule,
      sleep: (ms) => new Promise((resolve) => schedule(Math.max(1, ms), resolve)),
    },
    die() {
      alive = false;
    },
    pauseUntil(at) {
      asleepUntil = at;
    },
    awake,
  };
}
