/** `@octokit/rest` through the work of an app: its methods and types are generated from GitHub's OpenAPI description. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Fixture, start } from "../sandbox/fixture.ts";
import { asApp, asInstallation, asToken, type Client } from "./octokit.ts";

const WORKFLOW = `name: Greet
on:
  workflow_dispatch:
    inputs:
      who: { required: true, type: string }
jobs:
  greet:
    runs-on: ubuntu-latest
    steps: [{ run: 'echo hello \${{ inputs.who }}' }]
`;
const here = { owner: "acme", repo: "tools" };

let fixture: Fixture;
let bot: Client;
let rui: Client;
let main: string;
beforeAll(async () => {
  fixture = await start();
  bot = asInstallation(fixture);
  rui = asToken(fixture, fixture.tokens.reviewer);
  main = (await bot.rest.git.getRef({ ...here, ref: "heads/main" })).data.object.sha;
});
afterAll(async () => {
  expect(fixture.sandbox.errors).toEqual([]);
  await fixture[Symbol.asyncDispose]();
});

test("an app finds its installation by the repository and gets a token for it", async () => {
  const app = asApp(fixture);
  expect((await app.rest.apps.getAuthenticated()).data?.slug).toBe("cairn");
  const { data: found } = await app.rest.apps.getRepoInstallation(here);
  expect(found.id).toBe(fixture.installation.id);
  expect((await app.paginate(app.rest.apps.listInstallations)).map(({ id }) => id)).toEqual([found.id]);
  const authentication = (await app.auth({
    type: "installation",
    installationId: found.id,
    repositoryNames: ["tools"],
    permissions: { issues: "write" },
  })) as { token: string; repositorySelection: string; permissions: object };
  expect(authentication).toMatchObject({
    repositorySelection: "selected",
    permissions: { issues: "write", metadata: "read" },
  });
  const narrow = asToken(fixture, authentication.token);
  const reached = await narrow.paginate(narrow.rest.apps.listReposAccessibleToInstallation);
  expect(reached.map(({ full_name }) => full_name)).toEqual(["acme/tools"]);
  await expect(narrow.rest.git.getRef({ ...here, ref: "heads/main" })).rejects.toMatchObject({ status: 403 });
  await narrow.rest.apps.revokeInstallationAccessToken();
  await expect(narrow.rest.issues.listForRepo(here)).rejects.toMatchObject({ status: 401 });
});

test("an issue with labels, people, comments, reactions, and its end", async () => {
  const { issues } = bot.rest;
  await issues.createLabel({ ...here, name: "agent: ready", color: "0e8a16", description: "to do" });
  const { data: issue } = await rui.rest.issues.create({
    ...here,
    title: "Broken",
    body: "b",
    labels: ["bug"],
  });
  const on = { ...here, issue_number: issue.number };
  await issues.addLabels({ ...on, labels: ["agent: ready"] });
  await issues.removeLabel({ ...on, name: "bug" });
  await expect(issues.removeLabel({ ...on, name: "bug" })).rejects.toMatchObject({ status: 404 });
  await issues.addAssignees({ ...on, assignees: ["rui"] });
  const { data: comment } = await issues.createComment({ ...on, body: "on it" });
  await issues.updateComment({ ...here, comment_id: comment.id, body: "done" });
  await rui.rest.reactions.createForIssueComment({ ...here, comment_id: comment.id, content: "rocket" });
  await issues.update({ ...on, state: "closed", state_reason: "completed" });
  const { data: end } = await issues.get(on);
  expect(end).toMatchObject({
    state: "closed",
    state_reason: "completed",
    comments: 1,
    user: { login: "rui" },
    assignees: [{ login: "rui" }],
    labels: [{ name: "agent: ready", color: "0e8a16" }],
  });
  expect((await issues.getComment({ ...here, comment_id: comment.id })).data).toMatchObject({
    body: "done",
    user: { login: "cairn[bot]", type: "Bot" },
    reactions: { rocket: 1, total_count: 1 },
  });
  await issues.deleteComment({ ...here, comment_id: comment.id });
  const events = await bot.paginate(issues.listEvents, on);
  expect(events.map(({ event }) => event)).toEqual(["labeled", "labeled", "unlabeled", "assigned", "closed"]);
  await expect(issues.get({ ...here, issue_number: 9999 })).rejects.toMatchObject({ status: 404 });
});

test("250 comments come whole, in order, page by page and with an early end", async () => {
  const { data: issue } = await rui.rest.issues.create({ ...here, title: "Long" });
  const on = { ...here, issue_number: issue.number };
  const ids: number[] = [];
  for (let minute = 0; minute < 5; minute += 1) {
    const texts = Array.from({ length: 50 }, (_, at) => `number ${minute}.${at}`);
    const written = await Promise.all(texts.map((body) => bot.rest.issues.createComment({ ...on, body })));
    ids.push(...written.map(({ data }) => data.id).sort((a, b) => a - b));
    fixture.sandbox.clock.advance(61_000); // within GitHub's limit of 80 a minute
  }
  const all = await bot.paginate(bot.rest.issues.listComments, { ...on, per_page: 100 });
  expect(all.map(({ id }) => id)).toEqual(ids);
  expect(new Set(all.map(({ body }) => body)).size).toBe(250);
  const pages: number[] = [];
  for await (const { data } of bot.paginate.iterator(bot.rest.issues.listComments, { ...on, per_page: 100 }))
    pages.push(data.length);
  expect(pages).toEqual([100, 100, 50]);
  const first = await bot.paginate(bot.rest.issues.listComments, on, (response, done) => {
    done();
    return response.data.map(({ id }) => id);
  });
  expect(first).toEqual(ids.slice(0, 30));
  const since = await bot.paginate(bot.rest.issues.listComments, { ...on, since: "2100-01-01T00:00:00Z" });
  expect(since).toEqual([]);
});

test("a commit is made of blobs and a tree, and a ref is set to it once", async () => {
  const { git } = bot.rest;
  const { data: blob } = await git.createBlob({
    ...here,
    content: Buffer.from("é").toString("base64"),
    encoding: "base64",
  });
  const { data: parent } = await git.getCommit({ ...here, commit_sha: main });
  const { data: tree } = await git.createTree({
    ...here,
    base_tree: parent.tree.sha,
    tree: [
      { path: "docs/é.txt", mode: "100644", type: "blob", sha: blob.sha },
      { path: "bin/run", mode: "100755", type: "blob", content: "#!/bin/sh\n" },
      { path: "src/add.js", mode: "100644", type: "blob", sha: null },
    ],
  });
  const { data: commit } = await git.createCommit({
    ...here,
    message: "Shape",
    tree: tree.sha,
    parents: [main],
  });
  expect(commit.verification.verified).toBe(true);
  await git.createRef({ ...here, ref: "refs/cairn/1", sha: main });
  await expect(git.createRef({ ...here, ref: "refs/cairn/1", sha: main })).rejects.toMatchObject({
    status: 422,
  });
  await git.updateRef({ ...here, ref: "cairn/1", sha: commit.sha });
  await expect(git.updateRef({ ...here, ref: "cairn/1", sha: main })).rejects.toMatchObject({
    status: 422,
    message: expect.stringContaining("Update is not a fast forward"),
  });
  const { data: refs } = await git.listMatchingRefs({ ...here, ref: "cairn/" });
  expect(refs.map(({ ref, object }) => [ref, object.sha])).toEqual([["refs/cairn/1", commit.sha]]);
  const { data: whole } = await git.getTree({ ...here, tree_sha: commit.sha, recursive: "true" });
  expect(whole.tree.map(({ path, mode }) => `${mode} ${path}`)).toEqual([
    "100644 README.md",
    "040000 bin",
    "100755 bin/run",
    "040000 docs",
    "100644 docs/é.txt",
  ]);
  const { data: back } = await git.getBlob({ ...here, file_sha: blob.sha });
  expect(Buffer.from(back.content, "base64").toString()).toBe("é");
  const { data: diff } = await bot.rest.repos.compareCommitsWithBasehead({
    ...here,
    basehead: `main...${commit.sha}`,
  });
  expect(diff.files?.map(({ status, filename }) => `${status} ${filename}`)).toEqual([
    "added bin/run",
    "added docs/é.txt",
    "removed src/add.js",
  ]);
  await git.deleteRef({ ...here, ref: "cairn/1" });
  await expect(git.getRef({ ...here, ref: "cairn/1" })).rejects.toMatchObject({ status: 404 });
});

test("a file is created, changed by who knows its state, and deleted", async () => {
  const { repos } = bot.rest;
  const file = { ...here, path: "notes/a b#c.md" };
  const base64 = (text: string) => Buffer.from(text).toString("base64");
  const { data: created } = await repos.createOrUpdateFileContents({
    ...file,
    message: "Add",
    content: base64("1"),
  });
  const sha = created.content?.sha;
  await expect(
    repos.createOrUpdateFileContents({ ...file, message: "Blind", content: base64("2") }),
  ).rejects.toMatchObject({ status: 422 });
  await expect(
    repos.createOrUpdateFileContents({ ...file, message: "Old", content: base64("2"), sha: main }),
  ).rejects.toMatchObject({ status: 409 });
  const { data: changed } = await repos.createOrUpdateFileContents({
    ...file,
    message: "Change",
    content: base64("2"),
    sha,
  });
  const { data: shown } = await repos.getContent(file);
  expect(shown).toMatchObject({
    type: "file",
    path: file.path,
    encoding: "base64",
    content: "Mg==\n",
    size: 1,
  });
  const { data: raw } = await repos.getContent({ ...file, mediaType: { format: "raw" } });
  expect(raw).toBe("2");
  const { data: list } = await repos.getContent({ ...here, path: "notes" });
  expect(list).toMatchObject([{ name: "a b#c.md", type: "file" }]);
  await repos.deleteFile({ ...file, message: "Remove", sha: changed.content?.sha ?? "" });
  await expect(repos.getContent(file)).rejects.toMatchObject({ status: 404 });
  const history = await bot.paginate(repos.listCommits, { ...here, path: file.path });
  expect(history.map(({ commit }) => commit.message)).toEqual(["Remove", "Change", "Add"]);
});

test("a pull request is opened, checked, reviewed and merged as it was seen", async () => {
  const { git, pulls, checks, repos } = bot.rest;
  const { data: base } = await git.getRef({ ...here, ref: "heads/main" });
  const { data: parent } = await git.getCommit({ ...here, commit_sha: base.object.sha });
  const entry = {
    path: "src/sub.js",
    mode: "100644",
    type: "blob",
    content: "export const sub = 1;\n",
  } as const;
  const { data: tree } = await git.createTree({ ...here, base_tree: parent.tree.sha, tree: [entry] });
  const { data: commit } = await git.createCommit({
    ...here,
    message: "Sub",
    tree: tree.sha,
    parents: [parent.sha],
  });
  await git.createRef({ ...here, ref: "refs/heads/feature/sub", sha: commit.sha });
  const { data: pull } = await pulls.create({
    ...here,
    title: "Sub",
    head: "feature/sub",
    base: "main",
    draft: false,
  });
  const on = { ...here, pull_number: pull.number };
  await expect(
    pulls.create({ ...here, title: "Sub", head: "feature/sub", base: "main" }),
  ).rejects.toMatchObject({ status: 422 });

  const { data: check } = await checks.create({
    ...here,
    name: "lint",
    head_sha: commit.sha,
    status: "in_progress",
  });
  await checks.update({
    ...here,
    check_run_id: check.id,
    conclusion: "success",
    output: { title: "Fine", summary: "ok" },
  });
  await repos.createCommitStatus({ ...here, sha: commit.sha, state: "success", context: "ci/unit" });
  expect((await repos.getCombinedStatusForRef({ ...here, ref: "feature/sub" })).data.state).toBe("success");
  const runs = await bot.paginate(checks.listForRef, { ...here, ref: commit.sha });
  expect(runs).toMatchObject([{ name: "lint", status: "completed", conclusion: "success" }]);

  await pulls.requestReviewers({ ...on, reviewers: ["rui"] });
  const inline = { path: "src/sub.js", line: 1, side: "RIGHT", body: "why 1?" } as const;
  await rui.rest.pulls.createReview({ ...on, event: "REQUEST_CHANGES", body: "no", comments: [inline] });
  const remarks = await bot.paginate(pulls.listReviewComments, on);
  expect(remarks).toMatchObject([{ path: "src/sub.js", line: 1, body: "why 1?" }]);
  await pulls.createReplyForReviewComment({ ...on, comment_id: remarks[0]?.id ?? 0, body: "because" });
  await rui.rest.pulls.createReview({ ...on, event: "APPROVE", commit_id: commit.sha });
  await expect(pulls.createReview({ ...on, event: "APPROVE" })).rejects.toMatchObject({ status: 422 });
  expect((await bot.paginate(pulls.listReviews, on)).map(({ state }) => state)).toEqual([
    "CHANGES_REQUESTED",
    "COMMENTED", // the reply: a review of its own
    "APPROVED",
  ]);
  expect((await bot.paginate(pulls.listFiles, on)).map(({ filename }) => filename)).toEqual(["src/sub.js"]);

  await expect.poll(async () => (await pulls.get(on)).data.mergeable, { timeout: 10_000 }).toBe(true);
  await expect(pulls.merge({ ...on, sha: main })).rejects.toMatchObject({ status: 409 });
  const { data: merged } = await pulls.merge({
    ...on,
    sha: commit.sha,
    merge_method: "squash",
    commit_title: "Sub",
  });
  expect(merged.merged).toBe(true);
  await expect(pulls.merge({ ...on, sha: commit.sha })).rejects.toMatchObject({ status: 405 });
  expect((await pulls.checkIfMerged(on)).status).toBe(204);
  expect((await git.getRef({ ...here, ref: "heads/main" })).data.object.sha).toBe(merged.sha);
});

test("a workflow is dispatched, followed to its end, and its log read", async () => {
  const { sandbox } = fixture;
  const flows = { owner: "acme", repo: "flows" };
  await sandbox.createRepository("acme", "flows", {
    private: true,
    files: { ".github/workflows/greet.yml": WORKFLOW },
  });
  const { actions } = bot.rest;
  const workflows = await bot.paginate(actions.listRepoWorkflows, flows);
  expect(workflows).toMatchObject([{ name: "Greet", path: ".github/workflows/greet.yml", state: "active" }]);
  const asked = { ...flows, workflow_id: "greet.yml", ref: "main" };
  await expect(actions.createWorkflowDispatch(asked)).rejects.toMatchObject({ status: 422 });
  await actions.createWorkflowDispatch({ ...asked, inputs: { who: "you" } });
  const runs = () =>
    bot.paginate(actions.listWorkflowRuns, {
      ...flows,
      workflow_id: workflows[0]?.id ?? 0,
      event: "workflow_dispatch",
    });
  await expect.poll(async () => (await runs())[0]?.conclusion, { timeout: 10_000 }).toBe("success");
  const run_id = (await runs())[0]?.id ?? 0;
  const jobs = await bot.paginate(actions.listJobsForWorkflowRun, { ...flows, run_id, filter: "latest" });
  expect(jobs).toMatchObject([{ name: "greet", conclusion: "success", run_id }]);
  const { data: log } = await actions.downloadJobLogsForWorkflowRun({ ...flows, job_id: jobs[0]?.id ?? 0 });
  expect(String(log)).toContain("hello you");
  // Docs, "Download job logs": a redirect to an address that is good for a minute.
  const app = fixture.as(await fixture.installationToken());
  const { headers } = await app("GET", `/repos/acme/flows/actions/jobs/${jobs[0]?.id}/logs`);
  const address = headers.get("location") ?? "";
  expect(await (await fetch(address)).text()).toBe(log);
  sandbox.clock.advance(61_000);
  expect((await fetch(address)).status).toBe(404);
  await actions.reRunWorkflow({ ...flows, run_id });
  await expect
    .poll(async () => (await actions.getWorkflowRun({ ...flows, run_id })).data, { timeout: 10_000 })
    .toMatchObject({ run_attempt: 2 });
  await expect.poll(async () => (await runs())[0]?.conclusion, { timeout: 10_000 }).toBe("success");
  await expect(actions.cancelWorkflowRun({ ...flows, run_id })).rejects.toMatchObject({ status: 409 });
});
