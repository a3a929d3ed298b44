/** Reads are GET only, repeated where that helps, and a list says whether it is whole (I6). */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { GitHubErrorKind } from "../../src/github/errors.ts";
import { GitHubError, type GitHubReads } from "../../src/github/index.ts";
import { createReadOctokit } from "../../src/github/read-octokit.ts";
import type { RequestFault } from "../../src/sandbox/control/faults.ts";
import { type Fixture, start } from "../sandbox/fixture.ts";
import { connectTo, scripted } from "./connection.ts";

let fixture: Fixture;
let reads: GitHubReads;

beforeAll(async () => {
  // More is written here in a minute than GitHub lets one installation write.
  fixture = await start({ limits: "off" });
  reads = (await connectTo(fixture)).reads;
});
afterAll(() => fixture[Symbol.asyncDispose]());

const newIssue = async (): Promise<number> =>
  (await fixture.as(fixture.tokens.maintainer)("POST", "~/issues", { title: "t" })).body.number;

test("250 comments are read over three pages, last to first, and one deleted between two reads is not missed", async () => {
  const issue = await newIssue();
  const maya = fixture.as(fixture.tokens.maintainer);
  const ids: number[] = [];
  for (let index = 0; index < 250; index += 1) {
    ids.push((await maya("POST", `~/issues/${issue}/comments`, { body: `comment ${index}` })).body.id);
  }
  const before = fixture.sandbox.requestLog.length;
  const whole = await reads.comments(issue, 250);
  expect(whole.value).toMatchObject({ kind: "complete" });
  expect(whole.value.items.map(({ id }) => id)).toEqual(ids);
  expect(fixture.sandbox.requestLog.length - before).toBe(3);
  // Slow down the reads after the first page, and delete an early comment meanwhile.
  fixture.sandbox.faults.add({
    method: "GET",
    path: "/repos/{owner}/{repo}/issues/{issue_number}/comments",
    after: 1,
    count: 2,
    fault: { kind: "hang", ms: 150 },
  });
  const reading = reads.comments(issue, 250);
  await new Promise((resolve) => setTimeout(resolve, 60));
  await maya("DELETE", `~/issues/comments/${ids[0]}`);
  const { value } = await reading;
  const found = new Set(value.items.map(({ id }) => id));
  expect(ids.slice(1).every((id) => found.has(id))).toBe(true);
  fixture.sandbox.faults.clear();
});

test("a list that is shorter than GitHub's own count says so", async () => {
  const issue = await newIssue();
  await fixture.as(fixture.tokens.maintainer)("POST", `~/issues/${issue}/comments`, { body: "one" });
  expect((await reads.comments(issue, 2)).value).toMatchObject({ kind: "short", expected: 2 });
});

const ISSUE = "/repos/{owner}/{repo}/issues/{issue_number}";

test.each<[string, RequestFault]>([
  ["a 502", { kind: "status", status: 502 }],
  ["a lost request", { kind: "request-lost" }],
  ["a lost answer", { kind: "answer-lost" }],
  ["half a body", { kind: "half-body" }],
])("after %s a read is repeated, within bounds", async (_what, fault) => {
  const issue = await newIssue();
  const own = (await connectTo(fixture)).reads;
  fixture.sandbox.faults.add({ method: "GET", path: ISSUE, count: 2, fault });
  expect((await own.issue(issue))?.value.number).toBe(issue);
  fixture.sandbox.faults.add({ method: "GET", path: ISSUE, count: 50, fault });
  const before = fixture.sandbox.requestLog.length;
  await expect(own.issue(issue)).rejects.toMatchObject({ kind: "unavailable" });
  expect(fixture.sandbox.requestLog.length - before).toBe(3);
  fixture.sandbox.faults.clear();
});

test.each<[number, string, GitHubErrorKind]>([
  [403, "Resource not accessible by integration", "forbidden"],
  [403, "You have exceeded a secondary rate limit", "rate-limited"],
  [429, "Too Many Requests", "rate-limited"],
  [409, "Git Repository is empty.", "refused"],
  [422, "Validation Failed", "refused"],
])("a %i is not asked again: %s", async (status, message, kind) => {
  const own = (await connectTo(fixture)).reads;
  fixture.sandbox.faults.add({
    method: "GET",
    path: ISSUE,
    count: 50,
    fault: { kind: "status", status, message },
  });
  const before = fixture.sandbox.requestLog.length;
  await expect(own.issue(1)).rejects.toMatchObject({ kind, status });
  expect(fixture.sandbox.requestLog.length - before).toBe(1);
  fixture.sandbox.faults.clear();
});

