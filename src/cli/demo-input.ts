/** What the demo is asked to do: its options, and the issues' files, checked before anything is started. */
import { readFile, stat } from "node:fs/promises";
import { ACTIONS_OPTION, actionsFolder } from "./actions-folder.ts";
import { CONDITION_OPTIONS, type Conditions, readConditions } from "./conditions.ts";
import { ExitError, options } from "./exit.ts";
import { SAMPLE_ISSUE } from "./sample.ts";

export interface DemoIssue {
  readonly title: string;
  readonly body: string;
}

export interface DemoInput {
  readonly repo: string | undefined;
  readonly issues: readonly DemoIssue[];
  readonly agent: string | undefined;
  readonly approve: "auto" | "wait";
  readonly keep: string | undefined;
  /** Folder with actions that the repository's workflows use. */
  readonly actions: string | undefined;
  readonly json: boolean;
  readonly conditions: Conditions;
  readonly hostile: boolean;
}

/** Throws `ExitError` 2 with what is wrong, where, and what to do. */
export async function readInput(args: readonly string[]): Promise<DemoInput> {
  const given = options("demo", args, {
    repo: { type: "string" },
    issue: { type: "string", multiple: true },
    agent: { type: "string" },
    approve: { type: "string", default: "auto" },
    keep: { type: "string" },
    json: { type: "boolean", default: false },
    ...ACTIONS_OPTION,
    hostile: { type: "boolean", default: false },
    ...CONDITION_OPTIONS,
  });
  const conditions = readConditions(given);
  if (given.approve !== "auto" && given.approve !== "wait") {
    throw new ExitError(2, `--approve ${given.approve}: auto and wait are known`);
  }
  const files = given.issue ?? [];
  const actions = await actionsFolder(given.actions);
  if (given.hostile) checkHostile(given);
  if (given.repo !== undefined) await checkRepository(given.repo);
  if (given.repo !== undefined && files.length === 0) {
    throw new ExitError(2, "--repo needs at least one --issue FILE.md, title on its first line");
  }
  if (given.repo !== undefined && given.agent === undefined) {
    throw new ExitError(
      2,
      "--repo needs --agent 'COMMAND': the sample agent knows the sample repository only",
    );
  }
  if (given.agent?.trim() === "") throw new ExitError(2, "--agent is empty: give a shell command");
  if (files.length > 0 && given.agent === undefined) {
    throw new ExitError(2, "--issue needs --agent 'COMMAND': the sample agent knows the sample issue only");
  }
  const issues = files.length === 0 ? [SAMPLE_ISSUE] : await Promise.all(files.map(readIssue));
  const { repo, agent, approve, keep, json, hostile } = given;
  return { repo, issues, agent, approve, keep, actions, json, conditions, hostile };
}

/** Its faults come at moments of the sample issue, and its lag is its own. */
function checkHostile(given: Readonly<Record<string, unknown>>): void {
  const others = ["repo", "issue", "agent", "lag"].filter((name) => given[name] !== undefined);
  if (given.approve !== "auto") others.push("approve");
  if (others.length === 0) return;
  throw new ExitError(
    2,
    `--hostile takes the sample issue its own way: leave out --${others.join(" and --")}`,
  );
}

async function checkRepository(path: string): Promise<void> {
  const info = await stat(path).catch(() => undefined);
  if (!info) throw new ExitError(2, `--repo ${path}: there is no such folder`);
  if (!info.isDirectory()) throw new ExitError(2, `--repo ${path} is no folder`);
}

/** Markdown: title on the first line that is not empty, `#` or not; the rest is the text. */
async function readIssue(file: string): Promise<DemoIssue> {
  const text = await readFile(file, "utf8").catch((error: Error) => {
    throw new ExitError(2, `--issue ${file} cannot be read: ${error.message}`);
  });
  const lines = text.replaceAll("\r\n", "\n").split("\n");
  const first = lines.findIndex((line) => line.trim() !== "");
  const title = (lines[first] ?? "").replace(/^#+\s*/, "").trim();
  if (title === "") throw new ExitError(2, `--issue ${file} is empty: put the title on the first line`);
  return {
    title: title.slice(0, 256),
    body: lines
      .slice(first + 1)
      .join("\n")
      .trim(),
  };
}
