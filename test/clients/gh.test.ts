/** `gh` 2.23 (Debian's): what of it the sandbox answers, and that the rest is told so. See README.md beside this file. */
import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Fixture, start } from "../sandbox/fixture.ts";
import { type GhMachine, ghMachine } from "./gh-machine.ts";
import { describeClient } from "./installed.ts";

const GREET = `name: Greet
on:
  workflow_dispatch:
    inputs:
      who: { required: true, type: string }
jobs:
  greet:
    runs-on: ubuntu-latest
    steps: [{ run: 'echo hello \${{ inputs.who }}; test \${{ inputs.who }} != nobody' }]
`;
// An artifact whose own files say what git should do with them: all of it is downloaded as it is.
const PACK = `name: Pack
on: workflow_dispatch
jobs:
  pack:
    runs-on: ubuntu-latest
    steps:
      - run: |
          mkdir -p out/deep
          printf 'one\\r\\n' > out/one.txt
          printf '* text=auto\\ndeep export-ignore\\n' > out/.gitattributes
          printf '*.txt\\n' > out/.gitignore
          head -c 100000 /dev/urandom > out/deep/two.bin
          sha256sum < out/deep/two.bin
      - uses: actions/upload-artifact@v4
        with: { name: packed, path: out, include-hidden-files: true }
`;
const FLOWS = "acme/flows";

