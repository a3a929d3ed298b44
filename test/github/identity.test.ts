/** The App's identity: tokens live as long as they may, reach as far as they were asked to, and no further. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { createAppClient, realClock } from "../../src/github/index.ts";
import { type Fixture, start } from "../sandbox/fixture.ts";

let fixture: Fixture;
beforeAll(async () => {
  fixture = await start();
});
afterAll(() => fixture[Symbol.asyncDispose]());

function appOf(place: Fixture, now?: () => number) {
  return createAppClient({
    appId: place.app.app.id,
    privateKey: place.app.privateKey,
    apiUrl: place.sandbox.url,
    clock: now ? { now, sleep: async () => undefined } : realClock,
  });
}

const minted = (place: Fixture): number =>
  place.sandbox.requestLog.filter(({ path }) => path.endsWith("/access_tokens")).length;

test("who the app is, and where it is installed", async () => {
  const app = appOf(fixture);
  expect(await app.app()).toMatchObject({
    appId: fixture.app.app.id,
    slug: "cairn",
    botLogin: "cairn[bot]",
    botId: expect.any(Number),
  });
  expect(await app.installations()).toEqual([fixture.installation.id]);
  expect((await app.installation("acme", "tools"))?.id).toBe(fixture.installation.id);
  expect(await app.installation("acme", "nowhere")).toBeUndefined();
  expect(await app.repositoriesOf(fixture.installation.id)).toEqual([
    {
      ...{
        id: fixture.repository.id,
        owner: "acme",
        ownerType: "Organization",
        name: "tools",
        defaultBranch: "main",
      },
      ...{ private: true, archived: false, url: expect.stringMatching(/\/acme\/tools$/) },
    },
  ]);
});

test("a token is minted once for all who ask at once, and again five minutes before it ends", async () => {
  await using own = await start();
  let now = 0;
  const app = appOf(own, () => now);
  const id = own.installation.id;
  const [first, second] = await Promise.all([app.token(id), app.token(id)]);
  expect(second).toBe(first);
  now = 54 * 60_000;
  expect(await app.token(id)).toBe(first);
  expect(minted(own)).toBe(1);
  now = 56 * 60_000;
  expect(await app.token(id)).not.toBe(first);
  app.forgetToken(id);
  await app.token(id);
  expect(minted(own)).toBe(3);
});

test("a token that could not be minted is not remembered", async () => {
  await using own = await start();
  const app = appOf(own);
  own.sandbox.faults.add({ path: "*/access_tokens", fault: { kind: "status", status: 502 } });
  await expect(app.token(own.installation.id)).rejects.toMatchObject({ kind: "unavailable" });
  expect(await app.token(own.installation.id)).toMatch(/^ghs_/);
});

test("a minted token has the rights that were asked for, for the repository that was named, and is new each time", async () => {
  const app = appOf(fixture);
  await fixture.sandbox.createRepository("acme", "other", { private: true, files: { a: "a" } });
  const scope = { repositoryIds: [fixture.repository.id], permissions: { issues: "read" } } as const;
  const { token, expiresAt } = await app.mint(fixture.installation.id, scope);
  expect(Date.parse(expiresAt) - Date.now()).toBeGreaterThan(59 * 60_000);
  const call = fixture.as(token);
  expect((await call("GET", "~/issues")).status).toBe(200);
  expect((await call("POST", "~/issues", { title: "no" })).status).toBe(403);
  expect((await call("GET", "/repos/acme/other/issues")).status).toBe(404);
  expect((await app.mint(fixture.installation.id, scope)).token).not.toBe(token);
  await expect(app.mint(9_999, scope)).rejects.toMatchObject({ kind: "refused", status: 404 });
});

test("a suspended installation keeps nobody else from being served", async () => {
  await using own = await start();
  own.sandbox.createUser({ login: "beta", type: "Organization" });
  const other = own.sandbox.installApp(own.app.app, "beta", "all");
  own.installation.suspendedAt = own.sandbox.clock.now();
  const app = appOf(own);
  expect(await app.installations()).toEqual([other.id]);
  expect(await app.app()).toMatchObject({ slug: "cairn" });
});

test("a key that is not the App's is told apart from a GitHub that does not answer", async () => {
  await using own = await start();
  const stranger = createAppClient({
    appId: own.app.app.id,
    privateKey: fixture.app.privateKey,
    apiUrl: own.sandbox.url,
    clock: realClock,
  });
  await expect(stranger.installations()).rejects.toMatchObject({ kind: "unauthorized" });
  const nowhere = createAppClient({
    appId: 1,
    privateKey: fixture.app.privateKey,
    apiUrl: "http://127.0.0.1:1",
    clock: realClock,
  });
  await expect(nowhere.installations()).rejects.toMatchObject({ kind: "unavailable" });
});
