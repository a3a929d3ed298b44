/** GitHub's limits ("Rate limits for the REST API" in its documentation), and others in their place. */
import { expect, test } from "vitest";
import { createClock } from "../../src/sandbox/clock.ts";
import { type Call, type Fixture, type Reply, start } from "./fixture.ts";

const limits = async (fixture: Fixture, text: string): Promise<void> => {
  const { status } = await fixture.as(undefined)("POST", "/_sandbox/limits", { limits: text });
  expect(status).toBe(201);
};

/** An issue to write to, and time that stands still. */
async function ready(
  text: string,
): Promise<{ fixture: Fixture; app: Call; comment: () => Promise<Reply> } & AsyncDisposable> {
  const fixture = await start({ clock: createClock("virtual") });
  await fixture.as(fixture.tokens.maintainer)("POST", "~/issues", { title: "t" });
  const app = fixture.as(await fixture.installationToken());
  await limits(fixture, text);
  return {
    fixture,
    app,
    comment: () => app("POST", "~/issues/1/comments", { body: "x" }),
    [Symbol.asyncDispose]: () => fixture[Symbol.asyncDispose](),
  };
}

const times = async (count: number, ask: () => Promise<{ status: number }>): Promise<number[]> => {
  const statuses: number[] = [];
  for (let at = 0; at < count; at += 1) statuses.push((await ask()).status);
  return statuses;
};

test("the 81st comment within a minute is refused with retry-after, and welcome a minute later", async () => {
  await using fixture = await start();
  await fixture.as(fixture.tokens.maintainer)("POST", "~/issues", { title: "t" });
  const app = fixture.as(await fixture.installationToken());
  const write = () => app("POST", "~/issues/1/comments", { body: "x" });
  for (let at = 0; at < 80; at += 1) expect((await write()).status).toBe(201);
  const refused = await write();
  expect(refused).toMatchObject({
    status: 403,
    body: { message: expect.stringContaining("secondary rate limit") },
  });
  expect(refused.headers.get("retry-after")).toBe("60");
  expect(fixture.sandbox.world.comments.size).toBe(80);
  // Labels notify nobody: they are no content, and go on.
  expect((await app("POST", "~/issues/1/labels", { labels: ["a"] })).status).toBe(200);
  fixture.sandbox.clock.advance(61_000);
  expect((await write()).status).toBe(201);
});

test("requests of a job are counted against 1,000 an hour, and the count stands in the headers", async () => {
  await using fixture = await start();
  const { sandbox, repository } = fixture;
  const token = sandbox.actionsHost.mintJobToken({
    repositoryId: repository.id,
    permissions: { issues: "read" },
    runId: 1,
    jobId: 1,
  });
  const headers = { authorization: `Bearer ${token}` };
  const ask = () =>
    sandbox.handle({ method: "GET", url: "/repos/acme/tools", headers, body: Buffer.alloc(0) });
  for (let at = 0; at < 998; at += 1) {
    if (at === 500) sandbox.clock.advance(61_000); // not to meet the 900 points a minute
    await ask();
  }
  expect((await ask()).headers).toMatchObject({ "x-ratelimit-limit": "1000", "x-ratelimit-used": "999" });
  expect((await ask()).status).toBe(200);
  const refused = await ask();
  expect(refused.status).toBe(403);
  expect(refused.headers["x-ratelimit-remaining"]).toBe("0");
  expect(JSON.parse(refused.body.toString()).message).toMatch(/^API rate limit exceeded/);
});

test("an hour's requests: by whom, and more for an installation with many repositories and members", async () => {
  await using fixture = await start();
  const { sandbox, tokens, installation } = fixture;
  const limit = async (call: Call) => (await call("GET", "/rate_limit")).body.rate.limit;
  const app = fixture.as(await fixture.installationToken());
  expect(await limit(fixture.as(tokens.maintainer))).toBe(5_000);
  expect(await limit(fixture.as(undefined))).toBe(60);
  expect(await limit(app)).toBe(5_000);
  const members = new Map(Array.from({ length: 25 }, (_, at) => [at, "member" as const]));
  sandbox.world.members.set(installation.accountId, members);
  expect(await limit(app)).toBe(5_250);
  const repository = [...sandbox.world.repositories.values()][0];
  if (!repository) throw new Error("no repository");
  for (let id = 1; id < 40; id += 1) sandbox.world.repositories.set(id, { ...repository, id });
  expect(await limit(app)).toBe(6_250);
  for (let id = 40; id < 400; id += 1) sandbox.world.repositories.set(id, { ...repository, id });
  expect(await limit(app)).toBe(12_500);
});

test("a spent primary limit: remaining is 0 and reset says when, without retry-after; others go on", async () => {
  await using world = await ready("requests=4/m");
  const { app, fixture } = world;
  const read = () => app("GET", "~/issues/1");
  // One was spent before the limit was set.
  expect(await times(4, read)).toEqual([200, 200, 200, 200]);
  const refused = await read();
  expect(refused).toMatchObject({ status: 403, body: { message: /^API rate limit exceeded for inst/ } });
  expect(refused.headers.get("x-ratelimit-remaining")).toBe("0");
  expect(refused.headers.get("retry-after")).toBeNull();
  const reset = Number(refused.headers.get("x-ratelimit-reset"));
  expect(reset).toBe(Math.ceil((fixture.sandbox.clock.now() + 60_000) / 1000));
  expect((await fixture.as(fixture.tokens.reviewer)("GET", "~/issues/1")).status).toBe(200);
  // To ask for it costs nothing, and is answered also then (GitHub's documentation of the endpoint).
  expect((await app("GET", "/rate_limit")).body.rate).toMatchObject({ limit: 4, remaining: 0, used: 4 });
  fixture.sandbox.clock.advance(60_000);
  expect((await read()).headers.get("x-ratelimit-remaining")).toBe("3");
  expect((await app("GET", "/rate_limit")).body.rate.remaining).toBe(3);
});

