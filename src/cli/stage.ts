/** Sets the scene: a sandbox with people, the App, this checkout as `cairn-dev/cairn@v1`, and a repository to work in. */
import { mkdir, writeFile } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { parseDocument } from "yaml";
import { APP_EVENTS, APP_PERMISSIONS } from "../checkout/app-manifest.ts";
import { CALLER_PATH, callerWorkflow } from "../checkout/caller-workflow.ts";
import { checkoutFiles } from "../checkout/files.ts";
import { CONFIG_PATH, entryLabelOf, parseConfig } from "../policy/config/index.ts";
import { type Sandbox, type SandboxOptions, startSandbox } from "../sandbox/index.ts";
import { parseLag } from "../sandbox/lag/settings.ts";
import { applyRefChange } from "../sandbox/refs.ts";
import type { CreatedApp } from "../sandbox/setup/apps.ts";
import type { Installation, Repository } from "../sandbox/world/state.ts";
import { requiredChecksOf } from "./required-checks.ts";
import { SAMPLE_AGENT, SAMPLE_FILES } from "./sample.ts";

export const OWNER = "acme";
/** Accounts that are no people: whose repository it is, and who publishes the reusable workflow. */
export const ORGANIZATIONS: readonly string[] = [OWNER, "cairn-dev"];
export const PEOPLE = { maintainer: "maya", reviewer: "robin", outsider: "oda" } as const;

export interface StageOptions
  extends Pick<SandboxOptions, "port" | "directory" | "runnerApiUrl" | "limits" | "clock" | "actions"> {
  /** As `parseLag` reads it. What the stage itself makes is visible from the start. */
  readonly lag?: string;
  /** Address of the app, as jobs reach it and as webhooks are sent to. */
  readonly appUrl: string;
  /** Where webhooks go, if not to the app itself. */
  readonly webhookUrl?: string;
  /** A local git repository; without it the sample. */
  readonly repo?: string;
  /** Shell command of the agent. */
  readonly agent?: string;
  /** An imported repository's issues are taken as they are, unless it is configured; by default they are. */
  readonly triage?: "as-configured" | "none";
  /** How much of this checkout is hosted: `action` is what a run needs of it, for many short-lived stages. */
  readonly hosts?: "checkout" | "action";
}

export interface Stage {
  readonly sandbox: Sandbox;
  readonly app: CreatedApp;
  readonly installation: Installation;
  /** File with the App's private key. */
  readonly privateKeyFile: string;
  readonly repository: Repository;
  /** `owner/name` */
  readonly name: string;
  readonly tokens: { readonly maintainer: string; readonly reviewer: string; readonly outsider: string };
  /** The label by which people ask for work, by the configuration. */
  readonly entryLabel: string;
  /** Names of the checks that a merge needs; none: approval alone counts. */
  readonly requiredChecks: readonly string[];
  /** What was left out or changed of an imported repository, one line each. */
  readonly notices: readonly string[];
}

/** Rejects with `GitStoreError` where `repo` is no repository that can be taken over. */
export async function setStage(options: StageOptions): Promise<Stage> {
  const sandbox = await startSandbox({
    ...(options.port === undefined ? {} : { port: options.port }),
    ...(options.directory === undefined ? {} : { directory: options.directory }),
    ...(options.runnerApiUrl === undefined ? {} : { runnerApiUrl: options.runnerApiUrl }),
    ...(options.limits === undefined ? {} : { limits: options.limits }),
    ...(options.clock === undefined ? {} : { clock: options.clock }),
    ...(options.actions === undefined ? {} : { actions: options.actions }),
  });
  try {
    const stage = await build(sandbox, options);
    if (options.lag !== undefined) sandbox.lag.set(parseLag(options.lag));
    return stage;
  } catch (error) {
    await sandbox.stop();
    throw error;
  }
}

async function build(sandbox: Sandbox, options: StageOptions): Promise<Stage> {
  for (const login of ORGANIZATIONS) sandbox.createUser({ login, type: "Organization" });
  for (const login of Object.values(PEOPLE)) sandbox.createUser({ login });
  await hostCheckout(sandbox, options.hosts ?? "checkout");
  const repository = await openRepository(sandbox, options.repo);
  sandbox.addCollaborator(repository, PEOPLE.maintainer, "admin");
  sandbox.addCollaborator(repository, PEOPLE.reviewer, "write");
  const { checks, notices } = await requiredChecksOf(sandbox, repository);
  const entryLabel = await addCairnFiles(sandbox, repository, options, checks);
  if (checks.length > 0) protect(repository, checks);
  const app = sandbox.createApp({
    name: "Cairn",
    permissions: APP_PERMISSIONS,
    events: [...APP_EVENTS],
    webhookUrl: options.webhookUrl ?? `${options.appUrl}/api/github/webhooks`,
  });
  const installation = sandbox.installApp(app.app, OWNER, "all");
  const keys = join(sandbox.directory, "keys");
  await mkdir(keys, { recursive: true, mode: 0o700 });
  const privateKeyFile = join(keys, "app.pem");
  await writeFile(privateKeyFile, app.privateKey, { mode: 0o600 });
  return {
    sandbox,
    app,
    installation,
    privateKeyFile,
    repository,
    name: `${OWNER}/${repository.name}`,
    tokens: {
      maintainer: sandbox.createToken(PEOPLE.maintainer),
      reviewer: sandbox.createToken(PEOPLE.reviewer),
      outsider: sandbox.createToken(PEOPLE.outsider),
    },
    entryLabel,
    requiredChecks: checks,
    notices,
  };
}

