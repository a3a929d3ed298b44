import { expect, test } from "vitest";
import { start } from "./fixture.ts";

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
