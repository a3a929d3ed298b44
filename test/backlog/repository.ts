/** A repository with a history of its own, a CI and a scripted agent, and the backlog as files beside it. */
import { execFileSync } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { BacklogIssue } from "./issues.ts";

/** Reads the issue, and does what stands in backticks; what a check calls red it mends, unless that is to stay; of a network that is away it mends nothing; of a conflict it keeps both sides. */
const AGENT = `import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
const issue = readFileSync(process.env.CAIRN_ISSUE_FILE, "utf8");
const [, line, path] = /^Put \`([^\`]+)\` into \`([^\`]+)\`/m.exec(issue) ?? [];
if (line === "!fail" || !path) throw new Error("this cannot be done");
if (line === "!nothing") process.exit(0);
const conflicts = process.env.CAIRN_CONFLICTS_FILE;
if (conflicts && existsSync(conflicts)) {
  const marker = /^(?:<<<<<<<|=======|>>>>>>>).*\\n/gm;
  for (const file of JSON.parse(readFileSync(conflicts, "utf8")))
    writeFileSync(file, readFileSync(file, "utf8").replaceAll(marker, ""));
  process.exit(0);
}
const findings = process.env.CAIRN_FINDINGS_FILE;
if (findings && readFileSync(findings, "utf8").includes("the network is away")) process.exit(0);
if (findings && !line.includes("stays")) {
  if (!readFileSync(findings, "utf8").includes("a line is red")) throw new Error("nobody says what is wrong");
  writeFileSync(path, readFileSync(path, "utf8").replaceAll("is red", "was red"));
  process.exit(0);
}
const target = line === "!workflow" ? ".github/workflows/ci.yml" : path;
mkdirSync(dirname(target), { recursive: true });
if (path === "docs/release.md") writeFileSync(target, "# Release\\n\\n" + line + "\\n");
else appendFileSync(target, line + "\\n");
`;

const CI = `name: CI
on: pull_request
permissions: { contents: read }
jobs:
  words:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v5
      - name: Nothing may be red
        run: if grep -rq "is red" docs; then echo "a line is red"; exit 1; fi
      - name: The network is there
        run: if grep -rq "needs the network" docs && [ "$GITHUB_RUN_ATTEMPT" = 1 ]; then echo "the network is away"; exit 1; fi
`;

const CONFIG = `merge: on-green-with-review
slots: 3
reserved-labels: [for-people]
reserved-words: [billing]
reserved-paths: [deploy/]
`;

const FILES: Readonly<Record<string, string>> = {
  "README.md": "# Handbook\n",
  "docs/release.md": "# Release\n\nUnnamed\n",
  "deploy/production.txt": "replicas: 1\n",
  "tools/agent.mjs": AGENT,
  ".github/workflows/ci.yml": CI,
  ".github/cairn.yml": CONFIG,
};

export const AGENT_COMMAND = "node tools/agent.mjs";

/** Gives the paths of the repository and of the folder of issues. */
export async function writeBacklog(folder: string, issues: readonly BacklogIssue[]) {
  const repository = join(folder, "handbook");
  const backlog = join(folder, "issues");
  const write = async (path: string, text: string): Promise<void> => {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  };
  const git = (...args: string[]): void => {
    const identity = ["-c", "user.name=Maya", "-c", "user.email=maya@example.com"];
    execFileSync("git", [...identity, "-C", repository, ...args], { stdio: "ignore" });
  };
  await mkdir(repository, { recursive: true });
  git("init", "-q", "-b", "main");
  for (const [path, text] of Object.entries(FILES)) {
    await write(join(repository, path), text);
    git("add", path);
    git("commit", "-q", "-m", `Add ${path}`);
  }
  for (const { name, text } of issues) await write(join(backlog, `${name}.md`), text);
  return { repository, backlog };
}
