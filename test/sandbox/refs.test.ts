import { afterAll, beforeAll, expect, test } from "vitest";
import { type Call, type Fixture, start } from "./fixture.ts";

let fixture: Fixture;
let app: Call;
let main: string;
beforeAll(async () => {
  fixture = await start();
  app = fixture.as(await fixture.installationToken());
  main = (await app("GET", "~/git/ref/heads/main")).body.object.sha;
});
afterAll(() => fixture[Symbol.asyncDispose]());

async function commit(
  message: string,
  parents: readonly string[] = [main],
  more: Record<string, unknown> = {},
): Promise<string> {
  const tree = (await app("GET", `~/git/commits/${main}`)).body.tree.sha;
  const reply = await app("POST", "~/git/commits", { message, tree, parents, ...more });
  expect(reply.status).toBe(201);
  return reply.body.sha;
}

test("a ref is made once, also for the same object", async () => {
  const ref = "refs/cairn/1";
  expect(await app("POST", "~/git/refs", { ref, sha: main })).toMatchObject({
    status: 201,
    body: { ref, object: { sha: main, type: "commit" } },
  });
  expect(await app("POST", "~/git/refs", { ref, sha: main })).toMatchObject({
    status: 422,
    body: { message: "Reference already exists" },
  });
});

test("a ref needs an object, a name under refs/, and a repository with something in it", async () => {
  expect(await app("POST", "~/git/refs", { ref: "refs/heads/x", sha: "1".repeat(40) })).toMatchObject({
    status: 422,
    body: { message: "Object does not exist" },
  });
  for (const ref of ["heads/x", "refs/x"]) {
    expect((await app("POST", "~/git/refs", { ref, sha: main })).body.message).toMatch(
      /^Reference name must start with 'refs\/'/,
    );
  }
  await fixture.sandbox.createRepository("acme", "empty", { private: true });
  const empty = await app("POST", "/repos/acme/empty/git/refs", { ref: "refs/heads/x", sha: main });
  expect(empty).toMatchObject({ status: 409, body: { message: "Git Repository is empty." } });
});

test("an update without force succeeds only if it descends from what is there", async () => {
  const [left, right] = [await commit("left"), await commit("right")];
  await app("POST", "~/git/refs", { ref: "refs/cairn/2", sha: main });
  expect((await app("PATCH", "~/git/refs/cairn/2", { sha: left })).status).toBe(200);
  const lost = await app("PATCH", "~/git/refs/cairn/2", { sha: right });
  expect(lost).toMatchObject({ status: 422, body: { message: "Update is not a fast forward" } });
  expect((await app("GET", "~/git/ref/cairn/2")).body.object.sha).toBe(left);
  expect((await app("PATCH", "~/git/refs/cairn/2", { sha: right, force: true })).status).toBe(200);
  expect(await app("PATCH", "~/git/refs/cairn/none", { sha: left })).toMatchObject({
    status: 422,
    body: { message: "Reference does not exist" },
  });
});

test("of ten updates that start from the same head, one wins", async () => {
  await app("POST", "~/git/refs", { ref: "refs/cairn/3", sha: main });
  const rivals = await Promise.all(Array.from({ length: 10 }, (_, at) => commit(`claim ${at}`)));
  const replies = await Promise.all(rivals.map((sha) => app("PATCH", "~/git/refs/cairn/3", { sha })));
  const statuses = replies.map((reply) => reply.status).sort();
  expect(statuses).toEqual([200, ...Array(9).fill(422)]);
  const winner = replies.findIndex((reply) => reply.status === 200);
  expect((await app("GET", "~/git/ref/cairn/3")).body.object.sha).toBe(rivals[winner]);
});

test("matching refs are those that begin with the text, not with the segment", async () => {
  for (const name of ["12", "123", "45"])
    await app("POST", "~/git/refs", { ref: `refs/many/${name}`, sha: main });
  const names = async (prefix: string) =>
    ((await app("GET", `~/git/matching-refs/${prefix}`)).body as { ref: string }[]).map((one) => one.ref);
  expect(await names("many/12")).toEqual(["refs/many/12", "refs/many/123"]);
  expect(await names("nothing")).toEqual([]);
  expect((await app("GET", "~/git/ref/many/1")).status).toBe(404);
});

