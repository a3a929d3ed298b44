/** Whose review a merge needs: code owners, somebody else than the last pusher, and none that a push has made stale. */
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Call } from "./fixture.ts";
import { type Hearing, hearing } from "./hearing.ts";

let fixture: Hearing;
let maya: Call;
let rui: Call;
let app: Call;

beforeEach(async () => {
  fixture = await hearing();
  maya = fixture.as(fixture.tokens.maintainer);
  rui = fixture.as(fixture.tokens.reviewer);
  app = fixture.as(await fixture.installationToken());
});
afterEach(async () => {
  expect(fixture.sandbox.errors).toEqual([]);
  await fixture[Symbol.asyncDispose]();
});

const write = (call: Call, branch: string, path: string, content: string) =>
  call("PUT", `~/contents/${path}`, {
    message: `write ${path}`,
    content: Buffer.from(content).toString("base64"),
    branch,
  });

let count = 0;

/** A pull request of the app that adds these files. */
async function pull(files: readonly string[], more: { draft?: boolean; by?: Call } = {}) {
  count += 1;
  const ref = `work-${count}`;
  const { by = app, draft = false } = more;
  const { sha } = (await maya("GET", "~/git/ref/heads/main")).body.object;
  await by("POST", "~/git/refs", { ref: `refs/heads/${ref}`, sha });
  for (const path of files) expect((await write(by, ref, path, path)).status).toBe(201);
  await fixture.heard();
  const made = await by("POST", "~/pulls", { title: "t", head: ref, base: "main", draft });
  expect(made.status).toBe(201);
  return { number: made.body.number as number, ref };
}

async function protect(reviews: object): Promise<void> {
  const { status, body } = await maya("PUT", "~/branches/main/protection", {
    required_status_checks: null,
    enforce_admins: true,
    restrictions: null,
    required_pull_request_reviews: reviews,
  });
  expect([status, body.message]).toEqual([200, undefined]);
}

/** What a merge is answered. */
async function merge(number: number, by = maya): Promise<string> {
  return (await by("PUT", `~/pulls/${number}/merge`, {})).body.message;
}

const approve = (call: Call, number: number) =>
  call("POST", `~/pulls/${number}/reviews`, { event: "APPROVE" });

const requested = async (number: number): Promise<string[]> =>
  (await maya("GET", `~/pulls/${number}`)).body.requested_reviewers
    .map(({ login }: { login: string }) => login)
    .sort();

const MERGED = "Pull Request successfully merged";
const ONE_REVIEW = "At least 1 approving review is required by reviewers with write access.";

test("code owners are asked when a pull request opens: the last line that fits, no author, nobody without the right", async () => {
  const lines = [
    "# Owners",
    "* @maya",
    "/src/  @rui @oda # oda may not write",
    "*.md maya@example.com",
    "/src/generated/",
    "!bad @maya",
  ];
  await write(maya, "main", ".github/CODEOWNERS", lines.join("\n"));
  // Of several files the one in `.github` counts.
  await write(maya, "main", "CODEOWNERS", "* @rui");
  const src = await pull(["src/new.js"]);
  expect(await requested(src.number)).toEqual(["rui"]);
  expect(
    (await fixture.heard()).map(({ name, payload }) => [name, payload.requested_reviewer?.login]),
  ).toEqual([
    ["pull_request.opened", undefined],
    ["pull_request.review_requested", "rui"],
  ]);
  expect((await maya("GET", `~/issues/${src.number}/events`)).body).toMatchObject([
    { event: "review_requested", requested_reviewer: { login: "rui" } },
  ]);
  expect(await requested((await pull(["src/a.js", "docs/a.md"])).number)).toEqual(["maya", "rui"]);
  expect(await requested((await pull(["src/generated/a.js"])).number)).toEqual([]);
  expect(await requested((await pull(["src/b.js"], { by: rui })).number)).toEqual([]);
  expect(await requested((await pull(["src/c.js"], { draft: true })).number)).toEqual([]);
});

test("patterns: anchored, anywhere, directories, one level and many", async () => {
  // Examples of docs "About code owners".
  const lines = [
    "/build/logs/ @maya",
    "docs/* @maya",
    "apps/ @maya",
    "/scripts/run @maya",
    "**/logs @maya",
    "*.go @maya",
    "/top.txt @maya",
  ];
  await write(maya, "main", "docs/CODEOWNERS", lines.join("\n"));
  const owned = async (path: string): Promise<boolean> =>
    (await requested((await pull([path])).number)).includes("maya");
  for (const path of [
    "build/logs/a/b.txt",
    "docs/getting-started.txt",
    "x/apps/y/z.txt",
    "scripts/run/a.sh",
    "deeply/nested/logs/a.txt",
    "a/b/c.go",
    "top.txt",
  ])
    expect([path, await owned(path)]).toEqual([path, true]);
  for (const path of ["x/build/logs2/a.txt", "docs/build/trouble.txt", "x/top.txt", "scripts/runner.txt"])
    expect([path, await owned(path)]).toEqual([path, false]);
});

