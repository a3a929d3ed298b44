/** Check runs and statuses of others: who may set and change what, and what counts for whom (docs: REST "Checks", "Commit statuses"). */
import { createPrivateKey } from "node:crypto";
import { importPKCS8, SignJWT } from "jose";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { CreatedApp } from "../../src/sandbox/setup/apps.ts";
import type { PermissionSet } from "../../src/sandbox/world/state.ts";
import type { Call } from "./fixture.ts";
import { type Hearing, hearing } from "./hearing.ts";

let fixture: Hearing;
let maya: Call;
let app: Call;
let ci: Call;
let ciApp: CreatedApp;
let sha: string;

/** Another app with these permissions, installed beside the fixture's own, and its token. */
async function otherApp(name: string, permissions: PermissionSet): Promise<{ made: CreatedApp; call: Call }> {
  const { sandbox } = fixture;
  const made = sandbox.createApp({ name, permissions, events: ["check_run", "check_suite", "status"] });
  const installation = sandbox.installApp(made.app, "acme", "all");
  const pem = createPrivateKey(made.privateKey).export({ type: "pkcs8", format: "pem" }).toString();
  const now = Math.floor(sandbox.clock.now() / 1000);
  const jwt = await new SignJWT({ iss: String(made.app.id) })
    .setProtectedHeader({ alg: "RS256" })
    .setIssuedAt(now - 30)
    .setExpirationTime(now + 300)
    .sign(await importPKCS8(pem, "RS256"));
  const { body } = await fixture.as(jwt)("POST", `/app/installations/${installation.id}/access_tokens`);
  return { made, call: fixture.as(body.token) };
}

beforeEach(async () => {
  fixture = await hearing("check_run", "check_suite", "status");
  maya = fixture.as(fixture.tokens.maintainer);
  app = fixture.as(await fixture.installationToken());
  const other = await otherApp("Other CI", {
    metadata: "read",
    checks: "write",
    statuses: "write",
    contents: "read",
  });
  [ciApp, ci] = [other.made, other.call];
  sha = (await maya("GET", "~/git/ref/heads/main")).body.object.sha;
});
afterEach(async () => {
  expect(fixture.sandbox.errors).toEqual([]);
  await fixture[Symbol.asyncDispose]();
});

const run = (by: Call, conclusion: string, more = {}) =>
  by("POST", "~/check-runs", { name: "build", head_sha: sha, status: "completed", conclusion, ...more });

const status = (by: Call, state: string, context = "build") =>
  by("POST", `~/statuses/${sha}`, { state, context });

test("a check run is changed by the app that made it, and by nobody else", async () => {
  const made = (await run(ci, "failure")).body;
  expect(made.app).toMatchObject({ id: ciApp.app.id, slug: "other-ci" });
  const foreign = await app("PATCH", `~/check-runs/${made.id}`, { conclusion: "success" });
  expect([foreign.status, foreign.body.message]).toEqual([
    403,
    `Invalid app_id \`${ciApp.app.id}\` - check run can only be modified by the GitHub App that created it.`,
  ]);
  for (const [method, path, body] of [
    ["PATCH", `~/check-runs/${made.id}`, { conclusion: "success" }],
    ["POST", "~/check-runs", { name: "build", head_sha: sha }],
    ["POST", "~/check-suites", { head_sha: sha }],
  ] as const) {
    const person = await maya(method, path, body);
    expect([person.status, person.body.message]).toEqual([403, "You must authenticate via a GitHub App."]);
  }
  expect((await app("GET", `~/check-runs/${made.id}`)).body.conclusion).toBe("failure");
  expect((await ci("PATCH", `~/check-runs/${made.id}`, { conclusion: "success" })).body.conclusion).toBe(
    "success",
  );
});

test("two apps of one check name stand side by side, each in a suite of its own", async () => {
  await run(ci, "failure");
  await run(app, "success");
  const runs = (await maya("GET", `~/commits/${sha}/check-runs`)).body;
  expect(runs.total_count).toBe(2);
  expect(
    new Set(runs.check_runs.map((one: { check_suite: { id: number } }) => one.check_suite.id)).size,
  ).toBe(2);
  const suites = (await maya("GET", `~/commits/${sha}/check-suites`)).body.check_suites;
  expect(suites).toMatchObject([
    { app: { slug: "other-ci" }, conclusion: "failure" },
    { app: { slug: "cairn" }, conclusion: "success" },
  ]);
  const own = await maya("GET", `~/commits/${sha}/check-runs?app_id=${ciApp.app.id}`);
  expect(own.body.check_runs).toMatchObject([{ conclusion: "failure" }]);
  // Both apps hear of both runs: `check_run` is told to all who subscribe.
  const heard = (await fixture.heard()).filter(({ name }) => name === "check_run.completed");
  expect(heard).toHaveLength(4);
});

