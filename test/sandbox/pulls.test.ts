/** Pull requests, reviews and merges as GitHub answers (docs: REST "Pulls"; docs/github.md "Pull requests"). */
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Call, type Fixture, start } from "./fixture.ts";

let fixture: Fixture;
let maya: Call;
let rui: Call;
let app: Call;

beforeAll(async () => {
  fixture = await start();
  maya = fixture.as(fixture.tokens.maintainer);
  rui = fixture.as(fixture.tokens.reviewer);
  app = fixture.as(await fixture.installationToken());
});
afterAll(() => fixture[Symbol.asyncDispose]());

let counter = 0;

/** A branch of main's head with one file more. */
async function branch(content = "x", path?: string, from = "main"): Promise<{ ref: string; sha: string }> {
  counter += 1;
  const ref = `work-${counter}`;
  const base = (await maya("GET", `~/git/ref/heads/${from}`)).body.object.sha;
  const tree = (await maya("GET", `~/git/commits/${base}`)).body.tree.sha;
  const entry = { path: path ?? `file-${counter}.txt`, mode: "100644", type: "blob", content };
  const made = await app("POST", "~/git/trees", { base_tree: tree, tree: [entry] });
  const commit = await app("POST", "~/git/commits", {
    message: `work ${counter}`,
    tree: made.body.sha,
    parents: [base],
  });
  await app("POST", "~/git/refs", { ref: `refs/heads/${ref}`, sha: commit.body.sha });
  return { ref, sha: commit.body.sha };
}

async function open(body = "", head?: { ref: string; sha: string }) {
  const made = head ?? (await branch());
  const pull = await app("POST", "~/pulls", { title: `t${counter}`, body, head: made.ref, base: "main" });
  expect(pull.status).toBe(201);
  return { number: pull.body.number as number, created: pull.body, ...made };
}

const mergeable = (number: number) =>
  expect.poll(async () => (await maya("GET", `~/pulls/${number}`)).body.mergeable, { timeout: 3_000 });

test("creation: 201, then 422 for a second one, no commits, and a head that is not there", async () => {
  const { ref, number } = await open();
  const again = await app("POST", "~/pulls", { title: "t", head: ref, base: "main" });
  expect(again.status).toBe(422);
  expect(again.body.errors[0]).toMatchObject({
    code: "custom",
    message: `A pull request already exists for acme:${ref}.`,
  });
  const none = await app("POST", "~/pulls", { title: "t", head: "main", base: "main" });
  expect(none.body.errors[0].message).toBe("No commits between main and main");
  const missing = await app("POST", "~/pulls", { title: "t", head: "nowhere", base: "main" });
  expect(missing.body.errors[0]).toMatchObject({ field: "head", code: "invalid" });
  // A closed one frees the pair; lists with state=all show both.
  await app("PATCH", `~/pulls/${number}`, { state: "closed" });
  expect((await app("POST", "~/pulls", { title: "t", head: ref, base: "main" })).status).toBe(201);
  const all = await app("GET", `~/pulls?state=all&head=acme:${ref}`);
  expect(all.body).toHaveLength(2);
  expect((await app("GET", `~/pulls?head=acme:${ref}`)).body).toHaveLength(1);
});

test("mergeable is null at first, then computed; a conflict is false and refuses the merge", async () => {
  const one = await open("", await branch("one\n", "same.txt"));
  const two = await open("", await branch("two\n", "same.txt"));
  expect(one.created.mergeable).toBeNull();
  await mergeable(one.number).toBe(true);
  expect((await maya("PUT", `~/pulls/${one.number}/merge`, {})).status).toBe(200);
  await mergeable(two.number).toBe(false);
  const refused = await maya("PUT", `~/pulls/${two.number}/merge`, {});
  expect([refused.status, refused.body.message]).toEqual([405, "Pull Request is not mergeable"]);
});

