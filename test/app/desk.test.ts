/** The exchange's desk behind the token's own claims: what installation, repository and chain say (scenarios 4, 13, 15, 20). */
import { expect, test } from "vitest";
import { createDesk } from "../../src/app/desk.ts";
import { checkChain, ExchangeRefusal } from "../../src/app/exchange.ts";
import { readSettings } from "../../src/app/settings.ts";
import { createSites } from "../../src/app/sites.ts";
import { makeSteps, readChain } from "../../src/barrier/index.ts";
import type { OpenEdge } from "../../src/core/chain.ts";
import { branchCreate, issueCreate, merge } from "../../src/core/keys.ts";
import {
  createAppClient,
  createOidcVerifier,
  createServerClock,
  type OidcClaims,
  realClock,
} from "../../src/github/index.ts";
import { AUTHORITY_PATH } from "../../src/policy/authority-file.ts";
import { type Scene, scene } from "../barrier/scene.ts";
import { type Fixture, start } from "../sandbox/fixture.ts";

const codeOf = async (work: Promise<unknown>): Promise<string> => {
  try {
    await work;
    return "granted";
  } catch (error) {
    if (error instanceof ExchangeRefusal) return error.code;
    throw error;
  }
};

async function deskOf({ sandbox, app }: Fixture) {
  const settings = readSettings({
    APP_ID: String(app.app.id),
    PRIVATE_KEY: app.privateKey,
    WEBHOOK_SECRET: app.webhookSecret,
    GITHUB_API_URL: sandbox.url,
  });
  const shared = { settings, clock: realClock, serverClock: createServerClock() };
  const client = createAppClient({ ...settings, clock: realClock });
  const sites = createSites({ ...shared, identity: await client.app(), app: client });
  const oidc = createOidcVerifier({ issuer: sandbox.url, audience: "cairn" });
  return { desk: createDesk({ settings, app: client, sites, oidc, log: () => undefined }), settings, sites };
}

const claimsOf = ({ repository, app }: Fixture, name: string): OidcClaims => ({
  repository: name,
  repositoryId: repository.id,
  runId: 5,
  runAttempt: 1,
  workflowRef: `${name}/.github/workflows/cairn.yml@refs/heads/main`,
  jobWorkflowRef: "cairn-dev/cairn/.github/workflows/cairn.yml@refs/tags/v1",
  eventName: "workflow_dispatch",
  ref: "refs/heads/main",
  actorId: app.app.botId,
});

test("a run of a repository without the app, or of a name that is another repository's by now, gets nothing", async () => {
  await using fixture = await start({ limits: "off" });
  const { sandbox } = fixture;
  await sandbox.createRepository("maya", "own", { files: { "README.md": "#\n" } });
  await sandbox.createRepository("acme", "other", { files: { "README.md": "#\n" } });
  const { desk } = await deskOf(fixture);
  const admit = (name: string) => codeOf(desk.admit(claimsOf(fixture, name), 1, "gate"));
  expect(await admit("maya/own")).toBe("not-installed");
  expect(await admit("acme/other")).toBe("wrong-repository");
  expect(await admit("acme/tools")).toBe("run-unseen");
});

test("a job that judges overrides may see teams where the file names some for them, and the installation lets it", async () => {
  await using fixture = await start({ limits: "off" });
  const { desk } = await deskOf(fixture);
  const { sandbox, installation } = fixture;
  const overridden: OpenEdge = {
    ...{ edge: "merge", generation: 1, attempt: 1, digest: "d", budget: null, seq: 2 },
    effects: [merge(41, "a".repeat(40), "merge", { generation: 1, attempt: 1 })],
    overridden: true,
    ...{ claim: null, result: null, cancel: null },
  };
  const { overridden: _, ...plain } = overridden;
  const members = async (open: OpenEdge, purpose: "gate" | "conclude" = "gate") => {
    const { token } = await desk.issueToken(claimsOf(fixture, "acme/tools"), purpose, open);
    const known = sandbox.world.tokens.get(token);
    return known?.kind === "installation" ? known.permissions.members : "no token";
  };
  let sha: string | undefined;
  const says = async (text: string): Promise<void> => {
    const put = await fixture.as(fixture.tokens.maintainer)("PUT", `~/contents/${AUTHORITY_PATH}`, {
      message: "Say who may",
      content: Buffer.from(text).toString("base64"),
      ...(sha === undefined ? {} : { sha }),
    });
    sha = put.body.content.sha;
  };
  expect(await members(overridden)).toBeUndefined();
  await says("ready: { teams: [core] }\noverride: { users: [maya, oda] }\n");
  expect(await members(overridden)).toBeUndefined();
  await says("override: { paths: { db/: { teams: [core] } } }\n");
  expect(await members(overridden)).toBe("read");
  expect(await members(plain)).toBeUndefined();
  expect(await members(overridden, "conclude")).toBeUndefined();
  const { members: __, ...less } = installation.permissions;
  installation.permissions = less;
  expect(await members(overridden)).toBeUndefined();
});

