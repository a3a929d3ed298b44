/** Scenario 25: what keeps a head from being merged, each condition alone; the nearest that is not met is named. */

import { expect, test } from "vitest";
import { withinAutonomy } from "../../src/policy/autonomy.ts";
import { CONDITIONS } from "../../src/policy/gate/conditions.ts";
import type { GateCode, GateFacts } from "../../src/policy/gate/facts.ts";
import { judgeAll, judgeMerge } from "../../src/policy/gate/judge.ts";
import {
  account,
  botReview,
  botsMay,
  byMaya,
  check,
  config,
  good,
  HEAD,
  issue,
  OWN_APP,
  own,
  pull,
  review,
  rules,
  unmet,
} from "./gate-facts.ts";

test("all of it holds: open for exactly this head", () => {
  expect(judgeMerge(good)).toEqual({ kind: "open", head: HEAD, pull: 41 });
  expect(unmet(good)).toEqual([]);
});

type Case = readonly [what: string, change: Partial<GateFacts>, code: GateCode, words: string];

/** In a base's queue once, and out again. */
const putOut = (reason: string | null): Partial<GateFacts> => ({
  rules: { ...rules, queue: true },
  place: {
    position: null,
    history: [
      { kind: "added", at: 1, by: 500, reason: null },
      { kind: "removed", at: 2, by: 9, reason },
    ],
  },
});

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
    "a person to merge #41",
  ],
  [
    "a commit of nobody that GitHub knows",
    { commits: [own, { ...byMaya, authorId: null, authorLogin: null }] },
    "foreign-commits",
    "a known account",
  ],
  [
    "a commit that nobody whom GitHub knows has committed",
    { commits: [own, { ...byMaya, committerId: null }] },
    "foreign-commits",
    "a known account",
  ],
  [
    "a commit in a person's name that GitHub has not verified, approved by another",
    { commits: [own, { ...byMaya, verified: false }] },
    "foreign-commits",
    "a person to merge #41",
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
    ": so far it was reported by another app than the one that is expected",
  ],
  ...["cancelled", "action_required", "stale"].map(
    (end): Case => [
      `a required check that ended as ${end}`,
      { checks: [check("test", end)] },
      "check-pending",
      `to be run again: it ended as ${end}`,
    ],
  ),
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
    "no conflict, and rules that GitHub has not looked at yet",
    { pull: { ...pull, mergeableState: "unknown" } },
    "mergeable-unknown",
    "compute",
  ],
  [
    "no conflict, and no word about the rules",
    { pull: { ...pull, mergeableState: null } },
    "mergeable-unknown",
    "compute",
  ],
  [
    "a conflict that one field alone shows",
    { pull: { ...pull, mergeableState: "dirty" } },
    "mergeable-unknown",
    "#41 is dirty",
  ],
  [
    "a draft that one field alone shows",
    { pull: { ...pull, mergeableState: "draft" } },
    "mergeable-unknown",
    "#41 is draft",
  ],
  [
    "conversations that the rules want resolved",
    { rules: { ...rules, conversations: true }, threads: 2 },
    "threads-open",
    "to be resolved",
  ],
  [
    "a head that is behind where the base wants it up to date",
    { pull: { ...pull, mergeableState: "behind" }, config: { ...config, untestedBase: "wait" } },
    "base-moved",
    "main to be merged into #41",
  ],
  [
    "a base that has moved on, where the configuration wants it tested",
    { config: { ...config, untestedBase: "wait" }, onTip: false },
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
  [
    "a pull request that was held while the rest was read",
    { issue: { ...issue, pullLabels: ["cairn:hold"] } },
    "issue-held",
    "taken off #41",
  ],
  ["a pull request that is held", { pull: { ...pull, labels: ["cairn:hold"] } }, "issue-held", "taken off"],
  ["an issue that was closed", { issue: { ...issue, open: false } }, "issue-held", "opened again"],
  ["an open dependency", { issue: { ...issue, blockers: ["#7"] } }, "blocked", "#7 to be closed"],
  [
    "a configuration that leaves merging to people",
    { config: { ...config, merge: "never" } },
    "merge-by-people",
    "a person to merge #41 (`merge: never`)",
  ],
  [
    "a level of autonomy that leaves merging to people",
    { config: withinAutonomy({ ...config, autonomy: "bounded" }) },
    "merge-by-people",
    "a person to merge #41 (`autonomy: bounded`)",
  ],
  [
    "a configuration that has Cairn only say so",
    { config: { ...config, merge: "shadow" } },
    "merge-shadow",
    "Cairn would now",
  ],
  [
    "quiet hours, by GitHub's clock",
    { config: { ...config, quietHours: "23:30-06:00" }, now: Date.parse("2026-05-04T05:59:59Z") },
    "quiet-hours",
    "the end of the quiet hours, 2026-05-04T06:00:00.000Z",
  ],
  ["another merge into the base", { underWay: [7, 9] }, "merge-under-way", "the merge of #7 into main"],
  [
    "a person who has put it into the base's merge queue",
    { rules: { ...rules, queue: true }, place: { position: 2, history: [] } },
    "in-merge-queue",
    "#41, number 2 of the merge queue of main",
  ],
  [
    "a merge queue that has put this head out",
    { ...putOut("failed_checks"), queued: HEAD },
    "queue-left",
    "into the merge queue of main again, or another head: it was put out (failed_checks)",
  ],
  [
    "a merge queue that has merged this head, as its history alone shows",
    { ...putOut("merged"), queued: HEAD },
    "pull-not-open",
    "#41 to be shown as merged",
  ],
];

