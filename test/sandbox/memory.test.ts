/** A sandbox whose repositories are in memory answers as one on disk does, and says what only a disk can do. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { startSandbox } from "../../src/sandbox/index.ts";
import { type Call, type Fixture, start } from "./fixture.ts";
import { git, makeScratch } from "./git-machine.ts";

let fixture: Fixture;
let maya: Call;
let rui: Call;

beforeAll(async () => {
  fixture = await start({ git: "memory" });
  maya = fixture.as(fixture.tokens.maintainer);
  rui = fixture.as(fixture.tokens.reviewer);
});
afterAll(() => fixture[Symbol.asyncDispose]());

const base64 = (text: string): string => Buffer.from(text).toString("base64");
const headOf = async (branch: string): Promise<string> =>
  (await maya("GET", `~/git/ref/heads/${branch}`)).body.object.sha;

/** A branch of main on which a file was written. */
async function branch(name: string, path: string, text: string): Promise<string> {
  const made = await maya("POST", "~/git/refs", { ref: `refs/heads/${name}`, sha: await headOf("main") });
  expect(made.status).toBe(201);
  const body = { message: `Write ${path}`, content: base64(text), branch: name };
  const there = await maya("GET", `~/contents/${path}?ref=${name}`);
  const written = await maya("PUT", `~/contents/${path}`, {
    ...body,
    ...(there.status === 200 ? { sha: there.body.sha } : {}),
  });
  expect(written.status).toBe(there.status === 200 ? 200 : 201);
  return written.body.commit.sha;
}

async function open(head: string): Promise<number> {
  const made = await rui("POST", "~/pulls", { title: head, head, base: "main" });
  expect(made.status).toBe(201);
  return made.body.number;
}

const mergeable = (number: number) =>
  expect.poll(async () => (await maya("GET", `~/pulls/${number}`)).body.mergeable, { timeout: 3_000 });

test.each([
  "merge",
  "squash",
  "rebase",
])("from a branch to a pull request that is merged: %s", async (method) => {
  const before = await headOf("main");
  const path = `docs/${method}.md`;
  const head = await branch(`work-${method}`, path, "one\ntwo\n");
  const number = await open(`work-${method}`);
  await mergeable(number).toBe(true);
  const files = await maya("GET", `~/pulls/${number}/files`);
  expect(files.body).toMatchObject([
    { filename: path, status: "added", additions: 2, patch: "@@ -0,0 +1,2 @@\n+one\n+two" },
  ]);
  const trial = (await maya("GET", `~/git/ref/pull/${number}/merge`)).body.object.sha;
  const parents = (await maya("GET", `~/git/commits/${trial}`)).body.parents;
  expect(parents.map(({ sha }: { sha: string }) => sha)).toEqual([before, head]);
  const merged = await maya("PUT", `~/pulls/${number}/merge`, { merge_method: method, sha: head });
  expect(merged).toMatchObject({ status: 200, body: { merged: true } });
  expect(await headOf("main")).toBe(merged.body.sha);
  const compared = await maya("GET", `~/compare/${before}...main`);
  expect(compared.body).toMatchObject({ status: "ahead", behind_by: 0, files: [{ filename: path }] });
  const text = await maya("GET", `~/compare/${before}...main`, undefined, {
    accept: "application/vnd.github.diff",
  });
  expect(text.body).toContain(`+++ b/${path}\n@@ -0,0 +1,2 @@\n+one\n+two\n`);
});

test("two changes of the same line: the second pull request cannot be merged", async () => {
  await branch("first", "README.md", "# First\n");
  await branch("second", "README.md", "# Second\n");
  const [first, second] = [await open("first"), await open("second")];
  await mergeable(first).toBe(true);
  expect((await maya("PUT", `~/pulls/${first}/merge`, {})).status).toBe(200);
  await mergeable(second).toBe(false);
  expect((await maya("PUT", `~/pulls/${second}/merge`, {})).status).toBe(405);
});

test("the names of objects are those of a sandbox on disk", async () => {
  await using disk = await start();
  const shaIn = async ({ tokens, as }: Fixture): Promise<string> => {
    const call = as(tokens.maintainer);
    const tree = [{ path: "a/b", mode: "100755", type: "blob", content: "text\n" }];
    const made = await call("POST", "~/git/trees", { tree });
    const author = { name: "Maya", email: "maya@example.com", date: "2024-01-02T03:04:05Z" };
    const commit = { message: "m", tree: made.body.sha, author, committer: author };
    return (await call("POST", "~/git/commits", commit)).body.sha;
  };
  expect(await shaIn(fixture)).toBe(await shaIn(disk));
});

test("what needs a disk is refused with the reason", async () => {
  const scratch = await makeScratch();
  const { sandbox, tokens } = fixture;
  const url = new URL("/acme/tools.git", sandbox.url);
  const info = await fetch(`${url}/info/refs?service=git-upload-pack`, {
    headers: { authorization: `Basic ${base64(`x:${tokens.maintainer}`)}` },
  });
  expect(info.status).toBe(501);
  expect(await info.text()).toContain("keeps its repositories in memory");
  const foreign = await fetch(`${url}/info/refs?service=git-upload-pack`, {
    headers: { authorization: `Basic ${base64(`x:${tokens.outsider}`)}` },
  });
  expect(foreign.status).toBe(404);
  const mails = await maya("GET", "~/commits/main", undefined, { accept: "application/vnd.github.patch" });
  expect(mails).toMatchObject({ status: 501, body: { message: expect.stringContaining("patchText") } });
  await git(scratch.path, "init", "-q", "source");
  await using empty = await startSandbox({ git: "memory" });
  empty.createUser({ login: "acme" });
  await expect(empty.importRepository("acme", "taken", `${scratch.path}/source`)).rejects.toMatchObject({
    kind: "not-in-memory",
  });
  await scratch.remove();
  expect([...sandbox.errors, ...empty.errors]).toEqual([]);
});
