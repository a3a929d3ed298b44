import { afterAll, beforeAll, expect, test } from "vitest";
import { type Call, type Fixture, start } from "./fixture.ts";

let fixture: Fixture;
let app: Call;
let maintainer: Call;
let outsider: Call;
beforeAll(async () => {
  fixture = await start();
  app = fixture.as(await fixture.installationToken());
  maintainer = fixture.as(fixture.tokens.maintainer);
  outsider = fixture.as(fixture.tokens.outsider);
});
afterAll(() => fixture[Symbol.asyncDispose]());

const newIssue = async (input: Record<string, unknown> = {}): Promise<number> =>
  (await maintainer("POST", "~/issues", { title: "A title", body: "A body", ...input })).body.number;

test("an issue that is opened, read, closed and opened again keeps its state and reason", async () => {
  const number = await newIssue();
  const closed = await app("PATCH", `~/issues/${number}`, { state: "closed", state_reason: "not_planned" });
  expect(closed).toMatchObject({
    status: 200,
    body: { state: "closed", state_reason: "not_planned", closed_by: { login: "cairn[bot]" } },
  });
  const again = await app("PATCH", `~/issues/${number}`, { state: "closed" });
  expect(again).toMatchObject({ status: 200, body: { state: "closed", state_reason: "not_planned" } });
  const open = await maintainer("PATCH", `~/issues/${number}`, { state: "open" });
  expect(open.body).toMatchObject({ state: "open", state_reason: "reopened", closed_at: null });
  const events = (await app("GET", `~/issues/${number}/events`)).body;
  expect(events.map((event: { event: string }) => event.event)).toEqual(["closed", "reopened"]);
});

test("comments are marked with the app that wrote them, ascend by id, and are counted on the issue", async () => {
  const number = await newIssue();
  const first = await app("POST", `~/issues/${number}/comments`, { body: "one" });
  const second = await maintainer("POST", `~/issues/${number}/comments`, { body: "two" });
  expect(first).toMatchObject({
    status: 201,
    body: {
      user: { login: "cairn[bot]", type: "Bot" },
      performed_via_github_app: { id: fixture.app.app.id },
    },
  });
  expect(second.body.performed_via_github_app).toBeNull();
  expect(second.body.id).toBeGreaterThan(first.body.id);
  const list = (await app("GET", `~/issues/${number}/comments`)).body;
  expect(list.map((comment: { body: string }) => comment.body)).toEqual(["one", "two"]);
  expect((await app("GET", `~/issues/${number}`)).body.comments).toBe(2);
});

test("whoever may write can edit the app's comment: its author stays the app", async () => {
  const number = await newIssue();
  const { id } = (await app("POST", `~/issues/${number}/comments`, { body: "mine" })).body;
  const edited = await fixture.as(fixture.tokens.reviewer)("PATCH", `~/issues/comments/${id}`, {
    body: "theirs",
  });
  expect(edited).toMatchObject({
    status: 200,
    body: { body: "theirs", user: { login: "cairn[bot]" }, performed_via_github_app: { slug: "cairn" } },
  });
  expect((await outsider("PATCH", `~/issues/comments/${id}`, { body: "no" })).status).toBe(404);
  expect((await app("DELETE", `~/issues/comments/${id}`)).status).toBe(204);
  expect((await app("GET", `~/issues/comments/${id}`)).status).toBe(404);
});

test("a comment holds 65,536 characters and not one more", async () => {
  const number = await newIssue();
  expect((await app("POST", `~/issues/${number}/comments`, { body: "x".repeat(65_536) })).status).toBe(201);
  const refused = await app("POST", `~/issues/${number}/comments`, { body: "x".repeat(65_537) });
  expect(refused).toMatchObject({
    status: 422,
    body: { message: "Body is too long (maximum is 65536 characters)" },
  });
});

test("pages are linked, in order, with at most 100 on each", async () => {
  const number = await newIssue();
  for (let at = 1; at <= 7; at += 1) await app("POST", `~/issues/${number}/comments`, { body: String(at) });
  const path = `~/issues/${number}/comments`;
  const second = await app("GET", `${path}?per_page=3&page=2`);
  expect(second.body.map((comment: { body: string }) => comment.body)).toEqual(["4", "5", "6"]);
  const link = second.headers.get("link") ?? "";
  const base = `${fixture.sandbox.url}/repos/acme/tools/issues/${number}/comments?per_page=3&page=`;
  expect(link).toBe(
    `<${base}1>; rel="prev", <${base}3>; rel="next", <${base}3>; rel="last", <${base}1>; rel="first"`,
  );
  expect((await app("GET", `${path}?per_page=100`)).headers.get("link")).toBeNull();
  expect((await app("GET", `${path}?page=9`)).body).toEqual([]);
});

