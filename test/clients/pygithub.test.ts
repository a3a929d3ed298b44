/** PyGithub (Debian's `python3-github`): Python's client, which parses every field of an answer that it knows. */
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Fixture, start } from "../sandbox/fixture.ts";
import { makeScratch } from "../sandbox/git-machine.ts";
import { describeClient } from "./installed.ts";
import { run } from "./run.ts";

// Debian's own interpreter: another one may stand before it in the path, without the package.
const PYTHON = "/usr/bin/python3";
const SCRIPT = fileURLToPath(new URL("pygithub_story.py", import.meta.url));

describeClient("PyGithub", [PYTHON, "-c", "import github, jwt, cryptography"], () => {
  let fixture: Fixture;
  let home: Awaited<ReturnType<typeof makeScratch>>;
  beforeAll(async () => {
    home = await makeScratch();
    fixture = await start();
  });
  afterAll(async () => {
    expect(fixture.sandbox.errors).toEqual([]);
    await fixture[Symbol.asyncDispose]();
    await home.remove();
  });

  /** What a story printed; its traceback as an error where it failed. */
  async function story(name: string): Promise<unknown> {
    const { sandbox, tokens, app } = fixture;
    const env = {
      SANDBOX_URL: sandbox.url,
      MAINTAINER_TOKEN: tokens.maintainer,
      REVIEWER_TOKEN: tokens.reviewer,
      APP_ID: String(app.app.id),
      PRIVATE_KEY: app.privateKey,
      PYTHONDONTWRITEBYTECODE: "1",
    };
    const { code, stdout, stderr } = await run(home.path, env, PYTHON, SCRIPT, name);
    if (code !== 0) throw new Error(`${name} ended with ${code}: ${stderr}`);
    return JSON.parse(stdout);
  }

  test("issues, labels, comments, reactions, events", async () => {
    expect(await story("issues")).toEqual({
      user: "maya",
      repo: ["acme/tools", true, "main", true],
      by: ["maya", "rui", "closed"],
      labels: ["bug"],
      labelled: ["labeled", "labeled", "unlabeled"],
      comments: ["edited", "number 0"],
      count: 40,
      reactions: ["heart"],
      open: [],
      closed: ["Broken"],
      updated: [true, false],
      absent: [404, "Not Found"],
    });
  });
  test("refs, commits, trees, tags", async () => {
    expect(await story("git")).toEqual({
      twice: [422, "Reference already exists"],
      back: [422, "Update is not a fast forward"],
      chains: [["refs/cairn/5", true]],
      tree: [
        ["100644", "README.md"],
        ["040000", "a"],
        ["100644", "a/hello.txt"],
        ["100755", "run"],
        ["040000", "src"],
        ["100644", "src/add.js"],
      ],
      tag: ["one", "tag"],
      compared: ["a/hello.txt", "run"],
      absent: [404, "Not Found"],
      deleted: [],
    });
  });
  test("files by path", async () => {
    expect(await story("contents")).toEqual({
      stale: 409,
      text: "two\n",
      listed: ["ü.md"],
      gone: 404,
      history: ["Remove", "Change", "Add"],
    });
  });
  test("pull requests, statuses, checks, reviews, merge", async () => {
    expect(await story("pulls")).toEqual({
      files: [["topic.txt", "added", 1]],
      status: ["success", ["ci/unit"]],
      checks: [["lint", "completed", "success"]],
      suites: ["success"],
      reviews: [
        ["rui", "COMMENTED"],
        ["rui", "APPROVED"],
      ],
      remarks: [["topic.txt", "why?"]],
      mergeable: [true, "clean"],
      own: 422,
      wrong: [409, "Head branch was modified. Review and try the merge again."],
      merged: [true, true, "maya"],
      landed: "Topic",
    });
  });
  test("workflows and their runs", async () => {
    const workflow = `name: Greet
on:
  workflow_dispatch:
    inputs:
      who: { required: true, type: string }
jobs:
  greet:
    runs-on: ubuntu-latest
    steps: [{ run: 'echo hello \${{ inputs.who }}' }]
`;
    const { sandbox } = fixture;
    const flows = await sandbox.createRepository("acme", "flows", {
      files: { ".github/workflows/greet.yml": workflow },
    });
    sandbox.addCollaborator(flows, "maya", "write");
    expect(await story("actions")).toEqual({
      workflows: [["Greet", ".github/workflows/greet.yml", "active"]],
      dispatched: [false, true],
      run: ["workflow_dispatch", "completed", "success", "main"],
      runs: 1,
      cancelled: false,
      again: true,
    });
  });
  test("an app by its JWT, its installation, and the rate limit", async () => {
    expect(await story("app")).toEqual({
      app: "Cairn",
      installation: [fixture.app.app.id, "Organization"],
      author: ["cairn[bot]", "Bot"],
      limit: [5000, 1, true],
      person: 403,
    });
  });
});
