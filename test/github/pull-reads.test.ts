/** What Cairn reads of pull requests, checks and rules, as GitHub serves it. */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Connection } from "../../src/github/index.ts";
import { type Fixture, start } from "../sandbox/fixture.ts";
import { connectTo } from "./connection.ts";

let fixture: Fixture;
let github: Connection;
let pull = 0;
let head = "";

beforeAll(async () => {
  fixture = await start();
  github = await connectTo(fixture);
  const { reads, writes } = github;
  const main = (await reads.ref("heads/main"))?.value ?? "";
  const base = (await reads.commit(main))?.value.tree ?? "";
  const tree = await writes.createTree({
    baseTree: base,
    files: [{ path: "src/sub.js", mode: "100644", content: "export const sub = (a, b) => a - b;\n" }],
  });
  if (tree.kind !== "applied") throw new Error("no tree");
  const commit = await writes.createCommit({ message: "Add sub", tree: tree.value.sha, parents: [main] });
  if (commit.kind !== "applied") throw new Error("no commit");
  head = commit.value.sha;
  expect(await writes.createRef("refs/heads/cairn/12-g1", head)).toMatchObject({ kind: "applied" });
  const created = await writes.createPull({
    title: "Add sub",
    body: "Closes #12",
    head: "cairn/12-g1",
    base: "main",
  });
  if (created.kind !== "applied") throw new Error("no pull request");
  pull = created.value.number;
});
afterAll(() => fixture[Symbol.asyncDispose]());

test("a pull request: by number, and by its head branch in any state", async () => {
  const { reads, writes } = github;
  const found = (await reads.pull(pull))?.value;
  expect(found).toMatchObject({
    number: pull,
    state: "open",
    merged: false,
    headRef: "cairn/12-g1",
    headSha: head,
    headRepositoryId: fixture.repository.id,
    baseRef: "main",
    author: { login: "cairn[bot]", type: "Bot" },
  });
  expect(await reads.pull(9_999)).toBeUndefined();
  expect(await writes.createPull({ title: "t", body: "", head: "cairn/12-g1", base: "main" })).toMatchObject({
    reason: "invalid",
    errors: ["A pull request already exists for acme:cairn/12-g1."],
  });
  expect(await writes.requestReviewers(pull, ["rui"])).toMatchObject({ kind: "applied" });
  expect((await reads.pull(pull))?.value.requestedReviewers).toEqual(["rui"]);
  expect(await writes.closePull(pull)).toMatchObject({ kind: "applied" });
  const of = (await reads.pullsOfHead("cairn/12-g1")).value;
  expect(of.map(({ number, state }) => ({ number, state }))).toEqual([{ number: pull, state: "closed" }]);
  expect((await reads.pullsOfHead("cairn/12-g2")).value).toEqual([]);
  await fixture.as(fixture.tokens.maintainer)("PATCH", `~/pulls/${pull}`, { state: "open" });
});

test("reviews and commits, with the accounts that count", async () => {
  const { reads } = github;
  const rui = fixture.as(fixture.tokens.reviewer);
  const review = { event: "APPROVE", body: "Good.", commit_id: head };
  await rui("POST", `~/pulls/${pull}/reviews`, review);
  expect((await reads.reviews(pull)).value).toMatchObject([
    { state: "APPROVED", commitId: head, author: { login: "rui", type: "User" }, body: "Good." },
  ]);
  expect((await reads.pullCommits(pull)).value).toMatchObject([{ sha: head }]);
});

test("check runs and statuses come together; a pending one has no conclusion", async () => {
  const app = fixture.as(await fixture.installationToken());
  const maya = fixture.as(fixture.tokens.maintainer);
  await app("POST", "~/check-runs", { name: "test", head_sha: head, status: "in_progress" });
  await app("POST", "~/check-runs", {
    name: "lint",
    head_sha: head,
    status: "completed",
    conclusion: "failure",
    external_id: "mine",
    output: { title: "2 problems", summary: "In a.ts." },
  });
  await maya("POST", `~/statuses/${head}`, { context: "deploy", state: "error" });
  await maya("POST", `~/statuses/${head}`, { context: "preview", state: "pending" });
  await maya("POST", `~/statuses/${head}`, { context: "preview", state: "success" });
  const { value } = await github.reads.checks(head);
  const appId = fixture.app.app.id;
  const run = {
    id: expect.any(Number),
    externalId: "",
    title: "",
    summary: "",
    completedAt: null,
    appSlug: "cairn",
  };
  const at = expect.any(Number);
  expect([...value].sort((a, b) => a.name.localeCompare(b.name))).toEqual([
    { name: "deploy", appId: null, status: "completed", conclusion: "failure", run: null },
    {
      name: "lint",
      appId,
      status: "completed",
      conclusion: "failure",
      run: { ...run, externalId: "mine", title: "2 problems", summary: "In a.ts.", completedAt: at },
    },
    { name: "preview", appId: null, status: "completed", conclusion: "success", run: null },
    { name: "test", appId, status: "pending", conclusion: null, run },
  ]);
});

