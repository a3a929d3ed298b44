/** Repositories that change name, owner, visibility, or end (docs: REST "Repositories", webhook event `repository`). */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import type { Fixture } from "./fixture.ts";
import { type Hearing, hearing } from "./hearing.ts";

const run = promisify(execFile);

const ARCHIVED = "Repository was archived so is read-only.";

/** What git finds at this address. */
async function lsRemote(fixture: Fixture, token: string, name: string): Promise<string> {
  const url = fixture.sandbox.url.replace("http://", `http://x-access-token:${token}@`);
  const env = { ...process.env, GIT_TERMINAL_PROMPT: "0", GIT_CONFIG_GLOBAL: "/dev/null" };
  return (await run("git", ["ls-remote", `${url}/${name}.git`, "main"], { env, timeout: 10_000 })).stdout;
}

async function people(): Promise<Hearing> {
  const fixture = await hearing("repository", "public");
  const { sandbox } = fixture;
  sandbox.createUser({ login: "globex", type: "Organization" });
  const maya = [...sandbox.world.users.values()].find(({ login }) => login === "maya");
  const globex = [...sandbox.world.users.values()].find(({ login }) => login === "globex");
  if (maya && globex) sandbox.world.members.get(globex.id)?.set(maya.id, "admin");
  return fixture;
}

const repositoryEvents = async (fixture: Hearing) =>
  (await fixture.heard()).filter(({ name }) => name.startsWith("repository."));

test("a new name: git and the API find the repository under the old one, until somebody takes it", async () => {
  await using fixture = await people();
  const maya = fixture.as(fixture.tokens.maintainer);
  await maya("POST", "~/issues", { title: "a" });
  expect((await maya("PATCH", "~", { name: "hammers" })).body.full_name).toBe("acme/hammers");
  expect(await repositoryEvents(fixture)).toMatchObject([
    {
      name: "repository.renamed",
      payload: {
        changes: { repository: { name: { from: "tools" } } },
        repository: { full_name: "acme/hammers" },
      },
    },
  ]);
  const moved = await maya("GET", "~/issues/1");
  const location = `${fixture.sandbox.url}/repositories/${fixture.repository.id}/issues/1`;
  expect([moved.status, moved.body.message, moved.headers.get("location"), moved.body.url]).toEqual([
    301,
    "Moved Permanently",
    location,
    location,
  ]);
  // A client that follows does so with the same method.
  expect((await maya("PATCH", "~/issues/1", { title: "b" })).status).toBe(307);
  const { token } = { token: fixture.tokens.maintainer };
  const head = await lsRemote(fixture, token, "acme/hammers");
  expect(await lsRemote(fixture, token, "acme/tools")).toBe(head);
  // Renamed twice: both old names lead to it.
  await maya("PATCH", "/repos/acme/hammers", { name: "nails" });
  expect((await maya("GET", "/repos/acme/hammers")).status).toBe(301);
  expect(await lsRemote(fixture, token, "acme/tools")).toBe(head);
  // A new repository of the old name takes the address over, with a directory of its own.
  const other = await fixture.sandbox.createRepository("acme", "tools", { files: { other: "x" } });
  expect((await maya("GET", "~")).body.id).toBe(other.id);
  expect(await lsRemote(fixture, token, "acme/tools")).not.toBe(head);
  expect(await lsRemote(fixture, token, "acme/nails")).toBe(head);
  const taken = await maya("PATCH", "/repos/acme/nails", { name: "Tools", private: false });
  expect([taken.status, taken.body.errors[0].message]).toEqual([422, "name already exists on this account"]);
  expect(fixture.repository.private).toBe(true);
});