test("points: a read is 1, a write 5, over the last minute", async () => {
  await using world = await ready("points=12/m");
  const { app, fixture } = world;
  const label = () => app("POST", "~/issues/1/labels", { labels: ["a"] });
  const read = () => app("GET", "~/issues/1");
  expect(await times(2, label)).toEqual([200, 200]);
  fixture.sandbox.clock.advance(30_000);
  expect(await times(3, read)).toEqual([200, 200, 403]);
  fixture.sandbox.clock.advance(30_001);
  expect(await times(2, label)).toEqual([200, 200]);
  expect((await label()).body.message).toContain("secondary rate limit");
});

test("content by the hour: retry-after tells when the oldest is an hour old", async () => {
  await using world = await ready("content=80/m,3/h");
  const { fixture } = world;
  // An installation's token would have ended with the hour.
  const people = fixture.as(fixture.tokens.reviewer);
  const write = () => people("POST", "~/issues/1/comments", { body: "x" });
  expect(await times(3, write)).toEqual([201, 201, 201]);
  fixture.sandbox.clock.advance(600_000);
  expect((await write()).headers.get("retry-after")).toBe("3000");
  fixture.sandbox.clock.advance(3_000_001);
  expect((await write()).status).toBe(201);
});

test("GitHub answers 403 or 429, and does not always say for how long", async () => {
  await using world = await ready("content=1/m,status=429,retry-after=no");
  await world.comment();
  const refused = await world.comment();
  expect(refused).toMatchObject({ status: 429, body: { message: expect.stringContaining("secondary") } });
  expect(refused.headers.get("retry-after")).toBeNull();
  expect(Number(refused.headers.get("x-ratelimit-remaining"))).toBeGreaterThan(0);
  await limits(world.fixture, "requests=1/h,status=429");
  await world.app("GET", "~/issues/1");
  expect(await world.app("GET", "~/issues/1")).toMatchObject({ status: 429 });
});

test("no more requests at once than allowed: one that hangs is under way until it is answered", async () => {
  await using world = await ready("concurrent=2");
  const { app, fixture } = world;
  fixture.sandbox.faults.add({ actor: "installation", count: 2, fault: { kind: "hang", ms: 5_000 } });
  const hanging = [app("GET", "~/issues/1"), app("GET", "~/issues/1")];
  await expect.poll(() => fixture.sandbox.faults.list()[0]?.happened).toBe(2);
  expect((await app("GET", "~/issues/1")).status).toBe(403);
  expect((await fixture.as(fixture.tokens.reviewer)("GET", "~/issues/1")).status).toBe(200);
  fixture.sandbox.clock.advance(5_000);
  expect((await Promise.all(hanging)).map(({ status }) => status)).toEqual([200, 200]);
  expect((await app("GET", "~/issues/1")).status).toBe(200);
});

test("off: nothing is refused, no header speaks of limits, as on a GitHub Enterprise Server", async () => {
  await using world = await ready("content=1/h");
  expect(await times(2, world.comment)).toEqual([201, 403]);
  await limits(world.fixture, "off");
  const written = await world.comment();
  expect(written.status).toBe(201);
  expect([...written.headers.keys()].filter((name) => name.startsWith("x-ratelimit"))).toEqual([]);
  // Its words on a server without limits, as reported by clients.
  expect(await world.app("GET", "/rate_limit")).toMatchObject({
    status: 404,
    body: { message: "Rate limiting is not enabled." },
  });
  await limits(world.fixture, "github");
  expect((await world.app("GET", "/rate_limit")).body.rate.limit).toBe(5_000);
});

test("limits that cannot be read are refused with the place and what is allowed, and nothing changes", async () => {
  await using world = await ready("content=7/m");
  const people = world.fixture.as(undefined);
  const wrong = async (text: string) =>
    (await people("POST", "/_sandbox/limits", { limits: text })).body.message;
  expect(await wrong("content=80/m,contents=1/h")).toBe(
    '"content=80/m,contents=1/h", character 14: there is no "contents": there are github, off, or requests, ' +
      "job-requests, graphql, points, graphql-points, content, concurrent, status, retry-after",
  );
  expect(await wrong("strict")).toContain('"strict", character 1: there is no "strict"');
  expect(await wrong("content=80/m,500")).toContain('character 14: "500" is no rate');
  expect(await wrong("status=500")).toContain("character 1: status is 403 or 429");
  expect(await wrong("requests=1/h,2/h")).toContain("character 14: requests takes one value");
  expect(await wrong("concurrent=0")).toContain('"0" is no number of requests');
  const { body } = await people("GET", "/_sandbox/limits");
  expect(body.limits).toMatchObject({
    content: [{ count: 7, windowMs: 60_000 }],
    points: [{ count: 900, windowMs: 60_000 }],
    concurrent: 100,
  });
});
