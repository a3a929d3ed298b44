/** Workflow runs over REST (docs: REST "Actions"; docs/github.md "Actions"). */
import { expect, test } from "vitest";
import { machine } from "./actions/machine.ts";

const FILES = {
  ".github/workflows/w.yml":
    "name: w\nrun-name: 'w for ${{ inputs.who }}'\non:\n  workflow_dispatch:\n    inputs:\n      who: { required: true, type: string }\njobs:\n  one:\n    runs-on: ubuntu-latest\n    steps: [{ run: 'echo hello ${{ inputs.who }}; sleep 0.3' }]\n",
  ".github/workflows/ci.yml":
    "on: pull_request\njobs:\n  t:\n    runs-on: ubuntu-latest\n    steps: [{ run: 'true' }]\n",
};

test("a dispatch is checked before it is answered, and its run can be followed, cancelled and run again", async () => {
  await using m = await machine(FILES);
  const { fixture, sandbox } = m;
  const flows = [...sandbox.world.repositories.values()].find((one) => one.name === "flows");
  if (!flows) throw new Error("no repository");
  sandbox.addCollaborator(flows, "maya", "admin");
  const maya = fixture.as(fixture.tokens.maintainer);
  const repo = "/repos/acme/flows/actions";
  const dispatch = (file: string, body: unknown, headers?: Record<string, string>) =>
    maya("POST", `${repo}/workflows/${file}/dispatches`, body, headers);

  expect((await dispatch("none.yml", { ref: "main" })).status).toBe(404);
  expect((await dispatch("w.yml", { ref: "nowhere", inputs: { who: "x" } })).body.message).toBe(
    "No ref found for: nowhere",
  );
  expect((await dispatch("w.yml", { ref: "main" })).body.message).toBe("Required input 'who' not provided");
  expect((await dispatch("w.yml", { ref: "main", inputs: { who: "x", more: 1 } })).body.message).toBe(
    'Unexpected inputs provided: ["more"]',
  );
  expect((await dispatch("ci.yml", { ref: "main" })).body.message).toContain(
    "does not have 'workflow_dispatch' trigger",
  );
  expect((await dispatch("w.yml", { ref: "main", inputs: { who: "nobody" } })).status).toBe(204);
  const detailed = await dispatch("w.yml", { ref: "main", inputs: { who: "you" }, return_run_details: true });
  expect(detailed.status).toBe(200);
  const id = detailed.body.workflow_run_id;
  const run = () => maya("GET", `${repo}/runs/${id}`);
  expect((await run()).body).toMatchObject({
    display_title: "w for you",
    event: "workflow_dispatch",
    run_attempt: 1,
    path: ".github/workflows/w.yml",
  });
  await expect.poll(async () => (await run()).body.status, { timeout: 10_000 }).toBe("completed");
  expect((await run()).body.conclusion).toBe("success");
  const jobs = (await maya("GET", `${repo}/runs/${id}/jobs`)).body;
  expect(jobs).toMatchObject({ total_count: 1, jobs: [{ name: "one", conclusion: "success" }] });
  expect((await maya("POST", `${repo}/runs/${id}/cancel`)).status).toBe(409);
  expect((await maya("POST", `${repo}/runs/${id}/rerun`)).status).toBe(201);
  expect((await maya("GET", `${repo}/runs/${id}/attempts/1`)).body).toMatchObject({
    run_attempt: 1,
    conclusion: "success",
  });
  await expect.poll(async () => (await run()).body.run_attempt).toBe(2);
  expect((await maya("DELETE", `${repo}/runs/${id}`)).status).toBe(403);
  expect((await maya("POST", `${repo}/runs/${id}/cancel`)).status).toBe(202);
  await expect.poll(async () => (await run()).body.conclusion, { timeout: 10_000 }).toBe("cancelled");
  const list = (await maya("GET", `${repo}/workflows/w.yml/runs?event=workflow_dispatch`)).body;
  expect(list.total_count).toBe(2);
  expect((await maya("GET", `${repo}/runs/1`)).status).toBe(404);
  expect((await maya("DELETE", `${repo}/runs/${id}`)).status).toBe(204);
  expect((await run()).status).toBe(404);
  expect((await maya("GET", `${repo}/runs/${id}/attempts/1`)).status).toBe(404);
  expect((await maya("DELETE", `${repo}/runs/${id}`)).status).toBe(404);
});