test("without the permission an app sets neither checks nor statuses, and is told which one it lacks", async () => {
  const { call } = await otherApp("Reader", { metadata: "read", checks: "read", statuses: "read" });
  for (const [reply, needed] of [
    [await run(call, "success"), "checks=write"],
    [await status(call, "success"), "statuses=write"],
  ] as const) {
    expect([reply.status, reply.body.message]).toEqual([403, "Resource not accessible by integration"]);
    expect(reply.headers.get("x-accepted-github-permissions")).toBe(needed);
  }
  expect((await call("GET", `~/commits/${sha}/check-runs`)).status).toBe(200);
});

test("the last status of a context counts, whoever set it, and the older ones can still be read", async () => {
  expect((await status(ci, "failure")).body.creator.login).toBe("other-ci[bot]");
  await status(maya, "success");
  const combined = (await app("GET", `~/commits/${sha}/status`)).body;
  expect(combined).toMatchObject({ state: "success", total_count: 1, statuses: [{ context: "build" }] });
  expect((await app("GET", `~/commits/${sha}/statuses`)).body).toMatchObject([
    { state: "success", creator: { login: "maya" } },
    { state: "failure", creator: { login: "other-ci[bot]" } },
  ]);
  // A person who may only read sets none.
  fixture.sandbox.createUser({ login: "rea" });
  fixture.sandbox.addCollaborator(fixture.repository, "rea", "read");
  expect((await status(fixture.as(fixture.sandbox.createToken("rea")), "success")).status).toBe(403);
});

test("a required check of one app is met by that app alone: by its run or its status, not by another's", async () => {
  const checks = (appId: number | null) => ({
    required_status_checks: {
      strict: false,
      checks: [{ context: "build", ...(appId ? { app_id: appId } : {}) }],
    },
    enforce_admins: true,
    required_pull_request_reviews: null,
    restrictions: null,
  });
  await maya("PUT", "~/branches/main/protection", checks(ciApp.app.id));
  await app("POST", "~/git/refs", { ref: "refs/heads/work", sha });
  await maya("PUT", "~/contents/a.txt", { message: "m", content: "", branch: "work" });
  sha = (await maya("GET", "~/git/ref/heads/work")).body.object.sha;
  const { number } = (await app("POST", "~/pulls", { title: "t", head: "work", base: "main" })).body;
  const merge = async () => (await maya("PUT", `~/pulls/${number}/merge`, {})).body.message;
  const expected = 'Required status check "build" is expected.';
  await run(app, "success");
  expect(await merge()).toBe(expected);
  await status(maya, "success");
  expect(await merge()).toBe(expected);
  // Without a source anybody's counts, and the worst of those that there are.
  await maya("PUT", "~/branches/main/protection", checks(null));
  await run(ci, "failure");
  expect(await merge()).toBe('Required status check "build" is failing.');
  await maya("PUT", "~/branches/main/protection", checks(ciApp.app.id));
  expect(await merge()).toBe('Required status check "build" is failing.');
  await run(ci, "success");
  expect(await merge()).toBe("Pull Request successfully merged");
});

test("a status that the app's token has set meets a required check of that app", async () => {
  await maya("PUT", "~/branches/main/protection", {
    required_status_checks: { strict: false, checks: [{ context: "deploy", app_id: ciApp.app.id }] },
    enforce_admins: true,
    required_pull_request_reviews: null,
    restrictions: null,
  });
  await app("POST", "~/git/refs", { ref: "refs/heads/work", sha });
  await maya("PUT", "~/contents/a.txt", { message: "m", content: "", branch: "work" });
  sha = (await maya("GET", "~/git/ref/heads/work")).body.object.sha;
  const push = () => maya("PATCH", "~/git/refs/heads/main", { sha });
  await status(app, "success", "deploy");
  expect((await push()).body.message).toBe('Required status check "deploy" is expected.');
  await status(ci, "success", "deploy");
  expect((await push()).status).toBe(200);
});

test("a suite that is asked for again is told of to its own app alone", async () => {
  const { check_suite } = (await run(ci, "failure")).body;
  await fixture.heard();
  const before = fixture.sandbox.deliveries.length;
  expect((await ci("POST", `~/check-suites/${check_suite.id}/rerequest`)).status).toBe(201);
  expect((await fixture.heard()).map(({ name }) => name)).toEqual(["check_suite.rerequested"]);
  expect(fixture.sandbox.deliveries.slice(before).map(({ appId }) => appId)).toEqual([ciApp.app.id]);
});