test("labels: one that is there is no-op, an unknown one is made, taking off an absent one is 404", async () => {
  const number = await newIssue();
  const set = await app("POST", `~/issues/${number}/labels`, { labels: ["cairn:ready", "urgent"] });
  expect(set).toMatchObject({
    status: 200,
    body: [{ name: "cairn:ready", color: "ededed" }, { name: "urgent" }],
  });
  await app("POST", `~/issues/${number}/labels`, ["Cairn:Ready"]);
  const removed = await app("DELETE", `~/issues/${number}/labels/${encodeURIComponent("cairn:ready")}`);
  expect(removed).toMatchObject({ status: 200, body: [{ name: "urgent" }] });
  expect(await app("DELETE", `~/issues/${number}/labels/nope`)).toMatchObject({
    status: 404,
    body: { message: "Label does not exist" },
  });
  await app("PUT", `~/issues/${number}/labels`, { labels: ["a", "b"] });
  const events = (await app("GET", `~/issues/${number}/events`)).body as {
    event: string;
    label: { name: string };
  }[];
  expect(events.map((event) => `${event.event} ${event.label.name}`)).toEqual([
    "labeled cairn:ready",
    "labeled urgent",
    "unlabeled cairn:ready",
    "unlabeled urgent",
    "labeled a",
    "labeled b",
  ]);
});

test("an event names its actor, its app and its id, and can be read by it", async () => {
  const number = await newIssue({ labels: ["cairn:ready"] });
  await app("POST", `~/issues/${number}/labels`, { labels: ["seen"] });
  const [first, second] = (await app("GET", `~/issues/${number}/events`)).body;
  expect(first).toMatchObject({ event: "labeled", actor: { login: "maya" }, performed_via_github_app: null });
  expect(second).toMatchObject({
    event: "labeled",
    actor: { login: "cairn[bot]" },
    performed_via_github_app: { slug: "cairn" },
  });
  expect((await app("GET", `~/issues/events/${first.id}`)).body).toMatchObject({
    id: first.id,
    issue: { number },
  });
});

test("lists filter by state, labels, creator and time, newest first", async () => {
  await using own = await start();
  const call = own.as(own.tokens.maintainer);
  for (const labels of [["a"], ["a", "b"], []]) await call("POST", "~/issues", { title: "t", labels });
  await call("PATCH", "~/issues/1", { state: "closed" });
  const numbers = async (query: string) =>
    ((await call("GET", `~/issues?${query}`)).body as { number: number }[]).map((one) => one.number);
  expect(await numbers("")).toEqual([3, 2]);
  expect(await numbers("state=all&direction=asc")).toEqual([1, 2, 3]);
  expect(await numbers("state=all&labels=a")).toEqual([2, 1]);
  expect(await numbers("labels=a,b")).toEqual([2]);
  expect(await numbers("creator=rui")).toEqual([]);
  expect(await numbers(`since=${new Date(own.sandbox.clock.now() + 5000).toISOString()}`)).toEqual([]);
});

test("labels of somebody without the right are passed over, and setting one is refused", async () => {
  await using own = await start();
  own.repository.private = false;
  const call = own.as(own.tokens.outsider);
  const opened = await call("POST", "~/issues", { title: "hello", labels: ["cairn:ready"] });
  expect(opened).toMatchObject({ status: 201, body: { labels: [], author_association: "NONE" } });
  const refused = await call("POST", `~/issues/${opened.body.number}/labels`, { labels: ["cairn:ready"] });
  expect(refused).toMatchObject({ status: 403, body: { message: "Must have admin rights to Repository." } });
  expect((await call("PATCH", `~/issues/${opened.body.number}`, { title: "own" })).status).toBe(200);
});

test("a deleted issue is gone, a moved one redirects, a locked one takes no comment of outsiders", async () => {
  await using own = await start();
  own.repository.private = false;
  await own.sandbox.createRepository("acme", "other", { files: { a: "a" } });
  const call = own.as(own.tokens.maintainer);
  for (const title of ["a", "b", "c"]) await call("POST", "~/issues", { title });
  const control = { repository: "acme/tools", by: "maya" };
  await call("POST", "/_sandbox/issues/delete", { ...control, number: 1 });
  expect((await call("GET", "~/issues/1")).status).toBe(410);
  await call("POST", "/_sandbox/issues/transfer", { ...control, number: 2, to: "acme/other" });
  const moved = await call("GET", "~/issues/2");
  expect(moved.status).toBe(301);
  expect((await call("GET", new URL(moved.headers.get("location") ?? "").pathname)).body).toMatchObject({
    title: "b",
    number: 1,
  });
  expect((await call("PUT", "~/issues/3/lock", { lock_reason: "resolved" })).status).toBe(204);
  expect((await own.as(own.tokens.outsider)("POST", "~/issues/3/comments", { body: "x" })).status).toBe(403);
  expect((await call("POST", "~/issues/3/comments", { body: "x" })).status).toBe(201);
});