test("the head follows pushes; a merge with another sha is refused with 409; merged again with 405", async () => {
  const { number, ref, sha } = await open();
  const tree = (await maya("GET", `~/git/commits/${sha}`)).body.tree.sha;
  const next = (await app("POST", "~/git/commits", { message: "more", tree, parents: [sha] })).body.sha;
  await app("PATCH", `~/git/refs/heads/${ref}`, { sha: next });
  expect((await maya("GET", `~/pulls/${number}`)).body.head.sha).toBe(next);
  const stale = await maya("PUT", `~/pulls/${number}/merge`, { sha });
  expect([stale.status, stale.body.message]).toEqual([
    409,
    "Head branch was modified. Review and try the merge again.",
  ]);
  const merged = await app("PUT", `~/pulls/${number}/merge`, {
    sha: next,
    commit_title: "T",
    commit_message: "M\n\nKey: 1",
  });
  expect(merged.body).toMatchObject({ merged: true });
  const commit = (await maya("GET", `~/git/commits/${merged.body.sha}`)).body;
  expect(commit).toMatchObject({ message: "T\n\nM\n\nKey: 1", verification: { verified: true } });
  expect(commit.parents).toHaveLength(2);
  expect((await maya("PUT", `~/pulls/${number}/merge`, {})).status).toBe(405);
  expect((await maya("GET", `~/pulls/${number}`)).body).toMatchObject({ merged: true, state: "closed" });
});

test("squash makes one commit with one parent", async () => {
  const { number } = await open();
  const merged = await maya("PUT", `~/pulls/${number}/merge`, { merge_method: "squash" });
  expect((await maya("GET", `~/git/commits/${merged.body.sha}`)).body.parents).toHaveLength(1);
});

test("`Closes #n` closes the issue on a merge into the default branch; webhooks come in GitHub's order", async () => {
  // Nobody listens there: what is sent, and in which order, stands in the sandbox's own list.
  fixture.app.app.webhookUrl = "http://127.0.0.1:9/hooks";
  const issue = (await maya("POST", "~/issues", { title: "i" })).body.number;
  const { number } = await open(`Closes #${issue}`);
  await fixture.sandbox.waitIdle();
  const before = fixture.sandbox.deliveries.length;
  await app("PUT", `~/pulls/${number}/merge`, {});
  await fixture.sandbox.waitIdle();
  expect((await maya("GET", `~/issues/${issue}`)).body).toMatchObject({
    state: "closed",
    state_reason: "completed",
  });
  const sent = fixture.sandbox.deliveries
    .slice(before)
    .map(({ event, action }) => [event, action].filter(Boolean).join("."));
  const order = ["pull_request.closed", "push", "issues.closed"].map((name) => sent.indexOf(name));
  expect(order).toEqual([...order].sort((a, b) => a - b));
  expect(order.every((at) => at >= 0)).toBe(true);
});

test("reviews: an approval of one's own is refused; another's is bound to a commit and answers the request", async () => {
  const { number, sha } = await open();
  const own = await app("POST", `~/pulls/${number}/reviews`, { event: "APPROVE" });
  expect([own.status, own.body.errors]).toEqual([422, ["Can not approve your own pull request"]]);
  const asked = await app("POST", `~/pulls/${number}/requested_reviewers`, { reviewers: ["rui"] });
  expect(asked.status).toBe(201);
  expect(asked.body.requested_reviewers.map(({ login }: { login: string }) => login)).toEqual(["rui"]);
  expect((await app("POST", `~/pulls/${number}/requested_reviewers`, { reviewers: ["oda"] })).status).toBe(
    422,
  );
  const review = await rui("POST", `~/pulls/${number}/reviews`, { event: "APPROVE", commit_id: sha });
  expect(review.body).toMatchObject({ state: "APPROVED", commit_id: sha });
  expect((await maya("GET", `~/pulls/${number}`)).body.requested_reviewers).toEqual([]);
  await maya("PUT", `~/pulls/${number}/reviews/${review.body.id}/dismissals`, { message: "no" });
  expect((await maya("GET", `~/pulls/${number}/reviews`)).body[0].state).toBe("DISMISSED");
});

