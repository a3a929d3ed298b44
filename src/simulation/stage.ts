/** The world of a seed before anything happens: people, the App, the reusable workflow, a repository to work in. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { APP_EVENTS, APP_PERMISSIONS } from "../checkout/app-manifest.ts";
import { CALLER_PATH, callerWorkflow } from "../checkout/caller-workflow.ts";
import { CHECKOUT } from "../checkout/files.ts";
import { ENTRY_LABEL } from "../core/entry-label.ts";
import { AUTHORITY_PATH } from "../policy/authority-file.ts";
import { CONFIG_PATH, parseConfig } from "../policy/config/index.ts";
import type { Sandbox } from "../sandbox/index.ts";
import { applyRefChange } from "../sandbox/refs.ts";
import type { CreatedApp } from "../sandbox/setup/apps.ts";
import type { App, Installation, Repository } from "../sandbox/world/state.ts";
import { appKeys } from "./identity.ts";
import { APP_URL } from "./places.ts";
import { policyLines } from "./policies.ts";
import type { Shape } from "./shape.ts";

export const OWNER = "acme";
/** `maya` may do all, `robin` reviews, `oda` may ask for nothing. */
export const PEOPLE = ["maya", "robin", "oda"] as const;
export type Person = (typeof PEOPLE)[number];

/** Where issues belong that have the label of the same name. */
export const ELSEWHERE = "elsewhere";

export interface Stage {
  readonly app: CreatedApp;
  /** An app that has nothing to do with Cairn. */
  readonly other: App;
  readonly installation: Installation;
  readonly repository: Repository;
  readonly tokens: Readonly<Record<Person, string>>;
  /** The label by which people ask for work. */
  readonly entryLabel: string;
}

const CAIRN_WORKFLOW = ".github/workflows/cairn.yml";
const workflow = readFileSync(join(CHECKOUT, CAIRN_WORKFLOW), "utf8");

export async function setStage(sandbox: Sandbox, shape: Shape): Promise<Stage> {
  sandbox.createUser({ login: OWNER, type: "Organization" });
  sandbox.createUser({ login: "cairn-dev", type: "Organization" });
  for (const login of PEOPLE) sandbox.createUser({ login });
  const cairn = await sandbox.createRepository("cairn-dev", "cairn", {
    files: { [CAIRN_WORKFLOW]: workflow },
  });
  const sha = cairn.refs.get("refs/heads/main") ?? null;
  const tag = { repositoryId: cairn.id, ref: "refs/tags/v1", to: sha, expected: null };
  const cause = { actor: { kind: "user", userId: cairn.ownerId }, requestId: "" } as const;
  await applyRefChange(sandbox.services, tag, cause, "nothing");
  const repository = await sandbox.createRepository(OWNER, "tools", {
    private: true,
    files: {
      "README.md": "# Tools\n",
      [CONFIG_PATH]: configOf(shape),
      [CALLER_PATH]: callerOf(shape),
      ...(shape.teams ? { [AUTHORITY_PATH]: AUTHORITY } : {}),
    },
  });
  sandbox.addCollaborator(repository, "maya", "admin");
  sandbox.addCollaborator(repository, "robin", "write");
  sandbox.addCollaborator(repository, "oda", shape.teams ? "triage" : "read");
  if (shape.routes) {
    const there = await sandbox.createRepository(OWNER, ELSEWHERE, {
      private: true,
      files: { "README.md": "# Elsewhere\n" },
    });
    sandbox.addCollaborator(there, "maya", "write");
  }
  if (shape.teams) {
    const team = sandbox.createTeam({ organization: OWNER, name: "platform" });
    sandbox.addTeamMember(team, "maya");
    sandbox.addTeamMember(team, "robin");
    sandbox.addTeamMember(team, "oda", { state: "pending" });
  }
  const app = sandbox.createApp({
    name: "Cairn",
    permissions: APP_PERMISSIONS,
    events: [...APP_EVENTS],
    webhookUrl: `${APP_URL}/api/github/webhooks`,
    keys: appKeys(),
  });
  const other = sandbox.createApp({ name: "Other", permissions: {}, events: [], keys: appKeys() });
  const installation = sandbox.installApp(app.app, OWNER, "all");
  const token = (login: Person): string => sandbox.createToken(login);
  const tokens = { maya: token("maya"), robin: token("robin"), oda: token("oda") };
  if (shape.queue) await giveQueue(sandbox, tokens.maya);
  return {
    app,
    other: other.app,
    installation,
    repository,
    entryLabel: shape.entryLabel,
    tokens,
  };
}

