import { createAppAuth } from "@octokit/auth-app";
import { Octokit } from "@octokit/core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Fixture, start } from "./fixture.ts";

let fixture: Fixture;
let octokit: Octokit;
beforeAll(async () => {
  fixture = await start();
  octokit = appClient(fixture);
});
afterAll(() => fixture[Symbol.asyncDispose]());

function appClient({ sandbox, app, installation }: Fixture): Octokit {
  const auth = { appId: app.app.id, privateKey: app.privateKey, installationId: installation.id };
  const quiet = { debug() {}, info() {}, warn() {}, error() {} };
  return new Octokit({ authStrategy: createAppAuth, auth, baseUrl: `${sandbox.url}/api/v3`, log: quiet });
}

const where = { owner: "acme", repo: "tools" };

test("Octokit with app authentication works against the sandbox as against GitHub", async () => {
  const { data: issue } = await octokit.request("POST /repos/{owner}/{repo}/issues", {
    ...where,
    title: "t",
    labels: ["a"],
  });
  const { data: comment } = await octokit.request(
    "POST /repos/{owner}/{repo}/issues/{issue_number}/comments",
    {
      ...where,
      issue_number: issue.number,
      body: "b",
    },
  );
  expect(comment.performed_via_github_app?.id).toBe(fixture.app.app.id);
  const { data: ref } = await octokit.request("GET /repos/{owner}/{repo}/git/ref/{ref}", {
    ...where,
    ref: "heads/main",
  });
  const made = await octokit.request("POST /repos/{owner}/{repo}/git/refs", {
    ...where,
    ref: "refs/cairn/9",
    sha: ref.object.sha,
  });
  expect(made.status).toBe(201);
});

test("a branch name with slashes, encoded by Octokit, is the same branch", async () => {
  const { data } = await octokit.request("GET /repos/{owner}/{repo}/git/ref/{ref}", {
    ...where,
    ref: "heads/main",
  });
  await octokit.request("POST /repos/{owner}/{repo}/git/refs", {
    ...where,
    ref: "refs/heads/cairn/1-g1",
    sha: data.object.sha,
  });
  const read = await octokit.request("GET /repos/{owner}/{repo}/git/ref/{ref}", {
    ...where,
    ref: "heads/cairn/1-g1",
  });
  expect(read.data.ref).toBe("refs/heads/cairn/1-g1");
});

test("refusals come as errors with status, message and errors", async () => {
  const refused = octokit.request("POST /repos/{owner}/{repo}/git/refs", {
    ...where,
    ref: "refs/heads/main",
    sha: "0".repeat(40),
  });
  await expect(refused).rejects.toMatchObject({
    status: 422,
    response: { data: { message: "Object does not exist" } },
  });
  const unknown = octokit.request("GET /repos/{owner}/{repo}/issues/{issue_number}", {
    ...where,
    issue_number: 999,
  });
  await expect(unknown).rejects.toMatchObject({ status: 404 });
});

test("a client whose clock is behind the sandbox's mends its JWT by the date of the refusal", async () => {
  await using own = await start();
  own.sandbox.clock.advance(2 * 3_600_000);
  const { data } = await appClient(own).request("GET /repos/{owner}/{repo}", where);
  expect(data.full_name).toBe("acme/tools");
});
