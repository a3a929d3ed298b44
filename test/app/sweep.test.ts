/** What a sweep passes by: issues that were seen at rest, and have not changed since as far as lists can tell. */
import { expect, test } from "vitest";
import { type SweepOptions, sweepRepository } from "../../src/app/sweep.ts";
import type { GitHubReads } from "../../src/github/index.ts";

const NOW = 1_790_000_000_000;
const LAG = 120_000;
const PLACE = { installation: 1, owner: "acme", repository: "tools" };

/** Issues that a sweep looks at: one is there, with a chain; when it was seen at rest, and when it changed, before now (ms). */
async function looked(rested: number | undefined, changed: number | undefined): Promise<readonly number[]> {
  const found: number[] = [];
  const read = <T>(value: T) => ({ value, readAt: 0, serverTime: NOW });
  const reads: Partial<GitHubReads> = {
    matchingRefs: async () => read([{ ref: "refs/cairn/12", sha: "a".repeat(40) }]),
    issuesLabelled: async () => read([]),
  };
  await sweepRepository(
    {
      sites: { reads: () => reads as GitHubReads } as unknown as SweepOptions["sites"],
      namespace: "cairn",
      add: ({ issue }) => void found.push(issue ?? 0),
      entryLabel: async () => "cairn:ready",
      backlog: () => 0,
      restedAt: () => (rested === undefined ? undefined : NOW - rested),
      changes: {
        read: async () =>
          changed === undefined
            ? []
            : [{ number: 12, isPull: false, updatedAt: NOW - changed, comments: 0, authorId: 1 }],
      },
      pullIssue: async () => undefined,
      lag: LAG,
    },
    PLACE,
  );
  return found;
}

test("who was seen at rest and has not changed since is passed by; who was never seen so is not", async () => {
  expect(await looked(60_000, undefined)).toEqual([]);
  expect(await looked(undefined, undefined)).toEqual([12]);
  expect(await looked(60_000, 30_000)).toEqual([12]);
  expect(await looked(60_000, 60_000 + LAG + 1)).toEqual([]);
});

test("who was seen at rest so soon behind a change that the read may have been older is looked at again", async () => {
  expect(await looked(60_000, 70_000)).toEqual([12]);
  expect(await looked(60_000, 60_000 + LAG)).toEqual([12]);
});
