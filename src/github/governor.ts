/**
 * One governor for each installation (I11). Every request passes it: it keeps below GitHub's limits, remembers when
 * a limit ends and sends nothing before that, and lets go first what work in flight waits for. New work begins only
 * where the limits cover what the work in flight may still need. See docs/adr/0009-governor.md.
 */
import type { Clock } from "./clock.ts";
import { GitHubError } from "./errors.ts";
import { createQuota, type QuotaSeen } from "./quota.ts";
import { createReservations, type Need, type WorkState } from "./reservations.ts";
import { createWindow } from "./window.ts";

export interface GovernorOptions {
  readonly clock: Clock;
  /** Content-creating requests in any 60 s and any hour; GitHub refuses above 80 and 500. */
  readonly perMinute?: number;
  readonly perHour?: number;
  /** Points in any 60 s, a read 1 and a write 5; GitHub refuses above 900. */
  readonly points?: number;
  /** Requests under way at once; GitHub refuses above 100, of all who use the installation. */
  readonly concurrent?: number;
  /** Share of the hour's requests that is never used. */
  readonly keep?: number;
  /**
   * Longest wait (ms) of a write for its turn; beyond it the work is put off with an error. Short, as the read that
   * permits a send grows old behind it (I1).
   */
  readonly patience?: number;
}

export type RequestKind = "read" | "write" | "content";

/** What goes first. `new`: for an issue whose work has not begun. */
export type Rank = "marker" | "work" | "prose" | "new";

export interface Errand {
  /** By default `work`. */
  readonly rank?: Rank;
  /** The work that the request is for, as `reserve` names it. */
  readonly work?: string;
}

/** Gives the slot back. `refused`: GitHub has taken nothing of what was asked. */
export type Release = (end?: "refused") => void;

/** What every request passes. */
export interface Pacing {
  /** Resolves with the slot's release when the request may go. Throws `GitHubError` `rate-limited`. */
  admit(kind: RequestKind, where: string, errand?: Errand): Promise<Release>;
  /** A read goes out once more, in the slot that it has. Throws as `admit`. */
  repeat(where: string, errand?: Errand): void;
  /** To be asked right before a request goes out, as a limit may have been met since it was admitted. Throws as `admit`. */
  assertOpen(where: string): void;
  /** A limit was met: nothing goes for so many ms. */
  limited(pause: number): void;
  /** An answer told what is left of the hour. */
  saw(quota: QuotaSeen): void;
}

/** And what work passes before it begins. */
export interface Governor extends Pacing {
  /**
   * Keeps so much for a piece of work: 0, or the milliseconds after which it is worth asking again, as a limit has
   * not ended, or what is left does not cover it beside what is kept for others. What it had is replaced.
   */
  reserve(work: string, need: Need): number;
  /** The work has begun: its requests no longer stand behind those of all others. */
  begin(work: string): void;
  /** `undefined`: nothing is kept for it. */
  stateOf(work: string): WorkState | undefined;
  release(work: string): void;
  /** Milliseconds until a job that spends this may begin; 0: now. */
  lendsIn(share: Need): number;
  /** A job of the work begins, which spends this by itself: 0, and it is counted; or milliseconds until it may. */
  lend(work: string, share: Need): number;
  /** Called when something that was kept is free again. */
  onRoom(listener: () => void): void;
}

const MINUTE = 60_000;
const HOUR = 3_600_000;
/** Milliseconds for which a read may wait: it grows no older by it. */
const READ_PATIENCE = MINUTE;
/** Milliseconds after which whoever waits goes before all ranks: nobody starves. */
const AGING = 20_000;
/** Milliseconds in which a job spends what it was lent: so long, and the windows' length after it, it counts. */
const SPENDING = 15_000;
/** Share of the minute's points that new work may take: the rest is for the jobs of what has begun. */
const BEGINNINGS = 0.85;
/** At least so often (ms) those who wait are looked at. */
const LOOK = 5_000;

const RANKS: readonly Rank[] = ["marker", "work", "prose", "new"];

interface Waiting {
  readonly kind: RequestKind;
  readonly where: string;
  readonly errand: Errand;
  readonly askedAt: number;
  readonly go: (release: Release) => void;
  readonly refuse: (error: GitHubError) => void;
}