test("where the rules want them, each part of a change needs one of its owners", async () => {
  fixture.sandbox.createUser({ login: "ada" });
  fixture.sandbox.addCollaborator(fixture.repository, "ada", "write");
  const ada = fixture.as(fixture.sandbox.createToken("ada"));
  await write(maya, "main", "CODEOWNERS", "/src/ @rui\n/docs/ @maya @rui\n");
  await protect({ required_approving_review_count: 1, require_code_owner_reviews: true });
  const { number } = await pull(["src/a.js", "docs/a.txt"]);
  await expect
    .poll(async () => (await maya("GET", `~/pulls/${number}`)).body.mergeable_state)
    .toBe("blocked");
  expect(await merge(number)).toBe("Waiting on code owner review from maya and/or rui.");
  await approve(ada, number);
  await approve(maya, number);
  expect(await merge(number)).toBe("Waiting on code owner review from rui.");
  await approve(rui, number);
  await expect.poll(async () => (await maya("GET", `~/pulls/${number}`)).body.mergeable_state).toBe("clean");
  expect(await merge(number)).toBe(MERGED);
  // What nobody owns needs no owner, only the review.
  const free = await pull(["free.txt"]);
  expect(await merge(free.number)).toBe(ONE_REVIEW);
  await approve(ada, free.number);
  expect(await merge(free.number)).toBe(MERGED);
});

test("the owners are those of the base as it is now, and teams are refused where reviews of owners are required", async () => {
  await write(maya, "main", "CODEOWNERS", "/src/ @rui\n");
  await protect({ required_approving_review_count: 0, require_code_owner_reviews: true });
  const { number } = await pull(["src/a.js"]);
  expect(await merge(number)).toBe("Waiting on code owner review from rui.");
  const owners = async (text: string): Promise<void> => {
    await maya("DELETE", "~/branches/main/protection");
    const { sha } = (await maya("GET", "~/contents/CODEOWNERS")).body;
    const content = Buffer.from(text).toString("base64");
    expect((await maya("PUT", "~/contents/CODEOWNERS", { message: "m", content, sha })).status).toBe(200);
  };
  await owners("/src/ @maya\n");
  await protect({ required_approving_review_count: 0, require_code_owner_reviews: true });
  expect(await merge(number)).toBe("Waiting on code owner review from maya.");
  await owners("/src/ @acme/core\n");
  const words = "Not implemented by the sandbox: teams as code owners (@acme/core)";
  const reviews = { required_approving_review_count: 0, require_code_owner_reviews: true };
  const refused = await maya("PUT", "~/branches/main/protection", {
    required_status_checks: null,
    enforce_admins: true,
    restrictions: null,
    required_pull_request_reviews: reviews,
  });
  expect([refused.status, refused.body.message]).toEqual([501, words]);
  const rule = {
    name: "owners",
    enforcement: "active",
    conditions: { ref_name: { include: ["~DEFAULT_BRANCH"], exclude: [] } },
    rules: [{ type: "pull_request", parameters: { require_code_owner_review: true } }],
  };
  expect((await maya("POST", "~/rulesets", rule)).body.message).toBe(words);
});

test("the last push needs the approval of somebody else, given after it", async () => {
  await protect({ required_approving_review_count: 1, require_last_push_approval: true });
  const { number, ref } = await pull(["a.txt"]);
  await approve(rui, number);
  // rui has pushed last now: an own approval counts for the number, not for the push.
  await write(rui, ref, "b.txt", "b");
  const words = "New changes require approval from someone other than the last pusher.";
  expect(await merge(number)).toBe(words);
  await approve(rui, number);
  expect(await merge(number)).toBe(words);
  await approve(maya, number);
  expect(await merge(number)).toBe(MERGED);
});

test("approvals end with the next push where the rules say so; a wish for changes does not", async () => {
  await protect({ required_approving_review_count: 1, dismiss_stale_reviews: true });
  const { number, ref } = await pull(["a.txt"]);
  await approve(rui, number);
  await write(app, ref, "b.txt", "b");
  expect(await merge(number)).toBe(ONE_REVIEW);
  expect((await maya("GET", `~/pulls/${number}/reviews`)).body).toMatchObject([{ state: "DISMISSED" }]);
  expect((await maya("GET", `~/issues/${number}/events`)).body).toMatchObject([
    { event: "review_dismissed", dismissed_review: { state: "approved", dismissal_message: null } },
  ]);
  await maya("POST", `~/pulls/${number}/reviews`, { event: "REQUEST_CHANGES", body: "no" });
  await write(app, ref, "c.txt", "c");
  await approve(rui, number);
  expect(await merge(number)).toBe("Changes have been requested by reviewers with write access.");
  await approve(maya, number);
  expect(await merge(number)).toBe(MERGED);
});

test("a ruleset asks the same, and may name the methods of merging", async () => {
  await write(maya, "main", "CODEOWNERS", "* @rui\n");
  const parameters = {
    required_approving_review_count: 1,
    require_code_owner_review: true,
    require_last_push_approval: true,
    required_review_thread_resolution: false,
    dismiss_stale_reviews_on_push: true,
    allowed_merge_methods: ["squash"],
  };
  const rule = {
    name: "reviews",
    enforcement: "active",
    conditions: { ref_name: { include: ["~DEFAULT_BRANCH"], exclude: [] } },
    rules: [{ type: "pull_request", parameters }],
  };
  expect((await maya("POST", "~/rulesets", rule)).status).toBe(201);
  const { number } = await pull(["a.txt"]);
  expect(await merge(number)).toContain(
    "Repository rule violations found\n\nWaiting on code owner review from rui.",
  );
  await approve(rui, number);
  expect((await maya("PUT", `~/pulls/${number}/merge`, { merge_method: "rebase" })).status).toBe(405);
  expect((await maya("PUT", `~/pulls/${number}/merge`, { merge_method: "squash" })).body.message).toBe(
    MERGED,
  );
});
