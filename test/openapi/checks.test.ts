/** Checks, statuses, protection and rulesets (docs: REST "Checks", "Commit statuses", "Branch protection", "Rules"). */
import { afterAll, beforeAll, expect, test } from "vitest";
import { type PullScene, pullScene } from "./scene.ts";

let scene: PullScene;

beforeAll(async () => {
  scene = await pullScene();
});
afterAll(() => scene[Symbol.asyncDispose]());

test("a check run is made, brought to its end and read; its suite says what it came to", async () => {
  const { app, maya, sha } = scene;
  const given = { name: "lint", head_sha: sha, status: "in_progress", output: { title: "t", summary: "s" } };
  const made = await app("POST", "~/check-runs", given);
  expect([made.status, made.body.conclusion]).toEqual([201, null]);
  const { id, check_suite } = made.body;
  const ended = await app("PATCH", `~/check-runs/${id}`, { conclusion: "failure" });
  expect(ended.body).toMatchObject({ status: "completed", conclusion: "failure" });
  expect((await maya("GET", `~/check-runs/${id}`)).body.name).toBe("lint");
  expect((await maya("GET", `~/check-runs/${id}/annotations`)).body).toEqual([]);
  const suite = `~/check-suites/${check_suite.id}`;
  const shown = (await maya("GET", suite)).body;
  expect(shown).toMatchObject({ conclusion: "failure", head_commit: { id: sha, message: "Add" } });
  expect((await maya("GET", `${suite}/check-runs`)).body).toMatchObject({ total_count: 1 });
  expect((await maya("GET", `~/commits/${sha}/check-suites`)).body.check_suites).toHaveLength(1);
  expect((await maya("GET", "~/commits/work/check-runs?check_name=lint")).body.total_count).toBe(1);
  expect((await maya("POST", `${suite}/rerequest`)).status).toBe(201);
});

test("a suite is made once for a commit", async () => {
  const { app, base } = scene;
  const made = await app("POST", "~/check-suites", { head_sha: base });
  expect([made.status, made.body.latest_check_runs_count]).toEqual([201, 0]);
  const again = await app("POST", "~/check-suites", { head_sha: base });
  expect([again.status, again.body.id]).toEqual([200, made.body.id]);
});

test("statuses are listed newest first, and combined by context", async () => {
  const { app, maya, sha } = scene;
  for (const state of ["pending", "success"]) {
    const given = { state, context: "ci", description: "d", target_url: "https://example.com/1" };
    expect((await app("POST", `~/statuses/${sha}`, given)).status).toBe(201);
  }
  const listed = (await maya("GET", `~/commits/${sha}/statuses`)).body;
  expect(listed.map((one: { state: string }) => one.state)).toEqual(["success", "pending"]);
  expect((await maya("GET", `~/commits/${sha}/status`)).body).toMatchObject({
    state: "success",
    total_count: 1,
  });
});

test("protection is set, read whole and in part, and taken off", async () => {
  const { maya } = scene;
  const protection = "~/branches/main/protection";
  const set = await maya("PUT", protection, {
    required_status_checks: { strict: true, contexts: ["ci"] },
    enforce_admins: true,
    required_pull_request_reviews: { required_approving_review_count: 1 },
    restrictions: null,
  });
  expect(set.status).toBe(200);
  expect((await maya("GET", protection)).body).toMatchObject({
    enforce_admins: { enabled: true },
    required_pull_request_reviews: { required_approving_review_count: 1 },
  });
  const checks = (await maya("GET", `${protection}/required_status_checks`)).body;
  expect(checks).toMatchObject({ strict: true, contexts: ["ci"] });
  expect((await maya("GET", `${protection}/enforce_admins`)).body.enabled).toBe(true);
  const reviews = (await maya("GET", `${protection}/required_pull_request_reviews`)).body;
  expect(reviews.required_approving_review_count).toBe(1);
  expect((await maya("GET", "~/branches")).body[0]).toMatchObject({ name: "main", protected: true });
  expect((await maya("DELETE", protection)).status).toBe(204);
  expect((await maya("GET", protection)).body.message).toBe("Branch not protected");
});

test("a ruleset is made, listed, read, changed and deleted, and its rules bear on the branch", async () => {
  const { maya } = scene;
  const made = await maya("POST", "~/rulesets", {
    name: "reviews",
    target: "branch",
    enforcement: "active",
    conditions: { ref_name: { include: ["~DEFAULT_BRANCH"], exclude: [] } },
    rules: [
      {
        type: "pull_request",
        parameters: {
          dismiss_stale_reviews_on_push: false,
          require_code_owner_review: false,
          require_last_push_approval: false,
          required_approving_review_count: 1,
          required_review_thread_resolution: false,
        },
      },
    ],
  });
  expect(made.status).toBe(201);
  const one = `~/rulesets/${made.body.id}`;
  expect((await maya("GET", "~/rulesets")).body).toMatchObject([{ name: "reviews", enforcement: "active" }]);
  expect((await maya("GET", one)).body.rules).toHaveLength(1);
  expect((await maya("GET", "~/rules/branches/main")).body).toMatchObject([{ type: "pull_request" }]);
  expect((await maya("PUT", one, { enforcement: "disabled" })).body.enforcement).toBe("disabled");
  expect((await maya("GET", "~/rules/branches/main")).body).toEqual([]);
  expect((await maya("DELETE", one)).status).toBe(204);
  expect((await maya("GET", one)).status).toBe(404);
});