test("a renamed repository redirects by its id, an archived one is read only", async () => {
  await using own = await start();
  const call = own.as(own.tokens.maintainer);
  await call("POST", "~/issues", { title: "a" });
  expect((await call("PATCH", "~", { name: "hammers" })).status).toBe(200);
  const moved = await call("GET", "~/issues/1?x=1");
  expect(moved.status).toBe(301);
  expect(moved.headers.get("location")).toBe(
    `${own.sandbox.url}/repositories/${own.repository.id}/issues/1?x=1`,
  );
  expect((await call("GET", `/repositories/${own.repository.id}/issues/1`)).body).toMatchObject({
    title: "a",
  });
  // GitHub sends a write on with 307, so that it stays a write.
  expect((await call("POST", "~/issues", { title: "b" })).status).toBe(307);
  await call("PATCH", "/repos/acme/hammers", { archived: true });
  const refused = await call("POST", "/repos/acme/hammers/issues/1/comments", { body: "x" });
  expect(refused).toMatchObject({
    status: 403,
    body: { message: "Repository was archived so is read-only." },
  });
});

test("a reaction is made once", async () => {
  const number = await newIssue();
  expect((await app("POST", `~/issues/${number}/reactions`, { content: "eyes" })).status).toBe(201);
  expect((await app("POST", `~/issues/${number}/reactions`, { content: "eyes" })).status).toBe(200);
  expect((await app("GET", `~/issues/${number}`)).body.reactions).toMatchObject({ total_count: 1, eyes: 1 });
});

test("what the sandbox does not do it says with its name", async () => {
  const reply = await app("GET", "~/traffic/views");
  expect(reply).toMatchObject({
    status: 501,
    body: { message: "Not implemented by the sandbox: GET /repos/acme/tools/traffic/views" },
  });
});

test("answers carry GitHub's headers, and an unchanged one is 304 without cost", async () => {
  const first = await app("GET", "/api/v3/repos/acme/tools");
  expect(first.headers.get("content-type")).toBe("application/json; charset=utf-8");
  expect(first.headers.get("x-github-request-id")).toMatch(/^[0-9A-F]{4}:/);
  expect(first.body.url).toBe(`${fixture.sandbox.url}/api/v3/repos/acme/tools`);
  expect(Math.abs(Date.parse(first.headers.get("date") ?? "") - fixture.sandbox.clock.now())).toBeLessThan(
    2000,
  );
  const etag = first.headers.get("etag") ?? "";
  const second = await app("GET", "/api/v3/repos/acme/tools", undefined, { "if-none-match": etag });
  expect(second.status).toBe(304);
  expect(second.headers.get("x-ratelimit-remaining")).toBe(first.headers.get("x-ratelimit-remaining"));
});

test("addresses in bodies follow the Host of the request, so that a proxy may stand in front", async () => {
  const reply = await fixture.sandbox.handle({
    method: "GET",
    url: "/repos/acme/tools/issues?per_page=1&state=all",
    headers: { host: "proxy.test:81", authorization: `token ${fixture.tokens.maintainer}` },
    body: Buffer.alloc(0),
  });
  expect(reply.headers.link).toContain("<http://proxy.test:81/repos/acme/tools/issues?");
  expect(JSON.parse(reply.body.toString())[0].url).toMatch(/^http:\/\/proxy\.test:81\//);
});

test("sub-issues and blockers name the other issue by its database id, and are counted on the parent", async () => {
  const [parent, child, blocker] = [await newIssue(), await newIssue(), await newIssue()];
  const idOf = async (number: number) => (await app("GET", `~/issues/${number}`)).body.id;
  expect(
    (await app("POST", `~/issues/${parent}/sub_issues`, { sub_issue_id: await idOf(child) })).status,
  ).toBe(201);
  expect((await app("POST", `~/issues/${parent}/sub_issues`, { sub_issue_id: child })).status).toBe(404);
  expect(
    (await app("POST", `~/issues/${child}/sub_issues`, { sub_issue_id: await idOf(parent) })).status,
  ).toBe(422);
  expect(
    (await app("POST", `~/issues/${child}/dependencies/blocked_by`, { issue_id: await idOf(blocker) }))
      .status,
  ).toBe(201);
  await app("PATCH", `~/issues/${child}`, { state: "closed" });
  expect((await app("GET", `~/issues/${parent}`)).body.sub_issues_summary).toEqual({
    total: 1,
    completed: 1,
    percent_completed: 100,
  });
  expect((await app("GET", `~/issues/${child}`)).body.issue_dependencies_summary).toMatchObject({
    blocked_by: 1,
  });
  expect((await app("GET", `~/issues/${parent}/sub_issues`)).body).toMatchObject([{ number: child }]);
});

test("an old view of a comment names an issue that a transfer took away since: not found, and nothing breaks", async () => {
  await using own = await start();
  const call = own.as(own.tokens.maintainer);
  await call("POST", "~/issues", { title: "a" });
  const { id } = (await call("POST", "~/issues/1/comments", { body: "hello" })).body;
  const comment = own.sandbox.world.comments.get(id);
  if (!comment) throw new Error("no comment");
  comment.issueId += 1_000;
  expect((await call("GET", `~/issues/comments/${id}`)).status).toBe(404);
  expect((await call("GET", "~/issues/comments")).body).toEqual([]);
  expect(own.sandbox.errors).toEqual([]);
});
