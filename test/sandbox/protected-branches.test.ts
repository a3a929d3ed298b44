/**
 * Direct moves of branches that rules protect: pushes with the real git client, and the refs and contents APIs.
 * GitHub's words: docs "About protected branches", "Available rules for rulesets", and what its users report of refusals.
 */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { type Call, type Fixture, start } from "./fixture.ts";
import { git, makeScratch, tryGit } from "./git-machine.ts";

let scratch: Awaited<ReturnType<typeof makeScratch>>;
let fixture: Fixture;
let maya: Call;
let app: Call;
let token: string;

beforeAll(async () => {
  scratch = await makeScratch();
});
afterAll(() => scratch.remove());
beforeEach(async () => {
  fixture = await start();
  maya = fixture.as(fixture.tokens.maintainer);
  token = await fixture.installationToken();
  app = fixture.as(token);
});
afterEach(async () => {
  expect(fixture.sandbox.errors).toEqual([]);
  await fixture[Symbol.asyncDispose]();
});

let count = 0;

/** A clone in which pushes are made with this token. */
async function clone(by = token): Promise<string> {
  count += 1;
  const work = join(scratch.path, `work-${count}`);
  const url = fixture.sandbox.url.replace("http://", `http://x-access-token:${by}@`);
  await git(scratch.path, "clone", "-q", `${url}/acme/tools.git`, work);
  return work;
}

async function commit(work: string, path: string): Promise<string> {
  await writeFile(join(work, path), `${path}\n`);
  await git(work, "add", ".");
  await git(work, "commit", "-qm", path);
  return git(work, "rev-parse", "HEAD");
}

const NO_RULES = {
  required_status_checks: null,
  enforce_admins: false,
  required_pull_request_reviews: null,
  restrictions: null,
};

async function protect(more: object): Promise<void> {
  const { status, body } = await maya("PUT", "~/branches/main/protection", { ...NO_RULES, ...more });
  expect([status, body.message]).toEqual([200, undefined]);
}

const rule = (...rules: readonly object[]) =>
  maya("POST", "~/rulesets", {
    name: "rules",
    target: "branch",
    enforcement: "active",
    conditions: { ref_name: { include: ["refs/heads/main", "refs/heads/kept/**"], exclude: [] } },
    rules,
  });

const head = async (ref = "heads/main"): Promise<string | undefined> =>
  (await maya("GET", `~/git/ref/${ref}`)).body.object?.sha;

/** What the client is told: `remote:` lines without their padding, and the state of the ref. */
function told(stderr: string): string[] {
  return stderr
    .split("\n")
    .filter((line) => /^remote:|\[remote rejected\]/.test(line))
    .map((line) => line.replace(/^remote:/, "").trim())
    .filter((line) => line !== "");
}

const REVIEWS = { required_pull_request_reviews: { required_approving_review_count: 1 } };

test("a push to a branch that wants pull requests is declined with GH006, and moves nothing", async () => {
  await protect(REVIEWS);
  const before = await head();
  const work = await clone();
  await commit(work, "a.txt");
  const refused = await tryGit(work, "push", "origin", "main");
  expect(refused.code).not.toBe(0);
  expect(told(refused.stderr)).toEqual([
    "error: GH006: Protected branch update failed for refs/heads/main.",
    "- Changes must be made through a pull request.",
    "! [remote rejected] main -> main (protected branch hook declined)",
  ]);
  expect(await head()).toBe(before);
  // An administrator is not bound unless the protection says so; forced pushes and deletions are nobody's.
  const admin = await clone(fixture.tokens.maintainer);
  const pushed = await commit(admin, "b.txt");
  await git(admin, "push", "-q", "origin", "main");
  expect(await head()).toBe(pushed);
  await git(admin, "commit", "-q", "--amend", "-m", "rewritten");
  expect(told((await tryGit(admin, "push", "--force", "origin", "main")).stderr)).toContain(
    "- Cannot force-push to this branch",
  );
  expect((await maya("POST", "~/branches/main/protection/enforce_admins")).body.enabled).toBe(true);
  await git(admin, "reset", "-q", "--hard", pushed);
  await commit(admin, "c.txt");
  expect(told((await tryGit(admin, "push", "origin", "main")).stderr)).toContain(
    "- Changes must be made through a pull request.",
  );
  expect(await head()).toBe(pushed);
});

