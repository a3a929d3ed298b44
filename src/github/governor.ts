/**
 * One governor for each installation (I11): it keeps content-creating requests below GitHub's secondary limits,
 * remembers when a limit ends, and lets nothing new through before that. Ordinary traffic is not slowed.
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
  /** Longest wait (ms) for a slot; beyond it the work is put off with an error. */
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
  const { clock, perMinute = 70, perHour = 450, concurrent = 20, patience = 30_000 } = options;
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

  const release = (): void => {
    running -= 1;
    queue.shift()?.();
  };

  return {
    limited(pause) {
      blockedUntil = Math.max(blockedUntil, clock.now() + pause);
    },
    async admit(kind, where) {
      const refuse = (wait: number): never => {
        throw new GitHubError("rate-limited", where, "a limit has not ended", { retryAfter: wait });
      };
      while (running >= concurrent) await new Promise<void>((resolve) => queue.push(resolve));
      running += 1;
      try {
        if (blockedUntil > clock.now()) refuse(blockedUntil - clock.now());
        for (let wait = kind === "content" ? pace(clock.now()) : 0; wait > 0; wait = pace(clock.now())) {
          if (wait > patience) refuse(wait);
          await clock.sleep(wait);
          if (blockedUntil > clock.now()) refuse(blockedUntil - clock.now());
        }
        if (kind === "content") sent.push(clock.now());
      } catch (error) {
        release();
        throw error;
      }
      return release;
    },
  };
}