test("a ref is deleted once", async () => {
  await app("POST", "~/git/refs", { ref: "refs/heads/gone", sha: main });
  expect((await app("DELETE", "~/git/refs/heads/gone")).status).toBe(204);
  expect((await app("DELETE", "~/git/refs/heads/gone")).status).toBe(422);
});

test("commits that an app makes without author are its bot's, signed by GitHub; others are unsigned", async () => {
  const own = await commit("own");
  const shown = (await app("GET", `~/git/commits/${own}`)).body;
  const { botId } = fixture.app.app;
  expect(shown).toMatchObject({
    author: { name: "cairn[bot]", email: `${botId}+cairn[bot]@users.noreply.github.com` },
    committer: { name: "GitHub", email: "noreply@github.com" },
    verification: { verified: true, reason: "valid" },
  });
  const named = await commit("named", [main], { author: { name: "Maya", email: "maya@example.com" } });
  expect((await app("GET", `~/commits/${named}`)).body).toMatchObject({
    author: { login: "maya" },
    commit: {
      author: { name: "Maya" },
      verification: { verified: false, reason: "unsigned", signature: null },
    },
  });
  const personal = await fixture.as(fixture.tokens.maintainer)("POST", "~/git/commits", {
    message: "p",
    tree: shown.tree.sha,
    parents: [main],
  });
  await app("POST", "~/git/refs", { ref: "refs/heads/by-hand", sha: main });
  const file = await fixture.as(fixture.tokens.maintainer)("PUT", "~/contents/p.txt", {
    message: "p",
    content: "eA==",
    branch: "by-hand",
  });
  expect(file.body.commit).toMatchObject({
    author: { name: "Maya" },
    committer: { name: "Maya" },
    verification: { verified: false },
  });
  expect(personal.body).toMatchObject({ author: { name: "Maya" }, verification: { verified: false } });
});

test("trees are made from a base, with files added, changed and taken away", async () => {
  const base = (await app("GET", `~/git/commits/${main}`)).body.tree.sha;
  const blob = await app("POST", "~/git/blobs", {
    content: Buffer.from([0, 1, 255]).toString("base64"),
    encoding: "base64",
  });
  const entries = [
    { path: "docs/new.md", mode: "100644", type: "blob", content: "new\n" },
    { path: "bin/x", mode: "100755", type: "blob", sha: blob.body.sha },
    { path: "src/add.js", mode: "100644", type: "blob", sha: null },
  ];
  const tree = await app("POST", "~/git/trees", { base_tree: base, tree: entries });
  expect(tree.status).toBe(201);
  const whole = (await app("GET", `~/git/trees/${tree.body.sha}?recursive=1`)).body;
  expect(whole.truncated).toBe(false);
  const files = whole.tree.filter((entry: { type: string }) => entry.type === "blob");
  expect(files.map((entry: { path: string; mode: string }) => `${entry.mode} ${entry.path}`)).toEqual([
    "100644 README.md",
    "100755 bin/x",
    "100644 docs/new.md",
  ]);
  const read = (await app("GET", `~/git/blobs/${blob.body.sha}`)).body;
  expect(Buffer.from(read.content, "base64")).toEqual(Buffer.from([0, 1, 255]));
});

