/** What a git client reads from the sandbox: clones of every kind, single refs, submodules (docs: git 2.39). */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, test } from "vitest";
import { git, tryGit } from "../sandbox/git-machine.ts";
import { commitFiles, type Place, place } from "./place.ts";

let here: Place;
let work: string;
let head: string;
let pull: string;
beforeAll(async () => {
  here = await place();
  work = await here.clone();
  await commitFiles(work, { "docs/a.md": "a\n", "docs/b.md": "b\n" });
  await git(work, "tag", "v1");
  await git(work, "tag", "-a", "v2", "-m", "two");
  head = await commitFiles(work, { "docs/a.md": "aa\n" });
  await git(work, "push", "-q", "origin", "main", "v1", "v2");
  await git(work, "switch", "-q", "-c", "topic");
  pull = await commitFiles(work, { topic: "t\n" });
  await git(work, "push", "-q", "origin", "topic");
  const created = await here.maya("POST", "~/pulls", { title: "Topic", head: "topic", base: "main" });
  expect(created.status).toBe(201);
  await here.maya("POST", "~/git/refs", { ref: "refs/cairn/7", sha: head });
});
afterAll(() => here[Symbol.asyncDispose]());

const REFS = [
  "refs/cairn/7",
  "refs/heads/main",
  "refs/heads/topic",
  "refs/pull/1/head",
  "refs/pull/1/merge",
  "refs/tags/v1",
  "refs/tags/v2",
];

const names = (cwd: string): Promise<string> => git(cwd, "for-each-ref", "--format=%(refname)");
const commits = (cwd: string, ...revisions: string[]): Promise<string> =>
  git(cwd, "rev-list", "--count", ...revisions);

describe.each(["0", "1", "2"])("protocol version %s", (version) => {
  const clone = (...options: string[]): Promise<string> =>
    here.clone("-c", `protocol.version=${version}`, ...options);

  it("clones whole, with branches and tags and nothing else, and every object is good", async () => {
    const whole = await clone();
    expect(await names(whole)).toBe(
      [
        "refs/heads/main",
        "refs/remotes/origin/HEAD",
        "refs/remotes/origin/main",
        "refs/remotes/origin/topic",
        "refs/tags/v1",
        "refs/tags/v2",
      ].join("\n"),
    );
    expect(await commits(whole, "--all")).toBe("4");
    await git(whole, "fsck", "--strict");
  });

  it("clones shallow, deepens, and unshallows", async () => {
    const shallow = await clone("--depth=1");
    expect(await commits(shallow, "HEAD")).toBe("1");
    expect(await names(shallow)).not.toContain("topic");
    await git(shallow, "fetch", "-q", "--deepen=1");
    expect(await commits(shallow, "HEAD")).toBe("2");
    await git(shallow, "fetch", "-q", "--unshallow");
    expect(await commits(shallow, "HEAD")).toBe("3");
  });

  it("clones a tag alone, and one branch without tags", async () => {
    const tag = await clone("--depth=1", "--branch=v2");
    expect(await git(tag, "describe", "--tags", "--exact-match")).toBe("v2");
    const single = await clone("--single-branch", "--branch=topic", "--no-tags");
    expect(await names(single)).toBe("refs/heads/topic\nrefs/remotes/origin/topic");
    expect(await git(single, "rev-parse", "HEAD")).toBe(pull);
  });

  it.each([
    "blob:none",
    "tree:0",
  ])("clones without what the filter %s leaves out, and gets it when asked", async (filter) => {
    const partial = await clone(`--filter=${filter}`, "--no-checkout");
    const old = await git(work, "rev-parse", "v1:docs/a.md");
    const missing = await git(partial, "rev-list", "--objects", "--all", "--missing=print");
    if (filter === "blob:none") expect(missing).toContain(`?${old}`);
    expect(missing).toContain("?");
    await git(partial, "checkout", "-q", "main");
    expect(await git(partial, "show", "v1:docs/a.md")).toBe("a");
    expect(await git(partial, "config", "remote.origin.partialclonefilter")).toBe(filter);
  });

  it("mirrors every ref, those of pull requests and of other namespaces too", async () => {
    const mirror = await clone("--mirror");
    expect((await names(mirror)).split("\n")).toEqual(REFS);
    await here.maya("POST", "~/git/refs", { ref: `refs/cairn/8${version}`, sha: head });
    await git(mirror, "remote", "update", "--prune");
    expect(await git(mirror, "rev-parse", `refs/cairn/8${version}`)).toBe(head);
    await here.maya("DELETE", `~/git/refs/cairn/8${version}`);
    await git(mirror, "remote", "update", "--prune");
    expect((await names(mirror)).split("\n")).toEqual(REFS);
  });

  it("fetches pull requests and chains by pattern, and a commit by its name", async () => {
    const own = await clone("--single-branch");
    const patterns = ["+refs/pull/*/head:refs/remotes/pull/*", "+refs/cairn/*:refs/cairn/*"];
    await git(own, "fetch", "-q", "origin", ...patterns);
    expect(await git(own, "rev-parse", "refs/remotes/pull/1", "refs/cairn/7")).toBe(`${pull}\n${head}`);
    await git(own, "fetch", "-q", "origin", "refs/pull/1/merge");
    expect(await git(own, "rev-parse", "FETCH_HEAD^1", "FETCH_HEAD^2")).toBe(`${head}\n${pull}`);
    const bare = here.directory();
    await git("/", "init", "-q", "--bare", bare);
    const url = here.address(here.fixture.tokens.reviewer);
    await git(bare, "-c", `protocol.version=${version}`, "fetch", "-q", "--depth=1", url, pull);
    expect(await commits(bare, "FETCH_HEAD")).toBe("1");
  });

  it("lists refs without a clone: by pattern, with what HEAD names, and says when there is none", async () => {
    const url = here.address(here.fixture.tokens.reviewer);
    const list = (...args: string[]) =>
      tryGit("/", "-c", `protocol.version=${version}`, "ls-remote", ...args);
    const all = (await list(url)).stdout
      .trim()
      .split("\n")
      .map((line) => line.split("\t")[1]);
    expect(all).toEqual(["HEAD", ...REFS.slice(0, -1), "refs/tags/v2", "refs/tags/v2^{}"]);
    expect((await list("--heads", url, "topic")).stdout).toBe(`${pull}\trefs/heads/topic\n`);
    expect((await list("--symref", url, "HEAD")).stdout).toBe(`ref: refs/heads/main\tHEAD\n${head}\tHEAD\n`);
    expect((await list("--exit-code", url, "refs/heads/none")).code).toBe(2);
  });
});

