import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, expect, test } from "vitest";
import { startSandbox } from "../../src/sandbox/index.ts";

const run = promisify(execFile);
const scratch: string[] = [];
afterEach(async () => {
  for (const directory of scratch.splice(0)) await rm(directory, { recursive: true, force: true });
});

async function temporary(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "cairn-test-"));
  scratch.push(directory);
  return directory;
}

async function localRepository(): Promise<{ directory: string; head: string }> {
  const directory = await temporary();
  const git = async (...args: string[]) =>
    (
      await run("git", ["-c", "user.name=M", "-c", "user.email=m@example.com", ...args], { cwd: directory })
    ).stdout.trim();
  await git("init", "--quiet", "--initial-branch=trunk");
  await writeFile(join(directory, "a.txt"), "a\n");
  await git("add", ".");
  await git("commit", "--quiet", "-m", "a");
  await git("tag", "v1");
  return { directory, head: await git("rev-parse", "HEAD") };
}

test("an imported repository keeps its default branch, branches and tags, and the API reads them", async () => {
  const local = await localRepository();
  await using sandbox = await startSandbox();
  sandbox.createUser({ login: "acme" });
  const repository = await sandbox.importRepository("acme", "tools", local.directory, { private: true });
  expect(repository).toMatchObject({ defaultBranch: "trunk", private: true });
  const headers = { authorization: `token ${sandbox.createToken("acme")}` };
  const response = await fetch(`${sandbox.url}/repos/acme/tools/git/matching-refs/`, { headers });
  expect(response.status).toBe(200);
  expect(await response.json()).toMatchObject([
    { ref: "refs/heads/trunk", object: { sha: local.head } },
    { ref: "refs/tags/v1", object: { sha: local.head } },
  ]);
});

test("what is kept: repositories and the logs as JSON lines, without tokens; what is not kept goes away", async () => {
  const kept = await temporary();
  const sandbox = await startSandbox({ directory: kept });
  sandbox.createUser({ login: "acme" });
  await sandbox.createRepository("acme", "tools", { files: { a: "a" } });
  const token = sandbox.createToken("acme");
  const headers = { authorization: `token ${token}` };
  await fetch(`${sandbox.url}/repos/acme/tools/issues`, {
    method: "POST",
    headers,
    body: JSON.stringify({ title: "t" }),
  });
  await sandbox.stop();
  expect(await readdir(join(kept, "repositories", "acme"))).toEqual(["tools.git"]);
  const requests = await readFile(join(kept, "requests.jsonl"), "utf8");
  expect(JSON.parse(requests)).toMatchObject({ method: "POST", status: 201, actor: "acme" });
  expect(requests).not.toContain(token);
  expect(JSON.parse(await readFile(join(kept, "landed.jsonl"), "utf8"))).toMatchObject({
    key: "issue.create:1",
  });

  const other = await startSandbox();
  await other.stop();
  await expect(stat(other.directory)).rejects.toThrow("ENOENT");
  await expect(fetch(other.url)).rejects.toThrow();
});
