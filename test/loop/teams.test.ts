/** Scenarios 24, 29, 30: people who may because they are in a team, as GitHub shows it at that moment. */
import { expect, test } from "vitest";
import { type Person, person } from "../../src/cli/http.ts";
import { AUTHORITY_PATH } from "../../src/policy/authority-file.ts";
import type { Team } from "../../src/sandbox/world/state.ts";
import { answered, markersOn, say, sweeps } from "./commanding.ts";
import { type Loop, startLoop } from "./loop.ts";
import { chainOf, done, expectOnce, fault, kinds, labelled, landed, request } from "./observing.ts";

const MEMBERSHIP = "/orgs/{org}/teams/{team_slug}/memberships/{username}";

async function mayOnly(loop: Loop, text: string): Promise<void> {
  const content = Buffer.from(text).toString("base64");
  const path = `${loop.repo}/contents/${AUTHORITY_PATH}`;
  expect(await request(loop, "PUT", path, { message: "Say who may", content })).toBe(201);
}

function teamOf(loop: Loop, ...logins: readonly string[]): Team {
  const { sandbox } = loop.stage;
  const team = sandbox.createTeam({ organization: "acme", name: "platform" });
  for (const login of logins) sandbox.addTeamMember(team, login);
  return team;
}

const refusals = async (loop: Loop, issue: number) =>
  (await markersOn(loop, issue, "refusal")).map(({ reason, detail }) => [reason, detail]);

/** Somebody's command, and the refusal that it gets: one, however often it is looked at. */
async function refused(loop: Loop, issue: number, body: string, who = loop.outsider) {
  const before = (await refusals(loop, issue)).length;
  await answered(loop, await say(loop, issue, body, who), "-1");
  await loop.until("the refusal", async () =>
    (await refusals(loop, issue)).length > before ? true : undefined,
  );
  await sweeps(loop);
  const all = await refusals(loop, issue);
  expect(all).toHaveLength(before + 1);
  return all.at(-1);
}

const memberships = (loop: Loop): readonly string[] =>
  loop.stage.sandbox.requestLog.flatMap(({ route, path }) =>
    route === MEMBERSHIP ? [path.split("/").at(-1) ?? ""] : [],
  );

test("29: an outsider, somebody who was invited and a former member are refused once each; an active member is obeyed", async () => {
  await using loop = await startLoop();
  const { sandbox, repository } = loop.stage;
  const team = teamOf(loop, "maya");
  sandbox.addCollaborator(repository, "oda", "write");
  await mayOnly(loop, "ready: { teams: ['@acme/platform'] }\n");
  const issue = await loop.issue();
  const named = "`.github/cairn-authority.yml` says who may `ready` here, and does not name oda";
  const can = "Members of the team platform can do it, with triage permission or more.";
  expect(await refused(loop, issue, "/cairn ready")).toEqual([
    "not-named",
    expect.stringContaining(`${named}. ${can}`),
  ]);
  const of = (login: string): Person => {
    sandbox.createUser({ login });
    sandbox.addCollaborator(repository, login, "write");
    sandbox.addTeamMember(team, login, { state: login === "lea" ? "pending" : "active" });
    return person(sandbox.url, sandbox.createToken(login));
  };
  expect(await refused(loop, issue, "/cairn ready", of("lea"))).toEqual([
    "not-named",
    expect.stringContaining("lea, who was invited to the team platform and has not accepted."),
  ]);
  const max = of("max");
  sandbox.removeTeamMember(team, "max");
  expect((await refused(loop, issue, "/cairn ready", max))?.[0]).toBe("not-named");
  expect(landed(loop)).toEqual([]);
  sandbox.addTeamMember(team, "oda");
  await answered(loop, await say(loop, issue, "/cairn ready", loop.outsider), "+1");
  await done(loop, issue);
  expectOnce(loop);
  expect((await chainOf(loop, issue)).generation).toBe(1);
});

test("24: a label by a member counts as a command does; whose permission does not do is not looked up in any team", async () => {
  await using loop = await startLoop();
  const { sandbox, repository } = loop.stage;
  sandbox.createUser({ login: "lea" });
  const team = teamOf(loop, "lea", "oda");
  sandbox.addCollaborator(repository, "oda", "triage");
  await mayOnly(loop, "ready: { teams: [acme/platform] }\n");
  const issue = await loop.issue();
  const lea = sandbox.createToken("lea");
  const comments = `${loop.repo}/issues/${issue}/comments`;
  expect(await request(loop, "POST", comments, { body: "/cairn ready" }, lea)).toBe(201);
  await loop.until("the refusal", async () => (await refusals(loop, issue))[0]);
  expect(await refusals(loop, issue)).toEqual([
    [
      "no-access",
      expect.stringContaining("names teams, and lea has read permission: a name alone gives nothing"),
    ],
  ]);
  expect(memberships(loop)).toEqual([]);
  await loop.outsider.post(`${loop.repo}/issues/${issue}/labels`, { labels: ["cairn:ready"] });
  await done(loop, issue);
  expectOnce(loop);
  expect(new Set(memberships(loop))).toEqual(new Set(["oda"]));
  expect(team.members.size).toBe(2);
});