test("of one push the declined ref stays and the others move, each told of", async () => {
  await protect(REVIEWS);
  const work = await clone();
  const sha = await commit(work, "a.txt");
  await git(work, "tag", "v1");
  const mixed = await tryGit(work, "push", "origin", "main", "main:refs/heads/feature", "v1");
  expect(mixed.code).not.toBe(0);
  expect(mixed.stderr).toMatch(/\[new branch\]\s+main -> feature/);
  expect(mixed.stderr).toMatch(/\[new tag\]\s+v1 -> v1/);
  expect(mixed.stderr).toContain("(protected branch hook declined)");
  expect([await head("heads/feature"), await head("tags/v1")]).toEqual([sha, sha]);
  expect(await head()).not.toBe(sha);
  expect(fixture.sandbox.landed.map(({ key }) => key)).toEqual(["branch.create:feature"]);
  // All or nothing where the client asks for that.
  const atomic = await tryGit(work, "push", "--atomic", "origin", "main", "main:refs/heads/other");
  expect(atomic.code).not.toBe(0);
  expect(await head("heads/other")).toBeUndefined();
});

test("required checks let a commit in on which they are green, also by a push", async () => {
  await protect({ required_status_checks: { strict: true, contexts: ["ci", "lint"] } });
  const work = await clone();
  const sha = await commit(work, "a.txt");
  const push = () => tryGit(work, "push", "origin", "main");
  expect(told((await push()).stderr)).toContain("- 2 of 2 required status checks are expected.");
  await git(work, "push", "-q", "origin", "main:refs/heads/feature");
  await app("POST", `~/statuses/${sha}`, { state: "success", context: "ci" });
  expect(told((await push()).stderr)).toContain(
    "- 1 of 2 required status checks have not succeeded: 1 expected.",
  );
  await app("POST", `~/statuses/${sha}`, { state: "success", context: "lint" });
  expect((await push()).code).toBe(0);
  expect(await head()).toBe(sha);
});

test("linear history: a merge among the pushed commits is declined, a line of them is not", async () => {
  await protect({ required_linear_history: true });
  const work = await clone();
  await git(work, "switch", "-qc", "side");
  await commit(work, "a.txt");
  await git(work, "switch", "-q", "main");
  await commit(work, "b.txt");
  await git(work, "merge", "-q", "--no-edit", "side");
  await commit(work, "c.txt");
  expect(told((await tryGit(work, "push", "origin", "main")).stderr)).toContain(
    "- This branch must not contain merge commits.",
  );
  await git(work, "reset", "-q", "--hard", "origin/main");
  const sha = await commit(work, "d.txt");
  await git(work, "push", "-q", "origin", "main");
  expect(await head()).toBe(sha);
});

test("a protected branch is neither deleted nor rewritten, unless that is allowed", async () => {
  await maya("POST", "~/git/refs", { ref: "refs/heads/kept", sha: await head() });
  await maya("PUT", "~/branches/kept/protection", NO_RULES);
  const work = await clone(fixture.tokens.maintainer);
  await git(work, "switch", "-q", "kept");
  const sha = await commit(work, "a.txt");
  await git(work, "push", "-q", "origin", "kept");
  await git(work, "commit", "-q", "--amend", "-m", "rewritten");
  const rewritten = await git(work, "rev-parse", "HEAD");
  expect(told((await tryGit(work, "push", "--force", "origin", "kept")).stderr)).toEqual([
    "error: GH006: Protected branch update failed for refs/heads/kept.",
    "- Cannot force-push to this branch",
    "! [remote rejected] kept -> kept (protected branch hook declined)",
  ]);
  expect(told((await tryGit(work, "push", "origin", ":kept")).stderr)).toContain(
    "- Cannot delete this branch",
  );
  const removed = await maya("DELETE", "~/git/refs/heads/kept");
  expect([removed.status, removed.body.message]).toEqual([422, "Cannot delete this branch"]);
  expect(await head("heads/kept")).toBe(sha);
  await maya("PUT", "~/branches/kept/protection", {
    ...NO_RULES,
    allow_force_pushes: true,
    allow_deletions: true,
  });
  await git(work, "push", "-q", "--force", "origin", "kept");
  expect(await head("heads/kept")).toBe(rewritten);
  expect((await maya("DELETE", "~/git/refs/heads/kept")).status).toBe(204);
});

