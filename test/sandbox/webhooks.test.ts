import { createHmac } from "node:crypto";
import { createRequire } from "node:module";
import { expect, test } from "vitest";
import { type Fixture, PERMISSIONS, type Receiver, receiver, start } from "./fixture.ts";

async function listening(): Promise<{ fixture: Fixture; hooks: Receiver } & AsyncDisposable> {
  const hooks = await receiver();
  const fixture = await start({ webhookUrl: hooks.url });
  const dispose = async (): Promise<void> => {
    await fixture[Symbol.asyncDispose]();
    await hooks[Symbol.asyncDispose]();
  };
  return { fixture, hooks, [Symbol.asyncDispose]: dispose };
}

const names = (received: Receiver["received"]): string[] =>
  received.map(({ event, payload }) => (payload.action ? `${event}.${payload.action}` : event));

test("deliveries are signed over the very bytes, and name event, delivery, hook and target", async () => {
  await using world = await listening();
  const { fixture, hooks } = world;
  const [first] = await hooks.take(1);
  expect(first?.event).toBe("installation");
  const headers = first?.headers ?? {};
  const digest = createHmac("sha256", fixture.app.webhookSecret)
    .update(first?.raw ?? "")
    .digest("hex");
  expect(headers["x-hub-signature-256"]).toBe(`sha256=${digest}`);
  expect(headers["x-github-delivery"]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-/);
  expect(headers).toMatchObject({
    "content-type": "application/json",
    "x-github-hook-installation-target-type": "integration",
    "x-github-hook-installation-target-id": String(fixture.app.app.id),
  });
  expect(headers["user-agent"]).toMatch(/^GitHub-Hookshot\//);
});

test("an issue created with labels sends opened and then one labeled for each", async () => {
  await using world = await listening();
  await world.fixture.as(world.fixture.tokens.maintainer)("POST", "~/issues", {
    title: "t",
    labels: ["a", "b"],
  });
  const received = (await world.hooks.take(4)).slice(1);
  expect(names(received)).toEqual(["issues.opened", "issues.labeled", "issues.labeled"]);
  expect(received[0]?.payload.issue.labels).toHaveLength(2);
  expect(received.slice(1).map(({ payload }) => payload.label.name)).toEqual(["a", "b"]);
  for (const { payload } of received) {
    expect(payload.sender.login).toBe("maya");
    expect(payload.installation.id).toBe(world.fixture.installation.id);
    expect(payload.organization.login).toBe("acme");
  }
});

test("what an app does comes back to its own webhook, with its bot as sender", async () => {
  await using world = await listening();
  const { fixture, hooks } = world;
  await fixture.as(fixture.tokens.maintainer)("POST", "~/issues", { title: "t" });
  await fixture.as(await fixture.installationToken())("POST", "~/issues/1/comments", { body: "hello" });
  const last = (await hooks.take(3))[2];
  expect(last?.payload).toMatchObject({
    action: "created",
    sender: { login: "cairn[bot]", type: "Bot" },
    comment: { body: "hello" },
  });
});

test("a new branch sends create and push, a removed one delete and push; other namespaces send nothing", async () => {
  await using world = await listening();
  const { fixture, hooks } = world;
  const app = fixture.as(await fixture.installationToken());
  const sha = (await app("GET", "~/git/ref/heads/main")).body.object.sha;
  await app("POST", "~/git/refs", { ref: "refs/cairn/1", sha });
  await app("POST", "~/git/refs", { ref: "refs/heads/x", sha });
  await app("DELETE", "~/git/refs/heads/x");
  const received = (await hooks.take(5)).slice(1);
  expect(names(received)).toEqual(["create", "push", "delete", "push"]);
  expect(received[1]?.payload).toMatchObject({
    ref: "refs/heads/x",
    before: "0".repeat(40),
    after: sha,
    created: true,
    deleted: false,
  });
  expect(received[3]?.payload).toMatchObject({
    ref: "refs/heads/x",
    before: sha,
    after: "0".repeat(40),
    deleted: true,
    head_commit: null,
  });
});

test("an app hears only of what it subscribes to and may read", async () => {
  await using world = await listening();
  const { fixture, hooks } = world;
  const { sandbox } = fixture;
  await using other = await receiver();
  const deaf = sandbox.createApp({
    name: "Deaf",
    permissions: { metadata: "read" },
    events: ["issues"],
    webhookUrl: other.url,
  });
  const mute = sandbox.createApp({
    name: "Mute",
    permissions: PERMISSIONS,
    events: [],
    webhookUrl: other.url,
  });
  for (const { app } of [deaf, mute]) sandbox.installApp(app, "acme", "all");
  await fixture.as(fixture.tokens.maintainer)("POST", "~/issues", { title: "t" });
  await hooks.take(2);
  await sandbox.waitIdle();
  expect(names(other.received)).toEqual(["installation.created", "installation.created"]);
});

test("a receiver that fails is not asked again; a redelivery keeps the GUID", async () => {
  await using failing = await receiver(500);
  await using fixture = await start({ webhookUrl: failing.url });
  await fixture.sandbox.waitIdle();
  expect(failing.received).toHaveLength(1);
  const app = fixture.as(await fixture.jwt());
  const [delivery] = (await app("GET", "/app/hook/deliveries")).body;
  expect(delivery).toMatchObject({ event: "installation", status_code: 500, redelivery: false });
  expect((await app("POST", `/app/hook/deliveries/${delivery.id}/attempts`)).status).toBe(202);
  const [first, second] = await failing.take(2);
  expect(second?.headers["x-github-delivery"]).toBe(first?.headers["x-github-delivery"]);
});

interface Definition {
  readonly name: string;
  readonly examples: readonly Record<string, unknown>[];
}

const examples = (
  createRequire(import.meta.url)(
    "@octokit/webhooks-examples/api.github.com/index.json",
  ) as readonly Definition[]
).flatMap((definition) => definition.examples.map((payload) => ({ name: definition.name, payload })));

/** Keys of GitHub's example that ours lacks. Lists are compared by their first entries; null stands for anything. */
function missing(theirs: unknown, ours: unknown, path: string): string[] {
  if (theirs === null || ours === null || typeof theirs !== "object") return [];
  if (Array.isArray(theirs)) {
    if (!Array.isArray(ours)) return [path];
    return theirs.length > 0 && ours.length > 0 ? missing(theirs[0], ours[0], `${path}[]`) : [];
  }
  if (typeof ours !== "object") return [path];
  const known = ours as Record<string, unknown>;
  return Object.entries(theirs).flatMap(([key, value]) =>
    key in known ? missing(value, known[key], `${path}.${key}`) : [`${path}.${key}`],
  );
}

test("payloads have every key that GitHub's published examples have", async () => {
  await using world = await listening();
  const { fixture, hooks } = world;
  const call = fixture.as(fixture.tokens.maintainer);
  await call("POST", "~/issues", { title: "t", labels: ["a"] });
  await call("PATCH", "~/issues/1", { title: "u" });
  await call("DELETE", "~/issues/1/labels/a");
  await call("PATCH", "~/issues/1", { state: "closed" });
  await call("PATCH", "~/issues/1", { state: "open" });
  await call("PUT", "~/issues/1/lock");
  const { id } = (await call("POST", "~/issues/1/comments", { body: "c" })).body;
  await call("PATCH", `~/issues/comments/${id}`, { body: "d" });
  await call("DELETE", `~/issues/comments/${id}`);
  const { content, commit } = (await call("PUT", "~/contents/n.txt", { message: "n", content: "eA==" })).body;
  expect(content.path).toBe("n.txt");
  await call("POST", "~/git/refs", { ref: "refs/heads/x", sha: commit.sha });
  await call("DELETE", "~/git/refs/heads/x");
  await call("PATCH", "~", { name: "hammers" });
  await fixture.sandbox.waitIdle();

  const lacking: string[] = [];
  let compared = 0;
  for (const { event, payload } of hooks.received) {
    const same = examples.find((one) => one.name === event && one.payload.action === payload.action);
    if (!same) continue;
    compared += 1;
    const { installation: _, organization: __, ...theirs } = same.payload;
    lacking.push(...missing(theirs, payload, payload.action ? `${event}.${payload.action}` : event));
  }
  // `draft` stands in the examples because their issues were pull requests.
  expect([...new Set(lacking)].filter((path) => !path.endsWith(".issue.draft"))).toEqual([]);
  expect(compared).toBeGreaterThan(14);
});

test("an installation that changes says what came and what went, and one that ends takes its tokens along", async () => {
  await using world = await listening();
  const { fixture, hooks } = world;
  const { sandbox, installation } = fixture;
  const token = await fixture.installationToken();
  await sandbox.createRepository("acme", "other", { files: { a: "a" } });
  sandbox.changeInstallation(installation, ["other"]);
  expect((await fixture.as(token)("GET", "~")).status).toBe(404);
  sandbox.uninstallApp(installation);
  expect((await fixture.as(token)("GET", "/repos/acme/other")).status).toBe(401);
  const received = (await hooks.take(4)).slice(1);
  expect(names(received)).toEqual([
    "repository.created",
    "installation_repositories.removed",
    "installation.deleted",
  ]);
  expect(received[1]?.payload.repositories_removed).toMatchObject([{ full_name: "acme/tools" }]);
});

test("an app with two installations hears of each through its own", async () => {
  await using world = await listening();
  const { fixture, hooks } = world;
  await fixture.sandbox.createRepository("maya", "own", { files: { a: "a" } });
  const second = fixture.sandbox.installApp(fixture.app.app, "maya", "all");
  const received = await hooks.take(2);
  await fixture.sandbox.waitIdle();
  expect(hooks.received).toHaveLength(2);
  expect(received.map(({ payload }) => payload.installation.id)).toEqual([
    fixture.installation.id,
    second.id,
  ]);
});
