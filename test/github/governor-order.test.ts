/** The governor's order, and what holds for every order and timing of requests (I11). */
import fc from "fast-check";
import { expect, test } from "vitest";
import { createGovernor, GitHubError, type Rank, type RequestKind } from "../../src/github/index.ts";
import { simulatedTime } from "./simulated-time.ts";

const MINUTE = 60_000;
const HOUR = 3_600_000;
const RANKS: readonly Rank[] = ["marker", "work", "prose"];

test("the marker of work in flight goes before other work, that before labels, and all before new work", async () => {
  const time = simulatedTime();
  const governor = createGovernor({ clock: time.clock, perMinute: 1, patience: 10 * MINUTE });
  (await governor.admit("content", "POST first"))();
  governor.reserve("new", { requests: 9, content: 1, points: 9 });
  const order: string[] = [];
  const ask = (name: string, rank: Rank, work?: string): void => {
    const errand = work === undefined ? { rank } : { rank, work };
    void governor.admit("content", name, errand).then((release) => {
      order.push(name);
      release();
    });
  };
  time.set(50_000);
  ask("marker of new work", "marker", "new");
  ask("label", "prose");
  ask("merge", "work");
  ask("marker", "marker");
  // Nobody has waited so long yet that he goes before all ranks.
  await time.run(60_000);
  expect(order).toEqual(["marker"]);
  await time.run();
  expect(order).toHaveLength(4);
});

test("who has waited long goes before every rank: nobody starves", async () => {
  const time = simulatedTime();
  // One write fits into a minute.
  const governor = createGovernor({ clock: time.clock, points: 5, patience: HOUR });
  (await governor.admit("write", "POST first"))();
  const order: string[] = [];
  const ask = (name: string, rank: Rank): void => {
    void governor.admit("write", name, { rank }).then((release) => {
      order.push(name);
      release();
    });
  };
  ask("label", "prose");
  await time.run(50_000);
  ask("marker", "marker");
  await time.run();
  expect(order).toEqual(["label", "marker"]);
});

interface Ask {
  readonly kind: RequestKind;
  readonly rank: Rank;
  readonly after: number;
  readonly takes: number;
}

const asks = fc.array(
  fc.record<Ask>({
    kind: fc.constantFrom<RequestKind>("read", "write", "content", "content"),
    rank: fc.constantFrom(...RANKS),
    after: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 20_000 })),
    takes: fc.integer({ min: 0, max: 10_000 }),
  }),
  { minLength: 1, maxLength: 120 },
);

/** Small limits, so that short stories meet them. */
const LIMITS = { perMinute: 4, perHour: 15, points: 60, concurrent: 3 };

interface Sent extends Ask {
  readonly from: number;
  readonly to: number;
}

/** Asks for each, again after every put-off as callers do, and says when each was under way. */
async function play(story: readonly Ask[], refusals: readonly number[] = []): Promise<readonly Sent[]> {
  const time = simulatedTime();
  const { clock } = time;
  const governor = createGovernor({ clock, ...LIMITS });
  const sent: Sent[] = [];
  let blockedUntil = Number.NEGATIVE_INFINITY;
  const one = async (ask: Ask, at: number): Promise<void> => {
    await clock.sleep(at);
    for (;;) {
      try {
        const release = await governor.admit(ask.kind, "x", { rank: ask.rank });
        const from = clock.now();
        expect(from).toBeGreaterThanOrEqual(blockedUntil);
        await clock.sleep(ask.takes);
        release();
        sent.push({ ...ask, from, to: clock.now() });
        return;
      } catch (error) {
        if (!(error instanceof GitHubError) || error.retryAfter === undefined) throw error;
        expect(error.kind).toBe("rate-limited");
        expect(error.retryAfter).toBeGreaterThan(0);
        await clock.sleep(error.retryAfter);
      }
    }
  };
  let at = 0;
  const all = story.map((ask) => {
    at += ask.after;
    return one(ask, at);
  });
  const limits = refusals.map(async (when) => {
    await clock.sleep(when);
    blockedUntil = Math.max(blockedUntil, clock.now() + MINUTE);
    governor.limited(MINUTE);
  });
  const ended = Promise.all([...all, ...limits]);
  await time.run();
  await ended;
  return sent;
}

/** The most weight that any span of so many ms can have met, wherever between its sending and answer each arrived. */
function most(sent: readonly Sent[], span: number, weight: (one: Sent) => number): number {
  const ends = sent.map(({ to }) => to);
  return Math.max(
    0,
    ...ends.map((start) =>
      sent
        .filter((one) => one.to >= start && one.from < start + span)
        .reduce((sum, one) => sum + weight(one), 0),
    ),
  );
}

const content = ({ kind }: Sent): number => (kind === "content" ? 1 : 0);
const points = ({ kind }: Sent): number => (kind === "read" ? 1 : 5);

test("whatever is asked when: no window is ever exceeded, all go in the end, and no more at once than may", async () => {
  await fc.assert(
    fc.asyncProperty(asks, async (story) => {
      const sent = await play(story);
      expect(sent).toHaveLength(story.length);
      expect(most(sent, MINUTE, content)).toBeLessThanOrEqual(LIMITS.perMinute);
      expect(most(sent, HOUR, content)).toBeLessThanOrEqual(LIMITS.perHour);
      expect(most(sent, MINUTE, points)).toBeLessThanOrEqual(LIMITS.points);
      for (const { from } of sent) {
        const atOnce = sent.filter((one) => one.from <= from && one.to > from).length;
        expect(atOnce).toBeLessThanOrEqual(LIMITS.concurrent);
      }
    }),
    { numRuns: 30 },
  );
});

test("whatever is asked when: behind a refusal nothing goes before the limit's end, and all go behind it", async () => {
  const refusals = fc.array(fc.integer({ min: 0, max: 300_000 }), { minLength: 1, maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(asks, refusals, async (story, when) => {
      expect(await play(story, when)).toHaveLength(story.length);
    }),
    { numRuns: 20 },
  );
});

test("at GitHub's own numbers a backlog of content is sent at 95 % of what the hour allows, or more", async () => {
  const time = simulatedTime();
  const governor = createGovernor({ clock: time.clock, patience: 10 * HOUR });
  const sent: number[] = [];
  for (let index = 0; index < 1_200; index += 1) {
    void governor.admit("content", "POST x").then((release) => {
      sent.push(time.clock.now());
      release();
    });
  }
  await time.run(2 * HOUR - 1);
  expect(sent.length).toBeGreaterThanOrEqual(0.95 * 2 * 500);
  const within = (from: number, span: number) => sent.filter((at) => at >= from && at < from + span).length;
  expect(Math.max(...sent.map((at) => within(at, MINUTE)))).toBeLessThan(80);
  expect(Math.max(...sent.map((at) => within(at, HOUR)))).toBeLessThan(500);
});
