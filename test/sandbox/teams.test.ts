/** Teams and memberships (docs: REST "Teams", "Team members"): who is in one, who sees it, and which token may ask. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Call, type Fixture, start } from "./fixture.ts";

let fixture: Fixture;
let app: Call;
let control: Call;

const TEAM = "/orgs/acme/teams/platform";
const member = (login: string, team = "platform") => `/orgs/acme/teams/${team}/memberships/${login}`;
const state = async (by: Call, path: string) => {
  const { status, body } = await by("GET", path);
  return status === 200 ? body.state : status;
};

beforeAll(async () => {
  fixture = await start({ limits: "off" });
  const { sandbox } = fixture;
  for (const login of ["lea", "olga"]) sandbox.createUser({ login });
  const platform = sandbox.createTeam({ organization: "acme", name: "Platform" });
  const storage = sandbox.createTeam({ organization: "acme", name: "Storage & Backups", parent: "platform" });
  sandbox.addTeamMember(platform, "maya", { role: "maintainer" });
  sandbox.addTeamMember(platform, "rui", { state: "pending" });
  sandbox.addTeamMember(storage, "oda");
  sandbox.createTeam({ organization: "acme", name: "auditors", privacy: "secret" });
  const acme = platform.organizationId;
  const olga = [...sandbox.world.users.values()].find(({ login }) => login === "olga");
  sandbox.world.members.get(acme)?.set(olga?.id ?? 0, "admin");
  app = fixture.as(await fixture.installationToken());
  control = (method, path, body) => fixture.as(undefined)(method, `/_sandbox${path}`, body);
});
afterAll(() => fixture[Symbol.asyncDispose]());

test("a membership is active or pending, and nobody else has one: 404", async () => {
  expect((await app("GET", member("maya"))).body).toMatchObject({ role: "maintainer", state: "active" });
  expect((await app("GET", member("RUI"))).body).toMatchObject({ role: "member", state: "pending" });
  expect((await app("GET", member("lea"))).status).toBe(404);
  expect((await app("GET", member("nobody-at-all"))).status).toBe(404);
  expect((await app("GET", member("maya", "none"))).status).toBe(404);
});

test("members of a team below count, and not the other way round", async () => {
  expect(await state(app, member("oda"))).toBe("active");
  expect(await state(app, member("oda", "storage-backups"))).toBe("active");
  expect(await state(app, member("maya", "storage-backups"))).toBe(404);
  const below = (await app("GET", "/orgs/acme/teams/STORAGE-BACKUPS")).body;
  expect(below).toMatchObject({ name: "Storage & Backups", parent: { slug: "platform" }, members_count: 1 });
  expect((await app("GET", TEAM)).body).toMatchObject({
    parent: null,
    members_count: 2,
    organization: { login: "acme" },
  });
});

test("a token needs `members: read`, and to be one of that organization", async () => {
  const without = fixture.as(await fixture.installationToken({ permissions: { contents: "write" } }));
  for (const path of [TEAM, member("maya"), member("lea"), member("maya", "none")]) {
    const { status, body, headers } = await without("GET", path);
    expect([status, body.message]).toEqual([403, "Resource not accessible by integration"]);
    expect(headers.get("x-accepted-github-permissions")).toBe("members=read");
  }
  const narrow = fixture.as(
    await fixture.installationToken({
      repository_ids: [fixture.repository.id],
      permissions: { members: "read" },
    }),
  );
  expect(await state(narrow, member("maya"))).toBe("active");
  const { sandbox } = fixture;
  sandbox.createUser({ login: "globex", type: "Organization" });
  sandbox.addTeamMember(sandbox.createTeam({ organization: "globex", name: "platform" }), "maya");
  expect(await state(app, "/orgs/globex/teams/platform/memberships/maya")).toBe(404);
  // An account of a person has no teams.
  expect(await state(app, "/orgs/maya/teams/platform/memberships/maya")).toBe(404);
  expect((await fixture.as(undefined)("GET", TEAM)).status).toBe(401);
});

test("of people, members of the organization see its teams, and secret ones only their own and the owners", async () => {
  const as = (login: string) => fixture.as(fixture.sandbox.createToken(login));
  expect(await state(as("maya"), member("oda"))).toBe("active");
  expect(await state(as("lea"), member("oda"))).toBe(404);
  const secret = "/orgs/acme/teams/auditors";
  expect((await as("maya")("GET", secret)).status).toBe(404);
  expect((await as("olga")("GET", secret)).status).toBe(200);
  expect((await app("GET", secret)).body.privacy).toBe("secret");
  // docs: "The `role` for organization owners is set to `maintainer`."
  const auditors = { organization: "acme", team: "auditors", login: "olga" };
  expect((await control("POST", "/teams/members", auditors)).status).toBe(201);
  expect((await app("GET", member("olga", "auditors"))).body.role).toBe("maintainer");
});

test("the control makes teams, invites, accepts and takes out, and says what cannot be done", async () => {
  const made = await control("POST", "/teams", { organization: "acme", name: "On call", parent: "platform" });
  expect([made.status, made.body]).toEqual([
    201,
    { team: "acme/on-call", privacy: "closed", parent: "platform", members: [] },
  ]);
  const set = (change: object) =>
    control("POST", "/teams/members", { organization: "acme", team: "on-call", login: "lea", ...change });
  expect((await set({ state: "pending" })).body.members).toEqual([
    { login: "lea", role: "member", state: "pending" },
  ]);
  expect(await state(app, member("lea"))).toBe("pending");
  await set({});
  expect(await state(app, member("lea"))).toBe("active");
  await set({ state: "none" });
  expect(await state(app, member("lea"))).toBe(404);
  expect((await control("GET", "/teams")).body).toContainEqual(made.body);
  const refused = async (path: string, body: object) => {
    const { status, body: said } = await control("POST", path, body);
    return [status, said.message];
  };
  const team = { organization: "acme", name: "On Call" };
  expect(await refused("/teams", team)).toEqual([400, "the team acme/on-call exists"]);
  expect(await refused("/teams", { ...team, name: "&" })).toEqual([400, 'a team cannot be called "&"']);
  expect(await refused("/teams", { organization: "maya", name: "x" })).toEqual([
    400,
    "maya is no organization: it has no teams",
  ]);
  expect(await refused("/teams", { ...team, name: "x", parent: "y" })).toEqual([
    400,
    "the sandbox has no team acme/y",
  ]);
  expect(await refused("/teams", { ...team, name: "x", parent: "auditors" })).toEqual([
    400,
    "a secret team stands neither above nor below another",
  ]);
  const place = { organization: "acme", team: "on-call", login: "lea" };
  expect(await refused("/teams/members", { ...place, state: "gone" })).toEqual([
    400,
    "state must be one of active, pending, none",
  ]);
  expect(await refused("/teams/members", { ...place, state: "none" })).toEqual([
    400,
    "lea is not in the team on-call",
  ]);
  expect(await refused("/teams/members", { ...place, login: "acme" })).toEqual([400, "acme is no person"]);
});