test("required checks come from branch protection and from rulesets, without administration rights", async () => {
  const maya = fixture.as(fixture.tokens.maintainer);
  const { reads } = github;
  expect((await reads.branchRules("main")).value.checks).toEqual([]);
  const protection = await maya("PUT", "~/branches/main/protection", {
    required_status_checks: {
      strict: false,
      checks: [
        { context: "test", app_id: fixture.app.app.id },
        { context: "lint", app_id: -1 },
      ],
    },
    enforce_admins: null,
    required_pull_request_reviews: null,
    restrictions: null,
  });
  expect(protection.status).toBe(200);
  const ruleset = await maya("POST", "~/rulesets", {
    name: "checks",
    target: "branch",
    enforcement: "active",
    conditions: { ref_name: { include: ["~DEFAULT_BRANCH"], exclude: [] } },
    rules: [
      {
        type: "required_status_checks",
        parameters: {
          strict_required_status_checks_policy: false,
          required_status_checks: [{ context: "lint" }, { context: "deploy" }],
        },
      },
      { type: "required_linear_history" },
    ],
  });
  expect(ruleset.status).toBe(201);
  const value = (await reads.branchRules("main")).value.checks;
  expect([...value].sort((a, b) => a.name.localeCompare(b.name))).toEqual([
    { name: "deploy", appId: null },
    { name: "lint", appId: null },
    { name: "test", appId: fixture.app.app.id },
  ]);
});

test("of a merge into a branch rulesets ask for more than checks; of classic protection only the checks show", async () => {
  const maya = fixture.as(fixture.tokens.maintainer);
  const { reads } = github;
  const nothing = { strict: false, approvals: 0, conversations: false, queue: false, locked: false };
  expect((await reads.branchRules("main")).value).toMatchObject(nothing);
  const made = await maya("POST", "~/rulesets", {
    name: "more",
    target: "branch",
    enforcement: "active",
    conditions: { ref_name: { include: ["~DEFAULT_BRANCH"], exclude: [] } },
    rules: [
      {
        type: "required_status_checks",
        parameters: {
          strict_required_status_checks_policy: true,
          required_status_checks: [{ context: "lint" }],
        },
      },
      {
        type: "pull_request",
        parameters: {
          dismiss_stale_reviews_on_push: false,
          require_code_owner_review: false,
          require_last_push_approval: false,
          required_approving_review_count: 2,
          required_review_thread_resolution: true,
        },
      },
      { type: "update" },
    ],
  });
  expect(made.status).toBe(201);
  expect((await reads.branchRules("main")).value).toMatchObject({
    strict: true,
    approvals: 2,
    conversations: true,
    queue: false,
    locked: true,
  });
  await maya("DELETE", `~/rulesets/${made.body.id}`);
});

test("the paths that a pull request touches, and its conversations that are not resolved", async () => {
  const { reads } = github;
  expect((await reads.pullFiles(pull)).value).toEqual({ files: 1, paths: ["src/sub.js"] });
  expect((await reads.openThreads(pull))?.value).toBe(0);
  const comment = { path: "src/sub.js", line: 1, side: "RIGHT", body: "Why?" };
  const rui = fixture.as(fixture.tokens.reviewer);
  expect(
    (await rui("POST", `~/pulls/${pull}/reviews`, { event: "COMMENT", comments: [comment] })).status,
  ).toBe(200);
  expect((await reads.lineComments(pull)).value).toMatchObject([
    { path: "src/sub.js", line: 1, author: { login: "rui" }, commitId: head, body: "Why?" },
  ]);
  expect((await reads.openThreads(pull))?.value).toBe(1);
  expect(await reads.openThreads(9_999)).toBeUndefined();
});

test("ancestry: a head is one of its own, a parent is one, a child is none", async () => {
  const { reads } = github;
  const main = (await reads.ref("heads/main"))?.value ?? "";
  expect(await reads.isAncestor(main, head)).toBe(true);
  expect(await reads.isAncestor(head, head)).toBe(true);
  expect(await reads.isAncestor(head, main)).toBe(false);
  expect(await reads.isAncestor("f".repeat(40), head)).toBe(false);
});

test("a file at a commit, refs by prefix, and who may do what", async () => {
  const { reads } = github;
  expect((await reads.file("src/sub.js", head))?.value.text).toBe("export const sub = (a, b) => a - b;\n");
  expect(await reads.file("src/none.js", head)).toBeUndefined();
  expect((await reads.matchingRefs("heads/cairn/")).value).toEqual([
    { ref: "refs/heads/cairn/12-g1", sha: head },
  ]);
  const of = async (login: string) => (await reads.permission(login)).value;
  expect([await of("maya"), await of("rui"), await of("oda")]).toEqual(["admin", "write", "none"]);
});
