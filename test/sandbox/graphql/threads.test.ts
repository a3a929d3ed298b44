/** Conversations on lines of a pull request: made by comments, resolved by GraphQL, asked for by branches' rules. */
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { lineAfter } from "../../../src/sandbox/api/pulls/comment-places.ts";
import type { Call } from "../fixture.ts";
import { type Hearing, hearing } from "../hearing.ts";
import { ask, data, errors, everyField, TOOLS } from "./ask.ts";

let fixture: Hearing;
let maya: Call;
let rui: Call;
let app: Call;
let outsider: Call;

beforeAll(async () => {
  fixture = await hearing("pull_request_review_comment", "pull_request_review_thread", "pull_request_review");
  maya = fixture.as(fixture.tokens.maintainer);
  rui = fixture.as(fixture.tokens.reviewer);
  outsider = fixture.as(fixture.tokens.outsider);
  app = fixture.as(await fixture.installationToken());
});
afterAll(() => fixture[Symbol.asyncDispose]());

const encode = (text: string): string => Buffer.from(text).toString("base64");

const TEXT = "one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\nnine\n";

let counter = 0;
let number: number;
let sha: string;
let path: string;

/** A pull request of the app that adds a file of nine lines. */
beforeEach(async () => {
  counter += 1;
  path = `file-${counter}.txt`;
  const main = (await maya("GET", "~/git/ref/heads/main")).body.object.sha;
  await app("POST", "~/git/refs", { ref: `refs/heads/work-${counter}`, sha: main });
  sha = await put(TEXT);
  const pull = await app("POST", "~/pulls", { title: "t", head: `work-${counter}`, base: "main" });
  number = pull.body.number;
  await fixture.heard();
});

/** Writes the file and answers the new head. */
async function put(text: string): Promise<string> {
  const branch = `work-${counter}`;
  const old = await app("GET", `~/contents/${path}?ref=${branch}`);
  const from = old.status === 200 ? { sha: old.body.sha } : {};
  const done = await app("PUT", `~/contents/${path}`, {
    message: "m",
    content: encode(text),
    branch,
    ...from,
  });
  return done.body.commit.sha;
}

const comment = async (by: Call, line: number, more: object = {}) => {
  const given = { body: `line ${line}`, commit_id: sha, path, line, side: "RIGHT", ...more };
  const made = await by("POST", `~/pulls/${number}/comments`, given);
  expect(made.status).toBe(201);
  return made.body;
};

const THREADS = `reviewThreads(first: 20) { totalCount nodes { id isResolved isOutdated path line startLine originalLine
  subjectType diffSide resolvedBy { login } viewerCanResolve viewerCanUnresolve
  comments(first: 20) { totalCount nodes { id fullDatabaseId body line outdated state author { login } replyTo { body } } } } }`;

const threads = async (by: Call = maya) =>
  (await data(by, `{ repository${TOOLS} { pullRequest(number: ${number}) { ${THREADS} } } }`)).repository
    .pullRequest.reviewThreads.nodes;

const RESOLVE =
  'mutation ($id: ID!) { resolveReviewThread(input: { threadId: $id, clientMutationId: "m1" }) { clientMutationId thread { id isResolved resolvedBy { login } } } }';
const UNRESOLVE = RESOLVE.replaceAll("resolveReviewThread(", "unresolveReviewThread(");

test("a comment begins a thread, answers go on with it, a review's comments begin one each", async () => {
  const first = await comment(rui, 2);
  await maya("POST", `~/pulls/${number}/comments/${first.id}/replies`, { body: "why" });
  await app("POST", `~/pulls/${number}/comments`, {
    body: "so",
    in_reply_to: first.id,
    commit_id: sha,
    path,
  });
  const comments = [{ path, line: 5, start_line: 4, side: "RIGHT", body: "these" }];
  await maya("POST", `~/pulls/${number}/reviews`, { event: "COMMENT", body: "b", comments });
  const whole = { body: "all of it", commit_id: sha, path, subject_type: "file" };
  await maya("POST", `~/pulls/${number}/comments`, whole);
  const found = await threads();
  expect(found).toMatchObject([
    { path, line: 2, subjectType: "LINE", isResolved: false, isOutdated: false, resolvedBy: null },
    { line: 5, startLine: 4, diffSide: "RIGHT" },
    { line: null, subjectType: "FILE", isOutdated: false },
  ]);
  const [{ comments: talk }] = found;
  expect(talk.nodes).toMatchObject([
    { id: first.node_id, fullDatabaseId: String(first.id), author: { login: "rui" }, replyTo: null },
    { body: "why", replyTo: { body: "line 2" } },
    { body: "so", author: { login: "cairn" }, replyTo: { body: "line 2" } },
  ]);
  const rest = (await maya("GET", `~/pulls/${number}/comments?sort=created&direction=desc`)).body;
  expect(rest.map((one: { body: string }) => one.body)).toEqual([
    "all of it",
    "these",
    "so",
    "why",
    "line 2",
  ]);
  expect((await maya("GET", "~/pulls/comments")).body.length).toBeGreaterThanOrEqual(5);
});

