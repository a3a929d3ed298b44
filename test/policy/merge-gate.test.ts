/** Scenario 25: what keeps a head from being merged, each condition alone; the nearest that is not met is named. */

import { expect, test } from "vitest";
import { reviewPost } from "../../src/core/keys.ts";
import type { BranchRules, CheckInfo, PullCommitInfo, PullInfo, ReviewInfo } from "../../src/github/ports.ts";
import { type Config, DEFAULTS } from "../../src/policy/config/index.ts";
import { CONDITIONS } from "../../src/policy/gate/conditions.ts";
import type { GateCode, GateFacts } from "../../src/policy/gate/facts.ts";
import { judgeAll, judgeMerge } from "../../src/policy/gate/judge.ts";
import { reviewText } from "../../src/policy/review-verdict.ts";

const HEAD = "a".repeat(40);
const OWN_APP = 99;
const WEB_FLOW = 19_864_447;
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
  labels: [],
  changedFiles: 1,
  mergedAt: null,
  createdAt: 0,
};
const review = (id: number, login: string, change: Partial<ReviewInfo> = {}): ReviewInfo => ({
  id,
  author: account(id, login),
  state: "APPROVED",
  commitId: HEAD,
  submittedAt: id,
  body: "",
  ...change,
});
const botReview = review(3, "lint[bot]", { author: account(3, "lint[bot]", "Bot") });
const check = (
  name: string,
  conclusion: string | null = "success",
  appId: number | null = 15_368,
): CheckInfo => ({
  name,
  appId,
  status: conclusion === null ? "pending" : "completed",
  conclusion,
  run: null,
});
const own: PullCommitInfo = {
  sha: HEAD,
  authorId: 500,
  authorLogin: "cairn[bot]",
  committerId: WEB_FLOW,
  verified: true,
};
const byMaya: PullCommitInfo = { ...own, authorId: 4, authorLogin: "maya", committerId: 4, verified: false };
const rules: BranchRules = {
  checks: [{ name: "test", appId: null }],
  strict: false,
  approvals: 0,
  conversations: false,
  queue: false,
  locked: false,
};
const config: Config = { ...DEFAULTS, merge: "on-green-with-review" };
const botsMay: Config = { ...config, reviewBots: ["lint[bot]"] };
const issue = { open: true, title: "T", labels: [], blockers: [] };
const good: GateFacts = {
  pull,
  base: "main",
  repository: 7,
  app: { appId: OWN_APP, botId: 500 },
  synthetic: false,
  commandReview: null,
  now: 1_000,
  config,
  reviews: [review(1, "robin")],
  rules,
  checks: [check("test")],
  commits: [own],
  permissions: new Map([
    ["robin", "write"],
    ["oda", "read"],
    ["maya", "admin"],
  ]),
  files: { files: 1, paths: ["src/greet.js"] },
  threads: 0,
  issue,
};

/** Codes of all conditions that do not hold. */
function unmet(facts: GateFacts): readonly GateCode[] {
  const rows = judgeAll(facts, new Map());
  if ("kind" in rows) throw new Error(`${rows.part} is missing`);
  return rows.filter(({ state }) => state !== "holds").map(({ code }) => code);
}

test("all of it holds: open for exactly this head", () => {
  expect(judgeMerge(good)).toEqual({ kind: "open", head: HEAD, pull: 41 });
  expect(unmet(good)).toEqual([]);
});

type Case = readonly [what: string, change: Partial<GateFacts>, code: GateCode, words: string];

