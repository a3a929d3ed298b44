/** The fields that Cairn uses are there in every payload that GitHub has published, and mean what they say. */
import examples from "@octokit/webhooks-examples/api.github.com/index.json" with { type: "json" };
import { expect, test } from "vitest";
import * as present from "../../src/github/present.ts";
import { Shape } from "../../src/github/shape.ts";

/** The objects under this name in all examples of an event. */
function published(event: string, field: string): Shape[] {
  const found = examples.find(({ name }) => name === event)?.examples ?? [];
  const objects = found.map((one) => (one as Record<string, unknown>)[field]);
  expect(objects.length).toBeGreaterThan(0);
  return objects.map((object) => new Shape(event, object));
}

test("issues", () => {
  // Some deliveries carry an issue without its state; answers of the API never do.
  const whole = published("issues", "issue").filter((shape) => shape.fields.state !== undefined);
  expect(whole.length).toBeGreaterThan(10);
  for (const shape of whole) {
    const issue = present.issue(shape);
    expect(issue.number).toBeGreaterThan(0);
    expect(issue.author.id).toBeGreaterThan(0);
    // A pull request is told from an issue by this field alone.
    expect(issue.isPull).toBe(Boolean(shape.fields.pull_request));
    expect(issue.labels).toHaveLength((shape.fields.labels as unknown[]).length);
  }
});

test("comments: the author by id, the app that wrote it by id, times as milliseconds", () => {
  for (const shape of published("issue_comment", "comment")) {
    const comment = present.comment(shape);
    expect(comment.createdAt).toBe(Date.parse(String(shape.fields.created_at)));
    expect(comment.updatedAt).toBeGreaterThanOrEqual(comment.createdAt);
    const app = shape.fields.performed_via_github_app as { id: number } | null | undefined;
    expect(comment.appId).toBe(app?.id ?? null);
  }
});

test("pull requests: merged, mergeable and the two ends", () => {
  for (const shape of published("pull_request", "pull_request")) {
    const pull = present.pull(shape);
    expect(pull.merged).toBe(shape.fields.merged);
    expect(pull.mergeable).toBe(shape.fields.mergeable ?? null);
    expect(pull.headSha).toMatch(/^[0-9a-f]{40}$/);
    expect(pull.baseSha).toMatch(/^[0-9a-f]{40}$/);
  }
});

test("runs: the workflow's path without a ref, the attempt, the actor", () => {
  for (const shape of published("workflow_run", "workflow_run")) {
    // Deliveries before 2022 name no path.
    if (shape.fields.path === undefined) continue;
    const run = present.run(shape);
    expect(run.path).not.toContain("@");
    expect(run.attempt).toBeGreaterThan(0);
    expect(run.repositoryId).toBeGreaterThan(0);
  }
});

test("check runs: nothing is concluded of one that is not completed", () => {
  for (const shape of published("check_run", "check_run")) {
    const check = present.checkRun(shape);
    expect(check.status).toBe(shape.fields.status === "completed" ? "completed" : "pending");
    if (check.status === "pending") expect(check.conclusion).toBeNull();
    expect(check.appId).toBeGreaterThan(0);
  }
});

test("a status's error is a failure, and only success is success", () => {
  const of = (state: string) => present.commitStatus(new Shape("x", { context: "ci", state })).conclusion;
  expect([of("error"), of("failure"), of("success"), of("pending")]).toEqual([
    "failure",
    "failure",
    "success",
    null,
  ]);
});

test("an account that was deleted is GitHub's ghost, and no app's", () => {
  const shape = new Shape("x", {
    id: 1,
    body: "hello",
    user: null,
    created_at: "2026-11-21T10:00:00Z",
    updated_at: "2026-11-21T10:00:00Z",
  });
  expect(present.comment(shape)).toMatchObject({ author: { login: "ghost" }, appId: null });
});
