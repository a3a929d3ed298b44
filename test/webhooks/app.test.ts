/** The app's door: settings, health, signature. What webhooks lead to is in `recordings/`. */
import { generateKeyPairSync } from "node:crypto";
import nock from "nock";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type RunningApp, startApp } from "../../src/app/server.ts";
import { readSettings, SettingsError } from "../../src/app/settings.ts";
import { deliver } from "./payload.ts";

const API = "https://api.github.com";
const SECRET = "a-secret-of-the-webhook";
const { privateKey } = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
  publicKeyEncoding: { type: "spki", format: "pem" },
});
const ENV = { APP_ID: "77", PRIVATE_KEY: privateKey, WEBHOOK_SECRET: SECRET, HOST: "127.0.0.1", PORT: "0" };
const BOT = { id: 900, login: "cairn[bot]", type: "Bot" };

let app: RunningApp | undefined;

beforeEach(() => {
  nock.disableNetConnect();
  nock.enableNetConnect("127.0.0.1");
  const scope = nock(API);
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

const labeled = {
  event: "issues",
  delivery: "72d3162e-cc78-11e3-81ab-4c9367dc0958",
  example: { action: "labeled", index: 0 },
  changed: { installation: { id: 5 } },
} as const;

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