test("a limit that answers the repetition of a read ends it: nothing is sent behind a limit (I11)", async () => {
  const issue = await newIssue();
  const own = (await connectTo(fixture)).reads;
  const before = fixture.sandbox.requestLog.length;
  const message = "You have exceeded a secondary rate limit";
  fixture.sandbox.faults.add({ method: "GET", path: ISSUE, count: 1, fault: { kind: "half-body" } });
  const limit = { kind: "status", status: 403, message } as const;
  fixture.sandbox.faults.add({ method: "GET", path: ISSUE, count: 50, fault: limit });
  await expect(own.issue(issue)).rejects.toMatchObject({ kind: "rate-limited" });
  expect(fixture.sandbox.requestLog.length - before).toBe(2);
  fixture.sandbox.faults.clear();
});

test("a read that hangs is given up and asked again", async () => {
  const issue = await newIssue();
  const own = (await connectTo(fixture, { timeout: 200 })).reads;
  fixture.sandbox.faults.add({ method: "GET", path: ISSUE, count: 1, fault: { kind: "hang", ms: 2_000 } });
  const before = performance.now();
  const read = await own.issue(issue);
  expect(read?.value.number).toBe(issue);
  expect(performance.now() - before).toBeLessThan(1_500);
  // Dated by the request that was answered, not by the one before it.
  expect((read?.readAt ?? 0) - before).toBeGreaterThanOrEqual(200);
  fixture.sandbox.faults.clear();
});

test("a value is dated by the sending of the request that was answered, not by its arrival (I1)", async () => {
  const issue = await newIssue();
  fixture.sandbox.faults.add({ method: "GET", path: ISSUE, count: 1, fault: { kind: "hang", ms: 250 } });
  const read = await reads.issue(issue);
  expect(performance.now() - (read?.readAt ?? 0)).toBeGreaterThanOrEqual(240);
  fixture.sandbox.faults.clear();
});

test("what has another address is not followed: behind it may be another repository's issue", async () => {
  await using own = await start();
  const maya = own.as(own.tokens.maintainer);
  await maya("POST", "~/issues", { title: "t" });
  await maya("PATCH", "~", { name: "hammers" });
  const moved = (await connectTo(own)).reads;
  const before = own.sandbox.requestLog.length;
  await expect(moved.issue(1)).rejects.toMatchObject({ kind: "moved", status: 301 });
  expect(own.sandbox.requestLog.length - before).toBe(1);
});

test("what is not there is undefined; what may not be seen is an error with the next step", async () => {
  expect(await reads.issue(9_999)).toBeUndefined();
  expect(await reads.ref("cairn/9999")).toBeUndefined();
  expect(await reads.permission("nobody-here")).toMatchObject({ value: "none" });
  expect(await reads.permission("rui")).toMatchObject({ value: "write" });
  // A 404 for an account that is there says nothing of what it may do.
  fixture.sandbox.faults.add({
    path: "*/collaborators/*/permission",
    fault: { kind: "status", status: 404 },
  });
  await expect(reads.permission("rui")).rejects.toMatchObject({ kind: "unavailable", status: 404 });
  // Nor does one that is wrong about the account as well.
  for (const path of ["*/collaborators/*/permission", "/users/*"])
    fixture.sandbox.faults.add({ path, fault: { kind: "status", status: 404 } });
  expect(await reads.permission("rui")).toMatchObject({ value: "write" });
  const error = new GitHubError("forbidden", "GET /x", "403 no");
  expect(error.message).toBe("GET /x: 403 no; check the App's permissions on this repository");
});

test("a deleted issue is not there", async () => {
  fixture.sandbox.faults.add({ method: "GET", path: ISSUE, fault: { kind: "status", status: 410 } });
  expect(await reads.issue(1)).toBeUndefined();
});

test("the reading client can send nothing but GET and queries", async () => {
  await using github = await scripted(() => ({ body: {} }));
  const quiet = () => undefined;
  const octokit = createReadOctokit(
    {
      baseUrl: github.sandbox.url,
      userAgent: "test",
      log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
    },
    1,
  );
  for (const method of ["POST", "PATCH", "PUT", "DELETE"]) {
    await expect(octokit.request(`${method} /x`)).rejects.toThrow("is no read");
  }
  const graphql = (query: string) => octokit.request("POST /graphql", { query });
  for (const query of ["mutation { x }", " mutation m { x }", "{ x }", "", "query { a } mutation { x }"]) {
    await expect(graphql(query)).rejects.toThrow("is no read");
  }
  await expect(octokit.request("POST /x", { query: "query { x }" })).rejects.toThrow("is no read");
  await octokit.request("GET /x");
  await graphql("query q { x }");
  expect(github.arrived).toEqual(["GET /x", "POST /graphql"]);
});

