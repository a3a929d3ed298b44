/**
 * Runs as triage, the agent, the check or the review, and looks around: `node probe.ts FOLDER`. Leaves in FOLDER, as JSON, all that it
 * can read of its job; says its issue's title aloud; and changes a file, or fails where the title says so.
 */
import { spawnSync } from "node:child_process";
import { appendFileSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** As `/proc` and the files have them: `undefined` where this account may not look. */
function contentOf(path: string): string | undefined {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return undefined;
  }
}

/** All processes that work in the job's folder: this one, the action above it, and whatever else there is. */
function processesIn(folder: string): string[] {
  return readdirSync("/proc").filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readlinkSync(`/proc/${pid}/cwd`).startsWith(`${folder}/`);
    } catch {
      return false;
    }
  });
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

const git = (...args: string[]): { status: number | null; text: string } => {
  const { status, stdout, stderr } = spawnSync("git", args, { encoding: "utf8" });
  return { status, text: `${stdout}${stderr}` };
};

/** What it leaves. */
export interface Probed {
  /** Its own variables, as the kernel has them. */
  readonly environment: string;
  readonly processes: readonly { readonly command: string; readonly environment: string }[];
  readonly files: readonly { readonly path: string; readonly text: string }[];
  readonly git: { readonly status: number | null; readonly text: string };
  readonly remote: { readonly status: number | null; readonly text: string };
}

const out = process.argv[2] ?? "";
const title = process.env.CAIRN_ISSUE_TITLE ?? "";
// RUNNER_TEMP is not told, and easily guessed.
const temp = dirname(process.env.HOME ?? "");
const job = dirname(temp);
const seen: Probed = {
  environment: contentOf("/proc/self/environ") ?? "",
  processes: processesIn(job).map((pid) => ({
    command: contentOf(`/proc/${pid}/cmdline`) ?? "",
    environment: contentOf(`/proc/${pid}/environ`) ?? "",
  })),
  files: [...filesBelow(job), ...filesBelow(join(job, "../../actions"))].map((path) => ({
    path,
    text: contentOf(path) ?? "",
  })),
  git: git("config", "--list", "--show-origin"),
  remote: git("ls-remote", "origin"),
};
writeFileSync(join(out, `${process.pid}.json`), JSON.stringify(seen));
process.stdout.write(`working on ${title}\n`);
if (title.includes("fails")) process.exit(1);
appendFileSync("README.md", `${title}\n`);