test("over the API: 422 for refs, also where nothing would move, and 409 for files", async () => {
  await protect({ ...REVIEWS, required_status_checks: { strict: false, contexts: ["ci"] } });
  const sha = (await head()) ?? "";
  const { tree } = (await app("GET", `~/git/commits/${sha}`)).body;
  const made = async (parents: string[]): Promise<string> =>
    (await app("POST", "~/git/commits", { message: "m", tree: tree.sha, parents })).body.sha;
  const patch = async (body: object) => {
    const { status, body: answer } = await app("PATCH", "~/git/refs/heads/main", body);
    return [status, answer.message];
  };
  const words = 'Changes must be made through a pull request. Required status check "ci" is expected.';
  expect(await patch({ sha })).toEqual([422, words]);
  expect(await patch({ sha: await made([sha]) })).toEqual([422, words]);
  expect(await patch({ sha: await made([]), force: true })).toEqual([
    422,
    `${words} Cannot force-push to this branch`,
  ]);
  const file = async (method: string, path: string, more = {}) => {
    const answer = await app(method, `~/contents/${path}`, { message: "m", content: "", ...more });
    return [answer.status, answer.body.message, answer.body.documentation_url];
  };
  const page = "https://docs.github.com/articles/about-protected-branches";
  const known = { sha: (await app("GET", "~/contents/README.md")).body.sha };
  expect(await file("PUT", "new.txt")).toEqual([409, `Could not create file: ${words}`, page]);
  expect(await file("PUT", "README.md", known)).toEqual([409, `Could not update file: ${words}`, page]);
  expect(await file("DELETE", "README.md", known)).toEqual([409, `Could not delete file: ${words}`, page]);
  expect((await app("PUT", "~/contents/x", { message: "m", content: "", branch: "other" })).status).toBe(404);
  expect(await head()).toBe(sha);
});

test("rulesets answer in their own words, bind administrators, and tell all that is violated", async () => {
  expect(
    (await rule({ type: "pull_request" }, { type: "non_fast_forward" }, { type: "deletion" })).status,
  ).toBe(201);
  const sha = (await head()) ?? "";
  const work = await clone(fixture.tokens.maintainer);
  await git(work, "commit", "-q", "--amend", "-m", "rewritten");
  expect(told((await tryGit(work, "push", "--force", "origin", "main")).stderr)).toEqual([
    "error: GH013: Repository rule violations found for refs/heads/main.",
    "- Changes must be made through a pull request.",
    "- Cannot force-push to this branch",
    "! [remote rejected] main -> main (push declined due to repository rule violations)",
  ]);
  const other = await maya("POST", "~/git/refs", { ref: "refs/heads/kept/a", sha });
  expect(other.status).toBe(201);
  const gone = await maya("DELETE", "~/git/refs/heads/kept/a");
  expect([gone.status, gone.body.message]).toEqual([
    422,
    "Repository rule violations found\n\nCannot delete this branch\n\n",
  ]);
  const file = await maya("PUT", "~/contents/new.txt", { message: "m", content: "" });
  expect([file.status, file.body.message]).toEqual([
    409,
    "Repository rule violations found\n\nChanges must be made through a pull request.\n\n",
  ]);
});

test("rulesets restrict updates, the making of branches, and tags", async () => {
  const sha = (await head()) ?? "";
  await rule({ type: "creation" }, { type: "update" });
  const made = await maya("POST", "~/git/refs", { ref: "refs/heads/kept/a", sha });
  expect(made.body.message).toBe(
    "Repository rule violations found\n\nCannot create ref due to creations being restricted.\n\n",
  );
  expect((await maya("PATCH", "~/git/refs/heads/main", { sha })).body.message).toBe(
    "Repository rule violations found\n\nCannot update this protected ref.\n\n",
  );
  const tags = {
    name: "tags",
    target: "tag",
    enforcement: "active",
    conditions: { ref_name: { include: ["~ALL"], exclude: [] } },
    rules: [{ type: "deletion" }, { type: "non_fast_forward" }, { type: "required_linear_history" }],
  };
  expect((await maya("POST", "~/rulesets", tags)).status).toBe(201);
  const work = await clone();
  await git(work, "tag", "v1");
  await git(work, "push", "-q", "origin", "v1");
  expect(told((await tryGit(work, "push", "origin", ":refs/tags/v1")).stderr)).toContain(
    "- Cannot delete this tag",
  );
  await git(work, "tag", "-f", "-a", "v1", "-m", "another");
  expect(told((await tryGit(work, "push", "-f", "origin", "v1")).stderr)).toContain(
    "- Cannot force-push to this tag",
  );
  // A merge updates the branch as well.
  await maya("POST", "~/git/refs", { ref: "refs/heads/work", sha });
  await app("PUT", "~/contents/a.txt", { message: "m", content: "", branch: "work" });
  const { number } = (await app("POST", "~/pulls", { title: "t", head: "work", base: "main" })).body;
  const merge = await maya("PUT", `~/pulls/${number}/merge`, {});
  expect([merge.status, merge.body.message]).toEqual([
    405,
    "Repository rule violations found\n\nCannot update this protected ref.\n\n",
  ]);
});