test.each<[string, unknown]>([
  ["a web page's text", "<html>"],
  ["a list", []],
  ["an object without the fields", { number: 1 }],
  ["a number as text", { number: "1", title: "t", state: "open", labels: [], comments: 0 }],
])("%s is no issue", async (_what, body) => {
  const headers: Record<string, string> = typeof body === "string" ? { "content-type": "text/html" } : {};
  await using github = await scripted(() => ({ body, headers }));
  const own = (await connectTo(github)).reads;
  await expect(own.issue(1)).rejects.toMatchObject({ kind: "malformed" });
});

test("who edited an issue's text last is asked of GraphQL, with that text; its title is in its events", async () => {
  const issue = await newIssue();
  const { title, body } = (await fixture.as(fixture.tokens.reviewer)("GET", `~/issues/${issue}`)).body;
  expect((await reads.lastEdit(issue))?.value).toEqual({ title, body: body ?? "", edit: null });
  const rui = fixture.as(fixture.tokens.reviewer);
  const { user } = (await rui("POST", `~/issues/${issue}/comments`, { body: "Mine." })).body;
  await rui("PATCH", `~/issues/${issue}`, { title: "another" });
  expect((await reads.lastEdit(issue))?.value).toMatchObject({ title: "another", edit: null });
  const { value: events } = await reads.issueEvents(issue);
  expect(events.map(({ event, title: to }) => [event, to])).toEqual([["renamed", "another"]]);
  const { updated_at } = (await rui("PATCH", `~/issues/${issue}`, { body: "more" })).body;
  const edit = { actor: { id: user.id, login: "rui" }, at: Date.parse(updated_at) };
  expect((await reads.lastEdit(issue))?.value).toEqual({ title: "another", body: "more", edit });
  expect(await reads.lastEdit(999)).toBeUndefined();
});

test.each<[string, unknown, unknown]>([
  [
    "an app by its name in REST",
    { __typename: "Bot", login: "ci", databaseId: 5 },
    { id: 5, login: "ci[bot]" },
  ],
  ["a person", { __typename: "User", login: "maya", databaseId: 6 }, { id: 6, login: "maya" }],
  ["an account of another kind", { __typename: "EnterpriseUserAccount", login: "x" }, null],
  ["an account that is gone", null, null],
])("who edited it is %s", async (_what, editor, actor) => {
  const issue = { title: "T", body: "B", lastEditedAt: "2026-01-01T00:00:00Z", editor };
  await using github = await scripted(() => ({ body: { data: { repository: { issue } } } }));
  const own = (await connectTo(github)).reads;
  expect((await own.lastEdit(1))?.value.edit?.actor).toEqual(actor);
});

test.each<[string, RequestFault, GitHubErrorKind | "answered"]>([
  ["a server error is asked again", { kind: "status", status: 502 }, "answered"],
  ["an answer that broke off is asked again", { kind: "half-body" }, "answered"],
  [
    "a limit is told as one",
    { kind: "status", status: 403, headers: { "retry-after": "7" } },
    "rate-limited",
  ],
])("a query is a read: %s", async (_what, fault, end) => {
  const issue = await newIssue();
  const { reads: fresh } = await connectTo(fixture);
  fixture.sandbox.faults.add({ method: "POST", path: "/graphql", count: 1, fault });
  const told = await fresh.lastEdit(issue).then(
    () => "answered",
    (error: unknown) => (error instanceof GitHubError ? error.kind : String(error)),
  );
  fixture.sandbox.faults.clear();
  expect(told).toBe(end);
});

test("texts of issues that changed since a time: with their authors, closed ones too, and no pull requests", async () => {
  const maya = fixture.as(fixture.tokens.maintainer);
  await newIssue();
  fixture.sandbox.clock.advance(60_000);
  const since = fixture.sandbox.clock.now();
  const { number } = (await maya("POST", "~/issues", { title: "t", body: "its text" })).body;
  await maya("PATCH", `~/issues/${number}`, { state: "closed" });
  const { value } = await reads.issueTextsSince(since);
  expect(value).toEqual([
    { number, body: "its text", author: expect.objectContaining({ login: "maya", type: "User" }) },
  ]);
});