test("the header of actions/checkout is as good as a token in the address", async () => {
  const token = await here.fixture.installationToken({ permissions: { contents: "read" } });
  const basic = Buffer.from(`x-access-token:${token}`).toString("base64");
  const { url } = here.fixture.sandbox;
  const header = `http.${url}/.extraheader=AUTHORIZATION: basic ${basic}`;
  const listed = await git("/", "-c", header, "ls-remote", `${url}/acme/tools`, "refs/heads/main");
  expect(listed).toBe(`${head}\trefs/heads/main`);
});

test("a submodule with a relative address is found beside its parent, under the parent's token", async () => {
  const { sandbox } = here.fixture;
  const library = await sandbox.createRepository("acme", "lib", {
    private: true,
    files: { "lib.js": "1\n" },
  });
  await sandbox.createRepository("acme", "parent", { private: true, files: { "README.md": "p\n" } });
  const token = await here.fixture.installationToken();
  const parent = here.directory();
  await git("/", "clone", "-q", here.address(token, "parent"), parent);
  await git(parent, "submodule", "--quiet", "add", "../lib.git", "vendor/lib");
  await commitFiles(parent, {});
  await git(parent, "push", "-q", "origin", "main");
  expect(await git(parent, "config", "-f", ".gitmodules", "submodule.vendor/lib.url")).toBe("../lib.git");

  const again = here.directory();
  await git(
    "/",
    "clone",
    "-q",
    "--recurse-submodules",
    "--shallow-submodules",
    here.address(token, "parent"),
    again,
  );
  const sha = library.refs.get("refs/heads/main");
  expect(await git(`${again}/vendor/lib`, "rev-parse", "HEAD")).toBe(sha);
  const shown = await here.fixture.as(token)("GET", "/repos/acme/parent/contents/vendor/lib");
  expect(shown.body).toMatchObject({
    sha,
    type: "submodule",
    submodule_git_url: `${sandbox.url}/acme/lib.git`,
    download_url: null,
  });
  // Docs, "Get repository content": a list calls it a file, as it did before there was another word.
  const listed = await here.fixture.as(token)("GET", "/repos/acme/parent/contents/vendor");
  expect(listed.body).toMatchObject([{ name: "lib", sha, type: "file" }]);
});

test.each([
  ["a pull request", "~/pulls/1"],
  ["a comparison", "~/compare/main...topic"],
  ["a commit", "~/commits/topic"],
])("git applies the patch and the diff of %s", async (_, path) => {
  // Docs, "Media types": `diff` and `patch` of commits, comparisons and pull requests.
  const apply = async (type: string, ...command: string[]) => {
    const own = await here.clone("--branch=main");
    const { body, headers } = await here.maya("GET", path, undefined, {
      accept: `application/vnd.github.${type}`,
    });
    expect(headers.get("content-type")).toMatch(`application/vnd.github.${type};`);
    await writeFile(join(own, ".git", "change"), body);
    await git(own, ...command, join(own, ".git", "change"));
    return own;
  };
  const wanted = await git(work, "rev-parse", `${pull}^{tree}`);
  const mailed = await apply("patch", "am", "-q");
  expect(await git(mailed, "rev-parse", "HEAD^{tree}")).toBe(wanted);
  expect(await git(mailed, "log", "-1", "--format=%an %s")).toBe("Mona Lisa Write topic");
  const patched = await apply("diff", "apply", "--index");
  expect(await git(patched, "write-tree")).toBe(wanted);
});

test("large files outside git are not there: the pointer stays, and who asks for them is told", async () => {
  const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${"1".repeat(64)}\nsize 3\n`;
  await commitFiles(work, {
    ".gitattributes": "*.bin filter=lfs diff=lfs merge=lfs -text\n",
    "a.bin": pointer,
  });
  await git(work, "push", "-q", "origin", "HEAD:large");
  const clone = await here.clone("--branch=large");
  expect(`${await git(clone, "show", "HEAD:a.bin")}\n`).toBe(pointer);
  // git-lfs asks here for where the objects are (docs: git-lfs, "Batch API").
  const batch = await here.maya("POST", "/acme/tools.git/info/lfs/objects/batch", { operation: "download" });
  expect(batch.status).toBe(501);
  expect(batch.body.message).toContain("/acme/tools.git/info/lfs/objects/batch");
});