/** Three minutes are enough for people to change their minds, and for somebody to be lost. */
const QUEUE = {
  name: "queue",
  enforcement: "active",
  conditions: { ref_name: { include: ["~DEFAULT_BRANCH"], exclude: [] } },
  rules: [
    {
      type: "merge_queue",
      parameters: {
        check_response_timeout_minutes: 10,
        grouping_strategy: "ALLGREEN",
        max_entries_to_build: 5,
        max_entries_to_merge: 5,
        merge_method: "MERGE",
        min_entries_to_merge: 5,
        min_entries_to_merge_wait_minutes: 3,
      },
    },
  ],
};

async function giveQueue(sandbox: Sandbox, token: string): Promise<void> {
  const { status } = await sandbox.handle({
    method: "POST",
    url: `/repos/${OWNER}/tools/rulesets`,
    headers: { authorization: `token ${token}`, "user-agent": "maya" },
    body: Buffer.from(JSON.stringify(QUEUE)),
  });
  if (status !== 201) throw new Error(`there is no queue: ${status}`);
}

/** What `oda` could do with triage permission, were she in the team. */
const AUTHORITY = ["ready", "resume", "retry", "hold", "cancel"]
  .map((verb) => `${verb}: { teams: ["@${OWNER}/platform"] }\n`)
  .join("");

/** Throws where Cairn would not take it: a world in which everybody waits for that to be mended shows nothing. */
function configOf(shape: Shape): string {
  const text = linesOf(shape).join("\n");
  const parsed = parseConfig(text);
  if (parsed.kind === "invalid") throw new Error(`${text}: ${JSON.stringify(parsed.problems)}`);
  return text;
}

function linesOf(shape: Shape): readonly string[] {
  return [
    "agent:",
    "  command: agent",
    "  timeout-minutes: 30",
    ...(shape.check ? ["check: { command: check }"] : []),
    ...(shape.reviewed ? ["review: { command: review }"] : []),
    ...(shape.triaged ? ["triage: { command: triage }"] : []),
    shape.reviewers ? "reviewers: [robin]" : "reviewers: []",
    `merge: ${shape.policies?.shadow ? "shadow" : shape.merges ? "on-green-with-review" : "never"}`,
    "checks: allow-none",
    ...(shape.policies?.untestedBase ? [] : [`untested-base: ${shape.updates ? "update" : "accept"}`]),
    `attempts: ${shape.attempts}`,
    `slots: ${shape.slots}`,
    ...(shape.routes ? [`repositories: { ${ELSEWHERE}: ${OWNER}/${ELSEWHERE} }`] : []),
    ...(shape.autonomy === "full" ? [] : [`autonomy: ${shape.autonomy}`]),
    ...(shape.entryLabel === ENTRY_LABEL ? [] : [`entry-label: ${shape.entryLabel}`]),
    ...(shape.policies ? policyLines(shape.policies) : []),
    "",
  ];
}

/** In some worlds somebody gave the caller a concurrency group, in which a newer run evicts one that waits. */
function callerOf(shape: Shape): string {
  const text = callerWorkflow({ app: APP_URL });
  return shape.group ? text.replace("permissions:", "concurrency: { group: cairn }\npermissions:") : text;
}
