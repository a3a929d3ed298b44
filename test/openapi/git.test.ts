/** Contents, commits and branches (docs: REST "Repository contents", "Commits", "Branches"). */
import { expect, test } from "vitest";
import { pullScene } from "./scene.ts";

test("files: the root and a folder are listed, one is put, read raw and deleted", async () => {
  await using scene = await pullScene();
  const { app, maya } = scene;
  const root = (await maya("GET", "~/contents")).body;
  expect(root.map((one: { name: string; type: string }) => [one.name, one.type])).toEqual([
    ["README.md", "file"],
    ["src", "dir"],
  ]);
  expect((await maya("GET", "~/contents/src?ref=work")).body).toHaveLength(2);
  const file = (await maya("GET", "~/contents/README.md")).body;
  expect(Buffer.from(file.content, "base64").toString()).toBe("# Tools\n");
  const raw = { accept: "application/vnd.github.raw+json" };
  expect((await maya("GET", "~/contents/README.md", undefined, raw)).body).toBe("# Tools\n");
  const gone = await app("DELETE", "~/contents/README.md", { message: "Drop", sha: file.sha });
  expect([gone.status, gone.body.content]).toEqual([200, null]);
  expect((await maya("GET", "~/contents/README.md")).status).toBe(404);
});

test("commits are listed by branch and path, shown with their files, and compared", async () => {
  await using scene = await pullScene();
  const { maya, sha, base } = scene;
  const ids = (list: readonly { sha: string }[]) => list.map((one) => one.sha);
  expect(ids((await maya("GET", "~/commits?sha=work")).body)).toEqual([sha, base]);
  expect(ids((await maya("GET", "~/commits?sha=work&path=src/new.js")).body)).toEqual([sha]);
  expect((await maya("GET", `~/commits/${sha}`)).body).toMatchObject({
    stats: { total: 2, additions: 2, deletions: 0 },
    files: [{ filename: "src/new.js", status: "added" }],
  });
  expect((await maya("GET", "~/compare/main...work")).body).toMatchObject({ status: "ahead", ahead_by: 1 });
});

test("branches are listed with their protection", async () => {
  await using scene = await pullScene();
  const { maya, base } = scene;
  const all = (await maya("GET", "~/branches")).body;
  expect(all.map((one: { name: string; protected: boolean }) => [one.name, one.protected])).toEqual([
    ["main", false],
    ["work", false],
  ]);
  expect((await maya("GET", "~/branches/main")).body.commit.sha).toBe(base);
  expect((await maya("GET", "~/branches?protected=true")).body).toEqual([]);
});

test("trees and blobs are read as they were written", async () => {
  await using scene = await pullScene();
  const { app, maya, base } = scene;
  const blob = (await app("POST", "~/git/blobs", { content: "aGk=", encoding: "base64" })).body;
  expect((await maya("GET", `~/git/blobs/${blob.sha}`)).body).toMatchObject({ size: 2, encoding: "base64" });
  const entry = { path: "a/b.txt", mode: "100644", type: "blob", sha: blob.sha };
  const tree = (await app("POST", "~/git/trees", { base_tree: base, tree: [entry] })).body;
  const whole = (await maya("GET", `~/git/trees/${tree.sha}?recursive=1`)).body;
  expect(whole.tree.map((one: { path: string }) => one.path)).toContain("a/b.txt");
  const refs = (await maya("GET", "~/git/matching-refs")).body.map((one: { ref: string }) => one.ref);
  expect(refs).toEqual(expect.arrayContaining(["refs/heads/main", "refs/heads/work", "refs/pull/1/head"]));
  // As old clients ask (recorded in PyGithub's tests): one ref, or all whose names begin so.
  expect((await maya("GET", "~/git/refs")).body).toHaveLength(refs.length);
  expect((await maya("GET", "~/git/refs/heads/work")).body.ref).toBe("refs/heads/work");
  expect((await maya("GET", "~/git/refs/heads/")).body).toHaveLength(2);
});
