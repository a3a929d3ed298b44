/** A backlog of thirty issues on an imported repository, unattended, to its true end. */
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { BoardRow } from "../../src/cli/backlog-board.ts";
import type { Landing } from "../../src/cli/landings.ts";
import type { IssueSummary } from "../../src/cli/watch.ts";
import { BACKLOG } from "./issues.ts";
import { AGENT_COMMAND, writeBacklog } from "./repository.ts";

const MAIN = join(import.meta.dirname, "../../src/cli/main.ts");

interface Summary {
  readonly type: "summary";
  readonly issues: readonly IssueSummary[];
  readonly landed: readonly Landing[];
  readonly exitReason: string;
}

test("thirty mixed issues: each ends as it must, nothing happens twice, and the board has shown it", async () => {
  const folder = await mkdtemp(join(tmpdir(), "cairn-backlog-"));
  try {
    const { repository, backlog } = await writeBacklog(folder, BACKLOG);
    const args = ["demo", "--repo", repository, "--backlog", backlog, "--agent", AGENT_COMMAND, "--json"];
    const { code, out } = await run(args);
    const lines = out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { type: string });
    const summary = lines.at(-1) as Summary;
    expect({ code, reason: summary.exitReason }).toEqual({ code: 1, reason: "hold" });
    const ended = summary.issues.map(({ state, reason }) => ({ state, reason }));
    const expected = BACKLOG.map(({ expected: end }, index) =>
      "unless" in end && ended[index]?.reason === end.unless
        ? { state: "hold", reason: end.unless }
        : { state: end.state, reason: "reason" in end ? end.reason : null },
    );
    expect(ended).toEqual(expected);
    const races = BACKLOG.flatMap(({ expected: end }, index) =>
      "unless" in end ? [ended[index]?.state] : [],
    );
    expect(races).toContain("done");
    expect(summary.landed.filter(({ count }) => count > 1)).toEqual([]);
    const board = lines.filter((line) => line.type === "board").at(-1) as unknown as {
      issues: readonly BoardRow[];
    };
    expect(board.issues.map(({ name, state }) => [name, state])).toEqual(
      BACKLOG.map(({ name }, index) => [name, ended[index]?.state]),
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}, 900_000);

function run(args: readonly string[]): Promise<{ readonly code: number; readonly out: string }> {
  return new Promise((resolve) => {
    const settings = { timeout: 880_000, maxBuffer: 1e8 };
    execFile(process.execPath, [MAIN, ...args], settings, (error, out) =>
      resolve({ code: error ? Number(error.code ?? 1) : 0, out }),
    );
  });
}
