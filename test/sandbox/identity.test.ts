import { createRemoteJWKSet, jwtVerify } from "jose";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createIdTokenIssuer } from "../../src/sandbox/identity/oidc.ts";
import { type Fixture, start } from "./fixture.ts";

let fixture: Fixture;
beforeAll(async () => {
  fixture = await start();
});
afterAll(() => fixture[Symbol.asyncDispose]());

const seconds = () => Math.floor(fixture.sandbox.clock.now() / 1000);

test("an app proves itself by its JWT, by id or client id", async () => {
  for (const iss of [fixture.app.app.id, fixture.app.app.clientId]) {
    const reply = await fixture.as(await fixture.jwt({ iss }))("GET", "/app");
    expect(reply.status).toBe(200);
    expect(reply.body).toMatchObject({
      id: fixture.app.app.id,
      slug: "cairn",
      permissions: { issues: "write" },
    });
  }
});

test("a JWT that is past, too long or undecodable is refused in GitHub's words, on which clients rely to mend their clocks", async () => {
  const past = await fixture.as(await fixture.jwt({ exp: seconds() - 1 }))("GET", "/app");
  expect(past.status).toBe(401);
  expect(past.body.message).toMatch(
    /^'Expiration time' claim \('exp'\) must be a numeric value representing the future time/,
  );
  const long = await fixture.as(await fixture.jwt({ exp: seconds() + 3600 }))("GET", "/app");
  expect(long).toMatchObject({
    status: 401,
    body: { message: "'Expiration time' claim ('exp') is too far in the future" },
  });
  const future = await fixture.as(await fixture.jwt({ iat: seconds() + 300 }))("GET", "/app");
  expect(future.body.message).toMatch(/^'Issued at' claim \('iat'\) must be an Integer/);
  const broken = `${(await fixture.jwt()).slice(0, -12)}AAAAAAAAAAAA`;
  expect(await fixture.as(broken)("GET", "/app")).toMatchObject({
    status: 401,
    body: { message: "A JSON web token could not be decoded" },
  });
});

test("an installation token lasts one hour on the sandbox's clock", async () => {
  await using own = await start();
  const token = await own.installationToken();
  expect(token).toMatch(/^ghs_/);
  expect((await own.as(token)("GET", "~")).status).toBe(200);
  own.sandbox.clock.advance(3_600_000);
  expect(await own.as(token)("GET", "~")).toMatchObject({
    status: 401,
    body: { message: "Bad credentials" },
  });
});

test("an installation token can be narrowed, and not widened", async () => {
  const narrow = await fixture.installationToken({
    permissions: { issues: "read" },
    repository_ids: [fixture.repository.id],
  });
  expect((await fixture.as(narrow)("GET", "~/issues")).status).toBe(200);
  expect(await fixture.as(narrow)("POST", "~/issues", { title: "no" })).toMatchObject({
    status: 403,
    body: { message: "Resource not accessible by integration" },
  });
  const jwt = await fixture.jwt();
  const path = `/app/installations/${fixture.installation.id}/access_tokens`;
  expect((await fixture.as(jwt)("POST", path, { permissions: { administration: "write" } })).status).toBe(
    422,
  );
  expect((await fixture.as(jwt)("POST", path, { repositories: ["nowhere"] })).status).toBe(422);
});

test("a token for one repository does not reach another: what is private there does not exist", async () => {
  await fixture.sandbox.createRepository("acme", "other", { private: true, files: { a: "a" } });
  const narrow = await fixture.installationToken({ repositories: ["tools"] });
  expect(await fixture.as(narrow)("GET", "/repos/acme/other")).toMatchObject({
    status: 404,
    body: { message: "Not Found" },
  });
  const repositories = await fixture.as(narrow)("GET", "/installation/repositories");
  expect(repositories.body).toMatchObject({ total_count: 1, repositories: [{ name: "tools" }] });
});

test("a token given back is good no more", async () => {
  const token = await fixture.installationToken();
  expect((await fixture.as(token)("DELETE", "/installation/token")).status).toBe(204);
  expect((await fixture.as(token)("GET", "~")).status).toBe(401);
});

test("outsiders do not see a private repository, and unknown tokens are refused before anything else", async () => {
  expect(await fixture.as(fixture.tokens.outsider)("GET", "~")).toMatchObject({
    status: 404,
    body: { message: "Not Found" },
  });
  expect((await fixture.as(undefined)("GET", "~")).status).toBe(404);
  expect(await fixture.as("ghp_unknown")("GET", "~")).toMatchObject({
    status: 401,
    body: { message: "Bad credentials" },
  });
});

test("permission of a collaborator: the four old levels, and the exact role", async () => {
  const call = fixture.as(await fixture.installationToken());
  const of = async (login: string) => (await call("GET", `~/collaborators/${login}/permission`)).body;
  expect(await of("maya")).toMatchObject({ permission: "admin", role_name: "admin" });
  expect(await of("rui")).toMatchObject({ permission: "write", role_name: "write" });
  expect(await of("oda")).toMatchObject({ permission: "none", role_name: "none" });
  expect((await call("GET", "~/collaborators/nobody/permission")).status).toBe(404);
});

test("the installation of a repository is found with the app's JWT", async () => {
  const reply = await fixture.as(await fixture.jwt())("GET", "~/installation");
  expect(reply).toMatchObject({ status: 200, body: { id: fixture.installation.id, app_slug: "cairn" } });
});

test("a job's token has exactly its permissions and acts as github-actions[bot]", async () => {
  const { world } = fixture.sandbox;
  const token = "ghs_job";
  const common = {
    repositoryId: fixture.repository.id,
    runId: 1,
    jobId: 2,
    expiresAt: fixture.sandbox.clock.now() + 60_000,
  };
  world.tokens.set(token, { kind: "job", token, permissions: { issues: "write" }, ...common });
  const call = fixture.as(token);
  const created = await call("POST", "~/issues", { title: "from a job" });
  expect(created.body).toMatchObject({
    user: { login: "github-actions[bot]", type: "Bot" },
    performed_via_github_app: { slug: "github-actions" },
  });
  expect((await call("GET", "~/git/ref/heads/main")).status).toBe(403);
});

test("id tokens verify against the keys that the issuer publishes, and another issuer's do not", async () => {
  const configuration = await fetch(
    `${fixture.sandbox.url}/_services/token/.well-known/openid-configuration`,
  );
  const { issuer, jwks_uri } = (await configuration.json()) as { issuer: string; jwks_uri: string };
  expect(issuer).toBe(`${fixture.sandbox.url}/_services/token`);
  const keys = createRemoteJWKSet(new URL(jwks_uri));
  const token = await fixture.sandbox.actionsHost.signIdToken({ repository_id: "1", aud: "cairn" });
  const { payload } = await jwtVerify(token, keys, { issuer, audience: "cairn" });
  expect(payload).toMatchObject({ repository_id: "1", iss: issuer });
  const stranger = await createIdTokenIssuer(fixture.sandbox.clock, () => fixture.sandbox.url);
  await expect(jwtVerify(await stranger.sign({ repository_id: "1" }), keys, { issuer })).rejects.toThrow();
});
