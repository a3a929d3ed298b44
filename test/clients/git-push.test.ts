/** What a git client writes to the sandbox, and what the API and webhooks tell of it (docs: git 2.39, `git push`). */
import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it, test } from "vitest";
import { receiver } from "../sandbox/fixture.ts";
import { git, tryGit } from "../sandbox/git-machine.ts";
import { commitFiles, type Place, place } from "./place.ts";

let here: Place;
let work: string;
beforeAll(async () => {
  here = await place();
});
beforeEach(async () => {
  work = await here.clone();
});
afterAll(async () => {
  expect(here.fixture.sandbox.errors).toEqual([]);
  await here[Symbol.asyncDispose]();
});

/** Commit of a ref by the API; `undefined`: there is none. */
async function ref(name: string): Promise<string | undefined> {
  const { status, body } = await here.maya("GET", `~/git/ref/${name}`);
  return status === 200 ? body.object.sha : undefined;
}

describe.each(["0", "1", "2"])("protocol version %s", (version) => {
  const push = (...args: string[]) =>
    tryGit(work, "-c", `protocol.version=${version}`, "push", "--porcelain", "origin", ...args);

  it("makes a branch with its upstream, moves it, and deletes it", async () => {
    const branch = `feature/v${version}`;
    await git(work, "switch", "-q", "-c", branch);
    const head = await commitFiles(work, { [`f${version}`]: "1" });
    expect((await push("--set-upstream", "HEAD")).stdout).toContain(
      `*\tHEAD:refs/heads/${branch}\t[new branch]`,
    );
    expect(await git(work, "rev-parse", "--abbrev-ref", "@{upstream}")).toBe(`origin/${branch}`);
    expect(await ref(`heads/${branch}`)).toBe(head);
    const next = await commitFiles(work, { [`f${version}`]: "2" });
    expect((await push("HEAD")).code).toBe(0);
    expect(await ref(`heads/${branch}`)).toBe(next);
    expect((await push("HEAD")).stdout).toContain("[up to date]");
    expect((await push("--delete", branch)).stdout).toContain(`-\t:refs/heads/${branch}\t[deleted]`);
    expect(await ref(`heads/${branch}`)).toBeUndefined();
  });

  it("moves several refs at once, of which one may fail alone, or none with --atomic", async () => {
    const good = `refs/heads/good-${version}`;
    const bad = `refs/heads/bad-${version}`;
    const start = await git(work, "rev-parse", "HEAD");
    const other = await commitFiles(work, { [`other${version}`]: "1" });
    await push(`${other}:${bad}`);
    await git(work, "reset", "-q", "--hard", start);
    const head = await commitFiles(work, { [`mine${version}`]: "1" });

    // The client itself refuses what is no fast-forward; the default branch's end is refused by the server.
    const refusals = {
      [`${head}:${bad}`]: "[rejected] (non-fast-forward)",
      ":refs/heads/main": "[remote rejected]",
    };
    for (const [refused, why] of Object.entries(refusals)) {
      const none = await push("--atomic", `${head}:${good}`, refused);
      expect(none.code).toBe(1);
      expect(none.stdout).toContain(`!\t${refused}\t${why}`);
      expect(await ref(good.slice(5))).toBeUndefined();
    }
    const one = await push(`${head}:${good}`, `${head}:${bad}`, ":refs/heads/main");
    expect(one.code).toBe(1);
    expect(await ref(good.slice(5))).toBe(head);
    expect(await ref(bad.slice(5))).toBe(other);
    expect(await ref("heads/main")).toBe(start);
  });

  it("replaces by force only what the lease names", async () => {
    const branch = `lease-${version}`;
    await git(work, "switch", "-q", "-c", branch);
    const first = await commitFiles(work, { lease: "1" });
    await push("HEAD");
    const theirs = await here.clone(`--branch=${branch}`);
    const between = await commitFiles(theirs, { lease: "2" });
    await git(theirs, "push", "-q", "origin", "HEAD");

    await git(work, "commit", "-q", "--amend", "-m", "again");
    const mine = await git(work, "rev-parse", "HEAD");
    expect((await push("HEAD")).stdout).toContain("[rejected]");
    expect((await push("--force-with-lease", "HEAD")).stdout).toContain("(stale info)");
    expect((await push(`--force-with-lease=${branch}:${first}`, "HEAD")).stdout).toContain("(stale info)");
    expect(await ref(`heads/${branch}`)).toBe(between);
    expect((await push(`--force-with-lease=${branch}:${between}`, "HEAD")).code).toBe(0);
    expect(await ref(`heads/${branch}`)).toBe(mine);
  });

  it("sends tags, light and annotated, moves them by force only, and follows them", async () => {
    const head = await commitFiles(work, { [`tagged${version}`]: "1" });
    const [light, heavy, followed] = ["light", "heavy", "followed"].map((name) => `${name}-${version}`) as [
      string,
      string,
      string,
    ];
    await git(work, "tag", light);
    await git(work, "tag", "-a", heavy, "-m", "heavy");
    expect((await push("--tags")).code).toBe(0);
    expect(await ref(`tags/${light}`)).toBe(head);
    const object = await git(work, "rev-parse", heavy);
    const shown = (await here.maya("GET", `~/git/ref/tags/${heavy}`)).body.object;
    expect(shown).toMatchObject({ type: "tag", sha: object });
    const next = await commitFiles(work, { [`tagged${version}`]: "2" });
    await git(work, "tag", "-f", light);
    expect((await push(light)).stdout).toContain("[rejected] (already exists)");
    expect((await push("--force", light)).code).toBe(0);
    expect(await ref(`tags/${light}`)).toBe(next);
    await git(work, "tag", "-a", followed, "-m", "followed");
    await push("--follow-tags", `HEAD:refs/heads/tagged-${version}`);
    expect(await ref(`tags/${followed}`)).toBe(await git(work, "rev-parse", followed));
  });
});