test("update-branch merges the base in, guarded by the expected head", async () => {
  const { number, sha } = await open();
  const other = await open();
  await maya("PUT", `~/pulls/${other.number}/merge`, {});
  const wrong = await app("PUT", `~/pulls/${number}/update-branch`, { expected_head_sha: "0".repeat(40) });
  expect(wrong.status).toBe(422);
  expect((await app("PUT", `~/pulls/${number}/update-branch`, { expected_head_sha: sha })).status).toBe(202);
  const head = (await maya("GET", `~/pulls/${number}`)).body.head.sha;
  expect((await maya("GET", `~/git/commits/${head}`)).body.parents).toHaveLength(2);
});

test("required checks and reviews gate a merge, from protection and from rulesets, and the branch shows them", async () => {
  const protection = {
    required_status_checks: { strict: false, contexts: ["ci"] },
    required_pull_request_reviews: { required_approving_review_count: 1 },
    enforce_admins: true,
    restrictions: null,
  };
  expect((await maya("PUT", "~/branches/main/protection", protection)).status).toBe(200);
  const { number, sha } = await open();
  const merge = async () => (await maya("PUT", `~/pulls/${number}/merge`, {})).body.message as string;
  // All reasons in one line, reviews before checks (reports of what GitHub answered to merges under classic protection).
  const review = "At least 1 approving review is required by reviewers with write access.";
  expect(await merge()).toBe(`${review} Required status check "ci" is expected.`);
  await maya("POST", `~/statuses/${sha}`, { state: "pending", context: "ci" });
  expect(await merge()).toBe(`${review} Required status check "ci" is pending.`);
  await maya("POST", `~/statuses/${sha}`, { state: "success", context: "ci" });
  expect(await merge()).toBe(review);
  await rui("POST", `~/pulls/${number}/reviews`, { event: "APPROVE" });
  expect((await app("GET", "~/branches/main")).body.protection.required_status_checks.contexts).toEqual([
    "ci",
  ]);
  const rule = {
    name: "more",
    enforcement: "active",
    conditions: { ref_name: { include: ["~DEFAULT_BRANCH"], exclude: [] } },
    rules: [
      {
        type: "required_status_checks",
        parameters: {
          strict_required_status_checks_policy: false,
          required_status_checks: [{ context: "lint" }],
        },
      },
    ],
  };
  expect((await maya("POST", "~/rulesets", rule)).status).toBe(201);
  expect(
    (await app("GET", "~/rules/branches/main")).body[0].parameters.required_status_checks[0].context,
  ).toBe("lint");
  expect(await merge()).toContain(
    'Repository rule violations found\n\nRequired status check "lint" is expected.',
  );
  const run = await app("POST", "~/check-runs", {
    name: "lint",
    head_sha: sha,
    status: "completed",
    conclusion: "success",
  });
  expect(run.status).toBe(201);
  expect((await maya("GET", `~/commits/${sha}/check-runs`)).body.check_runs[0]).toMatchObject({
    name: "lint",
    conclusion: "success",
  });
  expect(await merge()).toBe("Pull Request successfully merged");
});

test("a deleted head branch closes its pull request", async () => {
  await maya("DELETE", "~/branches/main/protection");
  const { number, ref } = await open();
  await maya("DELETE", `~/git/refs/heads/${ref}`);
  expect((await maya("GET", `~/pulls/${number}`)).body).toMatchObject({ state: "closed", merged: false });
});

test("a head that is set back onto its base closes the pull request, and new commits may open it again", async () => {
  const { number, ref, sha } = await open();
  const base = (await maya("GET", "~/git/ref/heads/main")).body.object.sha;
  const move = (to: string) => maya("PATCH", `~/git/refs/heads/${ref}`, { sha: to, force: true });
  expect((await move(base)).status).toBe(200);
  const closed = (await maya("GET", `~/pulls/${number}`)).body;
  expect(closed).toMatchObject({ state: "closed", merged: false, head: { sha: base } });
  const empty = await maya("PATCH", `~/pulls/${number}`, { state: "open" });
  expect(empty.status).toBe(422);
  expect(empty.body.errors[0].message).toMatch(/There are no new commits on the work-\d+ branch/);
  await move(sha);
  expect((await maya("PATCH", `~/pulls/${number}`, { state: "open" })).body.state).toBe("open");
});