const WAITING: readonly Case[] = [
  [
    "a pull request that was closed meanwhile",
    { pull: { ...pull, state: "closed" } },
    "pull-not-open",
    "#41",
  ],
  ["one that was merged", { pull: { ...pull, state: "closed", merged: true } }, "pull-not-open", "#41"],
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
  ["an approval by a bot", { reviews: [botReview] }, "review-missing", "a review"],
  [
    "an approval by the author",
    { pull: { ...pull, author: account(1, "robin") } },
    "review-missing",
    "a review",
  ],
  [
    "one approval where the rules want two",
    { rules: { ...rules, approvals: 2 } },
    "review-missing",
    "1 more",
  ],
  [
    "a dismissed approval",
    { reviews: [review(1, "robin"), review(1, "robin", { state: "DISMISSED" })] },
    "review-missing",
    "a review",
  ],
  [
    "a commit by a person, approved by a bot alone",
    { commits: [own, byMaya], reviews: [botReview], config: botsMay },
    "foreign-commits",
    "who has not committed",
  ],
  [
    "a commit in the app's name that GitHub did not make",
    { commits: [{ ...own, verified: false }], reviews: [botReview], config: botsMay },
    "foreign-commits",
    "who has not committed",
  ],
  [
    "a commit of nobody that GitHub knows",
    { commits: [own, { ...byMaya, authorId: null, authorLogin: null }] },
    "foreign-commits",
    "a known account",
  ],
  [
    "a reserved path, approved by a bot alone",
    {
      files: { files: 1, paths: ["infra/main.tf"] },
      reviews: [botReview],
      config: { ...botsMay, reservedPaths: ["infra/"] },
    },
    "reserved-unapproved",
    "by a person",
  ],
  [
    "more files than GitHub lists, approved by a bot alone",
    { pull: { ...pull, changedFiles: 3_001 }, reviews: [botReview], config: botsMay },
    "reserved-unapproved",
    "by a person",
  ],
  [
    "a list of commits without the head",
    { commits: [{ ...own, sha: "c".repeat(40) }] },
    "head-unlisted",
    "among the commits",
  ],
  ["a pending check", { checks: [check("test", null)] }, "check-pending", "the required check test"],
  ["a check that nobody reported", { checks: [check("other")] }, "check-pending", "the required check test"],
  [
    "a skipped required check: nobody looked",
    { checks: [check("test", "skipped")] },
    "check-pending",
    "the required check test",
  ],
  [
    "a neutral required check",
    { checks: [check("test", "neutral")] },
    "check-pending",
    "the required check test",
  ],
  [
    "a check of another app",
    { rules: { ...rules, checks: [{ name: "test", appId: 9 }] } },
    "check-pending",
    "the required check test",
  ],
  [
    "a check that only the configuration requires",
    { config: { ...config, requiredChecks: ["e2e"] } },
    "check-pending",
    "the required check e2e",
  ],
  [
    "a check that only Cairn itself has reported",
    { checks: [check("test", "success", OWN_APP)] },
    "check-pending",
    "the required check test",
  ],
  [
    "no required check at all",
    { rules: { ...rules, checks: [] } },
    "check-missing",
    "a required check to exist",
  ],
  [
    "no required check but Cairn's own",
    { rules: { ...rules, checks: [{ name: "Cairn", appId: OWN_APP }] } },
    "check-missing",
    "a required check to exist",
  ],
  [
    "a configuration that cannot be used",
    // Which would merge, if it could be read.
    { config: { invalid: "line 3" }, rules: { ...rules, checks: [check("test")] } },
    "config-unusable",
    "line 3",
  ],
  ["mergeability that is not known", { pull: { ...pull, mergeable: null } }, "mergeable-unknown", "compute"],
  [
    "conversations that the rules want resolved",
    { rules: { ...rules, conversations: true }, threads: 2 },
    "threads-open",
    "to be resolved",
  ],
  [
    "a head that is behind where the base wants it up to date",
    { pull: { ...pull, mergeableState: "behind" } },
    "base-moved",
    "main to be merged into #41",
  ],
  [
    "a rule of classic protection that Cairn may not read",
    { pull: { ...pull, mergeableState: "blocked" } },
    "rules-unmet",
    "the rules of main",
  ],
  ["a locked base", { rules: { ...rules, locked: true } }, "rules-unmet", "unlocked"],
  ["an issue that is held", { issue: { ...issue, labels: ["cairn:hold"] } }, "issue-held", "go on"],
  ["a pull request that is held", { pull: { ...pull, labels: ["cairn:hold"] } }, "issue-held", "taken off"],
  ["an issue that was closed", { issue: { ...issue, open: false } }, "issue-held", "opened again"],
  ["an open dependency", { issue: { ...issue, blockers: ["#7"] } }, "blocked", "#7 to be closed"],
  [
    "a configuration that leaves merging to people",
    { config: { ...config, merge: "never" } },
    "merge-by-people",
    "a person to merge",
  ],
  [
    "a configuration that has Cairn only say so",
    { config: { ...config, merge: "shadow" } },
    "merge-shadow",
    "Cairn would now",
  ],
  ["a base with a merge queue", { rules: { ...rules, queue: true } }, "merge-queue", "into the merge queue"],
];

