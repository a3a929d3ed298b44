/** What people have set up: installation, workflow, configuration. Reads only. */
import { APP_EVENTS, APP_PERMISSIONS } from "../../checkout/app-manifest.ts";
import type { InstallationInfo } from "../../github/identity.ts";
import type { GitHubReads, RepositoryInfo } from "../../github/index.ts";
import type { FileText } from "../../github/ports.ts";
import { readAuthority } from "../../policy/ask-rights.ts";
import { mayWrite } from "../../policy/authority.ts";
import { AUTHORITY_PATH, teamsIn } from "../../policy/authority-file.ts";
import { callerFlaws } from "../../policy/caller.ts";
import { CONFIG_PATH, type Config, parseConfig, wordsOf } from "../../policy/config/index.ts";
import { problemWords } from "../../policy/yaml-file.ts";
import { judgeCommands } from "./commands.ts";
import { type Finding, type Findings, ok, unknown, wrong } from "./findings.ts";

const LEVELS = ["read", "write", "admin"];

/** Permissions that are needed for one thing alone, which not every repository has: another check says the rest. */
const FOR_SOME: Readonly<Record<string, string>> = {
  members: "without members, which only teams need",
  merge_queues: "without merge_queues, which only a merge queue needs",
};

/** What the manifest asks for and the installation does not grant. */
export function judgePermissions({ permissions }: InstallationInfo): Finding {
  const missing = Object.entries(APP_PERMISSIONS).filter(
    ([name, level]) => LEVELS.indexOf(String(permissions[name])) < LEVELS.indexOf(level),
  );
  const wanting = missing.filter(([name]) => !(name in FOR_SOME));
  if (wanting.length > 0) {
    return wrong(
      wanting
        .map(([name, level]) => `${name}: ${String(permissions[name] ?? "none")} instead of ${level}`)
        .join(", "),
    );
  }
  const granted = Object.keys(APP_PERMISSIONS).length - missing.length;
  const without = missing.map(([name]) => FOR_SOME[name]);
  return ok([`${granted} permissions, as asked for`, ...without].join("; "));
}

export function judgeEvents({ events }: InstallationInfo): Finding {
  const missing = APP_EVENTS.filter((event) => !events.includes(event));
  return missing.length === 0
    ? ok(`${APP_EVENTS.length} events`)
    : wrong(`it does not hear of ${missing.join(", ")}`);
}

export interface SetupInput {
  readonly reads: GitHubReads;
  readonly repository: RepositoryInfo;
  readonly permissions: InstallationInfo["permissions"];
  readonly workflowFile: string;
  readonly trustedWorkflows: readonly string[];
}

export async function checkSetup(findings: Findings, input: SetupInput): Promise<void> {
  const { reads, repository, workflowFile } = input;
  const base = repository.defaultBranch;
  const path = `.github/workflows/${workflowFile}`;
  const textOf = async (file: string): Promise<FileText | undefined> => {
    const head = await reads.ref(`heads/${base}`);
    return head && (await reads.file(file, head.value))?.value.text;
  };
  await findings.make("workflow", async () => {
    const flaws = callerFlaws(path, await textOf(path), input.trustedWorkflows);
    return flaws.length === 0 ? ok(`${path} on ${base}`) : wrong(flaws.join("; "));
  });
  await findings.make("workflow-enabled", async () => {
    const state = (await reads.workflowState(workflowFile))?.value;
    if (state === undefined) return unknown(`GitHub knows no workflow ${workflowFile}`);
    return state === "active" ? ok("it is active") : wrong(`it is ${state.replaceAll("_", " ")}`);
  });
  let config: Config | undefined;
  await findings.make("configuration", async () => {
    const text = await textOf(CONFIG_PATH);
    const parsed = parseConfig(text);
    if (parsed.kind === "invalid") return wrong(wordsOf(parsed.problems));
    config = parsed.config;
    return ok(text === undefined ? `there is no ${CONFIG_PATH}: the defaults count` : CONFIG_PATH);
  });
  await findings.make("authority", () => judgeAuthority(reads, repository));
  if (config) await checkConfig(findings, input, config, async (file) => (await textOf(file)) !== undefined);
}

async function judgeAuthority(reads: GitHubReads, repository: RepositoryInfo): Promise<Finding> {
  const authority = await readAuthority(reads, repository.defaultBranch, repository);
  if (authority.kind === "absent") return ok(`there is no ${AUTHORITY_PATH}: GitHub's permissions decide`);
  if (authority.kind === "invalid") return wrong(problemWords(AUTHORITY_PATH, authority.problems));
  const teams = teamsIn(authority);
  const seen = await Promise.all(teams.map(async (team) => (await reads.teamSeen(team)).value));
  const hidden = teams.filter((_team, index) => seen[index] !== "seen");
  if (hidden.length === 0) return ok([AUTHORITY_PATH, ...teams.map((team) => `team ${team}`)].join(", "));
  const why = seen.includes("forbidden")
    ? "the app may not read members"
    : "there is none, or it may not be seen";
  return wrong(
    `GitHub does not show ${hidden.map((team) => `${repository.owner}/${team}`).join(", ")}: ${why}`,
  );
}

async function checkConfig(
  findings: Findings,
  { reads, repository: { defaultBranch: base }, permissions }: SetupInput,
  config: Config,
  isThere: (file: string) => Promise<boolean>,
): Promise<void> {
  const { agent, reviewers, merge, mergeMethod, checks } = config;
  if (agent.command === undefined) findings.put("agent", "wrong", "there is no agent.command");
  else findings.put("agent", "ok", agent.command);
  await findings.make("commands", () => judgeCommands(config, isThere));
  await findings.make("reviewers", async () => {
    const may = await Promise.all(
      reviewers.map(async (login) => mayWrite((await reads.permission(login)).value)),
    );
    const without = reviewers.filter((_login, index) => !may[index]);
    if (without.length > 0) return wrong(`${without.join(", ")} may not write`);
    return ok(reviewers.length === 0 ? "nobody is asked" : reviewers.join(", "));
  });
  await findings.make("required-checks", async () => {
    if (merge === "never") return ok("people merge (`merge: never`)");
    if (checks === "allow-none") return ok("none is wanted (`checks: allow-none`)");
    const required = (await reads.branchRules(base)).value.checks.map(({ name }) => name);
    return required.length === 0 ? wrong(`${base} requires none`) : ok(required.join(", "));
  });
  await findings.make("merge-queue", async () => {
    if (merge === "never") return ok("people merge (`merge: never`)");
    if (!(await reads.branchRules(base)).value.queue) return ok(`${base} has none`);
    const granted = permissions.merge_queues ?? "none";
    return granted === "write"
      ? ok(`${base} has one`)
      : wrong(`${base} has one, and merge_queues is ${granted} instead of write`);
  });
  await findings.make("merge-method", async () => {
    if (merge === "never") return ok("people merge (`merge: never`)");
    // A queue merges by its own rule's method.
    if ((await reads.branchRules(base)).value.queue) return ok(`the merge queue of ${base} has its own`);
    const allowed = (await reads.mergeMethods()).value;
    if (allowed === null) return unknown("GitHub does not say which methods the repository allows");
    if (allowed[mergeMethod]) return ok(mergeMethod);
    const others = Object.entries(allowed).flatMap(([method, may]) => (may ? [method] : []));
    return wrong(`the repository does not allow ${mergeMethod}, only ${others.join(", ")}`);
  });
}
