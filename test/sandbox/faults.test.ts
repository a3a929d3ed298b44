import { expect, test } from "vitest";
import { type Call, type Fixture, start } from "./fixture.ts";

const COMMENTS = "/repos/{owner}/{repo}/issues/{issue_number}/comments";

async function ready(): Promise<
  { fixture: Fixture; app: Call; people: Call; count: () => number } & AsyncDisposable
> {
  const fixture = await start();
  const people = fixture.as(fixture.tokens.maintainer);
  await people("POST", "~/issues", { title: "t" });
  const app = fixture.as(await fixture.installationToken());
  const count = (): number => fixture.sandbox.world.comments.size;
  return { fixture, app, people, count, [Symbol.asyncDispose]: () => fixture[Symbol.asyncDispose]() };
}

const comment = { body: "hello" };

test("a lost answer: the comment is there, the client has an error", async () => {
  await using world = await ready();
  await world.people("POST", "/_sandbox/faults", {
    method: "POST",
    path: COMMENTS,
    fault: { kind: "answer-lost" },
  });
  await expect(world.app("POST", "~/issues/1/comments", comment)).rejects.toThrow("fetch failed");
  expect(world.count()).toBe(1);
  expect((await world.app("POST", "~/issues/1/comments", comment)).status).toBe(201);
});

test("a lost request: the client has the same error, and nothing is there", async () => {
  await using world = await ready();
  await world.people("POST", "/_sandbox/faults", { path: COMMENTS, fault: { kind: "request-lost" } });
  await expect(world.app("POST", "~/issues/1/comments", comment)).rejects.toThrow("fetch failed");
  expect(world.count()).toBe(0);
});

test("half a body: applied, a 201 whose JSON does not parse", async () => {
  await using world = await ready();
  world.fixture.sandbox.faults.add({ path: COMMENTS, fault: { kind: "half-body" } });
  await expect(world.app("POST", "~/issues/1/comments", comment)).rejects.toThrow(SyntaxError);
  expect(world.count()).toBe(1);
});

test("applied late: nothing is there until the clock has passed the delay", async () => {
  await using world = await ready();
  const { sandbox } = world.fixture;
  sandbox.faults.add({ path: COMMENTS, fault: { kind: "applied-late", delayMs: 30_000 } });
  await expect(world.app("POST", "~/issues/1/comments", comment)).rejects.toThrow("fetch failed");
  sandbox.clock.advance(29_000);
  await sandbox.waitIdle();
  expect(world.count()).toBe(0);
  sandbox.clock.advance(2000);
  await expect.poll(world.count).toBe(1);
});

test("a pause: on its way until the clock has passed it, only then applied, to the world as it is then, and answered", async () => {
  await using world = await ready();
  const { sandbox } = world.fixture;
  sandbox.faults.add({ path: COMMENTS, method: "POST", fault: { kind: "pause", ms: 30_000 } });
  let isAnswered = false;
  const sent = world.app("POST", "~/issues/1/comments", comment).finally(() => {
    isAnswered = true;
  });
  await expect.poll(async () => (await world.people("GET", "/_sandbox/faults")).body[0]?.happened).toBe(1);
  sandbox.clock.advance(29_000);
  // Whoever comes behind it is not kept waiting, and lands first.
  expect((await world.people("POST", "~/issues/1/comments", { body: "before" })).status).toBe(201);
  expect([isAnswered, world.count()]).toEqual([false, 1]);
  sandbox.clock.advance(2_000);
  expect((await sent).status).toBe(201);
  const found = (await world.people("GET", "~/issues/1/comments")).body as { body: string }[];
  expect(found.map(({ body }) => body)).toEqual(["before", "hello"]);
  const wrong = { fault: { kind: "pause", ms: -1 } };
  expect((await world.people("POST", "/_sandbox/faults", wrong)).status).toBe(400);
});

test("a status without or after applying, with its headers", async () => {
  await using world = await ready();
  const limit = {
    kind: "status",
    status: 403,
    message: "You have exceeded a secondary rate limit",
    headers: { "retry-after": "60" },
  } as const;
  world.fixture.sandbox.faults.add({ path: COMMENTS, fault: limit });
  const refused = await world.app("POST", "~/issues/1/comments", comment);
  expect(refused).toMatchObject({ status: 403, body: { message: limit.message } });
  expect(refused.headers.get("retry-after")).toBe("60");
  expect(world.count()).toBe(0);
  world.fixture.sandbox.faults.add({ path: COMMENTS, fault: { kind: "status-after", status: 502 } });
  expect((await world.app("POST", "~/issues/1/comments", comment)).status).toBe(502);
  expect(world.count()).toBe(1);
});