test.each(WAITING)("%s: waits, and says for what", (_what, change, code, words) => {
  const verdict = judgeMerge({ ...good, ...change });
  expect(verdict).toMatchObject({ kind: "waits", code });
  expect(verdict.kind === "waits" && verdict.for).toContain(words);
});

test.each<[string, Partial<GateFacts>]>([
  ["by its title now", { issue: { ...issue, title: " [Cairn-E2E] T" } }],
  ["by its title when an intent was declared", { synthetic: true }],
])("a try, %s: everything holds, and it is closed instead, whatever the policy", (_what, change) => {
  for (const merge of ["never", "on-green-with-review"] as const) {
    const facts = { ...good, ...change, config: { ...config, merge } };
    expect(judgeMerge(facts)).toEqual({ kind: "synthetic", head: HEAD, pull: 41 });
  }
  expect(unmet({ ...good, ...change })).toEqual(["synthetic"]);
  expect(judgeMerge({ ...good, ...change, reviews: [] })).toMatchObject({ code: "review-missing" });
});

test("an approval by somebody who has committed: waits, and says for what", () => {
  const commits = [{ ...byMaya, authorId: 1, authorLogin: "robin", committerId: 1 }];
  const verdict = judgeMerge({ ...good, commits });
  expect(verdict).toMatchObject({ kind: "waits", code: "review-missing" });
});

const REFUSED: readonly Case[] = [
  ["a failed check", { checks: [check("test", "failure")] }, "check-failed", "test (failure)"],
  [
    "one of two reports red",
    { checks: [check("test"), check("test", "failure", null)] },
    "check-failed",
    "test (failure)",
  ],
  [
    "changes asked for by somebody with the right",
    { reviews: [review(1, "robin"), review(9, "maya", { state: "CHANGES_REQUESTED" })] },
    "changes-requested",
    "by @maya",
  ],
  [
    "changes asked for by a bot that is listed",
    { reviews: [review(1, "robin"), { ...botReview, state: "CHANGES_REQUESTED" }], config: botsMay },
    "changes-requested",
    "by @lint[bot]",
  ],
  ["a conflict", { pull: { ...pull, mergeable: false, mergeableState: "dirty" } }, "conflict", "main"],
];

test("changes that were asked for on an older head wait for whoever asked, and refuse nothing", () => {
  const asked = review(1, "robin", { state: "CHANGES_REQUESTED", commitId: "0".repeat(40) });
  expect(judgeMerge({ ...good, reviews: [asked] })).toEqual({
    kind: "waits",
    head: HEAD,
    code: "review-again",
    for: `@robin to look at ${HEAD.slice(0, 12)}`,
    again: null,
  });
  // Somebody else has asked on this very head: that is what counts.
  const here = review(9, "maya", { state: "CHANGES_REQUESTED" });
  expect(judgeMerge({ ...good, reviews: [asked, here] })).toMatchObject({
    kind: "refused",
    detail: "by @maya on #41",
  });
});

test.each(REFUSED)("%s: refused", (_what, change, reason, words) => {
  const verdict = judgeMerge({ ...good, ...change });
  expect(verdict).toMatchObject({ kind: "refused", reason });
  expect(verdict.kind === "refused" && verdict.detail).toContain(words);
});

/** Cases in which a second condition cannot hold either: a failed check is not green, a broken file allows nothing. */
const WITH_OTHERS: ReadonlySet<GateCode> = new Set(["check-failed", "config-unusable"]);
const ALONE_ELSEWHERE: readonly GateCode[] = ["synthetic", "review-command"];

const COMMANDED: Partial<GateFacts> = {
  commandReview: { looked: null },
  config: { ...config, review: { command: "r", timeoutMinutes: 1 } },
};
const postedBy = (verdict: "changes" | "no-objection"): ReviewInfo => {
  const words = { summary: "s", findings: verdict === "changes" ? [{ path: "a", words: "b" }] : [] };
  const body = reviewText({ verdict, ...words }, reviewPost(41, HEAD, { generation: 1, look: 1 }));
  const author = { id: 500, login: "cairn[bot]", type: "Bot" } as const;
  return { ...review(9, "cairn[bot]", { state: "COMMENTED", body }), author };
};