export function createGovernor(options: GovernorOptions): Governor {
  const { clock, perMinute = 70, perHour = 490, points = 850, concurrent = 50, patience = 5_000 } = options;
  const minute = createWindow(perMinute, MINUTE);
  const hour = createWindow(perHour, HOUR);
  const pace = createWindow(points, MINUTE);
  const quota = createQuota(options.keep ?? 0.005);
  const kept = createReservations();
  const listeners: (() => void)[] = [];
  const beginnings = points * BEGINNINGS;
  let waiting: readonly Waiting[] = [];
  let running = 0;
  let blockedUntil = Number.NEGATIVE_INFINITY;
  let wakesAt = Number.POSITIVE_INFINITY;

  /** Milliseconds until it fits below each kind of limit. */
  function waitsOf({ kind, errand }: Waiting, now: number) {
    // What is for no single issue serves all of them: it is little, and what is kept for them would be of no use.
    const covered = errand.work === undefined || kept.stateOf(errand.work) !== undefined;
    const free = quota.left(now) - (covered ? 0 : kept.total().requests);
    return {
      hour: free >= 1 ? 0 : quota.resetIn(now),
      pace: pace.wait(now, pointsOf(kind)),
      content: kind === "content" ? Math.max(minute.wait(now, 1), hour.wait(now, 1)) : 0,
    };
  }

  function rankOf({ errand, askedAt }: Waiting, now: number): number {
    if (now - askedAt >= AGING) return -1;
    const isNew = errand.work !== undefined && kept.stateOf(errand.work) === "new";
    return RANKS.indexOf(isNew ? "new" : (errand.rank ?? "work"));
  }

  function send(one: Waiting): void {
    const { kind, errand } = one;
    const ends = [pace.enter(pointsOf(kind))];
    if (kind === "content") ends.push(minute.enter(1), hour.enter(1));
    running += 1;
    quota.spend();
    if (errand.work !== undefined) kept.spend(errand.work, pointsOf(kind), kind === "content");
    one.go(() => {
      running -= 1;
      for (const end of ends) end(clock.now());
      serve();
    });
  }

  /** Lets go who may, in the order of ranks and, within one, of asking; puts off who would wait too long. */
  function serve(): void {
    const now = clock.now();
    if (now < blockedUntil) {
      const all = waiting;
      waiting = [];
      for (const one of all) one.refuse(limitError(one.where, blockedUntil - now));
      return;
    }
    const held = { pace: false, content: false };
    let soonest = Number.POSITIVE_INFINITY;
    for (const one of [...waiting].sort((a, b) => rankOf(a, now) - rankOf(b, now))) {
      if (running >= concurrent) break;
      const waits = waitsOf(one, now);
      const wait = Math.max(waits.hour, waits.pace, waits.content);
      const behind = held.pace || (one.kind === "content" && held.content);
      if (wait === 0 && !behind) {
        waiting = waiting.filter((other) => other !== one);
        send(one);
        continue;
      }
      const rest = (one.kind === "read" ? READ_PATIENCE : patience) - (now - one.askedAt);
      if (rest <= 0 || (Number.isFinite(wait) && wait > rest)) {
        waiting = waiting.filter((other) => other !== one);
        one.refuse(limitError(one.where, Number.isFinite(wait) && wait > 0 ? wait : LOOK));
        continue;
      }
      // Nobody overtakes on what somebody of a better rank waits for.
      if (waits.pace > 0) held.pace = true;
      if (waits.content > 0) held.content = true;
      soonest = Math.min(soonest, wait > 0 ? wait : LOOK, rest);
    }
    wakeAfter(Math.min(soonest, soonest === Number.POSITIVE_INFINITY ? soonest : LOOK));
  }

  function wakeAfter(pause: number): void {
    const at = clock.now() + pause;
    if (at >= wakesAt) return;
    wakesAt = at;
    void clock.sleep(pause).then(() => {
      if (wakesAt === at) wakesAt = Number.POSITIVE_INFINITY;
      serve();
    });
  }

  function lendsIn(share: Need): number {
    const now = clock.now();
    if (now < blockedUntil) return blockedUntil - now;
    const content =
      share.content === 0 ? 0 : Math.max(minute.wait(now, share.content), hour.wait(now, share.content));
    return Math.min(MINUTE, Math.max(content, pace.wait(now, Math.min(points, share.points))));
  }

  const assertOpen = (where: string): void => {
    const left = blockedUntil - clock.now();
    if (left > 0) throw limitError(where, left);
  };
  const room = (): void => {
    for (const listener of listeners) listener();
  };

  return {
    admit(kind, where, errand = {}) {
      return new Promise((go, reject) => {
        waiting = [...waiting, { kind, where, errand, askedAt: clock.now(), go, refuse: reject }];
        serve();
      });
    },
    assertOpen,
    repeat(where, errand = {}) {
      assertOpen(where);
      const now = clock.now();
      pace.enter(1)(now);
      quota.spend();
      if (errand.work !== undefined) kept.spend(errand.work, 1, false);
    },
    limited(pause) {
      blockedUntil = Math.max(blockedUntil, clock.now() + pause);
      serve();
    },
    saw: (seen) => quota.saw(clock.now(), seen),
    reserve(work, need) {
      const now = clock.now();
      if (now < blockedUntil) return blockedUntil - now;
      const others = kept.total(work);
      // A limit that is smaller than one need lets one go at a time.
      const requests = Math.min(need.requests, 0.8 * quota.most());
      if (quota.left(now) < others.requests + requests) return Math.max(1, quota.resetIn(now));
      const content = hour.wait(now, others.content + Math.min(perHour, need.content));
      // What it has spent of it since it was kept stands in the window already.
      const burst = Math.min(need.points, kept.pointsOf(work) ?? need.points, beginnings);
      const pause = pace.wait(now, points - beginnings + others.points + burst);
      const wait = Math.max(content, pause);
      if (wait > 0) return Math.min(wait, MINUTE);
      kept.set(work, { ...need, requests, points: burst });
      return 0;
    },
    begin(work) {
      kept.begin(work);
      room();
    },
    stateOf: (work) => kept.stateOf(work),
    release(work) {
      if (kept.delete(work)) room();
    },
    lendsIn,
    lend(work, share) {
      const wait = lendsIn(share);
      if (wait > 0) return wait;
      const now = clock.now();
      const until = now + SPENDING;
      pace.lend(until, share.points);
      if (share.content > 0) {
        minute.lend(until, share.content);
        hour.lend(until, share.content);
      }
      kept.lend(work, share);
      return 0;
    },
    onRoom: (listener) => void listeners.push(listener),
  };
}

const pointsOf = (kind: RequestKind): number => (kind === "read" ? 1 : 5);

const limitError = (where: string, pause: number): GitHubError =>
  new GitHubError("rate-limited", where, "a limit has not ended", { retryAfter: pause });