test("archived: every write is refused with 403, reading goes on, and unarchiving ends it", async () => {
  await using fixture = await people();
  const maya = fixture.as(fixture.tokens.maintainer);
  const app = fixture.as(await fixture.installationToken());
  const { number } = (await maya("POST", "~/issues", { title: "a" })).body;
  const { sha } = (await maya("GET", "~/git/ref/heads/main")).body.object;
  await fixture.heard();
  expect((await maya("PATCH", "~", { archived: true })).body.archived).toBe(true);
  const writes: readonly [string, string, unknown][] = [
    ["POST", "~/issues", { title: "b" }],
    ["PATCH", `~/issues/${number}`, { title: "b" }],
    ["POST", `~/issues/${number}/comments`, { body: "x" }],
    ["POST", `~/issues/${number}/labels`, ["x"]],
    ["POST", "~/git/refs", { ref: "refs/cairn/1", sha }],
    ["POST", `~/statuses/${sha}`, { state: "success" }],
    ["POST", "~/check-runs", { name: "x", head_sha: sha }],
    ["PUT", "~/contents/x", { message: "x", content: "" }],
  ];
  for (const [method, path, body] of writes) {
    const refused = await app(method, path, body);
    expect([path, refused.status, refused.body.message]).toEqual([path, 403, ARCHIVED]);
  }
  expect((await maya("PATCH", "~", { description: "x" })).body.message).toBe(ARCHIVED);
  expect((await app("GET", `~/issues/${number}`)).body.title).toBe("a");
  expect((await maya("PATCH", "~", { archived: false })).body.archived).toBe(false);
  expect((await app("POST", `~/issues/${number}/comments`, { body: "x" })).status).toBe(201);
  expect(
    (await repositoryEvents(fixture)).map(({ name, payload }) => [name, payload.repository.archived]),
  ).toEqual([
    ["repository.archived", true],
    ["repository.unarchived", false],
  ]);
});

test("visibility: outsiders see what became public, and no more what became private", async () => {
  await using fixture = await people();
  const maya = fixture.as(fixture.tokens.maintainer);
  const oda = fixture.as(fixture.tokens.outsider);
  expect((await oda("GET", "~")).status).toBe(404);
  expect((await maya("PATCH", "~", { visibility: "public" })).body).toMatchObject({
    private: false,
    visibility: "public",
  });
  // docs: webhook event `public`
  expect((await fixture.heard()).map(({ name }) => name)).toEqual(["repository.publicized", "public"]);
  expect((await oda("GET", "~")).status).toBe(200);
  expect((await fixture.as(undefined)("GET", "~/issues")).status).toBe(200);
  expect((await oda("PATCH", "~", { private: true })).status).toBe(403);
  await maya("PATCH", "~", { private: true, description: "Tools" });
  expect((await oda("GET", "~")).status).toBe(404);
  expect((await maya("PATCH", "~", { visibility: "secret" })).status).toBe(422);
  expect((await repositoryEvents(fixture)).map(({ name, payload }) => [name, payload.changes])).toEqual([
    ["repository.edited", { description: { from: null } }],
    ["repository.privatized", undefined],
  ]);
});

test("a transfer answers with the old owner, leads the old address on, and leaves the old owner's app outside", async () => {
  await using fixture = await people();
  const { sandbox, repository } = fixture;
  const maya = fixture.as(fixture.tokens.maintainer);
  const app = fixture.as(await fixture.installationToken());
  await maya("POST", "~/issues", { title: "a" });
  const theirs = sandbox.createApp({
    name: "Theirs",
    permissions: { metadata: "read" },
    events: ["repository"],
  });
  sandbox.installApp(theirs.app, "globex", "all");
  await fixture.heard();
  const unknown = await maya("POST", "~/transfer", { new_owner: "nobody" });
  expect(unknown.status).toBe(422);
  const given = await maya("POST", "~/transfer", { new_owner: "globex", new_name: "gear" });
  expect([given.status, given.body.full_name]).toEqual([202, "acme/tools"]);
  const heard = await repositoryEvents(fixture);
  // Payload: published example `repository.transferred`.
  expect(heard).toMatchObject([
    {
      name: "repository.transferred",
      payload: {
        changes: { owner: { from: { organization: { login: "acme" } } } },
        repository: { full_name: "globex/gear" },
        organization: { login: "globex" },
      },
    },
  ]);
  expect(sandbox.deliveries.at(-1)?.appId).toBe(theirs.app.id);
  const moved = await maya("GET", "~/issues/1");
  expect([moved.status, moved.headers.get("location")]).toEqual([
    301,
    `${sandbox.url}/repositories/${repository.id}/issues/1`,
  ]);
  expect((await maya("GET", "/repos/globex/gear/issues/1")).body.title).toBe("a");
  // The app's installation belongs to the old owner: the repository is private, so that it sees nothing of it.
  expect((await app("GET", "/repos/globex/gear")).status).toBe(404);
  expect((await app("GET", "~")).status).toBe(404);
  expect(await lsRemote(fixture, fixture.tokens.maintainer, "acme/tools")).not.toBe("");
  const back = await fixture.as(fixture.tokens.reviewer)("POST", "/repos/globex/gear/transfer", {
    new_owner: "acme",
  });
  expect(back.status).toBe(403);
});