test("a fault meets whom it names, after what it lets through, as often as it says", async () => {
  await using world = await ready();
  const rule = { path: "/repos/*/issues/1", actor: "installation", userAgent: "test", after: 1, count: 2 };
  await world.people("POST", "/_sandbox/faults", { ...rule, fault: { kind: "status", status: 500 } });
  const statuses: number[] = [];
  for (let at = 0; at < 4; at += 1) statuses.push((await world.app("GET", "~/issues/1")).status);
  expect(statuses).toEqual([200, 500, 500, 200]);
  expect((await world.people("GET", "~/issues/1")).status).toBe(200);
  const [fault] = (await world.people("GET", "/_sandbox/faults")).body;
  expect(fault).toMatchObject({ matched: 4, happened: 2 });
});

test("stale reads: lists, single objects, counts and refs answer from before, writes do not", async () => {
  await using world = await ready();
  const { app } = world;
  const sha = (await app("GET", "~/git/ref/heads/main")).body.object.sha;
  world.fixture.sandbox.faults.add({ count: 5, actor: "installation", fault: { kind: "stale" } });
  const { id } = (await app("POST", "~/issues/1/comments", comment)).body;
  await app("POST", "~/git/refs", { ref: "refs/cairn/1", sha });
  expect((await app("GET", "~/issues/1/comments")).body).toEqual([]);
  expect((await app("GET", `~/issues/comments/${id}`)).status).toBe(404);
  expect((await app("GET", "~/issues/1")).body.comments).toBe(0);
  expect((await app("GET", "~/git/ref/cairn/1")).status).toBe(404);
  expect((await app("GET", "~/git/matching-refs/cairn/1")).body).toEqual([]);
  expect((await app("GET", "~/git/ref/cairn/1")).status).toBe(200);
  expect((await app("GET", "~/issues/1/comments")).body).toHaveLength(1);
});

test("webhooks can be dropped, doubled and delayed", async () => {
  await using world = await ready();
  const { sandbox, app } = world.fixture;
  const sent = () => sandbox.deliveries.filter((one) => one.event === "issues").map((one) => one.action);
  app.app.webhookUrl = "http://127.0.0.1:1/";
  for (const [action, mode, delayMs] of [
    ["closed", "drop"],
    ["reopened", "double"],
    ["edited", "delay", 5000],
  ] as const) {
    sandbox.faults.add({ fault: { kind: "webhook", event: "issues", action, mode, delayMs } });
  }
  await world.people("PATCH", "~/issues/1", { state: "closed" });
  await world.people("PATCH", "~/issues/1", { state: "open" });
  await world.people("PATCH", "~/issues/1", { title: "later" });
  expect(sent()).toEqual(["reopened", "reopened"]);
  sandbox.clock.advance(5000);
  await sandbox.waitIdle();
  expect(sent()).toEqual(["reopened", "reopened", "edited"]);
});

test("faults can be taken back, and a wrong one is refused with the reason", async () => {
  await using world = await ready();
  const set = (await world.people("POST", "/_sandbox/faults", { fault: { kind: "request-lost" } })).body;
  expect((await world.people("DELETE", `/_sandbox/faults/${set.id}`)).status).toBe(204);
  expect((await world.people("GET", "/_sandbox/faults")).body).toEqual([]);
  const wrong = await world.people("POST", "/_sandbox/faults", { fault: { kind: "nonsense" } });
  expect(wrong).toMatchObject({ status: 400, body: { message: expect.stringContaining("nonsense") } });
});

test("the log of requests tells what was asked by whom and what it cost, and no token", async () => {
  await using world = await ready();
  const { sandbox } = world.fixture;
  await world.app("GET", "~/issues/1");
  await world.app("POST", "~/issues/1/comments", comment);
  const cost = (await world.people("GET", "/_sandbox/requests/cost")).body;
  expect(cost).toEqual({ contentWrites: 1, writes: 1, requests: 2, points: 6 });
  const last = sandbox.requestLog.at(-1);
  expect(last).toMatchObject({
    method: "POST",
    route: COMMENTS,
    status: 201,
    tokenKind: "installation",
    actor: "cairn[bot]",
    contentCreating: true,
  });
  const whole = JSON.stringify(sandbox.requestLog);
  for (const token of sandbox.world.tokens.keys()) expect(whole).not.toContain(token);
});

test("the clock goes forward on request, and answers are dated by it", async () => {
  await using world = await ready();
  const before = (await world.people("GET", "/_sandbox/clock")).body.now;
  await world.people("POST", "/_sandbox/clock", { advance: 86_400_000 });
  const date = Date.parse((await world.people("GET", "~")).headers.get("date") ?? "");
  expect(date - before).toBeGreaterThanOrEqual(86_399_000);
  expect((await world.people("POST", "/_sandbox/clock", { advance: -1 })).status).toBe(400);
});
