/** Workflows, runs, jobs, logs and artifacts (docs: REST "Actions"). */
import { expect, test } from "vitest";
import { machine } from "../sandbox/actions/machine.ts";

const WORKFLOW = `name: w
on: workflow_dispatch
jobs:
  good:
    runs-on: ubuntu-latest
    steps:
      - run: echo hello > out.txt
      - uses: actions/upload-artifact@v4
        with: { name: out, path: out.txt }
  bad:
    runs-on: ubuntu-latest
    steps: [{ run: 'echo sorry; exit 1' }]
  waits:
    if: github.run_attempt == 2
    needs: good
    runs-on: ubuntu-latest
    steps: [{ run: sleep 30 }]
`;

test("a run is found with its workflow, jobs, log and artifact; what failed is run again and stopped", async () => {
  await using m = await machine({ ".github/workflows/w.yml": WORKFLOW });
  const maya = m.fixture.as(m.fixture.tokens.maintainer);
  const flows = [...m.sandbox.world.repositories.values()].find((one) => one.name === "flows");
  if (!flows) throw new Error("no repository");
  m.sandbox.addCollaborator(flows, "maya", "admin");
  const actions = "/repos/acme/flows/actions";
  const get = async (path: string) => (await maya("GET", `${actions}${path}`)).body;

  const [workflow] = (await get("/workflows")).workflows;
  expect(workflow).toMatchObject({ name: "w", path: ".github/workflows/w.yml", state: "active" });
  expect((await get("/workflows/w.yml")).id).toBe(workflow.id);

  const { run } = await m.run(".github/workflows/w.yml");
  expect((await get("/runs?status=failure")).workflow_runs).toMatchObject([{ id: run.id, name: "w" }]);
  const { jobs } = await get(`/runs/${run.id}/attempts/1/jobs`);
  const bad = jobs.find((job: { name: string }) => job.name === "bad");
  expect((await get(`/jobs/${bad.id}`)).conclusion).toBe("failure");

  const log = await maya("GET", `${actions}/jobs/${bad.id}/logs`);
  expect(log.status).toBe(302);
  // docs: "Download job logs for a workflow run": the address needs no token.
  const text = await fetch(log.headers.get("location") ?? "");
  expect(await text.text()).toContain("sorry");

  const listed = await get(`/runs/${run.id}/artifacts`);
  expect(listed).toMatchObject({ total_count: 1, artifacts: [{ name: "out", expired: false }] });
  expect((await get("/artifacts?name=out")).artifacts[0].id).toBe(listed.artifacts[0].id);
  expect((await get(`/artifacts/${listed.artifacts[0].id}`)).workflow_run.id).toBe(run.id);

  expect((await maya("POST", `${actions}/runs/${run.id}/rerun-failed-jobs`)).status).toBe(201);
  await expect.poll(async () => (await get(`/runs/${run.id}`)).run_attempt).toBe(2);
  expect((await maya("POST", `${actions}/runs/${run.id}/force-cancel`)).status).toBe(202);
  await expect.poll(async () => (await get(`/runs/${run.id}`)).status, { timeout: 5_000 }).toBe("completed");
});
