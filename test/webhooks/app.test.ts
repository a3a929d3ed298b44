/** The app over HTTP with a recorded webhook, against recorded answers (nock): signature, settings, health, intent. */
import { createHmac, generateKeyPairSync } from "node:crypto";
import { createRequire } from "node:module";
import nock from "nock";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type RunningApp, startApp } from "../../src/app/server.ts";
import { readSettings, SettingsError } from "../../src/app/settings.ts";
import { decodeRecord } from "../../src/core/commit-message.ts";
import { decodeMarker } from "../../src/core/marker.ts";

const API = "https://api.github.com";
const SECRET = "a-secret-of-the-webhook";
const { privateKey } = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
  publicKeyEncoding: { type: "spki", format: "pem" },
});
const ENV = { APP_ID: "77", PRIVATE_KEY: privateKey, WEBHOOK_SECRET: SECRET, HOST: "127.0.0.1", PORT: "0" };
const BOT = { id: 900, login: "cairn[bot]", type: "Bot" };
const REPO = "/repos/Codertocat/Hello-World";
const date = { date: new Date().toUTCString() };

let app: RunningApp | undefined;
let scope: nock.Scope;

beforeEach(() => {
  nock.disableNetConnect();
  nock.enableNetConnect("127.0.0.1");
  scope = nock(API);
  scope.get("/app").reply(200, { id: 77, slug: "cairn" });
  scope.get("/app/installations").query(true).times(2).reply(200, []);
  scope.get("/users/cairn%5Bbot%5D").reply(200, BOT);
});
afterEach(async () => {
  await app?.stop();
  app = undefined;
  nock.cleanAll();
  nock.enableNetConnect();
});

async function start(): Promise<RunningApp> {
  app = await startApp({ settings: readSettings(ENV), log: () => undefined });
  return app;
}

function deliver(url: string, payload: unknown, secret = SECRET): Promise<Response> {
  const body = JSON.stringify(payload);
  return fetch(`${url}/api/github/webhooks`, {
    method: "POST",
    body,
    headers: {
      "content-type": "application/json",
      "x-github-event": "issues",
      "x-github-delivery": "72d3162e-cc78-11e3-81ab-4c9367dc0958",
      "x-hub-signature-256": `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`,
    },
  });
}

const examples = createRequire(import.meta.url)("@octokit/webhooks-examples") as {
  name: string;
  examples: Record<string, unknown>[];
}[];
const labeled = {
  ...examples.find((one) => one.name === "issues")?.examples.find((one) => one.action === "labeled"),
  installation: { id: 5 },
};

test("it refuses to start without a real webhook secret, a key, or an id, and names each", () => {
  const refused = (env: Record<string, string>): string => {
    try {
      readSettings(env);
    } catch (error) {
      if (error instanceof SettingsError) return error.message;
      throw error;
    }
    return "started";
  };
  expect(refused({ ...ENV, WEBHOOK_SECRET: "development" })).toContain("WEBHOOK_SECRET");
  expect(refused({})).toMatch(/APP_ID[\s\S]*WEBHOOK_SECRET|WEBHOOK_SECRET[\s\S]*APP_ID/);
  expect(refused({ ...ENV, CAIRN_QUIET_SECONDS: "5" })).toContain("CAIRN_QUIET_SECONDS=5");
  expect(refused(ENV)).toBe("started");
});

test("health, unknown paths, and a webhook with a wrong signature", async () => {
  const { url } = await start();
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
  expect((await fetch(`${url}/elsewhere`)).status).toBe(404);
  expect((await deliver(url, labeled, "another secret")).status).toBe(400);
});

test("a recorded `issues.labeled` leads to one step of the chain, and then to its marker", async () => {
  const sent: { commit?: string; comment?: string } = {};
  const json = (body: unknown) => [200, body, date] as const;
  scope.post("/app/installations/5/access_tokens").reply(201, {
    token: "ghs_x",
    expires_at: new Date(Date.now() + 3_600_000).toISOString(),
  });
  scope.get(REPO).reply(
    ...json({
      id: 186_853_002,
      name: "Hello-World",
      owner: { login: "Codertocat" },
      default_branch: "master",
      private: false,
      archived: false,
    }),
  );
  scope.get(`${REPO}/issues/1`).reply(
    ...json({
      number: 1,
      title: "Spelling error in the README file",
      body: "It looks like you accidentally spelled 'commit' with two 't's.",
      state: "open",
      locked: false,
      labels: [{ name: "cairn:ready" }],
      comments: 0,
      user: { id: 21_031_067, login: "Codertocat", type: "User" },
    }),
  );
  scope.get(`${REPO}/git/ref/cairn/1`).reply(404, { message: "Not Found" }, date);
  scope
    .get(`${REPO}/issues/1/events`)
    .query(true)
    .reply(
      ...json([
        {
          id: 88_231,
          event: "labeled",
          label: { name: "cairn:ready" },
          actor: { id: 21_031_067, login: "Codertocat", type: "User" },
          performed_via_github_app: null,
          created_at: "2019-05-15T15:20:18Z",
        },
      ]),
    );
  scope
    .get(`${REPO}/collaborators/Codertocat/permission`)
    .reply(...json({ permission: "admin", role_name: "admin" }));
  scope
    .get(`${REPO}/git/ref/heads/master`)
    .reply(...json({ object: { sha: "6113728f27ae82c7b1a177c8d03f9e96e0adf246" } }));
  scope.get(`${REPO}/contents/.github/cairn.yml`).query(true).reply(404, { message: "Not Found" }, date);
  const head = "c".repeat(40);
  scope
    .post(`${REPO}/git/commits`, (body: { message: string; tree: string }) => {
      sent.commit = body.message;
      return body.tree === "4b825dc642cb6eb9a060e54bf8d69288fbee4904" && !("author" in body);
    })
    .reply(201, () => ({
      sha: head,
      message: sent.commit,
      tree: { sha: "4b825dc642cb6eb9a060e54bf8d69288fbee4904" },
      parents: [],
      verification: { verified: true },
      author: { email: "900+cairn[bot]@users.noreply.github.com", date: new Date().toISOString() },
      committer: { email: "noreply@github.com" },
    }));
  scope.post(`${REPO}/git/refs`, { ref: "refs/cairn/1", sha: head }).reply(201, { object: { sha: head } });
  scope.get(`${REPO}/git/ref/cairn/1`).reply(...json({ object: { sha: head } }));
  const commented = new Promise<void>((resolve) => {
    scope
      .post(`${REPO}/issues/1/comments`, (body: { body: string }) => {
        sent.comment = body.body;
        resolve();
        return true;
      })
      .reply(503, { message: "no more of this is recorded" });
  });
  const { url } = await start();
  expect((await deliver(url, labeled)).status).toBeLessThan(300);
  await commented;
  const record = decodeRecord(sent.commit ?? "");
  expect(record).toMatchObject({
    record: {
      steps: [
        { step: "raise", generation: 1, act: 88_231 },
        { step: "declare", edge: "implement", attempt: 1 },
      ],
      state: { issue: { repository: 186_853_002, number: 1 } },
    },
  });
  const marker = decodeMarker(sent.comment ?? "");
  expect(marker.kind === "marker" && record.kind === "record" && record.record.state.open?.digest).toBe(
    marker.kind === "marker" ? marker.digest : "",
  );
});
