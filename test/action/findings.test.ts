/** What a round of fixing finds in its file: reviews of the head, words on its lines, checks that failed, their logs. */
import { expect, test } from "vitest";
import { findingsFile } from "../../action/findings.ts";
import type { Site } from "../../src/barrier/index.ts";
import type { Fixes } from "../../src/core/words.ts";
import { GitHubError } from "../../src/github/index.ts";
import type { Account, CheckInfo, LineCommentInfo, ReviewInfo } from "../../src/github/ports.ts";

const HEAD = "a".repeat(40);
const OLD = "b".repeat(40);
const fixes: Fixes = { reason: "check-failed", found: "test (failure)", rounds: 2 };
const robin: Account = { id: 3, login: "robin", type: "User" };

const review = (body: string, change: Partial<ReviewInfo> = {}): ReviewInfo => ({
  ...{ id: 1, author: robin, state: "CHANGES_REQUESTED", commitId: HEAD, submittedAt: 0, body },
  ...change,
});
const line = (body: string, change: Partial<LineCommentInfo> = {}): LineCommentInfo => ({
  ...{ path: "src/a.ts", line: 4, author: robin, commitId: HEAD, body },
  ...change,
});
const check = (name: string, change: Partial<CheckInfo> = {}, run: object = {}): CheckInfo => ({
  ...{ name, appId: 15368, status: "completed", conclusion: "failure" },
  run: {
    ...{ id: 9, externalId: "", title: "", summary: "", completedAt: 0, appSlug: "github-actions" },
    ...run,
  },
  ...change,
});

interface There {
  readonly reviews?: readonly ReviewInfo[];
  readonly lines?: readonly LineCommentInfo[];
  readonly checks?: readonly CheckInfo[];
  readonly log?: (id: number) => string | undefined;
}

async function fileOf({ reviews = [], lines = [], checks = [], log = () => undefined }: There) {
  const read = async <T>(value: T) => ({ value, readAt: 0, serverTime: 0 });
  const reads = {
    reviews: () => read(reviews),
    lineComments: () => read(lines),
    checks: () => read(checks),
    async jobLog(id: number) {
      const text = log(id);
      return text === undefined ? undefined : read(text);
    },
  };
  const file = await findingsFile(
    { reads, app: { appId: 77 } } as unknown as Site,
    { edge: "fix", generation: 1, attempt: 1, fixes },
    { head: HEAD, pull: 41 },
  );
  return file ?? "none";
}

test("the head, why, then each review and comment of that head, in the order of GitHub", async () => {
  const file = await fileOf({
    reviews: [
      review("Older.", { commitId: OLD }),
      review("Not so.\n"),
      review("", { author: null }),
      review("By the way.", { state: "COMMENTED" }),
      review("", { state: "COMMENTED" }),
      review("Fine.", { state: "APPROVED" }),
    ],
    lines: [line("Why?"), line("All of it", { line: null }), line("Old", { commitId: OLD })],
  });
  expect(file).toBe(
    [
      "# What is to be mended in #41",
      `Round 1 of 2, on ${HEAD}: A required check failed on the pull request. test (failure)`,
      "## Review by @robin: changes are asked for\n\nNot so.",
      "## Review by @ghost: changes are asked for\n\n(no words)",
      "## Review by @robin: a comment\n\nBy the way.",
      "## src/a.ts, line 4, by @robin\n\nWhy?",
      "## src/a.ts, by @robin\n\nAll of it\n",
    ].join("\n\n"),
  );
});

test("of checks only what says no, with what its app says of it and the end of its job's log", async () => {
  const file = await fileOf({
    checks: [
      check("lint", { conclusion: "success" }),
      check("slow", { status: "pending", conclusion: null }),
      check("Cairn", { appId: 77, conclusion: "action_required" }),
      check("test", {}, { id: 5, title: "2 failed", summary: "In a.ts." }),
      check("other", { conclusion: "timed_out" }, { appSlug: "somebody" }),
      check("status", { run: null }),
    ],
    log: (id) => `\u001b[31mnot ok\u001b[0m ${id}\n\`\`\`\nthe token: ghp_${"x".repeat(36)}`,
  });
  expect(file.split("\n\n").slice(2).join("\n\n")).toBe(
    [
      "## Check test: failure",
      "2 failed",
      "In a.ts.",
      "The end of its log:",
      "    not ok 5\n    ```\n    the token: ***",
      "## Check other: timed_out",
      "## Check status: failure\n",
    ].join("\n\n"),
  );
});

test("without a log there is still the check; what stops the job stops it", async () => {
  const failing = (kind: GitHubError["kind"]) =>
    fileOf({
      checks: [check("test")],
      log() {
        throw new GitHubError(kind, "GET log", "no");
      },
    });
  for (const kind of ["forbidden", "unavailable", "malformed"] as const)
    expect(await failing(kind)).toMatch(/## Check test: failure\n$/);
  await expect(failing("allowance-spent")).rejects.toThrow("no");
  expect(await fileOf({ checks: [check("test")] })).toMatch(/## Check test: failure\n$/);
});

test("what is long is cut, and says so; more logs than five are left out", async () => {
  const asked: number[] = [];
  const file = await fileOf({
    reviews: [review("x".repeat(20_000))],
    checks: [1, 2, 3, 4, 5, 6].map((id) => check(`c${id}`, {}, { id })),
    log(id) {
      asked.push(id);
      return "y".repeat(20_000);
    },
  });
  expect(file).toContain(`${"x".repeat(16_384)}\n(cut here)`);
  expect(asked).toEqual([1, 2, 3, 4, 5]);
  expect(file).toContain(`\n\n    ${"y".repeat(16_384)}\n`);
  expect(file).not.toContain("y".repeat(16_385));
});