/** Paths that the reusable workflow and the Action consist of. */
const OF_ACTION = /^(?:action\/|\.github\/|package\.json$)/;

async function hostCheckout(sandbox: Sandbox, hosts: "checkout" | "action"): Promise<void> {
  const repository = await sandbox.createRepository("cairn-dev", "cairn");
  const files = (await checkoutFiles()).filter(({ path }) => hosts === "checkout" || OF_ACTION.test(path));
  await commitFiles(sandbox, repository, files, "This checkout");
  const sha = repository.refs.get("refs/heads/main") ?? null;
  await setRef(sandbox, repository, "refs/tags/v1", sha);
}

async function openRepository(sandbox: Sandbox, repo: string | undefined): Promise<Repository> {
  if (repo === undefined)
    return sandbox.createRepository(OWNER, "greetings", { private: true, files: SAMPLE_FILES });
  const name =
    basename(resolve(repo))
      .replace(/\.git$/, "")
      .replaceAll(/[^A-Za-z0-9._-]/g, "-") || "repository";
  return sandbox.importRepository(OWNER, name, resolve(repo), { private: true });
}

/** The caller workflow where there is none, and a configuration that lets the loop merge; gives its entry label. */
async function addCairnFiles(
  sandbox: Sandbox,
  repository: Repository,
  options: StageOptions,
  checks: readonly string[],
): Promise<string> {
  const store = sandbox.services.stores.get(repository.id);
  const head = repository.refs.get(`refs/heads/${repository.defaultBranch}`);
  if (!store || head === undefined) throw new RangeError("the repository has no commit");
  const textOf = async (path: string): Promise<string | undefined> => {
    const entry = await store.entryAt(head, path);
    return entry?.type === "blob" ? (await store.readBlob(entry.sha))?.toString("utf8") : undefined;
  };
  const config = parseDocument((await textOf(CONFIG_PATH)) ?? "{}");
  const agent = options.agent ?? (options.repo === undefined ? SAMPLE_AGENT : undefined);
  if (agent !== undefined) config.setIn(["agent", "command"], agent);
  if (!config.has("merge")) config.set("merge", "on-green-with-review");
  if (!config.has("reviewers")) config.set("reviewers", [PEOPLE.reviewer]);
  // Whoever names the issues one by one has read them.
  if (options.repo !== undefined && options.triage !== "as-configured" && !config.has("triage"))
    config.set("triage", { "minimum-length": 0, acceptance: "optional" });
  if (checks.length === 0) config.set("checks", "allow-none");
  const text = (path: string, content: string) => ({
    path,
    mode: "100644" as const,
    content: Buffer.from(content),
  });
  const written = config.toString({ flowCollectionPadding: false });
  const files = [text(CONFIG_PATH, written)];
  if ((await textOf(CALLER_PATH)) === undefined)
    files.push(text(CALLER_PATH, callerWorkflow({ app: options.appUrl })));
  await commitFiles(sandbox, repository, files, "Add Cairn");
  return entryLabelOf(parseConfig(written));
}

interface NewFile {
  readonly path: string;
  readonly mode: "100644" | "100755" | "120000";
  readonly content: Buffer;
}

/** A commit on the default branch, made while nobody listens yet. */
async function commitFiles(
  sandbox: Sandbox,
  repository: Repository,
  files: readonly NewFile[],
  message: string,
): Promise<void> {
  const store = sandbox.services.stores.get(repository.id);
  if (!store) throw new RangeError("the repository has no store");
  const ref = `refs/heads/${repository.defaultBranch}`;
  const parent = repository.refs.get(ref);
  const before = parent === undefined ? undefined : (await store.readCommit(parent))?.tree;
  const changes = [];
  for (const { path, mode, content } of files)
    changes.push({ path, mode, sha: await store.createBlob(content) });
  const at = Math.floor(sandbox.clock.now() / 1000);
  const person = { name: "Maya", email: "maya@example.com", timestamp: at, timezone: "+0000" };
  const commit = await store.createCommit({
    tree: await store.createTree(before, changes),
    parents: parent === undefined ? [] : [parent],
    author: person,
    committer: person,
    message: `${message}\n`,
  });
  await setRef(sandbox, repository, ref, commit);
}

async function setRef(
  sandbox: Sandbox,
  repository: Repository,
  ref: string,
  to: string | null,
): Promise<void> {
  const expected = repository.refs.get(ref) ?? null;
  const cause = { actor: { kind: "user", userId: repository.ownerId }, requestId: "" } as const;
  await applyRefChange(
    sandbox.services,
    { repositoryId: repository.id, ref, to, expected },
    cause,
    "nothing",
  );
}

/** As the maintainer would protect the branch: every job of the repository's own CI, and one review. */
function protect(repository: Repository, checks: readonly string[]): void {
  repository.protections.set(repository.defaultBranch, {
    pattern: repository.defaultBranch,
    requiredChecks: { strict: false, checks: checks.map((context) => ({ context, appId: null })) },
    requiredReviews: {
      count: 1,
      dismissStale: false,
      requireCodeOwners: false,
      requireLastPushApproval: false,
    },
    enforceAdmins: false,
    requiredLinearHistory: false,
    allowForcePushes: false,
    allowDeletions: false,
    requiredConversationResolution: false,
  });
}
