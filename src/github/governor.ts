/**
 * One governor for each installation (I11): it keeps content-creating requests below GitHub's secondary limits,
 * remembers when a limit ends, and lets nothing new through before that. Ordinary traffic is not slowed: what is
 * paced waits without holding a slot.
 */
import type { Clock } from "./clock.ts";
import { GitHubError } from "./errors.ts";

export interface GovernorOptions {
  readonly clock: Clock;
  /** Content-creating requests in any 60 s and any hour; GitHub refuses above 80 and 500. */
  readonly perMinute?: number;
  readonly perHour?: number;
  /** Requests under way at once; GitHub refuses above 100. */
  readonly concurrent?: number;
  /**
   * Longest wait (ms) of a content-creating request for its turn; beyond it the work is put off with an error.
   * Short, as the read that permits a send grows old behind it (I1).
   */
  readonly patience?: number;
}

export type RequestKind = "read" | "write" | "content";

export interface Governor {
  /** Resolves with the slot's release when the request may go. Throws `GitHubError` `rate-limited`. */
  admit(kind: RequestKind, where: string): Promise<() => void>;
  /** A limit was met: nothing goes for so many ms. */
  limited(pause: number): void;
}

const MINUTE = 60_000;
const HOUR = 3_600_000;

export function createGovernor(options: GovernorOptions): Governor {
  const { clock, perMinute = 70, perHour = 450, concurrent = 20, patience = 5_000 } = options;
  const sent: number[] = [];
  const queue: (() => void)[] = [];
  let running = 0;
  let blockedUntil = 0;

  /** Milliseconds until one more content-creating request stays inside both windows. */
  const pace = (now: number): number => {
    while (sent.length > 0 && (sent[0] ?? 0) <= now - HOUR) sent.shift();
    const minute = sent.filter((at) => at > now - MINUTE);
    const waits = [0];
    if (minute.length >= perMinute) waits.push((minute[minute.length - perMinute] ?? now) + MINUTE - now);
    if (sent.length >= perHour) waits.push((sent[sent.length - perHour] ?? now) + HOUR - now);
    return Math.max(...waits);
  };

  /** Wakes who waits longest; whoever is woken and does not take the slot passes it on. */
  const wakeNext = (): void => {
    if (running < concurrent) queue.shift()?.();
  };

  const release = (): void => {
    running -= 1;
    wakeNext();
  };

  const refuse = (where: string, wait: number): never => {
    wakeNext();
    throw new GitHubError("rate-limited", where, "a limit has not ended", { retryAfter: wait });
  };

  return {
    limited(pause) {
      blockedUntil = Math.max(blockedUntil, clock.now() + pause);
    },
    async admit(kind, where) {
      const asked = clock.now();
      for (;;) {
        const now = clock.now();
        if (blockedUntil > now) refuse(where, blockedUntil - now);
        const wait = kind === "content" ? pace(now) : 0;
        if (wait > 0) {
          if (now - asked + wait > patience) refuse(where, wait);
          wakeNext();
          await clock.sleep(wait);
        } else if (running >= concurrent) {
          await new Promise<void>((resolve) => queue.push(resolve));
        } else {
          // Nothing is awaited between the look at the windows and here: no two requests take the same place.
          running += 1;
          if (kind === "content") sent.push(now);
          wakeNext();
          return release;
        }
      }
    },
  };
}
