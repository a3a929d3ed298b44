/** Who is in a team, as far as GitHub shows it: a no is one only where the team itself can be seen. */
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { GitHubReads } from "../../src/github/index.ts";
import { type Fixture, start } from "../sandbox/fixture.ts";
import { connectTo, scripted } from "./connection.ts";

let fixture: Fixture;
let reads: GitHubReads;

const TEAM = "/orgs/{org}/teams/{team_slug}";
const MEMBERSHIP = `${TEAM}/memberships/{username}`;

beforeAll(async () => {
  fixture = await start({ limits: "off" });
  const { sandbox } = fixture;
  const core = sandbox.createTeam({ organization: "acme", name: "core" });
  sandbox.addTeamMember(core, "maya");
  sandbox.addTeamMember(core, "rui", { state: "pending" });
  reads = (await connectTo(fixture)).reads;
});
afterEach(() => fixture.sandbox.faults.clear());
afterAll(() => fixture[Symbol.asyncDispose]());

/** What it comes to, and which requests it took. */
async function asked(team: string, login: string, by = reads): Promise<unknown> {
  const { requestLog } = fixture.sandbox;
  const before = requestLog.length;
  const { value } = await by.teamMembership(team, login);
  return [
    value,
    requestLog.slice(before).map(({ route, status }) => `${route?.replace(TEAM, "")} ${status}`),
  ];
}

test("a member takes one request; that somebody is none is only said beside the team itself", async () => {
  expect(await asked("core", "maya")).toEqual(["active", ["/memberships/{username} 200"]]);
  expect(await asked("CORE", "rui")).toEqual(["pending", ["/memberships/{username} 200"]]);
  expect(await asked("core", "oda")).toEqual([
    "none",
    ["/memberships/{username} 404", " 200", "/memberships/{username} 404"],
  ]);
  expect(await asked("none", "maya")).toEqual(["unseen", ["/memberships/{username} 404", " 404"]]);
});

test("a 404 or 403 that is wrong for a moment makes nobody a stranger", async () => {
  for (const status of [404, 403]) {
    fixture.sandbox.faults.add({
      ...{ method: "GET", path: MEMBERSHIP, count: 1 },
      fault: { kind: "status", status, message: "Resource not accessible by integration" },
    });
    expect(await asked("core", "maya")).toEqual([
      "active",
      [`/memberships/{username} ${status}`, " 200", "/memberships/{username} 200"],
    ]);
  }
});

test("without `members: read` nobody is in a team and nobody is not, whether GitHub says 403 or 404", async () => {
  const token = await fixture.installationToken({ permissions: { contents: "write" } });
  const without = (await connectTo(fixture, { token: async () => token })).reads;
  expect(await asked("core", "maya", without)).toEqual([
    "forbidden",
    ["/memberships/{username} 403", " 403"],
  ]);
  const hide = (path: string, status: number) =>
    fixture.sandbox.faults.add({
      method: "GET",
      path,
      count: 1,
      fault: { kind: "status", status, message: "Resource not accessible by integration" },
    });
  hide(MEMBERSHIP, 404);
  hide(TEAM, 404);
  expect((await reads.teamMembership("core", "maya")).value).toBe("unseen");
  hide(MEMBERSHIP, 404);
  hide(TEAM, 403);
  expect((await reads.teamMembership("core", "maya")).value).toBe("forbidden");
});

test("a limit, a failure and a state that nobody knows are no answer", async () => {
  const fails = async (path: string, status: number, message: string, kind: string) => {
    const own = (await connectTo(fixture)).reads;
    fixture.sandbox.faults.add({
      method: "GET",
      path,
      count: 10,
      fault: { kind: "status", status, message },
    });
    await expect(own.teamMembership("core", "oda")).rejects.toMatchObject({ kind });
    fixture.sandbox.faults.clear();
  };
  await fails(MEMBERSHIP, 403, "You have exceeded a secondary rate limit", "rate-limited");
  await fails(MEMBERSHIP, 502, "Bad gateway", "unavailable");
  await fails(TEAM, 502, "Bad gateway", "unavailable");
  // The team is shown: no permission is missing.
  await fails(MEMBERSHIP, 403, "Resource not accessible by integration", "unavailable");
  await fails(TEAM, 403, "API rate limit exceeded", "rate-limited");
  await using other = await scripted(() => ({ body: { url: "x", role: "member", state: "left" } }));
  const { reads: scriptedReads } = await connectTo(other);
  await expect(scriptedReads.teamMembership("core", "maya")).rejects.toMatchObject({ kind: "malformed" });
});
