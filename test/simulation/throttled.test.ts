/** Scenario 32: an hour in which GitHub refuses the installation everything, end to end: it counts for nobody. */
import { expect, test } from "vitest";
import { workOff } from "./backlog-run.ts";

/** Six minutes after the beginning two of four issues are done, and two have their agents at work. */
const HOUR = { from: 6, minutes: 60 } as const;

test.each([
  ["the hour's requests are spent by somebody else", "requests=5/h"],
  ["a secondary limit lasts an hour", "points=5/h"],
])(
  "32: %s: no issue is held, no attempt and no work is charged, no agent runs again",
  async (_words, limits) => {
    const { labels, held, charged, landed, spans } = await workOff({
      ...{ issues: 4, hours: 4, limits: "off" },
      throttled: { ...HOUR, limits },
    });
    // It did stand still: what was at work when it began has ended behind it.
    expect(spans.slice(1, 6).map(({ requests }) => requests)).toEqual([0, 0, 0, 0, 0]);
    expect(spans[5]?.done).toBe(2);
    expect(held).toEqual([]);
    expect(charged).toEqual([]);
    expect(labels).toEqual({ "cairn:done": 4 });
    expect(
      landed
        .filter(({ key }) => key.startsWith("agent.run"))
        .map(({ key }) => key)
        .sort(),
    ).toEqual([1, 2, 3, 4].map((issue) => `agent.run:${issue}#g1a1`));
  },
  120_000,
);