test("options of a push are taken, as GitHub's own receive-pack offers them", async () => {
  // github/spokes-receive-pack, internal/integration/capabilities_test.go: `push-options` is advertised.
  const pushed = await tryGit(
    work,
    "push",
    "-o",
    "ci.skip",
    "-o",
    "reviewer=rui",
    "origin",
    "HEAD:refs/heads/options",
  );
  expect(pushed.stderr).toContain("[new branch]");
  expect(pushed.code).toBe(0);
  expect(await ref("heads/options")).toBe(await git(work, "rev-parse", "HEAD"));
});

test("a pack of many megabytes arrives whole, chunked and with deltas, and leaves again whole", async () => {
  const blocks = Array.from({ length: 12 }, () => randomBytes(256 << 10));
  const files = Object.fromEntries(blocks.map((block, at) => [`big/${at}.bin`, block]));
  await commitFiles(work, files);
  const changed = Buffer.concat([blocks[0] as Buffer, Buffer.from("tail")]);
  const head = await commitFiles(work, { "big/0.bin": changed });
  await git(work, "-c", "http.postBuffer=65536", "push", "-q", "origin", "HEAD:refs/heads/big");
  expect(await ref("heads/big")).toBe(head);
  const again = await here.clone("--branch=big");
  await git(again, "fsck", "--strict");
  expect(await git(again, "rev-parse", "HEAD^{tree}")).toBe(await git(work, "rev-parse", "HEAD^{tree}"));
  const blob = await here.maya("GET", `~/git/blobs/${await git(work, "rev-parse", "HEAD:big/0.bin")}`);
  expect(Buffer.from(blob.body.content, "base64").equals(changed)).toBe(true);
  await git(work, "push", "-q", "origin", ":big"); // what other tests clone stays small
});

test("an unborn repository takes its first push and then has its default branch", async () => {
  await here.fixture.sandbox.createRepository("acme", "empty", { private: true });
  const empty = here.directory();
  const address = here.address(await here.fixture.installationToken(), "empty");
  expect((await tryGit("/", "clone", address, empty)).stderr).toContain("cloned an empty repository");
  expect((await here.maya("GET", "/repos/acme/empty/git/ref/heads/main")).status).toBe(404);
  const head = await commitFiles(empty, { a: "a" });
  await git(empty, "push", "-q", "origin", "HEAD");
  expect(await git("/", "ls-remote", "--symref", address, "HEAD")).toBe(
    `ref: refs/heads/main\tHEAD\n${head}\tHEAD`,
  );
});