test("threads of a pending review are its author's alone until it is submitted; then its comments are told", async () => {
  const { body } = await rui("POST", `~/pulls/${number}/reviews`, {
    comments: [{ path, line: 1, body: "draft" }],
  });
  expect(await threads(maya)).toEqual([]);
  const [own] = await threads(rui);
  expect(own.comments.nodes).toMatchObject([{ state: "PENDING", body: "draft" }]);
  expect((await fixture.heard()).map(({ name }) => name)).toEqual([]);
  await rui("POST", `~/pulls/${number}/reviews/${body.id}/events`, { event: "COMMENT", body: "b" });
  expect((await fixture.heard()).map(({ name }) => name)).toEqual([
    "pull_request_review.submitted",
    "pull_request_review_comment.created",
  ]);
  expect((await threads(maya)).length).toBe(1);
  await rui("POST", `~/pulls/${number}/reviews`, { comments: [{ path, line: 2, body: "no" }] });
  const pending = (await rui("GET", `~/pulls/${number}/reviews`)).body.at(-1);
  await rui("DELETE", `~/pulls/${number}/reviews/${pending.id}`);
  expect((await threads(rui)).length).toBe(1);
});

test("a thread is resolved once and taken up again, each told by a webhook with its comments", async () => {
  await comment(rui, 2);
  await fixture.heard();
  const [{ id }] = await threads();
  const done = await data(maya, RESOLVE, { id });
  expect(done.resolveReviewThread).toEqual({
    clientMutationId: "m1",
    thread: { id, isResolved: true, resolvedBy: { login: "maya" } },
  });
  // Once more changes nothing and tells nobody.
  expect((await data(rui, RESOLVE, { id })).resolveReviewThread.thread.resolvedBy.login).toBe("maya");
  expect((await threads())[0]).toMatchObject({ viewerCanResolve: false, viewerCanUnresolve: true });
  const [told, ...others] = await fixture.heard();
  expect(others).toEqual([]);
  expect([told?.name, told?.payload.thread, told?.payload.sender.login]).toMatchObject([
    "pull_request_review_thread.resolved",
    { node_id: id, comments: [{ body: "line 2" }] },
    "maya",
  ]);
  expect((await data(rui, UNRESOLVE, { id })).unresolveReviewThread.thread).toMatchObject({
    isResolved: false,
    resolvedBy: null,
  });
  expect((await fixture.heard()).map(({ name }) => name)).toEqual(["pull_request_review_thread.unresolved"]);
  const costs = fixture.sandbox.requestLog.filter(({ route, write }) => route === "/graphql" && write);
  expect([...new Set(costs.map(({ points }) => points))]).toEqual([5]);
});

test("who may: those who may write and who opened it; an App that may write contents; nobody else", async () => {
  await comment(rui, 2);
  const [{ id }] = await threads();
  fixture.sandbox.addCollaborator(fixture.repository, "oda", "read");
  expect(await errors(outsider, RESOLVE, { id })).toEqual([
    {
      type: "FORBIDDEN",
      path: ["resolveReviewThread"],
      message: "oda does not have the correct permissions to execute `ResolveReviewThread`",
    },
  ]);
  const reading = fixture.as(await fixture.installationToken({ permissions: { pull_requests: "write" } }));
  expect((await errors(reading, RESOLVE, { id }))[0].message).toBe("Resource not accessible by integration");
  expect((await data(app, RESOLVE, { id })).resolveReviewThread.thread.resolvedBy.login).toBe("cairn[bot]");
  expect(await errors(maya, RESOLVE, { id: "PRRT_x" })).toMatchObject([
    { type: "NOT_FOUND", message: "Could not resolve to a node with the global id of 'PRRT_x'" },
  ]);
  // The same who opened a pull request without the right to write.
  const issue = [...fixture.sandbox.world.issues.values()].find((one) => one.number === number);
  const oda = [...fixture.sandbox.world.users.values()].find((user) => user.login === "oda");
  if (issue && oda) Object.assign(issue, { authorId: oda.id });
  expect((await data(outsider, UNRESOLVE, { id })).unresolveReviewThread.thread.isResolved).toBe(false);
  expect((await errors(maya, "mutation { addStar(input: {}) { clientMutationId } }"))[0].message).toBe(
    "Not implemented by the sandbox: the field Mutation.addStar",
  );
});

test("a push moves threads along with their lines, and outdates those whose line it changes", async () => {
  for (const line of [2, 5, 8]) await comment(rui, line);
  await comment(rui, 9, { subject_type: "file" });
  sha = await put(TEXT.replace("five", "5").replace("six\n", "six\nmore\n").replace("one\n", ""));
  const places = async () =>
    (await threads()).map((one: Record<string, unknown>) => [one.line, one.originalLine, one.isOutdated]);
  expect(await places()).toEqual([
    [1, 2, false],
    [null, 5, true],
    [8, 8, false],
    [null, null, false],
  ]);
  const rest = (await maya("GET", `~/pulls/${number}/comments`)).body;
  expect(rest.map((one: { line: number; commit_id: string }) => [one.line, one.commit_id === sha])).toEqual([
    [1, true],
    [null, false],
    [8, true],
    [null, true],
  ]);
  // Outdated threads can still be resolved, and come back where the change is taken back.
  sha = await put(TEXT);
  expect((await places()).map(([line, , outdated]: [number, number, boolean]) => [line, outdated])).toEqual([
    [2, false],
    [5, false],
    [8, false],
    [null, false],
  ]);
});

