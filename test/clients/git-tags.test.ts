/** Annotated tags: objects of their own, between a client, the API, webhooks and workflows. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Receiver, receiver } from "../sandbox/fixture.ts";
import { git } from "../sandbox/git-machine.ts";
import { commitFiles, type Place, place } from "./place.ts";

const ACTION =
  "name: Own\ndescription: From this repository\nruns: { using: composite, steps: [{ run: 'echo from v1', shell: bash }] }\n";
const WORKFLOW = `on:
  push: { tags: ["v*"] }
jobs:
  one:
    runs-on: ubuntu-latest
    steps:
      - run: echo "sha=$GITHUB_SHA ref=$GITHUB_REF"
      - uses: acme/tools@v1
`;

let here: Place;
let hooks: Receiver;
let work: string;
beforeAll(async () => {
  here = await place();
  hooks = await receiver();
  const permissions = { contents: "read", metadata: "read" } as const;
  const app = here.fixture.sandbox.createApp({
    name: "Ear",
    permissions,
    events: ["push"],
    webhookUrl: hooks.url,
  });
  here.fixture.sandbox.installApp(app.app, "acme", "all");
  work = await here.clone();
});
afterAll(async () => {
  expect(here.fixture.sandbox.errors).toEqual([]);
  await here[Symbol.asyncDispose]();
  await hooks[Symbol.asyncDispose]();
});

test("a pushed tag stands for its commit wherever its name is taken, and for itself by its object's name", async () => {
  const head = await commitFiles(work, { "a.txt": "tagged\n" });
  await git(work, "tag", "-a", "other", "-m", "first line\n\nmore");
  await git(work, "push", "-q", "origin", "main", "other");
  const object = await git(work, "rev-parse", "other");
  expect((await here.maya("GET", "~/git/ref/tags/other")).body.object).toMatchObject({
    type: "tag",
    sha: object,
  });
  expect((await here.maya("GET", `~/git/tags/${object}`)).body).toMatchObject({
    tag: "other",
    message: "first line\n\nmore\n",
    tagger: { name: "Mona Lisa", email: "mona@example.com", date: "2023-11-14T22:13:20Z" },
    object: { type: "commit", sha: head },
  });
  expect((await here.maya("GET", "~/commits/other")).body.sha).toBe(head);
  expect((await here.maya("GET", "~/contents/a.txt?ref=other")).status).toBe(200);
  await commitFiles(work, { "a.txt": "later\n" });
  await git(work, "push", "-q", "origin", "main");
  expect((await here.maya("GET", "~/compare/other...main")).body).toMatchObject({
    ahead_by: 1,
    behind_by: 0,
  });
  // The object's own name is no commit: "No commit found for SHA" met those who took `after` for one.
  expect((await here.maya("GET", `~/commits/${object}`)).status).toBe(422);
});

test("its push names the tag's object, its workflow runs on the commit, and an action can be taken by it", async () => {
  const head = await commitFiles(work, { "action.yml": ACTION, ".github/workflows/w.yml": WORKFLOW });
  await git(work, "tag", "-a", "v1", "-m", "one");
  await git(work, "push", "-q", "origin", "main", "v1");
  const object = await git(work, "rev-parse", "v1");
  await here.fixture.sandbox.waitIdle();
  const told = hooks.received.find(({ payload }) => payload.ref === "refs/tags/v1");
  expect(told?.payload).toMatchObject({ after: object, commits: [], head_commit: { id: head } });
  const runs = async () => (await here.maya("GET", "~/actions/runs")).body.workflow_runs;
  await expect.poll(async () => (await runs())[0]?.status, { timeout: 10_000 }).toBe("completed");
  const [run] = await runs();
  const log = (await here.maya("GET", `~/actions/runs/${run.id}/jobs`)).body.jobs[0].id;
  expect(here.fixture.sandbox.engine?.jobLog(log)).toContain(`sha=${head} ref=refs/tags/v1`);
  expect(here.fixture.sandbox.engine?.jobLog(log)).toContain("from v1");
  expect(run).toMatchObject({ conclusion: "success", head_sha: head, head_branch: "v1" });
});

test("a tag that the API makes is one to git, and a light one may take its place", async () => {
  const sha = await git(work, "rev-parse", "main");
  const made = await here.maya("POST", "~/git/tags", {
    tag: "api",
    message: "by the API",
    object: sha,
    type: "commit",
  });
  expect(made).toMatchObject({
    status: 201,
    body: { tag: "api", tagger: { name: "Maya" }, object: { sha } },
  });
  await here.maya("POST", "~/git/refs", { ref: "refs/tags/api", sha: made.body.sha });
  await git(work, "fetch", "-q", "--tags");
  expect(await git(work, "cat-file", "tag", "api")).toMatch(
    /^tag api\ntagger Maya <maya@example.com> \d+ \+0000\n\nby the API$/m,
  );
  await git(work, "fsck", "--strict");
  await git(work, "tag", "-f", "api", "HEAD");
  await git(work, "push", "-q", "--force", "origin", "api");
  expect((await here.maya("GET", "~/git/ref/tags/api")).body.object).toMatchObject({ type: "commit", sha });
  expect(
    (await here.maya("POST", "~/git/tags", { tag: "no", message: "", object: sha, type: "blob" })).status,
  ).toBe(422);
});