test("every ref of a push is told of by its own webhooks, in the order of the names", async () => {
  await using hooks = await receiver();
  await using own = await place();
  const { sandbox } = own.fixture;
  const app = sandbox.createApp({
    name: "Ear",
    permissions: { contents: "read", metadata: "read" },
    events: ["push", "create", "delete"],
    webhookUrl: hooks.url,
  });
  sandbox.installApp(app.app, "acme", "all");
  const tree = await own.clone();
  const before = await git(tree, "rev-parse", "HEAD");
  const head = await commitFiles(tree, { "src/new.js": "1\n" });
  await git(tree, "tag", "v1");
  await git(tree, "push", "-q", "origin", "HEAD:refs/heads/a", "HEAD:main", "v1");
  await git(tree, "commit", "-q", "--amend", "-m", "another");
  await git(tree, "push", "-q", "--force", "origin", "HEAD:refs/heads/a", ":refs/tags/v1");
  await sandbox.waitIdle();
  const told = hooks.received
    .filter(({ event }) => ["push", "create", "delete"].includes(event))
    .map(({ event, payload }) => [event, payload.ref, payload.forced ?? payload.ref_type]);
  expect(told).toEqual([
    ["create", "a", "branch"],
    ["push", "refs/heads/a", false],
    ["push", "refs/heads/main", false],
    ["create", "v1", "tag"],
    ["push", "refs/tags/v1", false],
    ["push", "refs/heads/a", true],
    ["delete", "v1", "tag"],
    ["push", "refs/tags/v1", false],
  ]);
  const main = hooks.received.find(({ payload }) => payload.ref === "refs/heads/main");
  expect(main?.payload).toMatchObject({
    before,
    after: head,
    sender: { login: "maya" },
    commits: [{ id: head, added: ["src/new.js"], modified: [], removed: [] }],
  });
});

describe("who may push", () => {
  const refused = async (token: string | undefined, repository = "tools") => {
    const url =
      token === undefined
        ? `${here.fixture.sandbox.url}/acme/${repository}.git`
        : here.address(token, repository);
    return (await tryGit(work, "push", url, "HEAD:refs/heads/never")).stderr;
  };

  it("is asked for credentials without any, and refused with a wrong or an old token", async () => {
    expect(await refused(undefined)).toContain("could not read Username");
    expect(await refused("ghp_wrong")).toContain("Authentication failed");
    await using own = await place();
    const token = await own.fixture.installationToken();
    expect(await git("/", "ls-remote", "--heads", own.address(token))).toContain("refs/heads/main");
    own.fixture.sandbox.clock.advance(3_600_000);
    expect((await tryGit("/", "ls-remote", own.address(token))).stderr).toContain("Authentication failed");
  });

  it("needs contents:write, on this repository", async () => {
    const { fixture } = here;
    await fixture.sandbox.createRepository("acme", "closed", { private: true, files: { a: "a" } });
    const read = await fixture.installationToken({ permissions: { contents: "read" } });
    expect(await refused(read)).toContain("Permission to acme/tools.git denied to cairn[bot].");
    const elsewhere = await fixture.installationToken({ repositories: ["tools"] });
    expect(await refused(elsewhere, "closed")).toContain("Repository not found.");
    const blind = await fixture.installationToken({ permissions: { issues: "write" } });
    expect((await tryGit("/", "ls-remote", here.address(blind))).code).not.toBe(0);
    expect(await ref("heads/never")).toBeUndefined();
  });

  it("reads what is public without a token, and does not write it", async () => {
    const { sandbox } = here.fixture;
    await sandbox.createRepository("acme", "open", { files: { a: "a" } });
    const url = `${sandbox.url}/acme/open`;
    expect(await git("/", "ls-remote", "--heads", url)).toContain("refs/heads/main");
    expect(await refused(undefined, "open")).toContain("could not read Username");
    expect(await refused(here.fixture.tokens.outsider, "open")).toContain(
      "Permission to acme/open.git denied to oda.",
    );
  });
});
