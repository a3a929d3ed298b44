/** The command as people run it, as a process of its own. */
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { freePort } from "../../src/cli/free-port.ts";
import { type End, run } from "./cairn.ts";

const MAIN = join(import.meta.dirname, "../../src/cli/main.ts");
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "cairn-cli-"));
  await writeFile(
    join(folder, "issue.md"),
    "# Count to ten\n\nThere should be a file `ten.txt` with the number.\n",
  );
  await writeFile(join(folder, "empty.md"), "\n\n");
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const cairn = (...args: string[]): Promise<End> => run(args, { timeout: 140_000 });

const summaryOf = ({ out }: End) => JSON.parse(out.trim().split("\n").at(-1) ?? "{}");

/** 1,000 commits in a tenth of a second: what `git fast-import` is for. */
function bigRepository(path: string): void {
  const git = (...args: string[]): void => {
    execFileSync("git", ["-C", path, ...args], { stdio: "ignore" });
  };
  execFileSync("git", ["init", "-q", "-b", "trunk", path]);
  const ci =
    "on: pull_request\njobs:\n  unit:\n    name: Unit tests\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v5\n      - run: ls ten-*.txt\n";
  const lines: string[] = [];
  for (let index = 1; index <= 1_000; index += 1) {
    const file = `f${index % 40}.txt`;
    const text = `line ${index}\n`;
    lines.push(
      `commit refs/heads/trunk\nmark :${index}\ncommitter A <a@example.com> ${1_700_000_000 + index} +0000\ndata 4\nc${String(index % 1000).padStart(3, "0")}\n` +
        (index > 1 ? `from :${index - 1}\n` : "") +
        `M 100644 inline ${file}\ndata ${text.length}\n${text}` +
        (index === 1 ? `M 100644 inline .github/workflows/ci.yml\ndata ${ci.length}\n${ci}` : ""),
    );
  }
  execFileSync("git", ["-C", path, "fast-import", "--quiet"], { input: `${lines.join("\n")}\n` });
  git("reset", "-q", "--hard");
}

test("a repository with 1,000 commits and its own CI, two issues side by side, kept afterwards", async () => {
  const repo = join(folder, "big repository");
  await mkdir(repo);
  bigRepository(repo);
  const keep = join(folder, "kept");
  const issue = join(folder, "issue.md");
  const agent = 'grep -c ten "$CAIRN_ISSUE_FILE" > "ten-$CAIRN_ISSUE_NUMBER.txt"';
  const args = [
    "--repo",
    repo,
    "--issue",
    issue,
    "--issue",
    issue,
    "--agent",
    agent,
    "--keep",
    keep,
    "--json",
  ];
  const end = await cairn("demo", ...args);
  expect(end.err).toBe("");
  expect(end.code).toBe(0);
  const summary = summaryOf(end);
  expect(summary).toMatchObject({
    type: "summary",
    exitReason: "done",
    issues: [1, 2].map((number) => ({
      number,
      state: "done",
      reason: null,
      generation: 1,
      pull: expect.any(Number),
    })),
  });
  const landed = summary.landed as readonly { readonly kind: string; readonly count: number }[];
  const of = (kind: string) => landed.filter((one) => one.kind === kind);
  // What is merged first leaves the other behind: that head is brought up to date, and reviewed again.
  const updates = of("branch.update").length;
  expect(updates).toBeLessThanOrEqual(1);
  for (const { kind, count } of landed)
    expect(count, kind).toBeLessThanOrEqual(kind === "review.request" ? 1 + updates : 1);
  expect(of("agent.run")).toHaveLength(2);
  const bare = join(keep, "repositories/acme/big-repository.git");
  const log = execFileSync("git", ["-C", bare, "log", "--oneline", "trunk"]).toString().trim().split("\n");
  // Base, the commit that adds Cairn, and for each issue its work and its merge.
  expect(log).toHaveLength(1_005 + updates);
  expect(execFileSync("git", ["-C", bare, "show", "trunk:ten-2.txt"]).toString()).toBe("2\n");
  expect((await readdir(join(keep, "logs"))).some((name) => name.includes("agent.run"))).toBe(true);
}, 150_000);