test("a review command is asked about each head before people are, once, and may object", () => {
  const facts = { ...good, ...COMMANDED };
  expect(judgeMerge({ ...facts, reviews: [] })).toEqual({ kind: "review", head: HEAD, pull: 41 });
  const agreed = postedBy("no-objection");
  expect(judgeMerge({ ...facts, reviews: [agreed] })).toMatchObject({
    kind: "waits",
    code: "review-missing",
  });
  expect(judgeMerge({ ...facts, reviews: [review(1, "robin"), agreed] })).toMatchObject({ kind: "open" });
  const reviews = [review(1, "robin"), postedBy("changes")];
  // It counts whatever the configuration has become, and no approval takes it back.
  for (const now of [facts, good])
    expect(judgeMerge({ ...now, reviews })).toEqual({
      kind: "refused",
      head: HEAD,
      reason: "changes-requested",
      detail: "by the review command, in review 9",
    });
});

test("a command that was asked about the head and said nothing of use refuses it; two people can do without", () => {
  const facts = { ...good, ...COMMANDED, commandReview: { looked: HEAD } };
  expect(judgeMerge(facts)).toMatchObject({ kind: "refused", reason: "review-unusable" });
  expect(judgeMerge({ ...facts, aside: new Set(["review-unusable"]) })).toMatchObject({ kind: "open" });
  // Another head is another question, which nobody has set aside.
  const older = { ...facts, commandReview: { looked: "0".repeat(40) }, aside: new Set(["review-unusable"]) };
  expect(judgeMerge(older)).toMatchObject({ kind: "review" });
});

test("without a command, or for work that began without one, nobody is asked, and nothing is read for it", () => {
  expect(unmet({ ...good, ...COMMANDED, config })).toEqual([]);
  const { config: _config, ...unread } = { ...good, reviews: [] };
  expect(judgeMerge(unread)).toMatchObject({ kind: "waits", code: "review-missing" });
  expect(judgeMerge({ ...unread, commandReview: { looked: null } })).toEqual({
    kind: "look",
    part: "config",
  });
});

test("each condition says no alone", () => {
  const alone = new Set(
    [...WAITING, ...REFUSED].flatMap(([, change]) => {
      const codes = unmet({ ...good, ...change });
      return codes.length === 1 ? codes : [];
    }),
  );
  for (const code of ALONE_ELSEWHERE) alone.add(code);
  const missing = CONDITIONS.map(({ code }) => code).filter((code) => !alone.has(code));
  expect(new Set(missing)).toEqual(WITH_OTHERS);
});

test.each<[string, Partial<GateFacts>]>([
  [
    "a request for changes by somebody without the right",
    { reviews: [review(1, "robin"), review(2, "oda", { state: "CHANGES_REQUESTED" })] },
  ],
  [
    "a request for changes by a bot that is not listed",
    { reviews: [review(1, "robin"), { ...botReview, state: "CHANGES_REQUESTED" }] },
  ],
  ["a failed check that nobody requires", { checks: [check("test"), check("lint", "failure")] }],
  ["Cairn's own check, whatever it says", { checks: [check("test"), check("Cairn", "failure", OWN_APP)] }],
  [
    "Cairn's own check, even where it is required",
    { rules: { ...rules, checks: [...rules.checks, { name: "Cairn", appId: null }] } },
  ],
  ["conversations that nobody wants resolved", { threads: 2 }],
  ["a head that the queue will try", { pull: { ...pull, mergeableState: "unstable" } }],
  ["a person's commit that another person approved", { commits: [own, byMaya] }],
  [
    "a reserved path that a person approved",
    { files: { files: 1, paths: ["infra/main.tf"] }, config: { ...config, reservedPaths: ["infra/"] } },
  ],
  ["a listed bot's approval of Cairn's own work", { reviews: [botReview], config: botsMay }],
  [
    "no required check, where the configuration allows it",
    { rules: { ...rules, checks: [] }, config: { ...config, checks: "allow-none" } },
  ],
  [
    "a neutral check, where the configuration accepts it",
    { checks: [check("test", "neutral")], config: { ...config, checksNeutral: "accept" } },
  ],
  [
    "a skipped check, where the configuration accepts it",
    { checks: [check("test", "skipped")], config: { ...config, checksSkipped: "accept" } },
  ],
])("%s stops nothing", (_what, change) => {
  expect(judgeMerge({ ...good, ...change }).kind).toBe("open");
});

