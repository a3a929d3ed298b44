/** What the demo is asked to do: its options, and the issues' files, checked before anything is started. */
import { stat } from "node:fs/promises";
import { ACTIONS_OPTION, actionsFolder } from "./actions-folder.ts";
import { CONDITION_OPTIONS, type Conditions, readConditions } from "./conditions.ts";
import { ExitError, options } from "./exit.ts";
import { type DemoIssue, readBacklog, readIssue } from "./issue-file.ts";
import { SAMPLE_ISSUE } from "./sample.ts";

export interface DemoInput {
  readonly repo: string | undefined;
  readonly issues: readonly DemoIssue[];
  /** Names of what is in the backlog's folder and no issue. */
  readonly passedOver: readonly string[];
  /** They are a backlog: triage judges them, and a board shows them. */
  readonly backlog: boolean;
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
    backlog: { type: "string" },
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
  if (given.backlog !== undefined && files.length > 0)
    throw new ExitError(2, "--backlog has all issues in its folder: leave out --issue");
  if (given.repo !== undefined && files.length === 0 && given.backlog === undefined) {
    throw new ExitError(
      2,
      "--repo needs at least one --issue FILE.md, title on its first line, or --backlog DIR",
    );
  }
  if (given.repo !== undefined && given.agent === undefined) {
    throw new ExitError(
      2,
      "--repo needs --agent 'COMMAND': the sample agent knows the sample repository only",
    );
  }
  if (given.agent?.trim() === "") throw new ExitError(2, "--agent is empty: give a shell command");
  const named = given.backlog === undefined ? "--issue" : "--backlog";
  if ((files.length > 0 || given.backlog !== undefined) && given.agent === undefined) {
    throw new ExitError(2, `${named} needs --agent 'COMMAND': the sample agent knows the sample issue only`);
  }
  const { issues, passedOver } =
    given.backlog === undefined
      ? { issues: await issuesOf(files), passedOver: [] }
      : await readBacklog(given.backlog);
  const { repo, agent, approve, keep, json, hostile } = given;
  return {
    repo,
    issues,
    passedOver,
    backlog: given.backlog !== undefined,
    agent,
    approve,
    keep,
    actions,
    json,
    conditions,
    hostile,
  };
}

const issuesOf = async (files: readonly string[]): Promise<readonly DemoIssue[]> =>
  files.length === 0 ? [SAMPLE_ISSUE] : Promise.all(files.map((file) => readIssue("--issue", file)));

/** Its faults come at moments of the sample issue, and its lag is its own. */
function checkHostile(given: Readonly<Record<string, unknown>>): void {
  const others = ["repo", "issue", "backlog", "agent", "lag"].filter((name) => given[name] !== undefined);
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
