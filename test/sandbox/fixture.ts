/** A sandbox with an organization, three people, a private repository and an installed app, and ways to talk to it. */

import { createPrivateKey } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { importPKCS8, SignJWT } from "jose";
import { type Sandbox, type SandboxOptions, startSandbox } from "../../src/sandbox/index.ts";
import type { CreatedApp } from "../../src/sandbox/setup/apps.ts";
import type { Installation, PermissionSet, Repository } from "../../src/sandbox/world/state.ts";

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  // The tests look into bodies as a client without types would.
  // biome-ignore lint/suspicious/noExplicitAny: see above
  readonly body: any;
}

export type Call = (
  method: string,
  path: string,
  body?: unknown,
  headers?: Record<string, string>,
) => Promise<Reply>;

export const PERMISSIONS: PermissionSet = {
  actions: "write",
  checks: "write",
  contents: "write",
  issues: "write",
  members: "read",
  metadata: "read",
  pull_requests: "write",
  statuses: "write",
};

export const EVENTS = [
  "issues",
  "issue_comment",
  "push",
  "create",
  "delete",
  "repository",
  "label",
  "pull_request",
];

export interface Fixture extends AsyncDisposable {
  readonly sandbox: Sandbox;
  readonly repository: Repository;
  readonly app: CreatedApp;
  readonly installation: Installation;
  readonly tokens: { readonly maintainer: string; readonly reviewer: string; readonly outsider: string };
  /** Requests with a token, to `/repos/acme/tools` where the path begins with `~`. */
  as(token: string | undefined): Call;
  installationToken(narrow?: Record<string, unknown>): Promise<string>;
  jwt(times?: { iat?: number; exp?: number; iss?: string | number }): Promise<string>;
}

export async function start(options: SandboxOptions = {}): Promise<Fixture> {
  const sandbox = await startSandbox(options);
  sandbox.createUser({ login: "acme", type: "Organization" });
  sandbox.createUser({ login: "maya", name: "Maya", email: "maya@example.com" });
  sandbox.createUser({ login: "rui" });
  sandbox.createUser({ login: "oda" });
  const files = { "README.md": "# Tools\n", "src/add.js": "export const add = (a, b) => a + b;\n" };
  const repository = await sandbox.createRepository("acme", "tools", { private: true, files });
  sandbox.addCollaborator(repository, "maya", "admin");
  sandbox.addCollaborator(repository, "rui", "write");
  const app = sandbox.createApp({ name: "Cairn", permissions: PERMISSIONS, events: EVENTS });
  const installation = sandbox.installApp(app.app, "acme", "all");
  const tokens = {
    maintainer: sandbox.createToken("maya"),
    reviewer: sandbox.createToken("rui"),
    outsider: sandbox.createToken("oda"),
  };
  const as = (token: string | undefined): Call => caller(sandbox, token);
  const jwt: Fixture["jwt"] = (times = {}) => signJwt(sandbox, app, times);
  const installationToken: Fixture["installationToken"] = async (narrow = {}) => {
    const reply = await as(await jwt())(
      "POST",
      `/app/installations/${installation.id}/access_tokens`,
      narrow,
    );
    if (reply.status !== 201) throw new Error(`no token: ${reply.status} ${JSON.stringify(reply.body)}`);
    return reply.body.token;
  };
  return {
    sandbox,
    repository,
    app,
    installation,
    tokens,
    as,
    jwt,
    installationToken,
    [Symbol.asyncDispose]: sandbox.stop,
  };
}

function caller(sandbox: Sandbox, token: string | undefined): Call {
  return async (method, path, body, headers = {}) => {
    const url = sandbox.url + path.replace(/^~/, "/repos/acme/tools");
    const response = await fetch(url, {
      method,
      redirect: "manual",
      headers: { ...(token ? { authorization: `Bearer ${token}` } : {}), "user-agent": "test", ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(5000),
    });
    const text = await response.text();
    const json = response.headers.get("content-type")?.includes("json");
    return {
      status: response.status,
      headers: response.headers,
      body: json && text ? JSON.parse(text) : text,
    };
  };
}

export async function signJwt(
  sandbox: Sandbox,
  app: CreatedApp,
  times: { iat?: number; exp?: number; iss?: string | number } = {},
): Promise<string> {
  const pem = createPrivateKey(app.privateKey).export({ type: "pkcs8", format: "pem" }).toString();
  const now = Math.floor(sandbox.clock.now() / 1000);
  return new SignJWT({ iss: String(times.iss ?? app.app.id) })
    .setProtectedHeader({ alg: "RS256" })
    .setIssuedAt(times.iat ?? now - 30)
    .setExpirationTime(times.exp ?? now + 300)
    .sign(await importPKCS8(pem, "RS256"));
}

export interface Received {
  readonly event: string;
  // biome-ignore lint/suspicious/noExplicitAny: payloads are looked into as a receiver without types would
  readonly payload: any;
  readonly raw: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

export interface Receiver extends AsyncDisposable {
  readonly url: string;
  readonly received: readonly Received[];
  /** Resolves with the first `count` deliveries; rejects after two seconds. */
  take(count: number): Promise<readonly Received[]>;
}

/** A server that takes webhooks. */
export async function receiver(status = 202): Promise<Receiver> {
  const received: Received[] = [];
  const wake = new Set<() => void>();
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const raw = Buffer.concat(chunks).toString("utf8");
    received.push({
      event: String(request.headers["x-github-event"]),
      payload: JSON.parse(raw),
      raw,
      headers: request.headers,
    });
    response.writeHead(status).end("ok");
    for (const look of wake) look();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const take = (count: number): Promise<readonly Received[]> =>
    new Promise((resolve, reject) => {
      const late = setTimeout(
        () =>
          reject(
            new Error(
              `${received.length} of ${count} webhooks came: ${received.map((one) => `${one.event}.${one.payload.action}`).join(" ")}`,
            ),
          ),
        2000,
      );
      const look = (): void => {
        if (received.length < count) return;
        clearTimeout(late);
        wake.delete(look);
        resolve(received.slice(0, count));
      };
      wake.add(look);
      look();
    });
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  };
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    received,
    take,
    [Symbol.asyncDispose]: close,
  };
}