test("a merge goes through where a push does not, and the head's branch stays where it must not be deleted", async () => {
  await protect({ ...REVIEWS, required_pull_request_reviews: { required_approving_review_count: 0 } });
  await maya("PATCH", "~", { delete_branch_on_merge: true });
  await maya("POST", "~/git/refs", { ref: "refs/heads/kept", sha: await head() });
  await app("PUT", "~/contents/a.txt", { message: "m", content: "", branch: "kept" });
  await maya("PUT", "~/branches/kept/protection", NO_RULES);
  const { number } = (await app("POST", "~/pulls", { title: "t", head: "kept", base: "main" })).body;
  expect((await app("PUT", `~/pulls/${number}/merge`, {})).status).toBe(200);
  expect(await head("heads/kept")).toBeDefined();
});

test("a merge made elsewhere is let in with the reviews that its pull request needs, and merges it", async () => {
  await protect({ ...REVIEWS, enforce_admins: true });
  const work = await clone(fixture.tokens.maintainer);
  await git(work, "switch", "-qc", "work");
  await commit(work, "a.txt");
  await git(work, "push", "-q", "origin", "work");
  const { number } = (await app("POST", "~/pulls", { title: "t", head: "work", base: "main" })).body;
  await git(work, "switch", "-q", "main");
  await git(work, "merge", "-q", "--no-ff", "--no-edit", "work");
  const push = async (): Promise<string[]> => told((await tryGit(work, "push", "origin", "main")).stderr);
  expect(await push()).toContain("- At least 1 approving review is required by reviewers with write access.");
  const rui = fixture.as(fixture.tokens.reviewer);
  await rui("POST", `~/pulls/${number}/reviews`, { event: "REQUEST_CHANGES", body: "no" });
  expect(await push()).toContain("- Changes have been requested by reviewers with write access.");
  await rui("POST", `~/pulls/${number}/reviews`, { event: "APPROVE" });
  expect(await push()).toEqual([]);
  expect(await head()).toBe(await git(work, "rev-parse", "main"));
  expect((await maya("GET", `~/pulls/${number}`)).body).toMatchObject({ state: "closed", merged: true });
  // What came with no pull request is still refused.
  await commit(work, "b.txt");
  expect(await push()).toContain("- Changes must be made through a pull request.");
});

test("what merges and pushes here would pass over is refused when it is set", async () => {
  const refused = async (more: object): Promise<unknown[]> => {
    const { status, body } = await maya("PUT", "~/branches/main/protection", { ...NO_RULES, ...more });
    return [status, body.message];
  };
  const not = (what: string): unknown[] => [501, `Not implemented by the sandbox: ${what}`];
  expect(await refused({ restrictions: { users: [], teams: [] } })).toEqual(
    not("restrictions of who may push"),
  );
  expect(await refused({ lock_branch: true })).toEqual(not("locked branches"));
  const allowances = { bypass_pull_request_allowances: { users: ["maya"] } };
  expect(await refused({ required_pull_request_reviews: allowances })).toEqual(
    not("bypass_pull_request_allowances"),
  );
  expect((await refused({ required_pull_request_reviews: { required_approving_review_count: 7 } }))[0]).toBe(
    422,
  );
  expect((await maya("GET", "~/branches/main/protection")).status).toBe(404);
  expect((await rule({ type: "required_signatures" })).status).toBe(501);
});

test("parts of a protection are read, changed and taken away by themselves", async () => {
  await protect({ ...REVIEWS, required_status_checks: { strict: false, contexts: ["ci"] } });
  const at = "~/branches/main/protection";
  const changed = await maya("PATCH", `${at}/required_pull_request_reviews`, { dismiss_stale_reviews: true });
  expect(changed.body).toMatchObject({ dismiss_stale_reviews: true, required_approving_review_count: 1 });
  expect((await maya("PATCH", `${at}/required_status_checks`, { strict: true })).body).toMatchObject({
    strict: true,
    contexts: ["ci"],
  });
  expect((await maya("DELETE", `${at}/required_pull_request_reviews`)).status).toBe(204);
  expect((await maya("GET", `${at}/required_pull_request_reviews`)).status).toBe(404);
  expect((await maya("DELETE", `${at}/required_status_checks`)).status).toBe(204);
  expect((await maya("DELETE", `${at}/enforce_admins`)).status).toBe(204);
  expect((await maya("GET", at)).body.enforce_admins.enabled).toBe(false);
});
