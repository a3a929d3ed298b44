/**
 * The line between GitHub Actions (engine and runner, this folder) and the rest of the sandbox.
 * The engine decides what runs, runs it, and keeps runs, jobs, logs and artifacts;
 * the host gives it repositories, tokens, secrets and identities, and hears of every change.
 */
import type { SandboxClock } from "../clock.ts";
import type { GitStore, Person, Sha } from "../git/store.ts";

/** Levels that a workflow may ask of its token, by GitHub's names with hyphens (`pull-requests`, `id-token`). */
export type Permissions = Readonly<Record<string, "read" | "write" | "none">>;

export interface ActionsRepository {
  readonly id: number;
  readonly owner: string;
  readonly ownerId: number;
  readonly name: string;
  readonly private: boolean;
  readonly defaultBranch: string;
  readonly store: GitStore;
}

export interface ActionsUser {
  readonly id: number;
  readonly login: string;
  readonly type: "User" | "Bot";
}

/** Something happened that may start workflows: one of GitHub's events, with its webhook payload. */
export interface TriggerEvent {
  readonly repository: ActionsRepository;
  /** `push`, `pull_request`, `workflow_dispatch`, `issues`, … */
  readonly name: string;
  /** Activity type (`opened`, `synchronize`, …), where the event has one. */
  readonly action?: string;
  /** Full ref: `refs/heads/main`, `refs/pull/3/merge`. */
  readonly ref: string;
  /** Commit whose workflow files count, and that `github.sha` names. */
  readonly sha: Sha;
  /** Branch and commit that run and checks are shown on (head of the pull request, or as above). */
  readonly headBranch: string;
  readonly headSha: Sha;
  readonly actor: ActionsUser;
  /** The webhook payload: `github.event`. */
  readonly payload: Readonly<Record<string, unknown>>;
  /** `workflow_dispatch` and `schedule`: the one workflow file. */
  readonly workflowPath?: string;
  /** `workflow_dispatch` only, as strings. */
  readonly inputs?: Readonly<Record<string, string>>;
}

export type RunStatus = "queued" | "pending" | "waiting" | "in_progress" | "completed";
export type Conclusion =
  | "success"
  | "failure"
  | "cancelled"
  | "skipped"
  | "timed_out"
  | "startup_failure"
  | "neutral"
  | "action_required";

/** What a job says about a place in the code, or about itself; shown on its check run. */
export interface Annotation {
  readonly level: "notice" | "warning" | "failure";
  readonly message: string;
  readonly title: string;
  /** Relative to the repository; `.github` where it is about no file. */
  readonly path: string;
  /** From 1; of one about no file, the line of the log. */
  readonly startLine: number;
  readonly endLine: number;
  readonly startColumn: number | null;
  readonly endColumn: number | null;
}

export interface StepRecord {
  /** With its expressions evaluated, once the step runs. */
  name: string;
  readonly number: number;
  status: RunStatus;
  conclusion: Conclusion | null;
  startedAt: number | null;
  completedAt: number | null;
}

export interface JobRecord {
  readonly id: number;
  readonly runId: number;
  readonly runAttempt: number;
  /** As the web page shows it; `caller / callee` for jobs of reusable workflows. */
  name: string;
  /** Key in the workflow file; `caller.callee` for jobs of reusable workflows. */
  readonly key: string;
  /** File that defines the job, `owner/repo/path@ref` for a reusable workflow, `path` otherwise. */
  readonly definedIn: string;
  status: RunStatus;
  conclusion: Conclusion | null;
  readonly createdAt: number;
  startedAt: number | null;
  completedAt: number | null;
  /** Host's id for the check run that shows this job. */
  checkRunId: number | null;
  readonly steps: StepRecord[];
  readonly annotations: Annotation[];
  readonly labels: readonly string[];
}

export interface RunRecord {
  readonly id: number;
  readonly repositoryId: number;
  readonly workflowId: number;
  readonly workflowPath: string;
  readonly workflowName: string;
  /** `run-name`, or what GitHub puts in its place. */
  readonly displayTitle: string;
  readonly runNumber: number;
  attempt: number;
  readonly event: string;
  readonly ref: string;
  readonly sha: Sha;
  readonly headBranch: string;
  readonly headSha: Sha;
  readonly actor: ActionsUser;
  /** Who started this attempt: differs from `actor` on a re-run. */
  triggeringActor: ActionsUser;
  status: RunStatus;
  conclusion: Conclusion | null;
  readonly createdAt: number;
  runStartedAt: number;
  updatedAt: number;
  /** Jobs of the current attempt; earlier ones under `attempts`. */
  jobs: JobRecord[];
  /** Numbers of the pull requests whose head this is. */
  readonly pullRequests: readonly number[];
  /** Why the run could not start, in words for the person who reads it. */
  startupError: string | null;
}

export interface WorkflowRecord {
  readonly id: number;
  readonly repositoryId: number;
  readonly path: string;
  name: string;
  state: "active" | "deleted" | "disabled_manually";
  readonly createdAt: number;
  updatedAt: number;
}

