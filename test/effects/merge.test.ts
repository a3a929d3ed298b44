/** Scenarios 7 and 25: a merge whose answer is lost is found in the base's history, and one that landed is read back. */
import { expect, test } from "vitest";
import * as keys from "../../src/core/keys.ts";
import type { MergeMethod } from "../../src/core/words.ts";
import { mergeHandler, mergeInBase, mismatchOf } from "../../src/effects/index.ts";
import type { Tested } from "../../src/effects/merge-read-back.ts";
import type { CommitInfo, PullInfo } from "../../src/github/ports.ts";
import { type Scene, scene } from "../memory/scene.ts";

const turn = { generation: 1, attempt: 1 };

/** An open pull request, number 41, of a branch that is one commit ahead of main. */
function opened(): Scene & { readonly base: string; readonly head: string } {
  const s = scene();
  const base = s.repository.addCommit("main");
  s.repository.git.refs.set("refs/heads/main", base);
  const head = s.repository.addCommit("work", [base], { tree: "tested" });
  s.repository.git.refs.set("refs/heads/cairn/12-g1", head);
  s.repository.pulls.open({ title: "t", body: "b", head: "cairn/12-g1", base: "main" });
  return { ...s, base, head };
}

/** As the gate has seen the pull request. */
const tested = ({ baseRef, mergeCommitSha }: Pick<PullInfo, "baseRef" | "mergeCommitSha">): Tested => ({
  base: baseRef,
  trial: mergeCommitSha,
});

/** Merged by Cairn: the commit on main, and the pull request that names it. */
function merged(s: ReturnType<typeof opened>, fields: Partial<CommitInfo>, method: MergeMethod = "merge") {
  const effect = keys.merge(41, s.head, method, turn);
  const message = `t\n\n${keys.trailerOf(effect.key)}`;
  const sha = s.repository.addCommit(message, fields.parents ?? [s.base, s.head], fields);
  s.repository.git.refs.set("refs/heads/main", sha);
  const pull = s.repository.pulls.all.get(41);
  if (!pull) throw new Error("no pull request");
  const before = { ...pull };
  Object.assign(pull, { state: "closed", merged: true, mergeCommitSha: sha });
  return { effect, before, sha, pull };
}

test("7: after a lost answer the base is asked too: it may show the merge before the pull request does", async () => {
  const s = opened();
  const { effect, sha, pull } = merged(s, {});
  Object.assign(pull, { state: "open", merged: false });
  expect(await mergeHandler.probe(s.site, effect)).toEqual({ kind: "absent" });
  expect(await mergeHandler.ownTrace?.(s.site, effect)).toEqual({ kind: "found", value: { sha } });
  // Others may have merged since.
  const later = s.repository.addCommit("later", [sha]);
  s.repository.git.refs.set("refs/heads/main", later);
  expect(await mergeInBase(s.site, effect, "main")).toBe(sha);
  const next = keys.merge(41, s.head, "merge", { ...turn, attempt: 2 });
  expect(await mergeHandler.ownTrace?.(s.site, next)).toEqual({ kind: "absent" });
  expect(await mergeInBase(s.site, effect, "gone")).toBeUndefined();
});

test("a merge with the head among its parents, on the base, is what was to be merged", async () => {
  const s = opened();
  const { effect, before, sha } = merged(s, {});
  expect(await mismatchOf(s.site, effect, tested(before), sha)).toBeUndefined();
});

test("25: a merge of another head is a mismatch; one that somebody else made is theirs", async () => {
  const s = opened();
  const other = s.repository.addCommit("other", [s.base]);
  const { effect, before, sha } = merged(s, { parents: [s.base, other] });
  expect(await mismatchOf(s.site, effect, tested(before), sha)).toBe(
    `${s.head.slice(0, 12)} is no parent of ${sha.slice(0, 12)}`,
  );
  const theirs = s.repository.addCommit("by hand", [s.base, other]);
  expect(await mismatchOf(s.site, effect, tested(before), theirs)).toBeUndefined();
});

test("25: a squashed commit has the tree that was tested; behind another base nobody can compare", async () => {
  const s = opened();
  const trial = s.repository.addCommit("trial", [s.base, s.head], { tree: "tested" });
  const good = merged(s, { parents: [s.base], tree: "tested" }, "squash");
  const before = { ...good.before, mergeCommitSha: trial };
  expect(await mismatchOf(s.site, good.effect, tested(before), good.sha)).toBeUndefined();
  const bad = merged(s, { parents: [s.base], tree: "else" }, "squash");
  expect(await mismatchOf(s.site, bad.effect, tested(before), bad.sha)).toMatch(
    /^the tree of \w+ is not the one/,
  );
  const moved = s.repository.addCommit("moved", [s.base]);
  const behind = merged(s, { parents: [moved], tree: "both" }, "squash");
  expect(await mismatchOf(s.site, behind.effect, tested(before), behind.sha)).toBeUndefined();
});

test("25: a base that went another way has lost it; one that is older than the merge proves nothing", async () => {
  const s = opened();
  const { effect, before, sha, pull } = merged(s, {});
  s.repository.git.refs.set("refs/heads/main", s.base);
  expect(await mismatchOf(s.site, effect, tested(before), sha)).toBeUndefined();
  s.repository.git.refs.set("refs/heads/main", s.repository.addCommit("forced", [s.base]));
  expect(await mismatchOf(s.site, effect, tested(before), sha)).toBe(`${sha.slice(0, 12)} is not on main`);
  s.repository.git.refs.set("refs/heads/main", sha);
  pull.mergeCommitSha = s.base;
  expect(await mismatchOf(s.site, effect, tested(before), sha)).toContain(`GitHub names ${s.base}`);
});

