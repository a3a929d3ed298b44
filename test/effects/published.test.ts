/** What a generation has published, and whose it is: a name alone is not ownership. */
import { expect, test } from "vitest";
import { branchCreate, trailerOf } from "../../src/core/keys.ts";
import { readBranch, readPulls, viewPull } from "../../src/effects/index.ts";
import type { PullInfo, ReviewInfo } from "../../src/github/ports.ts";
import { scene } from "../memory/scene.ts";

const BRANCH = "cairn/12-g1";
const OURS = `work\n\n${trailerOf(branchCreate(BRANCH).key)}`;
const maya = { authorEmail: "maya@example.com" };

function branchAt(message: string, fields: object = {}) {
  const { repository, site } = scene();
  const first = repository.addCommit(message, ["base"], fields);
  repository.git.refs.set(`refs/heads/${BRANCH}`, first);
  const push = (count: number, parents = (head: string) => [head]): string => {
    for (let index = 0; index < count; index += 1) {
      const head = repository.git.refs.get(`refs/heads/${BRANCH}`) ?? "";
      const next = repository.addCommit("review", parents(head), maya);
      repository.git.refs.set(`refs/heads/${BRANCH}`, next);
    }
    return repository.git.refs.get(`refs/heads/${BRANCH}`) ?? "";
  };
  return { repository, site, first, push, read: () => readBranch(site, BRANCH) };
}

test("a branch is ours by a commit that GitHub signed for the app and that carries its key", async () => {
  expect(await readBranch(scene().site, BRANCH)).toEqual({ kind: "absent" });
  const own = branchAt(OURS);
  expect(await own.read()).toEqual({ kind: "own", sha: own.first });
  for (const [message, fields] of [
    [OURS, { verified: false }],
    [OURS, maya],
    ["work", {}],
    [`work\n\n${trailerOf(branchCreate("cairn/12-g2").key)}`, {}],
  ] as const) {
    const foreign = branchAt(message, fields);
    expect(await foreign.read()).toEqual({ kind: "foreign", sha: foreign.first });
  }
});

test("what people have pushed onto it leaves it ours, up to nineteen commits; the head is what counts", async () => {
  const few = branchAt(OURS);
  expect(await few.read()).toMatchObject({ kind: "own" });
  const head = few.push(19);
  expect(await few.read()).toEqual({ kind: "own", sha: head });
  const many = few.push(1);
  expect(await few.read()).toEqual({ kind: "foreign", sha: many });
});

test("a merge into it hides whose it was, and so does a commit that cannot be read", async () => {
  const merged = branchAt(OURS);
  merged.push(1, (head) => [head, "other"]);
  expect(await merged.read()).toMatchObject({ kind: "foreign" });
  const gone = branchAt("x");
  gone.repository.git.refs.set(`refs/heads/${BRANCH}`, "gone");
  expect(await gone.read()).toEqual({ kind: "foreign", sha: "gone" });
});

test("a merge that the app made is followed to the side that the branch is", async () => {
  const merged = branchAt(OURS);
  const head = merged.repository.addCommit("solved", [merged.first, "other"]);
  merged.repository.git.refs.set(`refs/heads/${BRANCH}`, head);
  expect(await merged.read()).toEqual({ kind: "own", sha: head });
  const theirs = merged.repository.addCommit("x", ["other", merged.first], { verified: false });
  merged.repository.git.refs.set(`refs/heads/${BRANCH}`, theirs);
  expect(await merged.read()).toEqual({ kind: "foreign", sha: theirs });
});

function pulls(...fields: readonly Partial<PullInfo>[]) {
  const { repository, site } = scene();
  for (const one of fields) {
    const { baseRef: base = "main" } = one;
    repository.pulls.open({ title: "t", body: "b", head: BRANCH, base }, { state: "closed", ...one });
  }
  return { repository, site };
}

test("of a branch's pull requests the merged come first, then the open, then the newest; forks' are none", async () => {
  const { site } = pulls(
    {},
    { state: "open" },
    { merged: true },
    { state: "open", baseRef: "release" },
    { merged: true },
    {},
    { headRepositoryId: 8, merged: true },
    { headRepositoryId: null, merged: true },
  );
  expect((await readPulls(site, BRANCH)).map(({ number }) => number)).toEqual([45, 43, 44, 42, 46, 41]);
  expect(await readPulls(site, "cairn/12-g2")).toEqual([]);
});

const review = (login: string | null): ReviewInfo => ({
  id: 1,
  author: login === null ? null : { id: 2, login, type: "User" },
  state: "COMMENTED",
  commitId: null,
  submittedAt: 0,
  body: "",
});

test("who is asked: the open requests, and who has answered where one of the reviewers is missing", async () => {
  const { repository, site } = pulls({
    requestedReviewers: ["Robin"],
    headSha: "h",
    mergeCommitSha: "m",
    merged: true,
  });
  const [pull] = await readPulls(site, BRANCH);
  if (!pull) throw new Error("no pull request");
  repository.pulls.reviews.set(41, [review("rui"), review(null)]);
  const reviewsRead = { count: 0 };
  const { reviews } = site.reads;
  site.reads.reviews = (number) => {
    reviewsRead.count += 1;
    return reviews(number);
  };
  expect(await viewPull(site, pull, ["robin"])).toEqual({
    number: 41,
    state: "closed",
    merged: true,
    mergeSha: "m",
    head: "h",
    asked: ["Robin"],
  });
  expect(await viewPull(site, pull, [])).toMatchObject({ asked: ["Robin"] });
  expect(reviewsRead.count).toBe(0);
  expect(await viewPull(site, pull, ["robin", "rui"])).toMatchObject({ asked: ["Robin", "rui"] });
  expect(reviewsRead.count).toBe(1);
});