test("skipped is not neutral: each is accepted by its own key", () => {
  const skipped = { ...good, checks: [check("test", "skipped")] };
  expect(judgeMerge({ ...skipped, config: { ...config, checksNeutral: "accept" } }).kind).toBe("waits");
});

test("only what is needed is asked for, the issue last", () => {
  const { config: _1, reviews, rules: _2, checks: _3, commits: _4, permissions: _5, ...rest } = good;
  const { files: _6, threads: _7, issue: _8, ...bare } = rest;
  const asked: string[] = [];
  let facts: GateFacts = bare;
  for (;;) {
    const verdict = judgeMerge(facts);
    if (verdict.kind !== "look") break;
    asked.push(verdict.part);
    facts = { ...facts, [verdict.part]: good[verdict.part] };
  }
  expect(asked).toEqual(["reviews", "checks", "commits", "config", "permissions", "rules", "issue"]);
  expect(judgeMerge({ ...bare, reviews: [] })).toEqual({ kind: "look", part: "checks" });
  expect(judgeMerge({ ...bare, reviews: [], checks: [] })).toMatchObject({ code: "review-missing" });
  expect(reviews).toHaveLength(1);
});

test("reserved paths that two people have lifted, exactly as written, are asked about no more", () => {
  const paths = ["infra/main.tf", "infra/state/a.json", "src/a.ts"];
  const reserved: GateFacts = {
    ...good,
    files: { files: 3, paths },
    reviews: [botReview],
    config: { ...botsMay, reservedPaths: ["infra/"] },
  };
  const nearest = (lifted: readonly string[]) => {
    const view = judgeMerge({ ...reserved, lifted });
    return view.kind === "waits" ? view.code : view.kind;
  };
  expect(nearest([])).toBe("reserved-unapproved");
  expect(nearest(["infra/main.tf"])).toBe("reserved-unapproved");
  expect(nearest(["infra/main.tf", "infra/state/a.json"])).toBe("open");
  expect(nearest(["infra/"])).toBe("open");
  expect(nearest(["infra", "INFRA/", "infra/main"])).toBe("reserved-unapproved");
  const rowOf = (facts: GateFacts) => {
    const rows = judgeAll(facts, new Map());
    return "kind" in rows ? undefined : rows.find(({ code }) => code === "reserved-unapproved")?.found;
  };
  expect(rowOf({ ...reserved, threads: 0, lifted: ["infra/"] })).toBe(
    "two people have lifted infra/main.tf, infra/state/a.json",
  );
  expect(rowOf({ ...reserved, threads: 0, lifted: ["infra/main.tf"] })).toBe(
    "infra/state/a.json is reserved",
  );
});

test("what two people have set aside is not asked for, and nothing else is let through with it", () => {
  const failing: GateFacts = { ...good, checks: [check("test", "failure")] };
  const aside = new Set(["check-failed"]);
  expect(judgeMerge({ ...failing, aside })).toMatchObject({ kind: "open" });
  expect(judgeMerge({ ...failing, aside: new Set(["check-pending", "review-missing"]) })).toMatchObject({
    reason: "check-failed",
  });
  const both = { ...rules, checks: [...rules.checks, { name: "other", appId: null }] };
  expect(judgeMerge({ ...failing, rules: both, aside })).toMatchObject({ code: "check-pending" });
  expect(judgeMerge({ ...failing, reviews: [], aside })).toMatchObject({ code: "review-missing" });
  expect(judgeMerge({ ...good, reviews: [], aside: new Set(["review-missing"]) })).toMatchObject({
    kind: "open",
  });
  expect(
    judgeMerge({ ...good, rules: { ...rules, checks: [] }, aside: new Set(["check-missing"]) }),
  ).toMatchObject({
    kind: "open",
  });
  const changes = [review(1, "robin", { state: "CHANGES_REQUESTED" })];
  const set = new Set(["changes-requested"]);
  // Whoever asked for changes has not approved.
  expect(judgeMerge({ ...good, reviews: changes, aside: set })).toMatchObject({ code: "review-missing" });
  const draft = { ...good, pull: { ...good.pull, draft: true }, aside: new Set(["pull-draft"]) };
  expect(judgeMerge(draft)).toMatchObject({ code: "pull-draft" });
});