test("29: without `members: read` nobody is let in, and the refusal says that nobody knows, and who grants it", async () => {
  await using loop = await startLoop();
  const { sandbox, installation } = loop.stage;
  teamOf(loop, "oda");
  sandbox.addCollaborator(loop.stage.repository, "oda", "write");
  await mayOnly(loop, "ready: { users: [maya], teams: [platform] }\n");
  const { permissions } = installation;
  const { members: _, ...less } = permissions;
  installation.permissions = less;
  // Nobody has a token with the permission any more.
  for (const [token, known] of sandbox.world.tokens)
    if (known.kind === "installation") sandbox.world.tokens.delete(token);
  const issue = await loop.issue();
  expect(await refused(loop, issue, "/cairn ready")).toEqual([
    "team-unread",
    expect.stringContaining(
      "`.github/cairn-authority.yml` names the team platform for `ready`, and GitHub does not show who is in it: nobody knows whether oda is. " +
        "An owner of the organization grants the app `members: read`, and the same is done again. Until then Maya can do it, with triage permission or more.",
    ),
  ]);
  expect(landed(loop)).toEqual([]);
  installation.permissions = permissions;
  for (const [token, known] of sandbox.world.tokens)
    if (known.kind === "installation") sandbox.world.tokens.delete(token);
  await say(loop, issue, "/cairn ready", loop.outsider);
  await done(loop, issue);
  expectOnce(loop);
});

test("29: GitHub does not answer who is in the team: nobody is let in or refused until it does", async () => {
  await using loop = await startLoop();
  teamOf(loop, "oda");
  loop.stage.sandbox.addCollaborator(loop.stage.repository, "oda", "write");
  await mayOnly(loop, "ready: { teams: [platform] }\n");
  fault(loop, { method: "GET", path: MEMBERSHIP, count: 6, fault: { kind: "status", status: 502 } });
  const issue = await loop.issue();
  const command = await say(loop, issue, "/cairn ready", loop.outsider);
  await loop.until(
    "some requests",
    () =>
      loop.stage.sandbox.requestLog.filter(({ status }) => status === 502).length > 2 ? true : undefined,
    { review: "no" },
  );
  expect([await refusals(loop, issue), landed(loop)]).toEqual([[], []]);
  await sweeps(loop);
  await answered(loop, command, "+1");
  await done(loop, issue);
  expectOnce(loop);
  expect(await refusals(loop, issue)).toEqual([]);
});

const ACTION = "/cairn override merge:review-missing";

test("30: two members set a condition aside; one is taken out of the team before the run merges: it merges nothing, and both begin anew", async () => {
  await using loop = await startLoop();
  const { sandbox, repository } = loop.stage;
  const team = teamOf(loop, "maya", "oda");
  sandbox.addCollaborator(repository, "oda", "maintain");
  await mayOnly(loop, "override: { teams: [acme/platform] }\n");
  const protection = repository.protections.get("main");
  if (protection) repository.protections.set("main", { ...protection, requiredReviews: null });
  const issue = await loop.issue();
  await loop.ready(issue);
  await labelled(loop, issue, "cairn:reviewing", { review: "no" });
  await loop.app.idle();
  // The run of the merge begins a while after the app has found both entitled.
  fault(loop, {
    method: "POST",
    path: "/repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches",
    count: 1,
    fault: { kind: "applied-late", delayMs: 3_000 },
  });
  await say(loop, issue, ACTION);
  await say(loop, issue, ACTION, loop.outsider);
  await loop.until("the intent", async () => (await chainOf(loop, issue)).open?.overridden, { review: "no" });
  sandbox.removeTeamMember(team, "oda");
  await loop.until(
    "the run's end",
    async () =>
      kinds(loop).includes("merge") || (await chainOf(loop, issue)).open === null ? true : undefined,
    { review: "no" },
  );
  await sweeps(loop);
  expect(kinds(loop)).not.toContain("merge");
  const asked = sandbox.requestLog.filter(({ path }) => path.endsWith("/memberships/oda"));
  expect(asked.map(({ status }) => status)).toContain(404);
  expect((await chainOf(loop, issue)).overrides).toEqual([]);
  sandbox.addTeamMember(team, "oda");
  await say(loop, issue, ACTION);
  await say(loop, issue, ACTION, loop.outsider);
  await labelled(loop, issue, "cairn:done", { review: "no" });
  expectOnce(loop);
});