test("bad arguments, a folder that is no repository, and an empty issue: 2, one line, and the summary", async () => {
  const issue = join(folder, "issue.md");
  const plain = join(folder, "plain");
  await mkdir(plain);
  const cases: readonly (readonly [string[], RegExp])[] = [
    [["demo", "--nonsense"], /Unknown option '--nonsense'/],
    [["demo", "--approve", "perhaps"], /auto and wait/],
    [["demo", "--repo", join(folder, "nowhere"), "--issue", issue, "--agent", "true"], /no such folder/],
    [["demo", "--repo", plain, "--issue", issue, "--agent", "true"], /repository/i],
    [["demo", "--repo", plain, "--issue", join(folder, "empty.md"), "--agent", "true"], /is empty/],
    [["demo", "--repo", plain, "--issue", issue], /needs --agent/],
    [["demo", "--lag", "list=2s,lists=1s"], /--lag "list=2s,lists=1s", character 9: there is no "lists"/],
    [["demo", "--limits", "content=80"], /--limits "content=80", character 1: "80" is no rate/],
    [["demo", "--hostile", "--issue", issue, "--agent", "true"], /leave out --issue and --agent/],
    [["sandbox", "--clock", "atomic"], /--clock atomic: real and virtual/],
    [["nothing"], /there is no verb 'nothing'/],
  ];
  for (const [args, words] of cases) {
    const end = await cairn(...args, ...(args[0] === "demo" ? ["--json"] : []));
    expect(end.code, args.join(" ")).toBe(2);
    expect(end.err).toMatch(words);
    expect(end.err.trim().split("\n")).toHaveLength(1);
    if (args[0] === "demo")
      expect(summaryOf(end)).toMatchObject({ type: "summary", exitReason: "bad-arguments" });
  }
});

test("every verb explains itself", async () => {
  for (const verb of ["demo", "sandbox", "app"]) {
    const end = await cairn(verb, "--help");
    expect(end.code).toBe(0);
    expect(end.out).toContain("Usage:");
  }
  expect((await cairn("--help")).out).toContain("demo");
  expect(await cairn("-h")).toEqual(await cairn("--help"));
});

test("cairn sandbox prints one JSON line, serves, and ends with SIGTERM; cairn app works against it and drains", async () => {
  const port = await freePort();
  const hooks = `http://127.0.0.1:${port}/api/github/webhooks`;
  const sandbox = spawn(process.execPath, [MAIN, "sandbox", "--webhook-url", hooks], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = (await once(sandbox.stdout.setEncoding("utf8"), "data")) as [string];
  const scene = JSON.parse(line);
  expect(Object.keys(scene)).toEqual(
    expect.arrayContaining([
      "url",
      "control",
      "repository",
      "appId",
      "privateKeyFile",
      "webhookSecret",
      "tokens",
    ]),
  );
  const get = (path: string, token: string) =>
    fetch(`${scene.url}${path}`, { headers: { authorization: `token ${token}`, "user-agent": "test" } });
  expect((await get(`/repos/${scene.repository}`, scene.tokens.maintainer)).status).toBe(200);
  expect((await get(`/api/v3/repos/${scene.repository}`, scene.tokens.maintainer)).status).toBe(200);
  // The repository is private: an outsider is told that there is none.
  expect((await get(`/repos/${scene.repository}`, scene.tokens.outsider)).status).toBe(404);
  expect((await get("/repos/cairn-dev/cairn/git/ref/tags/v1", scene.tokens.outsider)).status).toBe(200);
  const unknown = await get("/gists", scene.tokens.maintainer);
  expect([unknown.status, await unknown.json()]).toMatchObject([
    501,
    { message: expect.stringContaining("GET /gists") },
  ]);
  expect((await fetch(`${scene.control}/landed`)).status).toBe(200);

  const app = spawn(process.execPath, [MAIN, "app"], {
    env: {
      PATH: process.env.PATH,
      APP_ID: String(scene.appId),
      PRIVATE_KEY_PATH: scene.privateKeyFile,
      WEBHOOK_SECRET: scene.webhookSecret,
      GITHUB_API_URL: scene.url,
      HOST: "127.0.0.1",
      PORT: String(port),
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(app.stdout, "data");
  await expect
    .poll(async () => (await fetch(`http://127.0.0.1:${port}/healthz`)).status, { timeout: 10_000 })
    .toBe(200);
  app.kill("SIGTERM");
  expect((await once(app, "exit"))[0]).toBe(0);
  sandbox.kill("SIGTERM");
  expect((await once(sandbox, "exit"))[0]).toBe(0);
});

test("a backlog's end tells of each hold who lifts it and how, and what in the folder was no issue", async () => {
  const backlog = join(folder, "backlog");
  await mkdir(backlog);
  await writeFile(join(backlog, "thin.md"), "Do it\n");
  await writeFile(
    join(backlog, "failing.md"),
    "# Count to ten\n\nThere should be a file `ten.txt` with the number, in the folder of the sources, so that whoever reads it knows how far one can count.\n\n- [ ] `cat ten.txt` shows it\n- [ ] nothing else is changed\n",
  );
  await writeFile(join(backlog, "README.md"), "# How these came about\n");
  const { code, out } = await cairn("demo", "--backlog", backlog, "--agent", "false");
  expect(code).toBe(1);
  expect(out).toContain("passed over, as no issues: README.md");
  const [, ofFailing = "", ofThin = ""] = out.split(/^#\d+ is on hold$/m);
  expect(ofFailing).toMatch(/Read the run's log[\s\S]*somebody with write access/i);
  expect(ofFailing).toContain("cairn:ready");
  expect(ofThin).toContain("Somebody with write access edits the text, or answers");
});