test("7: merged, as the pull request itself shows, it is found whatever the base's last commits are; behind ten of them it is not", async () => {
  const s = opened();
  const { effect, sha, pull } = merged(s, {});
  s.repository.git.refs.set("refs/heads/main", s.base);
  expect(await mergeHandler.ownTrace?.(s.site, effect)).toEqual({ kind: "found", value: { sha } });
  Object.assign(pull, { state: "open", merged: false });
  let later = sha;
  for (let since = 1; since <= 9; since += 1) later = s.repository.addCommit(`later ${since}`, [later]);
  s.repository.git.refs.set("refs/heads/main", later);
  expect(await mergeInBase(s.site, effect, "main")).toBe(sha);
  s.repository.git.refs.set("refs/heads/main", s.repository.addCommit("one more", [later]));
  expect(await mergeInBase(s.site, effect, "main")).toBeUndefined();
  s.repository.git.refs.set("refs/heads/main", "nobody reads this");
  expect(await mergeInBase(s.site, effect, "main")).toBeUndefined();
});

test("25: a squash without a trial merge is compared with a head that contains its base, and with no other; a merge that does not show is looked for four times", async () => {
  const s = opened();
  const wrong = merged(s, { parents: [s.base], tree: "else" }, "squash");
  const known = { base: "main", trial: null };
  const other = expect.stringMatching(/^the tree of \w+ is not the one/);
  expect(await mismatchOf(s.site, wrong.effect, known, wrong.sha)).toEqual(other);
  const right = merged(s, { parents: [s.base], tree: "tested" }, "squash");
  expect(await mismatchOf(s.site, right.effect, known, right.sha)).toBeUndefined();
  const moved = s.repository.addCommit("moved", [s.base]);
  const { effect, sha, pull } = merged(s, { parents: [moved], tree: "else" }, "squash");
  expect(await mismatchOf(s.site, effect, known, sha)).toBeUndefined();
  expect(s.repository.clock.now).toBe(0);
  Object.assign(pull, { merged: false });
  expect(await mismatchOf(s.site, effect, known, sha)).toBeUndefined();
  expect(s.repository.clock.now).toBe(500 + 1_500 + 4_000);
});

/** Two commits of the pull request replayed on `onto`, the last with this tree; the pull request is merged as it. */
function rebased(s: ReturnType<typeof opened>, onto: string, tree: string) {
  const effect = keys.merge(41, s.head, "rebase", turn);
  const first = s.repository.addCommit("first", [onto], { verified: false });
  const sha = s.repository.addCommit("work", [first], { tree, verified: false });
  s.repository.git.refs.set("refs/heads/main", sha);
  const pull = s.repository.pulls.all.get(41);
  if (!pull) throw new Error("no pull request");
  const trial = s.repository.addCommit("trial", [s.base, s.head], { tree: "tested" });
  const before = { ...pull, mergeCommitSha: trial };
  Object.assign(pull, { state: "closed", merged: true, mergeCommitSha: sha });
  const pullCommits = async () => ({ value: [{}, {}], readAt: 0, serverTime: 0 });
  const site = { ...s.site, reads: Object.assign(Object.create(s.site.reads), { pullCommits }) };
  return { effect, before, sha, pull, site };
}

test("7: what was rebased carries no key: the base's commit with the head's message and tree is found, and no other", async () => {
  const s = opened();
  const { effect, sha, pull } = rebased(s, s.base, "tested");
  Object.assign(pull, { state: "open", merged: false });
  expect(await mergeHandler.ownTrace?.(s.site, effect)).toEqual({ kind: "found", value: { sha } });
  s.repository.git.refs.set("refs/heads/main", s.repository.addCommit("later", [sha]));
  expect(await mergeInBase(s.site, effect, "main")).toBe(sha);
  // Another tree, or other words, is somebody else's work.
  for (const [words, tree] of [
    ["work", "else"],
    ["other", "tested"],
  ] as const) {
    s.repository.git.refs.set("refs/heads/main", s.repository.addCommit(words, [s.base], { tree }));
    expect(await mergeInBase(s.site, effect, "main")).toBeUndefined();
  }
});

test("25: what was rebased has the tree that was tested; on another base, or by somebody else, nobody can compare", async () => {
  const good = opened();
  const one = rebased(good, good.base, "tested");
  expect(await mismatchOf(one.site, one.effect, tested(one.before), one.sha)).toBeUndefined();
  const bad = opened();
  const two = rebased(bad, bad.base, "else");
  expect(await mismatchOf(two.site, two.effect, tested(two.before), two.sha)).toBe(
    `the tree of ${two.sha.slice(0, 12)} is not the one that was tested`,
  );
  const moved = opened();
  const three = rebased(moved, moved.repository.addCommit("moved", [moved.base]), "both");
  expect(await mismatchOf(three.site, three.effect, tested(three.before), three.sha)).toBeUndefined();
  // A person merged another head, or with a merge commit.
  const theirs = opened();
  const four = rebased(theirs, theirs.base, "else");
  Object.assign(four.pull, { headSha: "f".repeat(40) });
  expect(await mismatchOf(four.site, four.effect, tested(four.before), four.sha)).toBeUndefined();
  const hand = opened();
  const five = rebased(hand, hand.base, "tested");
  const commit = hand.repository.addCommit("by hand", [hand.base, hand.head], { tree: "else" });
  expect(await mismatchOf(five.site, five.effect, tested(five.before), commit)).toBeUndefined();
});
