/** Smart HTTP against the real git client, over a real server on loopback. */
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { readdir, writeFile } from "node:fs/promises";
import { createServer, request as httpRequest, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createDiskStore, type DiskStore } from "../../src/sandbox/git/disk.ts";
import {
  type Authorization,
  type AuthorizeInput,
  createGitHttp,
  type Proposal,
  type Push,
} from "../../src/sandbox/git/http.ts";
import { git, makeScratch, tryGit } from "./git-machine.ts";

const NONE = "0".repeat(40);

let scratch: Awaited<ReturnType<typeof makeScratch>>;
let server: Server;
let store: DiskStore;
let base: string;
let url: string;
let first: string;
let count = 0;
let pushes: Push<string>[] = [];
let asked: AuthorizeInput[] = [];
let failures: unknown[] = [];
let beforeAnswer: (input: AuthorizeInput) => Promise<void> = async () => {};
let duringPush: (push: Push<string>) => Promise<void> = async () => {};
/** Ref to the reason why it is declined. */
let declined: Record<string, string> = {};
let proposals: Proposal<string>[] = [];

async function authorize(input: AuthorizeInput): Promise<Authorization<string>> {
  asked.push(input);
  await beforeAnswer(input);
  if (input.token === undefined) return { kind: input.repo === "gone" ? "not-found" : "unauthorized" };
  if (input.owner !== "octo" || input.repo !== "rocks") return { kind: "not-found" };
  if (input.token === "writer") return { kind: "allow", store, actor: "mona" };
  if (input.token !== "reader") return { kind: "unauthorized" };
  if (input.operation === "read") return { kind: "allow", store, actor: "hubot" };
  return { kind: "forbidden", message: "Permission to octo/rocks.git denied to hubot." };
}

const as = (token: string): string => url.replace("//", `//x-access-token:${token}@`);
const place = (): string => {
  count += 1;
  return join(scratch.path, `place-${count}`);
};

async function clone(token = "writer", ...options: string[]): Promise<string> {
  const work = place();
  await git(scratch.path, "clone", "-q", ...options, as(token), work);
  return work;
}

async function commitFile(work: string, path: string, content: string | Buffer): Promise<string> {
  await writeFile(join(work, path), content);
  await git(work, "add", ".");
  await git(work, "commit", "-qm", path);
  return git(work, "rev-parse", "HEAD");
}