test("a deleted repository is gone with its redirects and issues, and its name is free", async () => {
  await using fixture = await people();
  const maya = fixture.as(fixture.tokens.maintainer);
  await maya("POST", "~/issues", { title: "a" });
  await maya("PATCH", "~", { name: "hammers" });
  await fixture.heard();
  const rui = fixture.as(fixture.tokens.reviewer);
  expect((await rui("DELETE", "/repos/acme/hammers")).status).toBe(403);
  expect((await maya("DELETE", "/repos/acme/hammers")).status).toBe(204);
  expect(await repositoryEvents(fixture)).toMatchObject([
    { name: "repository.deleted", payload: { repository: { full_name: "acme/hammers" } } },
  ]);
  for (const path of ["/repos/acme/hammers", "~", `/repositories/${fixture.repository.id}`])
    expect((await maya("GET", path)).status).toBe(404);
  await expect(lsRemote(fixture, fixture.tokens.maintainer, "acme/hammers")).rejects.toThrow(/not found/i);
  await fixture.sandbox.createRepository("acme", "hammers", { files: { a: "a" } });
  expect((await maya("GET", "/repos/acme/hammers/issues")).body).toEqual([]);
  expect(fixture.sandbox.errors).toEqual([]);
});

test("an issue goes on in another repository under new ids, with its comments, history and ties", async () => {
  await using fixture = await people();
  const { sandbox } = fixture;
  const maya = fixture.as(fixture.tokens.maintainer);
  const other = await sandbox.createRepository("acme", "other", { private: true, files: { a: "a" } });
  sandbox.addCollaborator(other, "maya", "admin");
  await maya("POST", "/repos/acme/other/labels", { name: "bug", color: "ff0000" });
  const parent = (await maya("POST", "~/issues", { title: "parent" })).body;
  const old = (await maya("POST", "~/issues", { title: "child", labels: ["bug", "only here"] })).body;
  await maya("POST", `~/issues/${old.number}/comments`, { body: "x" });
  await maya("POST", `~/issues/${old.number}/reactions`, { content: "eyes" });
  await maya("POST", `~/issues/${parent.number}/sub_issues`, { sub_issue_id: old.id });
  await fixture.heard();
  const asked = { repository: "acme/tools", number: old.number, by: "maya", to: "acme/other" };
  const { number } = (await maya("POST", "/_sandbox/issues/transfer", asked)).body;

  const redirect = await maya("GET", `~/issues/${old.number}`);
  expect([redirect.status, redirect.headers.get("location")]).toEqual([
    301,
    `${sandbox.url}/repositories/${other.id}/issues/${number}`,
  ]);
  expect((await maya("POST", `~/issues/${old.number}/comments`, { body: "y" })).status).toBe(307);
  const moved = (await maya("GET", `/repos/acme/other/issues/${number}`)).body;
  expect(moved).toMatchObject({ title: "child", comments: 1, reactions: { eyes: 1 } });
  expect(moved.labels.map(({ name }: { name: string }) => name)).toEqual(["bug"]);
  expect([moved.id, moved.node_id]).not.toContain(old.id);
  expect(moved.node_id).not.toBe(old.node_id);
  const events = (await maya("GET", `/repos/acme/other/issues/${number}/events`)).body;
  expect(events.map(({ event }: { event: string }) => event)).toEqual([
    "labeled",
    "labeled",
    "parent_issue_added",
    "transferred",
  ]);
  expect((await maya("GET", `~/issues/${parent.number}/sub_issues`)).body).toMatchObject([{ id: moved.id }]);
  expect((await maya("GET", `~/issues/${parent.number}/events`)).body).toMatchObject([
    { event: "sub_issue_added", sub_issue: { number, repository: { full_name: "acme/other" } } },
  ]);
  // Payloads: published example `issues.transferred`, and `changes.old_issue` of GitHub's description of `issues.opened`.
  expect(await fixture.heard()).toMatchObject([
    {
      name: "issues.transferred",
      payload: {
        issue: { number: old.number, id: old.id },
        repository: { full_name: "acme/tools" },
        changes: { new_issue: { number, id: moved.id }, new_repository: { full_name: "acme/other" } },
      },
    },
    {
      name: "issues.opened",
      payload: {
        issue: { number, id: moved.id },
        repository: { full_name: "acme/other" },
        changes: { old_issue: { number: old.number }, old_repository: { full_name: "acme/tools" } },
      },
    },
  ]);
});