test("contents are read by path and ref, and written only over the file that the writer knows", async () => {
  const file = (await app("GET", "~/contents/src/add.js")).body;
  expect(Buffer.from(file.content, "base64").toString()).toBe("export const add = (a, b) => a + b;\n");
  expect((await app("GET", "~/contents/src")).body).toMatchObject([
    { name: "add.js", path: "src/add.js", type: "file" },
  ]);
  expect((await app("GET", "~/contents/nope")).status).toBe(404);
  await app("POST", "~/git/refs", { ref: "refs/heads/edit/a", sha: main });
  const put = (sha?: string) =>
    app("PUT", "~/contents/src/add.js", { message: "edit", content: "eA==", branch: "edit/a", sha });
  expect((await put()).status).toBe(422);
  expect((await put("1".repeat(40))).status).toBe(409);
  expect(await put(file.sha)).toMatchObject({ status: 200, body: { commit: { message: "edit" } } });
  expect(
    (await app("PUT", "~/contents/new.txt", { message: "new", content: "eA==", branch: "edit/a" })).status,
  ).toBe(201);
  const compared = (await app("GET", "~/compare/main...edit/a")).body;
  expect(compared).toMatchObject({ status: "ahead", ahead_by: 2, behind_by: 0 });
  expect(
    compared.files.map((one: { filename: string; status: string }) => `${one.status} ${one.filename}`),
  ).toEqual(["added new.txt", "modified src/add.js"]);
  expect((await app("GET", "~/branches/edit/a")).body).toMatchObject({ name: "edit/a", protected: false });
});

test("contents that are no plain file, or a large one, are shown as GitHub documents", async () => {
  const { tree } = (await app("GET", `~/git/commits/${main}`)).body;
  const modules = '[submodule "sub"]\n\tpath = sub\n\turl = https://example.com/sub.git\n';
  const large = await app("POST", "~/git/blobs", { content: "x".repeat(1_048_577) });
  const entries = [
    { path: "in", mode: "120000", type: "blob", content: "src/add.js" },
    { path: "src/up", mode: "120000", type: "blob", content: "../src/add.js" },
    { path: "out", mode: "120000", type: "blob", content: "../../etc/x" },
    { path: "folder", mode: "120000", type: "blob", content: "src" },
    { path: "sub", mode: "160000", type: "commit", sha: main },
    { path: ".gitmodules", mode: "100644", type: "blob", content: modules },
    { path: "large", mode: "100644", type: "blob", sha: large.body.sha },
  ];
  const made = await app("POST", "~/git/trees", { base_tree: tree.sha, tree: entries });
  const commit = await app("POST", "~/git/commits", { message: "m", tree: made.body.sha, parents: [main] });
  const show = async (path: string) => (await app("GET", `~/contents/${path}?ref=${commit.body.sha}`)).body;
  const add = (await show("src/add.js")).content;
  expect(add).not.toBe("");
  for (const path of ["in", "src/up"])
    expect(await show(path)).toMatchObject({ type: "file", path, content: add, encoding: "base64" });
  expect(await show("out")).toMatchObject({ type: "symlink", target: "../../etc/x" });
  expect(await show("folder")).toMatchObject({ type: "symlink", target: "src" });
  expect(await show("sub")).toMatchObject({ type: "submodule" });
  expect(await show("large")).toMatchObject({ type: "file", size: 1_048_577, content: "", encoding: "none" });
});

test("what landed is logged from the requests: branches, not chains", async () => {
  await using own = await start();
  const call = own.as(await own.installationToken());
  const sha = (await call("GET", "~/git/ref/heads/main")).body.object.sha;
  await call("POST", "~/git/refs", { ref: "refs/cairn/1", sha });
  await call("POST", "~/git/refs", { ref: "refs/heads/cairn/1-g1", sha });
  await call("POST", "~/git/refs", { ref: "refs/heads/cairn/1-g1", sha });
  const tree = (await call("GET", `~/git/commits/${sha}`)).body.tree.sha;
  const next = (await call("POST", "~/git/commits", { message: "m", tree, parents: [sha] })).body.sha;
  await call("PATCH", "~/git/refs/heads/cairn/1-g1", { sha: next });
  expect(own.sandbox.landed.map((entry) => entry.key)).toEqual([
    "branch.create:cairn/1-g1",
    `branch.update:cairn/1-g1@${next}`,
  ]);
  expect(own.sandbox.landed[0]?.actor).toEqual({ login: "cairn[bot]", kind: "installation" });
});
