/** Scenario 25: what keeps a head from being merged, each alone; the nearest unmet condition is named. */

import { expect, test } from "vitest";
import type { WaitCode } from "../../src/core/waits.ts";
import type { CheckInfo, PullInfo, ReviewInfo } from "../../src/github/ports.ts";
import { DEFAULTS } from "../../src/policy/config/index.ts";
import { type GateFacts, judgeMerge } from "../../src/policy/merge-gate.ts";

const HEAD = "a".repeat(40);
const account = (id: number, login: string, type: "User" | "Bot" = "User") => ({ id, login, type });
const pull: PullInfo = {
  number: 41,
  state: "open",
  draft: false,
  merged: false,
  mergeable: true,
  mergeableState: "clean",
  mergeCommitSha: null,
  title: "t",
  body: "",
  author: account(500, "cairn[bot]", "Bot"),
  headRef: "cairn/12-g1",
  headSha: HEAD,
  headRepositoryId: 7,
  baseRef: "main",
  baseSha: "b".repeat(40),
  requestedReviewers: [],
  createdAt: 0,
};
const review = (id: number, login: string, change: Partial<ReviewInfo> = {}): ReviewInfo => ({
  id,
  author: account(id, login),
  state: "APPROVED",
  commitId: HEAD,
  submittedAt: id,
  ...change,
});
const check = (
  name: string,
  conclusion: string | null = "success",
  appId: number | null = 15_368,
): CheckInfo => ({
  name,
  appId,
  status: conclusion === null ? "pending" : "completed",
  conclusion,
});
const good: GateFacts = {
  config: { ...DEFAULTS, merge: "on-green-with-review" },
  base: "main",
  repository: 7,
  pull,
  reviews: [review(1, "robin")],
  required: [{ name: "test", appId: null }],
  checks: [check("test")],
  commits: [{ sha: HEAD, authorId: 500, committerId: 19_864_447, committerLogin: "web-flow" }],
  permissions: new Map([
    ["robin", "write"],
    ["oda", "read"],
    ["maya", "admin"],
  ]),
  now: 1_000,
};

test("all of it holds: open for exactly this head", () => {
  expect(judgeMerge(good)).toEqual({ kind: "open", head: HEAD, pull: 41 });
});

test.each<[string, Partial<GateFacts>, WaitCode, string]>([
  ["a draft", { pull: { ...pull, draft: true } }, "pull-draft", "leave draft"],
  ["another base", { pull: { ...pull, baseRef: "next" } }, "pull-moved", "based on main"],
  ["a head of a fork", { pull: { ...pull, headRepositoryId: 8 } }, "pull-moved", "in this repository"],
  ["no approval", { reviews: [] }, "review-missing", "a review"],
  [
    "an approval of an older head",
    { reviews: [review(1, "robin", { commitId: "c".repeat(40) })] },
    "review-missing",
    "a review",
  ],
  [
    "an approval by somebody without the right",
    { reviews: [review(2, "oda")] },
    "review-missing",
    "a review",
  ],
  [
    "an approval by a bot",
    { reviews: [review(3, "robin", { author: account(3, "robin", "Bot") })] },
    "review-missing",
    "a review",
  ],
  [
    "an approval by the author",
    { pull: { ...pull, author: account(1, "robin") } },
    "review-missing",
    "a review",
  ],
  [
    "an approval by somebody who has committed",
    { commits: [{ sha: HEAD, authorId: 1, committerId: 1, committerLogin: "robin" }] },
    "review-missing",
    "a review",
  ],
  [
    "a dismissed approval",
    { reviews: [review(1, "robin"), review(1, "robin", { state: "DISMISSED" })] },
    "review-missing",
    "a review",
  ],
  ["a pending check", { checks: [check("test", null)] }, "check-pending", "the required check test"],
  ["a check that nobody reported", { checks: [check("other")] }, "check-pending", "the required check test"],
  [
    "a check of another app",
    { required: [{ name: "test", appId: 9 }] },
    "check-pending",
    "the required check test",
  ],
  ["no required check at all", { required: [] }, "check-missing", "a required check to exist"],
  ["mergeability that is not known", { pull: { ...pull, mergeable: null } }, "mergeable-unknown", "compute"],
  [
    "a configuration that leaves merging to people",
    { config: { ...good.config, merge: "never" } },
    "merge-by-people",
    "a person to merge",
  ],
])("%s: waits, and says for what", (_what, change, code, words) => {
  const verdict = judgeMerge({ ...good, ...change });
  expect(verdict).toMatchObject({ kind: "waits", code });
  expect(verdict.kind === "waits" && verdict.for).toContain(words);
});

test.each<[string, Partial<GateFacts>, string]>([
  ["a failed check", { checks: [check("test", "failure")] }, "check-failed"],
  ["a skipped required check: nobody looked", { checks: [check("test", "skipped")] }, "check-failed"],
  ["one of two reports red", { checks: [check("test"), check("test", "failure", null)] }, "check-failed"],
  [
    "changes asked for by somebody with the right",
    { reviews: [review(1, "robin"), review(9, "maya", { state: "CHANGES_REQUESTED" })] },
    "changes-requested",
  ],
  ["a conflict", { pull: { ...pull, mergeable: false } }, "conflict"],
])("%s: refused", (_what, change, reason) => {
  expect(judgeMerge({ ...good, ...change })).toMatchObject({ kind: "refused", reason });
});

test("a request for changes by somebody without the right stops nothing", () => {
  const reviews = [review(1, "robin"), review(2, "oda", { state: "CHANGES_REQUESTED" })];
  expect(judgeMerge({ ...good, reviews }).kind).toBe("open");
});

test("without required checks approval alone may do, where the configuration says so", () => {
  expect(judgeMerge({ ...good, required: [], config: { ...good.config, checks: "allow-none" } }).kind).toBe(
    "open",
  );
});

test("what two people have set aside is not asked for, and nothing else is let through with it", () => {
  const failing = { ...good, checks: [{ ...good.checks[0], conclusion: "failure" }] } as GateFacts;
  const aside = new Set(["check-failed"]);
  expect(judgeMerge({ ...failing, aside })).toMatchObject({ kind: "open" });
  expect(judgeMerge({ ...failing, aside: new Set(["check-pending", "review-missing"]) })).toMatchObject({
    reason: "check-failed",
  });
  const other = { name: "other", appId: null };
  expect(judgeMerge({ ...failing, required: [...failing.required, other], aside })).toMatchObject({
    code: "check-pending",
  });
  expect(judgeMerge({ ...failing, reviews: [], aside })).toMatchObject({ code: "review-missing" });
  expect(judgeMerge({ ...good, reviews: [], aside: new Set(["review-missing"]) })).toMatchObject({
    kind: "open",
  });
  expect(judgeMerge({ ...good, required: [], aside: new Set(["check-missing"]) })).toMatchObject({
    kind: "open",
  });
  const changes = [{ ...good.reviews[0], state: "CHANGES_REQUESTED" }] as GateFacts["reviews"];
  const set = new Set(["changes-requested"]);
  // Whoever asked for changes has not approved.
  expect(judgeMerge({ ...good, reviews: changes, aside: set })).toMatchObject({ code: "review-missing" });
  const draft = { ...good, pull: { ...good.pull, draft: true }, aside: new Set(["pull-draft"]) };
  expect(judgeMerge(draft)).toMatchObject({ code: "pull-draft" });
});