test("a gate that opens an issue elsewhere gets a token for that repository alone, as long as the installation covers it", async () => {
  await using fixture = await start({ limits: "off" });
  const { desk } = await deskOf(fixture);
  const { sandbox, installation, repository } = fixture;
  const billing = await sandbox.createRepository("acme", "billing", { files: { "README.md": "#\n" } });
  const to = { repository: billing.id, name: "acme/billing", asker: { id: 1, login: "maya" } };
  const from = { repository: repository.id, number: 1 };
  const routing: OpenEdge = {
    ...{ edge: "route", generation: 1, attempt: 1, digest: "d", budget: null, seq: 2 },
    effects: [issueCreate(from, to, { generation: 1, attempt: 1 })],
    ...{ claim: null, result: null, cancel: null },
  };
  const granted = async (open: OpenEdge, purpose: "gate" | "conclude" = "gate") => {
    const { token, there } = await desk.issueToken(claimsOf(fixture, "acme/tools"), purpose, open);
    return [token, there?.token].map((text) => {
      const known = text === undefined ? undefined : sandbox.world.tokens.get(text);
      return known?.kind === "installation" ? [known.repositoryIds, known.permissions] : undefined;
    });
  };
  const own = [[repository.id], { contents: "write", issues: "read" }];
  expect(await granted(routing)).toEqual([own, [[billing.id], { issues: "write" }]]);
  expect((await granted(routing, "conclude"))[1]).toBeUndefined();
  expect(
    (await granted({ ...routing, effects: [merge(41, "a".repeat(40), "merge", routing)] }))[1],
  ).toBeUndefined();
  sandbox.changeInstallation(installation, ["tools"]);
  expect(await granted(routing)).toEqual([own, undefined]);
  // What GitHub does not answer is no refusal: the run asks again.
  sandbox.changeInstallation(installation, "all");
  sandbox.faults.add({
    method: "POST",
    path: "/app/installations/{installation_id}/access_tokens",
    after: 1,
    fault: { kind: "status", status: 502 },
  });
  await expect(granted(routing)).rejects.toMatchObject({ kind: "unavailable" });
});

const effects = [branchCreate("cairn/1-g1")];
const mine = { id: 5, attempt: 1 };

async function cancel(s: Scene): Promise<void> {
  const { value } = await readChain(s.site);
  if (value.kind !== "sound") throw new Error("no chain");
  await makeSteps(s.site, value, [{ step: "cancel", why: "act" }], []);
}

test("the chain says which run may have a token, and for which job", async () => {
  await using s = await scene();
  const ask = (purpose: "gate" | "effect", run = mine) =>
    codeOf(checkChain(s.site, purpose, run, "cairn.yml"));
  expect(await ask("gate")).toBe("nothing-open");
  await s.declare(effects);
  expect(await ask("gate")).toBe("granted");
  expect(await ask("effect")).toBe("not-owner");
});

test("an owner gets its token until it is to stop; nobody else does, nor anybody on a chain that was pushed to", async () => {
  await using s = await scene();
  await s.own(effects, mine.id);
  const ask = (run = mine) => codeOf(checkChain(s.site, "effect", run, "cairn.yml"));
  expect(await ask()).toBe("granted");
  expect(await ask({ id: 5, attempt: 2 })).toBe("not-owner");
  await cancel(s);
  expect(await ask()).toBe("cancelled");
  const { fixture } = s;
  const maya = fixture.as(fixture.tokens.maintainer);
  const main = fixture.repository.refs.get("refs/heads/main");
  await maya("PATCH", `~/git/refs/cairn/${s.issue}`, { sha: main, force: true });
  expect(await ask()).toBe("chain-unsound");
});

test("an intent lives no longer than others look for it: a longer time is refused by name", () => {
  const read = (seconds: string) =>
    readSettings({
      APP_ID: "1",
      PRIVATE_KEY: "-----BEGIN RSA PRIVATE KEY-----",
      WEBHOOK_SECRET: "s",
      CAIRN_INTENT_SECONDS: seconds,
    });
  expect(read("86400").intentLifetime).toBe(86_400_000);
  const words = "CAIRN_INTENT_SECONDS=86401 must be a whole number of at least 60, and of at most 86400";
  expect(() => read("86401")).toThrow(words);
  expect(() => read("59")).toThrow("CAIRN_INTENT_SECONDS=59");
});
