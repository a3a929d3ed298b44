/** Overrides at the moment at which one is used: who may for what, asked of GitHub and of the repository's own file. */
import { expect, test } from "vitest";
import type { OverrideAct } from "../../src/core/commands/double-approval.ts";
import { AUTHORITY_PATH } from "../../src/policy/authority-file.ts";
import { overridesInForce, settingAside } from "../../src/policy/overrides.ts";
import { scene } from "../barrier/scene.ts";

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