test("a line's number after a change", () => {
  const patch =
    "@@ -2,3 +2,4 @@ one\n two\n-three\n+3\n+3b\n four\n@@ -8,0 +10 @@\n+new\n\\ No newline at end of file";
  expect([1, 2, 3, 4, 8, 9].map((line) => lineAfter(patch, line))).toEqual([1, 2, null, 5, 9, 11]);
});

test("comments are edited and deleted; a thread ends with its last one", async () => {
  const first = await comment(rui, 2);
  const answer = await maya("POST", `~/pulls/${number}/comments/${first.id}/replies`, { body: "why" });
  await fixture.heard();
  const edited = await maya("PATCH", `~/pulls/comments/${first.id}`, { body: "changed" });
  expect([edited.status, edited.body]).toMatchObject([200, { body: "changed", user: { login: "rui" } }]);
  expect((await outsider("PATCH", `~/pulls/comments/${first.id}`, { body: "no" })).status).toBe(403);
  const { node } = await data(
    maya,
    `query ($id: ID!) { node(id: $id) { ... on PullRequestReviewComment { ${everyField("PullRequestReviewComment")} editor { login } } } }`,
    { id: first.node_id },
  );
  expect(node).toMatchObject({ includesCreatedEdit: true, editor: { login: "maya" }, body: "changed" });
  expect((await rui("DELETE", `~/pulls/comments/${first.id}`)).status).toBe(204);
  const [left] = await threads();
  expect(left.comments).toMatchObject({ totalCount: 1, nodes: [{ body: "why" }] });
  await maya("DELETE", `~/pulls/comments/${answer.body.id}`);
  expect(await threads()).toEqual([]);
  expect((await errors(maya, RESOLVE, { id: left.id }))[0].type).toBe("NOT_FOUND");
  expect((await fixture.heard()).map(({ name }) => name)).toEqual([
    "pull_request_review_comment.edited",
    "pull_request_review_comment.deleted",
    "pull_request_review_comment.deleted",
  ]);
});

test("every field of a thread is answered, and node finds threads", async () => {
  await comment(rui, 2);
  const [{ id }] = await threads();
  const { node } = await data(
    maya,
    `query ($id: ID!) { node(id: $id) { ... on PullRequestReviewThread { ${everyField("PullRequestReviewThread")} } } }`,
    { id },
  );
  expect(node).toMatchObject({ id, isResolved: false, comments: { totalCount: 1 } });
});

const WORDS = "A conversation must be resolved before this pull request can be merged.";

test("protection asks for resolved conversations: a merge is refused with 405 until they are, outdated ones too", async () => {
  await comment(rui, 2);
  sha = await put(TEXT.replace("two", "2"));
  const protection = {
    required_status_checks: null,
    enforce_admins: true,
    required_pull_request_reviews: null,
    restrictions: null,
    required_conversation_resolution: true,
  };
  const set = await maya("PUT", "~/branches/main/protection", protection);
  expect(set.body.required_conversation_resolution).toEqual({ enabled: true });
  await expect
    .poll(async () => (await maya("GET", `~/pulls/${number}`)).body.mergeable_state)
    .toBe("blocked");
  expect(await maya("PUT", `~/pulls/${number}/merge`, {})).toMatchObject({
    status: 405,
    body: { message: WORDS },
  });
  const [{ id }] = await threads();
  await ask(maya, RESOLVE, { id });
  expect((await maya("PUT", `~/pulls/${number}/merge`, {})).status).toBe(200);
  await maya("DELETE", "~/branches/main/protection");
});

test("a ruleset asks the same by its parameter, in a paragraph", async () => {
  await comment(rui, 2);
  const parameters = {
    required_approving_review_count: 0,
    dismiss_stale_reviews_on_push: false,
    require_code_owner_review: false,
    require_last_push_approval: false,
    required_review_thread_resolution: true,
  };
  const ruleset = await maya("POST", "~/rulesets", {
    name: "talk",
    enforcement: "active",
    conditions: { ref_name: { include: ["~DEFAULT_BRANCH"], exclude: [] } },
    rules: [{ type: "pull_request", parameters }],
  });
  expect(ruleset.status).toBe(201);
  const refused = await maya("PUT", `~/pulls/${number}/merge`, {});
  expect([refused.status, refused.body.message]).toEqual([
    405,
    `Repository rule violations found\n\n${WORDS}\n\n`,
  ]);
  await ask(app, RESOLVE, { id: (await threads())[0].id });
  expect((await maya("PUT", `~/pulls/${number}/merge`, {})).status).toBe(200);
  await maya("DELETE", `~/rulesets/${ruleset.body.id}`);
});