beforeAll(async () => {
  scratch = await makeScratch();
  const handle = createGitHttp<string>({
    authorize,
    onPush: async (push) => {
      pushes.push(push);
      await duringPush(push);
    },
    isRuled: ({ updates }) => updates.some(({ ref }) => ref in declined),
    judge: async (proposal, incoming) => {
      proposals.push(proposal);
      // What the push brings can be looked at, beside what is there.
      for (const { after } of proposal.updates)
        if (after !== NONE) expect(await incoming.isAncestor(first, after)).toBe(true);
      return Object.entries(declined).map(([ref, reason]) => ({
        ref,
        reason,
        lines: [`error: not ${ref}`, "- why"],
      }));
    },
  });
  server = createServer((request, response) => {
    handle(request, response).then(
      (handled) => handled || response.writeHead(418).end(),
      (error: unknown) => failures.push(error),
    );
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  url = `${base}/octo/rocks.git`;
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await scratch.remove();
});
beforeEach(async () => {
  store = await createDiskStore(place(), { defaultBranch: "main" });
  const sha = await store.createBlob(Buffer.from("hello\n"));
  const tree = await store.createTree(undefined, [{ path: "hello", mode: "100644", sha }]);
  const mona = { name: "Mona", email: "mona@example.com", timestamp: 1700000000, timezone: "+0000" };
  const root = await store.createCommit({
    tree,
    parents: [],
    author: mona,
    committer: mona,
    message: "root\n",
  });
  first = await store.createCommit({
    tree,
    parents: [root],
    author: mona,
    committer: mona,
    message: "first\n",
  });
  await store.updateRef({ ref: "refs/heads/main", to: first, expected: null });
  await store.updateRef({ ref: "refs/cairn/1", to: root, expected: null });
  await store.updateRef({ ref: "refs/pull/1/head", to: first, expected: null });
  pushes = [];
  asked = [];
  failures = [];
  beforeAnswer = async () => {};
  duringPush = async () => {};
  declined = {};
  proposals = [];
});
afterEach(async () => {
  await store.close();
  expect(failures).toEqual([]);
});

const updates = (): unknown => pushes.map((push) => push.updates);

describe("reading", () => {
  it("clones, and fetches what the store gets later", async () => {
    const work = await clone("reader");
    expect(await git(work, "rev-parse", "HEAD", "origin/main")).toBe(`${first}\n${first}`);
    const { tree } = (await store.readCommit(first))!;
    const person = { name: "A", email: "a@example.com", timestamp: 1700000001, timezone: "+0000" };
    const next = await store.createCommit({
      tree,
      parents: [first],
      author: person,
      committer: person,
      message: "later",
    });
    await store.updateRef({ ref: "refs/heads/main", to: next, expected: first });
    await git(work, "pull", "-q");
    expect(await git(work, "rev-parse", "HEAD")).toBe(next);
    expect(asked.every(({ operation }) => operation === "read")).toBe(true);
    expect(pushes).toEqual([]);
  });

  it.each([
    "0",
    "2",
  ])("serves shallow, partial and mirror clones, and any commit by name, in protocol version %s", async (version) => {
    const protocol = ["-c", `protocol.version=${version}`];
    const shallow = await clone("reader", ...protocol, "--depth=1");
    expect(await git(shallow, "rev-list", "--count", "HEAD")).toBe("1");
    await git(shallow, ...protocol, "fetch", "-q", "--unshallow");
    expect(await git(shallow, "rev-list", "--count", "HEAD")).toBe("2");
    const partial = await clone("reader", ...protocol, "--filter=blob:none", "--no-checkout");
    expect(await git(partial, "rev-list", "--objects", "--missing=print", "HEAD")).toContain(
      "?ce013625030ba8dba906f756967f9e9ca394464a",
    );
    expect(await git(partial, "show", "HEAD:hello")).toBe("hello");
    const mirror = await clone("reader", ...protocol, "--mirror");
    expect(await git(mirror, "for-each-ref", "--format=%(refname)")).toBe(
      "refs/cairn/1\nrefs/heads/main\nrefs/pull/1/head",
    );
    const empty = place();
    await git(scratch.path, "init", "-q", empty);
    await git(empty, ...protocol, "fetch", "-q", as("reader"), first);
  });

  it("finds the repository with and without .git", async () => {
    await git(scratch.path, "ls-remote", as("reader").replace(/\.git$/, ""));
    expect(asked.at(-1)).toMatchObject({ owner: "octo", repo: "rocks", token: "reader" });
  });

  it("leaves other requests alone, and refuses the old protocol and wrong methods", async () => {
    expect((await fetch(`${base}/repos/octo/rocks`)).status).toBe(418);
    expect((await fetch(`${url}/info/refs`)).status).toBe(403);
    expect((await fetch(`${url}/git-upload-pack`)).status).toBe(405);
  });

  it("answers 500 when git fails before it has answered", async () => {
    const headers = {
      authorization: "Bearer reader",
      "content-type": "application/x-git-upload-pack-request",
    };
    const response = await fetch(`${url}/git-upload-pack`, { method: "POST", body: "zzzz", headers });
    expect(response.status).toBe(500);
    expect(await response.text()).toContain("http-backend ended with");
  });
});

describe("who may", () => {
  const basic = (pair: string) => `Basic ${Buffer.from(pair).toString("base64")}`;
  const ask = (authorization?: string, repo = "rocks") =>
    fetch(`${base}/octo/${repo}.git/info/refs?service=git-upload-pack`, {
      headers: authorization ? { authorization } : {},
    });

  it.each([
    "anyone:reader",
    "reader:",
    "reader:x-oauth-basic",
  ])("takes the token of Basic %s", async (pair) => {
    expect((await ask(basic(pair))).status).toBe(200);
  });

  it.each(["Bearer reader", "token reader"])("takes the header %s", async (header) => {
    expect((await ask(header)).status).toBe(200);
  });

  it("challenges who shows nothing, also where nothing is, and who shows a wrong token", async () => {
    for (const response of [await ask(), await ask(undefined, "gone"), await ask("Bearer wrong")]) {
      expect(response.status).toBe(401);
      expect(response.headers.get("www-authenticate")).toBe('Basic realm="GitHub"');
    }
    expect((await ask("Bearer reader", "gone")).status).toBe(404);
  });

  it("tells the client why", async () => {
    const wrong = await tryGit(scratch.path, "ls-remote", as("wrong"));
    expect(wrong.code).not.toBe(0);
    expect(wrong.stderr).toContain("Authentication failed");
    const work = await clone("reader");
    await commitFile(work, "x", "x");
    const denied = await tryGit(work, "push", "origin", "main");
    expect(denied.code).not.toBe(0);
    expect(denied.stderr).toContain("Permission to octo/rocks.git denied to hubot.");
    expect(asked.at(-1)?.operation).toBe("write");
    expect(await store.readRef("refs/heads/main")).toBe(first);
  });
});

describe("pushing", () => {
  it("tells of each ref that changed, with before and after, and of nothing else", async () => {
    const work = await clone();
    const head = await commitFile(work, "x", "x");
    await git(
      work,
      "push",
      "-q",
      "origin",
      "main",
      "HEAD:refs/heads/topic",
      "HEAD:refs/cairn/2",
      ":refs/cairn/1",
    );
    const root = pushes[0]!.updates[0]!.before;
    expect(pushes[0]).toMatchObject({ owner: "octo", repo: "rocks", actor: "mona" });
    expect(updates()).toEqual([
      [
        { ref: "refs/cairn/1", before: root, after: NONE },
        { ref: "refs/cairn/2", before: NONE, after: head },
        { ref: "refs/heads/main", before: first, after: head },
        { ref: "refs/heads/topic", before: NONE, after: head },
      ],
    ]);
    await git(work, "push", "-q", "origin", "main");
    expect(pushes).toHaveLength(1);
    expect(String(await store.readBlob((await store.entryAt(head, "x"))!.sha))).toBe("x");
  });

  it("refuses what is no fast-forward unless it is forced", async () => {
    const work = await clone();
    await git(work, "commit", "-q", "--amend", "--allow-empty", "-m", "rewritten");
    const head = await git(work, "rev-parse", "HEAD");
    expect((await tryGit(work, "push", "-q", "origin", "main")).stderr).toContain("rejected");
    expect(pushes).toEqual([]);
    await git(work, "push", "-q", "--force", "origin", "main");
    expect(updates()).toEqual([[{ ref: "refs/heads/main", before: first, after: head }]]);
  });

  it("refuses pushes to refs/pull and the deletion of the default branch", async () => {
    const work = await clone();
    const hidden = await tryGit(work, "push", "origin", "HEAD:refs/pull/7/head");
    expect(hidden.stderr).toContain("deny updating a hidden ref");
    expect((await tryGit(work, "push", "origin", ":main")).code).not.toBe(0);
    expect(pushes).toEqual([]);
    expect(await store.readRef("refs/pull/7/head")).toBeUndefined();
  });

  it("deletes with --mirror what the clone lacks, other namespaces too, but not refs/pull", async () => {
    const work = await clone();
    await git(work, "branch", "kept");
    await git(work, "update-ref", "-d", "refs/remotes/origin/HEAD");
    await git(work, "update-ref", "-d", "refs/remotes/origin/main");
    await git(work, "push", "-q", "--mirror", "origin");
    const left = (await store.listRefs("")).map(({ ref }) => ref);
    expect(left).toEqual(["refs/heads/kept", "refs/heads/main", "refs/pull/1/head"]);
    expect(pushes[0]!.updates).toContainEqual(expect.objectContaining({ ref: "refs/cairn/1", after: NONE }));
  });

  it("takes a push of several megabytes, chunked, and leaves no spool behind", async () => {
    const work = await clone();
    const bytes = randomBytes(3 << 20);
    const head = await commitFile(work, "big.bin", bytes);
    await git(work, "-c", "http.postBuffer=65536", "push", "-q", "origin", "main");
    expect(await store.readRef("refs/heads/main")).toBe(head);
    expect((await store.readBlob((await store.entryAt(head, "big.bin"))!.sha))?.equals(bytes)).toBe(true);
    expect((await readdir(store.directory)).filter((name) => name.startsWith("incoming-"))).toEqual([]);
    expect(await git(await clone("reader"), "rev-parse", "HEAD")).toBe(head);
  });

  it("lets one of two racing pushes win and refuses the other", async () => {
    const works = [await clone(), await clone()];
    const heads = [await commitFile(works[0]!, "x", "0"), await commitFile(works[1]!, "x", "1")];
    const ended = await Promise.all(works.map((work) => tryGit(work, "push", "-q", "origin", "main")));
    expect(ended.filter(({ code }) => code === 0)).toHaveLength(1);
    const winner = ended.findIndex(({ code }) => code === 0);
    expect(await store.readRef("refs/heads/main")).toBe(heads[winner]);
    expect(updates()).toEqual([[{ ref: "refs/heads/main", before: first, after: heads[winner] }]]);
  });

  it("refuses a push whose ref the store moved after the client had looked", async () => {
    const work = await clone();
    await commitFile(work, "x", "x");
    const { tree } = (await store.readCommit(first))!;
    const person = { name: "A", email: "a@example.com", timestamp: 1700000001, timezone: "+0000" };
    const input = { tree, parents: [first], author: person, committer: person, message: "between" };
    const between = await store.createCommit(input);
    let writes = 0;
    beforeAnswer = async ({ operation, token }) => {
      if (operation === "write" && token !== undefined) writes += 1;
      if (writes !== 2) return; // the first asks which refs there are, the second sends the pack
      expect(await store.updateRef({ ref: "refs/heads/main", to: between, expected: first })).toBe(true);
    };
    const lost = await tryGit(work, "push", "-q", "--force", "origin", "main");
    expect(lost.stderr).toContain("[remote rejected]");
    expect(writes).toBe(2);
    expect(await store.readRef("refs/heads/main")).toBe(between);
    expect(pushes).toEqual([]);
  });

  it("lets the callback use the store, before the client hears of its success", async () => {
    const work = await clone();
    const head = await commitFile(work, "x", "x");
    duringPush = async ({ store: pushed }) => {
      await new Promise((resolve) => setTimeout(resolve, 50));
      await pushed.updateRef({ ref: "refs/pull/1/head", to: head, expected: first });
    };
    await git(work, "push", "-q", "origin", "main");
    expect(await store.readRef("refs/pull/1/head")).toBe(head);
  });

  it("breaks the answer off when the callback fails, although the push stands", async () => {
    const work = await clone();
    const head = await commitFile(work, "x", "x");
    duringPush = () => Promise.reject(new Error("the host is out of order"));
    expect((await tryGit(work, "push", "-q", "origin", "main")).code).not.toBe(0);
    expect(await store.readRef("refs/heads/main")).toBe(head);
    expect(failures.splice(0)).toMatchObject([{ message: "the host is out of order" }]);
  });

  it("changes nothing when the client is lost in the middle of a push", async () => {
    const headers = {
      authorization: "Bearer writer",
      "content-type": "application/x-git-receive-pack-request",
    };
    const lost = httpRequest(`${url}/git-receive-pack`, { method: "POST", headers });
    lost.on("error", () => undefined);
    lost.write(`0094${first} ${NONE} refs/heads/main`);
    await expect
      .poll(async () => (await readdir(store.directory)).some((name) => name.startsWith("incoming-")))
      .toBe(true);
    lost.destroy();
    await expect
      .poll(async () => (await readdir(store.directory)).some((name) => name.startsWith("incoming-")))
      .toBe(false);
    expect(await store.updateRef({ ref: "refs/heads/after", to: first, expected: null })).toBe(true);
    expect(await store.readRef("refs/heads/main")).toBe(first);
    expect(pushes).toEqual([]);
  });
});

describe("declining", () => {
  const leftOvers = async (): Promise<string[]> =>
    (await readdir(store.directory)).filter((name) => /^(incoming|declined)-/.test(name));

  it("declines one ref with the reason and lines that it is given, and lets the others in", async () => {
    const work = await clone();
    const head = await commitFile(work, "new", "new\n");
    declined = { "refs/heads/main": "protected branch hook declined" };
    const push = await tryGit(work, "push", "origin", "main", "main:refs/heads/other");
    expect(push.code).not.toBe(0);
    expect(push.stderr).toContain("remote: error: not refs/heads/main");
    expect(push.stderr).toContain("remote: - why");
    expect(push.stderr).toContain("! [remote rejected] main -> main (protected branch hook declined)");
    expect(await store.readRef("refs/heads/main")).toBe(first);
    expect(await store.readRef("refs/heads/other")).toBe(head);
    expect(updates()).toEqual([[{ ref: "refs/heads/other", before: NONE, after: head }]]);
    expect(proposals).toMatchObject([{ owner: "octo", repo: "rocks", actor: "mona", updates: [{}, {}] }]);
    expect(await leftOvers()).toEqual([]);
  });

  it("declines also what the client wants all or nothing of, with push options, and deletions", async () => {
    await git(store.directory, "config", "receive.advertisePushOptions", "true");
    await store.updateRef({ ref: "refs/heads/kept", to: first, expected: null });
    declined = { "refs/heads/kept": "no" };
    const work = await clone();
    await commitFile(work, "new", "new\n");
    const all = ["--atomic", "-o", "an option", "origin", "main", ":kept"];
    expect((await tryGit(work, "push", ...all)).stderr).toContain("! [remote rejected] kept (no)");
    expect(await store.readRef("refs/heads/main")).toBe(first);
    expect(await store.readRef("refs/heads/kept")).toBe(first);
    expect(pushes).toEqual([]);
  });

  it("looks into a compressed request, and leaves a broken pack to git", async () => {
    await store.updateRef({ ref: "refs/heads/kept", to: first, expected: null });
    declined = { "refs/heads/kept": "no" };
    const line = (text: string): string => (text.length + 4).toString(16).padStart(4, "0") + text;
    const post = async (body: Buffer, headers: Record<string, string>): Promise<string> => {
      const authorization = `Basic ${Buffer.from("x:writer").toString("base64")}`;
      const type = { "content-type": "application/x-git-receive-pack-request" };
      const response = await fetch(`${url}/git-receive-pack`, {
        method: "POST",
        headers: { authorization, ...type, ...headers },
        body: new Uint8Array(body),
      });
      return response.text();
    };
    const removal = Buffer.from(`${line(`${first} ${NONE} refs/heads/kept\0report-status\n`)}0000`);
    expect(await post(gzipSync(removal), { "content-encoding": "gzip" })).toContain("ng refs/heads/kept no");
    const update = line(`${first} ${"1".repeat(40)} refs/heads/kept\0report-status\n`);
    const broken = Buffer.concat([Buffer.from(`${update}0000`), Buffer.from("PACK and nothing more")]);
    expect(await post(broken, {})).toMatch(/unpack (?!ok)/);
    expect(proposals).toHaveLength(1);
    expect(await store.readRef("refs/heads/kept")).toBe(first);
    expect(await leftOvers()).toEqual([]);
  });
});