test("a locked conversation takes comments of those who may write, and of nobody else", async () => {
  await using fixture = await people();
  fixture.repository.private = false;
  const maya = fixture.as(fixture.tokens.maintainer);
  const oda = fixture.as(fixture.tokens.outsider);
  const { number } = (await oda("POST", "~/issues", { title: "a" })).body;
  fixture.sandbox.createUser({ login: "tia" });
  fixture.sandbox.addCollaborator(fixture.repository, "tia", "triage");
  const tia = fixture.as(fixture.sandbox.createToken("tia"));
  const wrong = await maya("PUT", `~/issues/${number}/lock`, { lock_reason: "boring" });
  expect(wrong.status).toBe(422);
  expect((await oda("PUT", `~/issues/${number}/lock`)).status).toBe(403);
  expect((await maya("PUT", `~/issues/${number}/lock`, { lock_reason: "too heated" })).status).toBe(204);
  expect((await maya("GET", `~/issues/${number}`)).body).toMatchObject({
    locked: true,
    active_lock_reason: "too heated",
  });
  const comment = (call: typeof maya) => call("POST", `~/issues/${number}/comments`, { body: "x" });
  for (const call of [oda, tia]) {
    const refused = await comment(call);
    expect([refused.status, refused.body.message]).toEqual([
      403,
      "Unable to create comment because issue is locked.",
    ]);
  }
  expect((await comment(fixture.as(fixture.tokens.reviewer))).status).toBe(201);
  expect((await comment(fixture.as(await fixture.installationToken()))).status).toBe(201);
  // On a pull request the permission for pull requests is enough.
  const { sha } = (await maya("GET", "~/git/ref/heads/main")).body.object;
  await maya("POST", "~/git/refs", { ref: "refs/heads/work", sha });
  await maya("PUT", "~/contents/a.txt", { message: "m", content: "", branch: "work" });
  const pull = (await maya("POST", "~/pulls", { title: "p", head: "work", base: "main" })).body.number;
  await maya("PUT", `~/issues/${pull}/lock`);
  const narrow = fixture.as(await fixture.installationToken({ permissions: { pull_requests: "write" } }));
  expect((await narrow("POST", `~/issues/${pull}/comments`, { body: "x" })).status).toBe(201);
  await maya("DELETE", `~/issues/${number}/lock`);
  expect((await comment(oda)).status).toBe(201);
  expect((await maya("GET", `~/issues/${number}/events`)).body).toMatchObject([
    { event: "locked", lock_reason: "too heated" },
    { event: "unlocked" },
  ]);
  expect((await fixture.heard()).map(({ name }) => name).filter((name) => name.includes("locked"))).toEqual([
    "issues.locked",
    "pull_request.locked",
    "issues.unlocked",
  ]);
});
