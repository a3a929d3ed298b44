/** Overrides at the moment at which one is used: who may for what, asked of GitHub and of the repository's own file. */
import { expect, test } from "vitest";
import type { OverrideAct } from "../../src/core/commands/double-approval.ts";
import { AUTHORITY_PATH } from "../../src/policy/authority-file.ts";
import { overridesInForce, settingAside } from "../../src/policy/overrides.ts";
import { scene } from "../barrier/scene.ts";
import { connectTo } from "../github/connection.ts";

const HEAD = "a".repeat(40);
const NOW = 1_000_000_000;
const words = (login: string, id: number, action: string, at = NOW): OverrideAct => ({
  id,
  actor: { id, login },
  action,
  head: HEAD,
  at,
});
const both = (action: string): OverrideAct[] => [words("maya", 1, action), words("oda", 2, action)];

test("conditions and paths are told apart, each once", () => {
  expect(settingAside([...both("merge:check-failed"), ...both("path:db/"), ...both("path:a b.sql")])).toEqual(
    {
      aside: new Set(["check-failed"]),
      lifted: ["db/", "a b.sql"],
    },
  );
});

test("two who may count, for conditions and for paths; who has lost the right takes the pair along", async () => {
  await using s = await scene();
  const { sandbox, repository } = s.fixture;
  sandbox.addCollaborator(repository, "oda", "maintain");
  const acts = [...both("merge:check-failed"), ...both("path:db/keys.sql"), words("maya", 1, "path:other")];
  const inForce = () => overridesInForce(s.site, acts, { head: HEAD, now: NOW, base: "main" });
  const named = async () => [...new Set((await inForce()).map(({ action }) => action))];
  expect(await named()).toEqual(["merge:check-failed", "path:db/keys.sql"]);
  sandbox.addCollaborator(repository, "oda", "write");
  expect(await named()).toEqual([]);
});

test("where the authority file names others for a path, that path alone stays as it was", async () => {
  await using s = await scene();
  const { sandbox, repository } = s.fixture;
  sandbox.addCollaborator(repository, "oda", "maintain");
  const file = "override: { paths: { db/: { users: [dba] } } }\n";
  const put = await s.fixture.as(s.fixture.tokens.maintainer)("PUT", `~/contents/${AUTHORITY_PATH}`, {
    message: "Say who may",
    content: Buffer.from(file).toString("base64"),
  });
  expect(put.status).toBe(201);
  const acts = [...both("merge:check-failed"), ...both("path:db/keys.sql"), ...both("path:src/a.js")];
  const inForce = await overridesInForce(s.site, acts, { head: HEAD, now: NOW, base: "main" });
  expect(settingAside(inForce)).toEqual({ aside: new Set(["check-failed"]), lifted: ["src/a.js"] });
});

test("both people must be active in the team now: whoever was taken out, or cannot be seen in it, takes the pair along", async () => {
  await using s = await scene();
  const { sandbox, repository, installation } = s.fixture;
  sandbox.addCollaborator(repository, "oda", "maintain");
  const core = sandbox.createTeam({ organization: "acme", name: "core" });
  sandbox.addTeamMember(core, "maya");
  sandbox.addTeamMember(core, "oda");
  const put = await s.fixture.as(s.fixture.tokens.maintainer)("PUT", `~/contents/${AUTHORITY_PATH}`, {
    message: "Say who may",
    content: Buffer.from("override: { teams: [acme/core] }\n").toString("base64"),
  });
  expect(put.status).toBe(201);
  const acts = both("merge:check-failed");
  const inForce = async (site = s.site) =>
    (await overridesInForce(site, acts, { head: HEAD, now: NOW, base: "main" })).length;
  expect(await inForce()).toBe(2);
  sandbox.addTeamMember(core, "oda", { state: "pending" });
  expect(await inForce()).toBe(0);
  sandbox.addTeamMember(core, "oda");
  expect(await inForce()).toBe(2);
  sandbox.removeTeamMember(core, "maya");
  expect(await inForce()).toBe(0);
  sandbox.addTeamMember(core, "maya");
  // A permission that was never granted lets nobody in, nor does an answer that never came.
  const { members: _, ...less } = installation.permissions;
  installation.permissions = less;
  const token = await s.fixture.installationToken();
  const site = { ...s.site, ...(await connectTo(s.fixture, { token: async () => token })) };
  expect(await inForce(site)).toBe(0);
  sandbox.faults.add({
    method: "GET",
    path: "/orgs/{org}/teams/{team_slug}/memberships/{username}",
    count: 9,
    fault: { kind: "status", status: 502 },
  });
  await expect(inForce(site)).rejects.toMatchObject({ kind: "unavailable" });
});