/** What the engine asks of the sandbox. */
export interface ActionsHost {
  readonly clock: SandboxClock;
  /** Base addresses as jobs see them, without trailing slash (`GITHUB_SERVER_URL`, `GITHUB_API_URL`, `GITHUB_GRAPHQL_URL`). */
  readonly serverUrl: string;
  readonly apiUrl: string;
  /** Where the engine keeps job directories, logs and artifacts. */
  readonly directory: string;

  nextId(kind: "run" | "job" | "workflow" | "artifact"): number;
  /** `undefined` where it does not exist or may not be used from `by` (a private action of another owner). */
  findRepository(owner: string, name: string, by: ActionsRepository): ActionsRepository | undefined;
  repository(id: number): ActionsRepository | undefined;
  repositories(): readonly ActionsRepository[];
  /** Actor and payload of a `schedule` event; `author`: who last changed the workflow file. */
  scheduled(
    repositoryId: number,
    cron: string,
    workflowPath: string,
    author: Person | undefined,
  ): { readonly actor: ActionsUser; readonly payload: Readonly<Record<string, unknown>> };
  /** Token with exactly these permissions on this repository, valid until `revokeJobToken` or 24 hours. */
  mintJobToken(input: {
    repositoryId: number;
    permissions: Permissions;
    runId: number;
    jobId: number;
  }): string;
  revokeJobToken(token: string): void;
  /** Signed JWT for `ACTIONS_ID_TOKEN_REQUEST_URL`; the engine supplies GitHub's claims, the host issuer, times and signature. */
  signIdToken(claims: Readonly<Record<string, unknown>>): Promise<string>;
  secrets(repositoryId: number): Readonly<Record<string, string>>;
  variables(repositoryId: number): Readonly<Record<string, string>>;
  /** A change that GitHub shows and sends no webhook for. */
  keepRun(run: RunRecord): void;
  /** Called after every change of a run or job, so that the host can keep check runs and send webhooks. */
  onRun(run: RunRecord, action: "requested" | "in_progress" | "completed"): void;
  onJob(run: RunRecord, job: JobRecord, action: "queued" | "in_progress" | "completed"): void;
  /** A job's first step is about to start: the moment in which, say, an agent begins. For the log of what landed. */
  onJobStarted(run: RunRecord, job: JobRecord): void;
}

export interface DispatchError {
  /** HTTP status that the API answers. */
  readonly status: 404 | 422;
  readonly message: string;
}

/** What the sandbox's API asks of the engine. */
export interface ActionsEngine {
  /** Starts every workflow that the event matches (for `workflow_dispatch`: exactly the named one). Returns the runs. */
  trigger(event: TriggerEvent): Promise<readonly RunRecord[]>;
  /** Checks a dispatch as GitHub does before it answers: file there, `workflow_dispatch` trigger, required and unknown inputs. */
  checkDispatch(
    repository: ActionsRepository,
    path: string,
    sha: Sha,
    inputs: Readonly<Record<string, unknown>>,
  ): Promise<DispatchError | undefined>;
  workflows(repositoryId: number): Promise<readonly WorkflowRecord[]>;
  /** Newest first. */
  runs(repositoryId: number): readonly RunRecord[];
  run(repositoryId: number, runId: number): RunRecord | undefined;
  /** A run as it was in one attempt; the current one included. */
  attempt(repositoryId: number, runId: number, attempt: number): RunRecord | undefined;
  job(repositoryId: number, jobId: number): { run: RunRecord; job: JobRecord } | undefined;
  /** `false`: nothing to cancel (409 on the API). `force` skips `always()` jobs. */
  cancel(repositoryId: number, runId: number, mode: "ask" | "force"): boolean;
  /** New attempt of a finished run. `failed`: jobs that succeeded are not run again, their outputs are reused. */
  rerun(repositoryId: number, runId: number, scope: "all" | "failed", actor: ActionsUser): boolean;
  /** Text of one job's log, timestamps as on GitHub, secrets masked. */
  jobLog(jobId: number): string | undefined;
  /** What a job's steps wrote to `GITHUB_STEP_SUMMARY`, secrets masked. */
  summary(jobId: number): string | undefined;
  /** Names and bytes of a run's artifacts. */
  artifacts(runId: number): readonly {
    readonly id: number;
    readonly name: string;
    readonly sizeInBytes: number;
    readonly createdAt: number;
    readonly digest: string;
  }[];
  /** Directory with an artifact's files, for download and for tests that tamper with it. */
  artifactDirectory(runId: number, name: string): string | undefined;
  /** Kills a running job's processes as a lost machine would: no further step, no conclusion by the job itself. After `noticeMs` on the clock the engine calls the job failed. */
  loseRunner(jobId: number, noticeMs: number): boolean;
  /** Lines that jobs print, as they print them (masked), for live displays. */
  onLine(
    listener: (line: {
      readonly runId: number;
      readonly jobId: number;
      readonly job: string;
      readonly text: string;
    }) => void,
  ): () => void;
  /** Serves job-side requests (`/_services/…`: id tokens). `undefined`: not the engine's. */
  handle(request: {
    readonly method: string;
    readonly path: string;
    readonly query: URLSearchParams;
    readonly headers: Readonly<Record<string, string | undefined>>;
  }): Promise<{ readonly status: number; readonly body: unknown } | undefined>;
  /** Ends all processes and takes no more work. */
  stop(): Promise<void>;
}