describeClient("gh", ["gh", "--version"], () => {
  let fixture: Fixture;
  let machine: GhMachine;
  let token: string;
  beforeAll(async () => {
    fixture = await start();
    token = fixture.tokens.maintainer;
    machine = await ghMachine(fixture.sandbox.url);
    const files = { ".github/workflows/greet.yml": GREET, ".github/workflows/pack.yml": PACK };
    const flows = await fixture.sandbox.createRepository("acme", "flows", { files });
    fixture.sandbox.addCollaborator(flows, "maya", "write");
  });
  afterAll(async () => {
    expect(fixture.sandbox.errors).toEqual([]);
    await machine[Symbol.asyncDispose]();
    await fixture[Symbol.asyncDispose]();
  });

  const ok = async (...args: string[]): Promise<string> => (await machine.ok(token, ...args)).trimEnd();
  const api = (...args: string[]): Promise<string> => ok("api", ...args);
  const failed = async (...args: string[]) => {
    const { code, stdout, stderr } = await machine.gh(token, ...args);
    return { code, said: stderr + stdout };
  };

  describe("gh api", () => {
    test("sends fields as text, typed and as lists, and takes the repository from its surroundings", async () => {
      const fields = ["-f", "title=From gh", "-f", "labels[]=a", "-f", "labels[]=b"];
      const shown = ["--jq", "[.number, .title, .labels[].name] | @csv"];
      expect(await api("repos/{owner}/{repo}/issues", ...fields, ...shown)).toBe('1,"From gh","a","b"');
      const page = ["--method", "GET", "-F", "per_page=1", "-F", "page=2"];
      expect(await api("repos/{owner}/{repo}/labels", ...page, "--jq", ".[].name")).toBe("b");
      const sha = await api("repos/{owner}/{repo}/git/ref/heads/main", "--jq", ".object.sha");
      const move = ["--method", "PATCH", "repos/{owner}/{repo}/git/refs/heads/main", "-f", `sha=${sha}`];
      expect(await api(...move, "-F", "force=true", "--jq", ".ref")).toBe("refs/heads/main");
      expect((await failed("api", ...move, "-f", "force=true")).said).toContain("HTTP 422");
    });

    test("follows the pages of a list", async () => {
      const number = await api("repos/acme/tools/issues", "-f", "title=Long", "--jq", ".number");
      const comments = `repos/acme/tools/issues/${number}/comments`;
      const write = (body: string) => fixture.as(token)("POST", `/${comments}`, { body });
      for (let minute = 0; minute < 2; minute += 1) {
        await Promise.all(Array.from({ length: 60 }, (_, at) => write(String(at))));
        fixture.sandbox.clock.advance(61_000); // within GitHub's limit of 80 a minute
      }
      const ids = (await api(`${comments}?per_page=50`, "--paginate", "--jq", ".[].id"))
        .split("\n")
        .map(Number);
      expect(ids).toHaveLength(120);
      expect(ids).toEqual([...ids].sort((a, b) => a - b));
    });

    test("writes by any method, shows headers, and takes other media types", async () => {
      const path = "repos/acme/tools/contents/notes.md";
      const content = Buffer.from("note\n").toString("base64");
      const sha = await api(
        "--method",
        "PUT",
        path,
        "-f",
        "message=Note",
        "-f",
        `content=${content}`,
        "--jq",
        ".content.sha",
      );
      expect(await api(path, "-H", "Accept: application/vnd.github.raw")).toBe("note");
      const head = await api("-i", path, "--jq", ".sha");
      expect(head).toMatch(/^HTTP\/1\.1 200 OK/);
      expect(head).toMatch(/^X-Ratelimit-Limit: 5000\r?$/m);
      expect(head).toContain(sha);
      await api("--method", "DELETE", path, "-f", "message=Remove", "-f", `sha=${sha}`);
      expect(await failed("api", path)).toMatchObject({
        code: 1,
        said: expect.stringContaining("Not Found (HTTP 404)"),
      });
      const main = await api("repos/acme/tools/git/ref/heads/main", "--jq", ".object.sha");
      const twice = await failed(
        "api",
        "repos/acme/tools/git/refs",
        "-f",
        "ref=refs/heads/main",
        "-f",
        `sha=${main}`,
      );
      expect(twice).toMatchObject({
        code: 1,
        said: expect.stringContaining("Reference already exists (HTTP 422)"),
      });
      expect(await api("--method", "DELETE", "repos/acme/tools/git/refs/heads/none").catch(String)).toContain(
        "Reference does not exist",
      );
    });

    test("is refused with a token that is none", async () => {
      const { code, stderr } = await machine.gh("ghp_none", "api", "user");
      expect(code).toBe(1);
      expect(stderr).toContain("Bad credentials (HTTP 401)");
    });

    test("finds the API of github.com at the root of its host", async () => {
      await using dotcom = await ghMachine(fixture.sandbox.url, "github.com");
      expect(await dotcom.ok(token, "api", "repos/{owner}/{repo}", "--jq", ".url")).toBe(
        "http://api.github.com/repos/acme/tools\n",
      );
    });
  });

  test("gh label makes, changes and deletes labels", async () => {
    await ok("label", "create", "fresh", "--color", "ff0000", "--description", "new");
    await ok("label", "edit", "fresh", "--name", "older");
    expect(await api("repos/acme/tools/labels/older", "--jq", "[.color, .description] | @csv")).toBe(
      '"ff0000","new"',
    );
    await ok("label", "delete", "older", "--yes");
    expect((await failed("api", "repos/acme/tools/labels/older")).said).toContain("HTTP 404");
  });

  test("gh workflow and gh run start a workflow and follow it", async () => {
    const flows = (...args: string[]) => ok(...args, "-R", `sandbox.test/${FLOWS}`);
    const json = async (...args: string[]) => JSON.parse(await flows(...args));
    expect(await flows("workflow", "list")).toMatch(/^Greet\tactive\t\d+$/m);
    expect(await flows("workflow", "view", "greet.yml", "--yaml", "--ref", "main")).toBe(GREET.trimEnd());
    await flows("workflow", "run", "greet.yml", "--ref", "main", "-f", "who=you");
    const fields = "databaseId,event,headBranch,workflowName";
    await expect
      .poll(() => json("run", "list", "--workflow", "greet.yml", "--json", fields), { timeout: 10_000 })
      .toMatchObject([{ event: "workflow_dispatch", headBranch: "main", workflowName: "Greet" }]);
    const [{ databaseId }] = await json("run", "list", "--json", fields);
    const id = String(databaseId);
    expect(await flows("run", "watch", id, "--interval", "1", "--exit-status")).toMatch(
      /main Greet · \d+|has already completed with 'success'/,
    );
    expect(await flows("run", "view", id)).toMatch(/✓ greet in \d+s \(ID \d+\)/);
    expect(await json("run", "view", id, "--json", "conclusion,jobs")).toMatchObject({
      conclusion: "success",
      jobs: [{ name: "greet", steps: [{ number: 1, conclusion: "success" }] }],
    });
    await flows("run", "rerun", id);
    await expect
      .poll(() => json("run", "view", id, "--json", "status"), { timeout: 10_000 })
      .toEqual({ status: "completed" });
  });

  test("gh run watch fails with the run, and gh run view asks for its annotations by the job's number", async () => {
    const flows = ["-R", `sandbox.test/${FLOWS}`];
    await ok("workflow", "run", "greet.yml", "--ref", "main", "-f", "who=nobody", ...flows);
    const runs = `repos/${FLOWS}/actions/runs`;
    const id = await api(runs, "--jq", ".workflow_runs[0].id");
    await expect.poll(() => api(`${runs}/${id}`, "--jq", ".conclusion"), { timeout: 10_000 }).toBe("failure");
    const watched = await failed("run", "watch", id, "--exit-status", ...flows);
    expect(watched).toMatchObject({
      code: 1,
      said: expect.stringContaining("has already completed with 'failure'"),
    });
    const viewed = await failed("run", "view", id, "--exit-status", ...flows);
    expect(viewed).toMatchObject({ code: 1, said: expect.stringContaining("X greet in") });
    const asked = fixture.sandbox.requestLog.filter(({ path }) => path.endsWith("/annotations"));
    expect(new Set(asked.map(({ status }) => status))).toEqual(new Set([200]));
  });

  test("gh run download unpacks what a run has uploaded", async () => {
    const flows = ["-R", `sandbox.test/${FLOWS}`];
    await ok("workflow", "run", "pack.yml", "--ref", "main", ...flows);
    const runs = `repos/${FLOWS}/actions/workflows/pack.yml/runs`;
    await expect
      .poll(() => api(runs, "--jq", ".workflow_runs[0].conclusion"), { timeout: 10_000 })
      .toBe("success");
    const id = await api(runs, "--jq", ".workflow_runs[0].id");
    const target = join(machine.directory, "packed");
    await ok("run", "download", id, "--name", "packed", "--dir", target, ...flows);
    expect((await readdir(target, { recursive: true })).sort()).toEqual([
      ".gitattributes",
      ".gitignore",
      "deep",
      "deep/two.bin",
      "one.txt",
    ]);
    expect(await readFile(join(target, "one.txt"), "utf8")).toBe("one\r\n");
    const digest = createHash("sha256").update(await readFile(join(target, "deep/two.bin")));
    const job = await api(`repos/${FLOWS}/actions/runs/${id}/jobs`, "--jq", ".jobs[0].id");
    expect(await api(`repos/${FLOWS}/actions/jobs/${job}/logs`)).toContain(digest.digest("hex"));
  });

  test("gh api graphql asks with variables, and gh auth status tells who is there", async () => {
    const query =
      'query=query($owner: String!) { repository(owner: $owner, name: "tools") { nameWithOwner } }';
    expect(
      await api("graphql", "-F", "owner=acme", "-f", query, "--jq", ".data.repository.nameWithOwner"),
    ).toBe("acme/tools");
    const { code, said } = await failed("auth", "status");
    expect([code, said]).toEqual([0, expect.stringMatching(/Logged in to sandbox\.test as \w+/)]);
  });

  test.concurrent.each([
    ["issue list"],
    ["issue create -t t -b b"],
    ["issue view 1"],
    ["issue comment 1 -b b"],
    ["pr list"],
    ["pr view 1"],
    ["pr merge 1 --squash"],
    ["repo clone sandbox.test/acme/tools"],
    ["release list"],
    ["label list"],
    ["workflow run greet.yml -f who=you -R sandbox.test/acme/flows"],
  ])("gh %s needs more of GraphQL than there is, and is told what", async (line) => {
    const { code, said } = await failed(...line.split(" "));
    expect(code).not.toBe(0);
    expect(said).toMatch(/Not implemented by the sandbox: the (?:field|argument|type) /);
  });

  test.concurrent.each([
    ["run view RUN --log", "GET", "/logs"],
    ["workflow disable greet.yml", "PUT", "/disable"],
    ["secret list", "GET", "/actions/secrets"],
    ["search issues x", "GET", "/search/issues"],
    ["repo view sandbox.test/acme/tools", "GET", "/readme"],
  ])("gh %s asks by REST for what the sandbox does not have, and is told its name", async (line, method, path) => {
    const id = await api(`repos/${FLOWS}/actions/runs`, "--jq", ".workflow_runs[0].id");
    const place = /^(search|repo)/.test(line) ? [] : ["-R", `sandbox.test/${FLOWS}`];
    const { code, said } = await failed(...line.replace("RUN", id).split(" "), ...place);
    expect(code).not.toBe(0);
    expect(said).toMatch(new RegExp(`HTTP 501: Not implemented by the sandbox: ${method} \\S*${path}`));
  });
});
