import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, expect, test } from "vitest";
import { type Fixture, start } from "./fixture.ts";

const run = promisify(execFile);
const scratch: string[] = [];
afterEach(async () => {
  for (const directory of scratch.splice(0)) await rm(directory, { recursive: true, force: true });
});

async function git(directory: string, ...args: string[]): Promise<string> {
  const identity = ["-c", "user.name=Maya", "-c", "user.email=maya@example.com"];
  const env = {
    ...process.env,
    GIT_TERMINAL_PROMPT: "0",
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_CONFIG_SYSTEM: "/dev/null",
  };
  return (await run("git", [...identity, ...args], { cwd: directory, env, timeout: 10_000 })).stdout.trim();
}

async function clone(fixture: Fixture, token: string): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "cairn-test-"));
  scratch.push(directory);
  const url = fixture.sandbox.url.replace("http://", `http://x-access-token:${token}@`);
  await git(directory, "clone", "--quiet", `${url}/acme/tools.git`, ".");
  return directory;
}

test("a push moves the ref that the API reads, lands, and sends create and push", async () => {
  await using fixture = await start();
  const directory = await clone(fixture, fixture.tokens.maintainer);
  await git(directory, "switch", "--quiet", "-c", "feature/x");
  await writeFile(join(directory, "new.txt"), "new\n");
  await git(directory, "add", ".");
  await git(directory, "commit", "--quiet", "-m", "Add new.txt");
  await git(directory, "push", "--quiet", "origin", "HEAD");
  const sha = await git(directory, "rev-parse", "HEAD");
  const call = fixture.as(fixture.tokens.maintainer);
  expect((await call("GET", "~/git/ref/heads/feature/x")).body.object.sha).toBe(sha);
  expect((await call("GET", `~/commits/${sha}`)).body).toMatchObject({
    author: { login: "maya" },
    commit: { verification: { verified: false } },
  });
  expect(fixture.sandbox.landed).toMatchObject([
    { key: "branch.create:feature/x", actor: { login: "maya", kind: "user" } },
  ]);
  expect(fixture.sandbox.errors).toEqual([]);
});

test("who may only read cannot push, who may not see cannot clone", async () => {
  await using fixture = await start();
  fixture.sandbox.createUser({ login: "rea" });
  fixture.sandbox.addCollaborator(fixture.repository, "rea", "read");
  const directory = await clone(fixture, fixture.sandbox.createToken("rea"));
  await expect(git(directory, "push", "origin", "HEAD:refs/heads/no")).rejects.toThrow("403");
  await expect(clone(fixture, fixture.tokens.outsider)).rejects.toThrow(/not found/i);
  const narrow = await fixture.installationToken({ permissions: { contents: "read" } });
  const read = await clone(fixture, narrow);
  await expect(git(read, "push", "origin", "HEAD:refs/heads/no")).rejects.toThrow("403");
});

test("a chain that the API moved can be fetched, and a push that would rewrite it is seen by the API", async () => {
  await using fixture = await start();
  const app = fixture.as(await fixture.installationToken());
  const sha = (await app("GET", "~/git/ref/heads/main")).body.object.sha;
  await app("POST", "~/git/refs", { ref: "refs/cairn/1", sha });
  const directory = await clone(fixture, fixture.tokens.maintainer);
  await git(directory, "fetch", "--quiet", "origin", "refs/cairn/1:refs/cairn/1");
  expect(await git(directory, "rev-parse", "refs/cairn/1")).toBe(sha);
  await git(directory, "push", "--quiet", "origin", ":refs/cairn/1");
  expect((await app("GET", "~/git/ref/cairn/1")).status).toBe(404);
  expect(fixture.sandbox.landed).toEqual([]);
});
