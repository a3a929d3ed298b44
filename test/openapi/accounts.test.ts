/** Accounts, Apps and what there is beside repositories (docs: REST "Users", "Apps", "Meta"). */
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Call, type Fixture, receiver, start } from "../sandbox/fixture.ts";

let fixture: Fixture;
let maya: Call;
let jwt: Call;

beforeAll(async () => {
  fixture = await start();
  maya = fixture.as(fixture.tokens.maintainer);
  jwt = fixture.as(await fixture.jwt());
});
afterAll(() => fixture[Symbol.asyncDispose]());

test("an account is found by its token, its name and its id", async () => {
  const own = (await maya("GET", "/user")).body;
  expect(own).toMatchObject({ login: "maya", type: "User", email: "maya@example.com" });
  expect((await maya("GET", "/users/MAYA")).body).toMatchObject({ id: own.id, public_repos: 0 });
  expect((await maya("GET", `/user/${own.id}`)).body.login).toBe("maya");
  expect((await maya("GET", "/users/nobody")).status).toBe(404);
});

test("the root, the rate limit, and that somebody is there are told to anybody", async () => {
  const anybody = fixture.as(undefined);
  expect((await anybody("GET", "/")).body.repository_url).toBe(`${fixture.sandbox.url}/repos/{owner}/{repo}`);
  expect((await anybody("GET", "/meta")).body).toEqual({ verifiable_password_authentication: false });
  const zen = await anybody("GET", "/zen");
  expect([zen.headers.get("content-type"), typeof zen.body]).toEqual(["text/plain;charset=utf-8", "string"]);
  // docs: "Rate limits for the REST API": asking for the limit is free, 60 an hour for nobody in particular.
  const { resources } = (await anybody("GET", "/rate_limit")).body;
  expect(resources).toMatchObject({ core: { limit: 60 }, search: { limit: 10, used: 0 } });
});

test("an App finds its installation by id, by account and by repository", async () => {
  const { id } = fixture.installation;
  expect((await jwt("GET", `/app/installations/${id}`)).body).toMatchObject({
    id,
    target_type: "Organization",
  });
  expect((await jwt("GET", "/app/installations")).body).toHaveLength(1);
  expect((await jwt("GET", "/orgs/acme/installation")).body.id).toBe(id);
  expect((await jwt("GET", "/repos/acme/tools/installation")).body.id).toBe(id);
  expect((await jwt("GET", "/users/maya/installation")).status).toBe(404);
  const { sandbox, app } = fixture;
  const other = sandbox.installApp(app.app, "maya", "all");
  expect((await jwt("GET", "/users/maya/installation")).body.id).toBe(other.id);
});

test("an App sees what was delivered to it, with its payload, and has it sent again", async () => {
  await using hooks = await receiver();
  const own = await start({ webhookUrl: hooks.url });
  await using _own = own;
  const app = own.as(await own.jwt());
  await own.as(own.tokens.maintainer)("POST", "~/issues", { title: "a" });
  await hooks.take(1);
  await own.sandbox.waitIdle();
  const [first] = (await app("GET", "/app/hook/deliveries")).body;
  expect(first).toMatchObject({ event: "issues", action: "opened", status_code: 202, redelivery: false });
  const whole = (await app("GET", `/app/hook/deliveries/${first.id}`)).body;
  expect(whole).toMatchObject({ url: hooks.url, request: { payload: { issue: { title: "a" } } } });
  expect((await app("POST", `/app/hook/deliveries/${first.id}/attempts`)).status).toBe(202);
  const [, again] = await hooks.take(2);
  expect(again?.headers["x-github-delivery"]).toBe(first.guid);
  expect((await app("GET", "/app/hook/config")).body).toMatchObject({ url: hooks.url, secret: "********" });
});

test("collaborators: who they are, and whether somebody is one", async () => {
  const all = (await maya("GET", "~/collaborators")).body;
  expect(all.map((one: { login: string; role_name: string }) => [one.login, one.role_name])).toEqual([
    ["maya", "admin"],
    ["rui", "write"],
  ]);
  expect((await maya("GET", "~/collaborators?permission=admin")).body).toHaveLength(1);
  expect((await maya("GET", "~/collaborators/rui")).status).toBe(204);
  expect((await maya("GET", "~/collaborators/oda")).status).toBe(404);
});

test("a dispatch to a repository is taken with 204 and goes to the App", async () => {
  const app = fixture.as(await fixture.installationToken());
  const sent = { event_type: "rebuild", client_payload: { why: "asked" } };
  expect((await app("POST", "~/dispatches", sent)).status).toBe(204);
  // docs: REST "Create a repository dispatch event": at most 10 top-level properties.
  const many = Object.fromEntries(Array.from({ length: 11 }, (_, at) => [`k${at}`, at]));
  expect((await app("POST", "~/dispatches", { event_type: "x", client_payload: many })).status).toBe(422);
});
