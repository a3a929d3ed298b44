/** What a job's processes see: `GITHUB_*` and `RUNNER_*` variables, and the `github` and `runner` contexts. */
import type { LoadedWorkflow } from "./load.ts";
import type { ActionsHost, ActionsRepository, RunRecord, TriggerEvent } from "./port.ts";

/** A job's places on disk. */
export interface JobPlaces {
  readonly root: string;
  readonly workspace: string;
  readonly temp: string;
  readonly tools: string;
  readonly home: string;
  readonly actions: string;
  readonly eventPath: string;
}

export interface RunFacts {
  readonly host: ActionsHost;
  readonly repository: ActionsRepository;
  readonly event: TriggerEvent;
  readonly run: RunRecord;
  /** The workflow that the event started: of a reusable one, the caller. */
  readonly root: Pick<LoadedWorkflow, "source" | "workflowRef">;
  /** Whether the event is about a pull request from another repository. */
  readonly fromFork: boolean;
}

/** Whether an event is about a pull request whose head lies in another repository. */
export function isFromFork({ name, payload, repository }: TriggerEvent): boolean {
  if (!name.startsWith("pull_request") || name === "pull_request_target") return false;
  const pull = payload.pull_request as { head?: { repo?: { id?: number } | null } } | undefined;
  const head = pull?.head;
  return head !== undefined && "repo" in head && head.repo?.id !== repository.id;
}

const branchName = (ref: string): string => ref.replace(/^refs\/(?:heads|tags|pull)\//, "");

/** The `github` context, token and action fields excepted. */
export function githubContext({ host, repository, event, run, root }: RunFacts): Record<string, unknown> {
  const pull = event.payload.pull_request as { head?: { ref?: string }; base?: { ref?: string } } | undefined;
  return {
    actor: run.actor.login,
    actor_id: String(run.actor.id),
    triggering_actor: run.triggeringActor.login,
    api_url: host.apiUrl,
    graphql_url: `${host.apiUrl}/graphql`,
    server_url: host.serverUrl,
    base_ref: pull?.base?.ref ?? "",
    head_ref: pull?.head?.ref ?? "",
    event: event.payload,
    event_name: event.name,
    ref: event.ref,
    ref_name: branchName(event.ref),
    ref_protected: false,
    ref_type: event.ref.startsWith("refs/tags/") ? "tag" : "branch",
    repository: `${repository.owner}/${repository.name}`,
    repository_id: String(repository.id),
    repository_owner: repository.owner,
    repository_owner_id: String(repository.ownerId),
    repositoryUrl: `git://${new URL(host.serverUrl).host}/${repository.owner}/${repository.name}.git`,
    retention_days: "90",
    run_attempt: String(run.attempt),
    run_id: String(run.id),
    run_number: String(run.runNumber),
    secret_source: "Actions",
    sha: event.sha,
    workflow: run.workflowName,
    workflow_ref: root.workflowRef,
    workflow_sha: root.source.sha,
  };
}

/** Variables that every step of a job sees. */
export function defaultEnvironment(
  context: Readonly<Record<string, unknown>>,
  jobKey: string,
  places: JobPlaces,
): Record<string, string> {
  const named = [
    "actor",
    "actor_id",
    "api_url",
    "base_ref",
    "event_name",
    "graphql_url",
    "head_ref",
    "ref",
    "ref_name",
    "ref_type",
    "repository",
    "repository_id",
    "repository_owner",
    "repository_owner_id",
    "retention_days",
    "run_attempt",
    "run_id",
    "run_number",
    "server_url",
    "sha",
    "triggering_actor",
    "workflow",
    "workflow_ref",
    "workflow_sha",
  ];
  return {
    // The machine's own PATH is the one thing that a job shares with the sandbox: its tools are there.
    PATH: process.env.PATH ?? "/usr/local/bin:/usr/bin:/bin",
    HOME: places.home,
    LANG: "C.UTF-8",
    CI: "true",
    GITHUB_ACTIONS: "true",
    ...Object.fromEntries(named.map((name) => [`GITHUB_${name.toUpperCase()}`, String(context[name] ?? "")])),
    GITHUB_REF_PROTECTED: "false",
    GITHUB_JOB: jobKey,
    GITHUB_EVENT_PATH: places.eventPath,
    GITHUB_WORKSPACE: places.workspace,
    RUNNER_OS: "Linux",
    RUNNER_ARCH: process.arch === "arm64" ? "ARM64" : "X64",
    RUNNER_NAME: "sandbox",
    RUNNER_ENVIRONMENT: "self-hosted",
    RUNNER_TEMP: places.temp,
    RUNNER_TOOL_CACHE: places.tools,
  };
}

export const runnerContext = (places: JobPlaces): Record<string, unknown> => ({
  os: "Linux",
  arch: process.arch === "arm64" ? "ARM64" : "X64",
  name: "sandbox",
  environment: "self-hosted",
  temp: places.temp,
  tool_cache: places.tools,
  debug: "",
});

/** Claims of an id token, as GitHub's documentation lists them; all are text. */
export function identityClaims(
  facts: RunFacts,
  workflow: LoadedWorkflow,
  audience: string | null,
): Record<string, unknown> {
  const context = githubContext(facts);
  const { repository, event } = facts;
  const name = `${repository.owner}/${repository.name}`;
  const subject = event.name === "pull_request" ? "pull_request" : `ref:${event.ref}`;
  const copied = [
    "actor",
    "actor_id",
    "base_ref",
    "event_name",
    "head_ref",
    "ref",
    "ref_type",
    "repository",
    "repository_id",
    "repository_owner",
    "repository_owner_id",
    "run_attempt",
    "run_id",
    "run_number",
    "sha",
    "workflow",
    "workflow_ref",
    "workflow_sha",
  ];
  return {
    ...Object.fromEntries(copied.map((key) => [key, String(context[key] ?? "")])),
    sub: `repo:${name}:${subject}`,
    aud: audience ?? `${facts.host.serverUrl}/${repository.owner}`,
    repository_visibility: repository.private ? "private" : "public",
    runner_environment: "self-hosted",
    job_workflow_ref: workflow.workflowRef,
    job_workflow_sha: workflow.source.sha,
  };
}