test("a base with a merge queue: each head is let into it once, behind all other conditions, whatever merges there", () => {
  const queue = { ...putOut("failed_checks"), underWay: [7] };
  const open = { kind: "open", head: HEAD, pull: 41, queue: true };
  expect(judgeMerge({ ...good, ...queue })).toEqual(open);
  expect(judgeMerge({ ...good, ...queue, queued: "c".repeat(40) })).toEqual(open);
  expect(judgeMerge({ ...good, rules: { ...rules, queue: true } })).toEqual({ kind: "look", part: "place" });
  expect(judgeMerge(good)).toEqual({ kind: "open", head: HEAD, pull: 41 });
  const removedByHand = { ...putOut(null), queued: HEAD };
  expect(judgeMerge({ ...good, ...removedByHand })).toMatchObject({ code: "queue-left" });
});

test.each(WAITING)("%s: waits, and says for what", (_what, change, code, words) => {
  const verdict = judgeMerge({ ...good, ...change });
  expect(verdict).toMatchObject({ kind: "waits", code });
  expect(verdict.kind === "waits" && verdict.for).toContain(words);
});

test.each<[string, Partial<GateFacts>]>([
  ["by its title now", { issue: { ...issue, title: " [Cairn-E2E] T" } }],
  ["by its title when an intent was declared", { synthetic: true }],
])("a try, %s: everything holds, and it is closed instead, whatever the policy", (_what, change) => {
  for (const merge of ["never", "shadow", "on-green-with-review"] as const) {
    const facts = { ...good, ...change, config: { ...config, merge } };
    expect(judgeMerge(facts)).toEqual({ kind: "synthetic", head: HEAD, pull: 41 });
  }
  expect(unmet({ ...good, ...change })).toEqual(["synthetic"]);
  expect(judgeMerge({ ...good, ...change, reviews: [] })).toMatchObject({ code: "review-missing" });
});

const NIGHT = { ...config, quietHours: "22:00-06:00 Europe/Berlin" };
const at = (time: string): number => Date.parse(`2026-05-04T${time}Z`);

test("quiet hours last until the minute of their end, and the app looks again then", () => {
  const night = { ...good, config: NIGHT };
  expect(judgeMerge({ ...night, now: at("19:59:59") }).kind).toBe("open");
  expect(judgeMerge({ ...night, now: at("20:00:00") })).toMatchObject({
    code: "quiet-hours",
    again: Date.parse("2026-05-05T04:00:00Z"),
  });
  expect(judgeMerge({ ...night, now: at("04:00:00") }).kind).toBe("open");
  expect(judgeMerge({ ...night, now: at("03:00:00"), aside: new Set(["quiet-hours"]) })).toMatchObject({
    code: "quiet-hours",
  });
});

test.each<[string, Partial<GateFacts>, GateCode]>([
  ["a merge that is people's", { config: { ...NIGHT, merge: "never" } }, "merge-by-people"],
  ["a trial", { config: { ...NIGHT, merge: "shadow" } }, "merge-shadow"],
  [
    "what is in the queue",
    { rules: { ...rules, queue: true }, place: { position: 2, history: [] } },
    "in-merge-queue",
  ],
  ["a missing review", { reviews: [] }, "review-missing"],
])("in quiet hours %s is told as at any hour", (_what, change, code) => {
  expect(judgeMerge({ ...good, config: NIGHT, ...change, now: at("01:00:00") })).toMatchObject({ code });
});

