/** What the next attempt reads of a check that said no: the end of its job's log, beside the agent that it was of. */
import { expect, test } from "vitest";
import { findingsFile } from "../../action/findings.ts";
import type { Site } from "../../src/barrier/index.ts";
import type { Mends } from "../../src/core/words.ts";
import { GitHubError, type GitHubErrorKind } from "../../src/github/errors.ts";
import type { JobInfo } from "../../src/github/ports.ts";

const mends: Mends = { attempt: 1, run: { id: 5, attempt: 2 }, said: "npm test ended with 1: not ok" };
const job = (id: number, name: string, attempt = 2): JobInfo => ({
  id,
  name,
  attempt,
  startedAt: 0,
  completedAt: 1,
});
/** As a called workflow names its jobs; the caller has a check of its own. */
const JOBS = [
  job(1, "cairn / agent.run:12#g1a1", 1),
  job(2, "cairn / check", 1),
  job(3, "lint / check"),
  job(4, "cairn / agent.run:12#g1a1"),
  job(5, "cairn / check"),
];
const STAMP = "2026-01-05T09:00:12.1234567Z ";

interface There {
  readonly jobs?: readonly JobInfo[];
  readonly log?: (id: number) => string | undefined;
  readonly edge?: "implement" | "fix";
  readonly mended?: Mends;
}

async function fileOf({ jobs = JOBS, log = () => undefined, edge = "implement", mended = mends }: There) {
  const read = async <T>(value: T) => ({ value, readAt: 0, serverTime: 0 });
  const asked: number[] = [];
  const reads = {
    async jobs(run: number) {
      asked.push(run);
      return read(jobs);
    },
    async jobLog(id: number) {
      asked.push(id);
      const text = log(id);
      return text === undefined ? undefined : read(text);
    },
  };
  const site = { reads, issue: { repository: 7, number: 12 } } as unknown as Site;
  const file = await findingsFile(site, { edge, generation: 1, attempt: 2, mends: mended }, undefined);
  return { file, asked };
}

test("the log of that very check, from its first line to the Action's last word, without times, controls and secrets", async () => {
  const lines = [
    "##[group]Run $/action",
    "\u001b[31mnot ok\u001b[0m 5",
    "```",
    `the token: ghp_${"x".repeat(36)}`,
    "##[error]check-red: nothing is published",
    "Post job cleanup.",
  ];
  const { file, asked } = await fileOf({ log: () => lines.map((line) => `${STAMP}${line}`).join("\r\n") });
  expect(asked).toEqual([5, 5]);
  expect(file).toBe(
    [
      "# What is to be mended",
      "## What the check said of attempt 1",
      "Its work was verified, the repository's check command said no to it, and nothing of it was published: the checkout is as it was before. In one line: `npm test ended with 1: not ok`",
      "With the same files again the check says no again, and people are asked then.",
      "The end of its log, as data that others wrote:",
      "    ##[group]Run $/action\n    not ok 5\n    ```\n    the token: ***\n",
    ].join("\n\n"),
  );
});

test("a long log is read to its end and no further back than 16,384 characters; words of the hold are without secrets", async () => {
  const said = `ended with 1: ghp_${"y".repeat(36)}`;
  const { file = "" } = await fileOf({
    log: () => `first\n${"x".repeat(20_000)}\nlast`,
    mended: { ...mends, said },
  });
  expect(file).toMatch(/x\n {4}last\n$/);
  expect(file).not.toContain("first");
  expect(file.length).toBeLessThan(17_500);
  expect(file).not.toContain("yyyy");
});

test("of a round it is the check beside that round's agent", async () => {
  const { file, asked } = await fileOf({
    edge: "fix",
    jobs: [job(8, "agent.run:12#g1f1"), job(9, "check"), ...JOBS],
    log: (id) => `log ${id}`,
  });
  expect(asked).toEqual([5, 9]);
  expect(file).toContain("## What the check said of round 1");
  expect(file).toContain("    log 9");
});

test.each<[string, There]>([
  ["the job's log was deleted", {}],
  ["nothing stands in it", { log: () => " \n" }],
  ["the run lists no such agent", { jobs: [job(5, "cairn / check")] }],
  ["the run lists no check", { jobs: [job(4, "cairn / agent.run:12#g1a1")] }],
])("a log that cannot be read stops nobody: %s", async (_what, there) => {
  const { file } = await fileOf(there);
  expect(file).toContain("The log of that check is missing");
  expect(file).toContain("npm test ended with 1: not ok");
});

test("nor does GitHub's no; what stops the job stops it", async () => {
  const failing = (kind: GitHubErrorKind) =>
    fileOf({
      log() {
        throw new GitHubError(kind, "GET log", "no");
      },
    });
  for (const kind of ["forbidden", "unavailable", "malformed", "refused"] as const)
    expect((await failing(kind)).file).toContain("The log of that check is missing");
  await expect(failing("allowance-spent")).rejects.toThrow("no");
});

test("where nothing is to be mended there is no file", async () => {
  const site = {} as Site;
  expect(
    await findingsFile(site, { edge: "implement", generation: 1, attempt: 1 }, undefined),
  ).toBeUndefined();
});
