/**
 * A backlog on an imported repository, unattended, to its true end. With `BACKLOG=whole` all thirty issues: by what GitHub allows
 * in a minute that takes some ten minutes, so that each run of the tests takes one of each kind.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { BoardRow } from "../../src/cli/backlog-table.ts";
import type { Landing } from "../../src/cli/landings.ts";
import type { IssueSummary } from "../../src/cli/watch.ts";
import { run } from "../cli/cairn.ts";
import { BACKLOG } from "./issues.ts";
import { AGENT_COMMAND, writeBacklog } from "./repository.ts";

interface Summary {
  readonly type: "summary";
  readonly issues: readonly IssueSummary[];
  readonly landed: readonly Landing[];
  readonly exitReason: string;
}

/** One of each kind that ends in its own way, and two that race for a line. */
const FEW = [
  "01-fine",
  "08-flaky",
  "09-thin",
  "13-try",
  "15-label",
  "18-after-fine",
  "20-after-thin",
  "22-fails",
  "25-red-at-first",
  "27-same-line",
  "28-same-line",
];
const WHOLE = process.env.BACKLOG === "whole";
const ISSUES = WHOLE ? BACKLOG : BACKLOG.filter(({ name }) => FEW.includes(name));

test("mixed issues: each ends as it must, nothing happens twice, and the board has shown it", async () => {
  const folder = await mkdtemp(join(tmpdir(), "cairn-backlog-"));
  try {
    const { repository, backlog } = await writeBacklog(folder, ISSUES);
    const args = ["demo", "--repo", repository, "--backlog", backlog, "--agent", AGENT_COMMAND, "--json"];
    const { code, out } = await run(args, { timeout: 880_000 });
    const lines = out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { type: string });
    const summary = lines.at(-1) as Summary;
    expect({ code, reason: summary.exitReason }).toEqual({ code: 1, reason: "hold" });
    const ended = summary.issues.map(({ state, reason }) => ({ state, reason }));
    const expected = ISSUES.map(({ expected: end }, index) => {
      const { reason = null } = ended[index] ?? {};
      if ("unless" in end && reason !== null && end.unless.includes(reason)) return { state: "hold", reason };
      return { state: end.state, reason: "reason" in end ? end.reason : null };
    });
    expect(ended).toEqual(expected);
    const tries = ISSUES.flatMap(({ expected: end }, index) =>
      "merged" in end ? [summary.issues[index]] : [],
    );
    expect(tries).toMatchObject([{ pull: expect.any(Number), mergeSha: null }]);
    const races = ISSUES.flatMap(({ expected: end }, index) =>
      "unless" in end ? [ended[index]?.state] : [],
    );
    expect(races).toContain("done");
    // A person is asked for a review of each head, of which GitHub's log has no word.
    const again = summary.landed.filter(({ count }) => count > 1);
    expect(again.filter(({ kind }) => kind !== "review.request")).toEqual([]);
    const heads = 1 + summary.landed.filter(({ kind }) => kind === "branch.update").length;
    expect(again.every(({ count }) => count <= heads)).toBe(true);
    const board = lines.filter((line) => line.type === "board").at(-1) as unknown as {
      issues: readonly BoardRow[];
    };
    expect(board.issues.map(({ name, state }) => [name, state])).toEqual(
      ISSUES.map(({ name }, index) => [name, ended[index]?.state]),
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}, 900_000);