test("a try's close rests in quiet hours as a merge does, whatever the policy", () => {
  for (const merge of ["never", "on-green-with-review"] as const) {
    const tried = { ...good, synthetic: true, config: { ...NIGHT, merge } };
    expect(judgeMerge({ ...tried, now: at("01:00:00") })).toMatchObject({
      kind: "waits",
      code: "quiet-hours",
    });
    expect(judgeMerge({ ...tried, now: at("12:00:00") })).toMatchObject({ kind: "synthetic" });
  }
});

test("an approval by somebody who has committed: waits, and says for what", () => {
  const commits = [{ ...byMaya, authorId: 1, authorLogin: "robin", committerId: 1 }];
  const verdict = judgeMerge({ ...good, commits });
  expect(verdict).toMatchObject({ kind: "waits", code: "review-missing" });
});

const REFUSED: readonly Case[] = [
  ...["timed_out", "startup_failure"].map(
    (end): Case => [
      `a check that ended as ${end}`,
      { checks: [check("test", end)] },
      "check-failed",
      `test (${end})`,
    ],
  ),
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
  // Somebody else has asked on this very head: that is what counts, and both are to look at the next.
  const here = review(9, "maya", { state: "CHANGES_REQUESTED" });
  expect(judgeMerge({ ...good, reviews: [asked, here] })).toMatchObject({
    kind: "refused",
    detail: "by @maya on #41",
    askedBy: ["robin", "maya"],
  });
  // A bot looks by itself.
  const bot = { ...botReview, state: "CHANGES_REQUESTED" } as const;
  expect(judgeMerge({ ...good, reviews: [bot], config: botsMay })).not.toHaveProperty("askedBy");
});

test.each(REFUSED)("%s: refused", (_what, change, reason, words) => {
  const verdict = judgeMerge({ ...good, ...change });
  expect(verdict).toMatchObject({ kind: "refused", reason });
  expect(verdict.kind === "refused" && verdict.detail).toContain(words);
});

/** Cases in which a second condition cannot hold either: a failed check is not green, a broken file allows nothing. */
const WITH_OTHERS: ReadonlySet<GateCode> = new Set(["check-failed", "config-unusable"]);
const ALONE_ELSEWHERE: readonly GateCode[] = ["synthetic", "review-command"];

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
  ["a state of GitHub's that speaks of hooks alone", { pull: { ...pull, mergeableState: "has_hooks" } }],
  ["a head that the queue will try", { pull: { ...pull, mergeableState: "unstable" } }],
  ["a person's verified commit that another person approved", { commits: [own, byMaya] }],
  [
    "the base, merged into it by *Update branch* on GitHub",
    { commits: [own, { ...byMaya, committerId: own.committerId }] },
  ],
  [
    "a reserved path that a person approved",
    { files: { files: 1, paths: ["infra/main.tf"] }, config: { ...config, reservedPaths: ["infra/"] } },
  ],
  ["a listed bot's approval of Cairn's own work", { reviews: [botReview], config: botsMay }],
  [
    "a base that has moved on, where nobody wants it tested",
    { config: { ...config, untestedBase: "accept" }, onTip: false },
  ],
  [
    "a base that has not moved on, where people are to bring heads up to date",
    { config: { ...config, untestedBase: "wait" }, onTip: true },
  ],
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
  const { files: _6, threads: _7, issue: _8, underWay: _9, onTip: _10, ...bare } = rest;
  const askedOf = (all: GateFacts): readonly string[] => {
    const asked: string[] = [];
    let facts: GateFacts = bare;
    for (;;) {
      const verdict = judgeMerge(facts);
      if (verdict.kind !== "look") return asked;
      expect(asked).not.toContain(verdict.part);
      asked.push(verdict.part);
      facts = { ...facts, [verdict.part]: all[verdict.part] };
    }
  };
  const most = ["reviews", "checks", "commits", "config", "permissions", "rules"];
  expect(askedOf(good)).toEqual([...most, "underWay", "onTip", "issue"]);
  expect(askedOf({ ...good, ...putOut(null) })).toEqual([...most, "place", "issue"]);
  // Where people merge nobody asks which merges are under way.
  expect(askedOf({ ...good, config: { ...config, merge: "shadow" } })).toEqual([...most, "issue"]);
  const wait = { ...config, untestedBase: "wait" } as const;
  expect(askedOf({ ...good, config: wait })).toEqual([...most, "underWay", "onTip", "issue"]);
  const accept = { ...config, untestedBase: "accept" } as const;
  expect(askedOf({ ...good, config: accept })).toEqual([...most, "underWay", "issue"]);
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
