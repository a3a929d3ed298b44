/** Something that happened on the sandbox and that apps and workflows may want to hear of. */
import type { Sha } from "../git/store.ts";

/** Commit and ref that workflows for the event run on. */
export interface WorkflowTrigger {
  readonly ref: string;
  readonly sha: Sha;
  readonly headBranch: string;
  readonly headSha: Sha;
}

export interface SandboxEvent {
  /** `issues`, `pull_request`, `push`, … */
  readonly event: string;
  readonly action?: string;
  /** `null` for events without a repository (`installation`). */
  readonly repositoryId: number | null;
  /** The payload without `action`, `repository`, `organization`, `installation` and `sender`, which are added. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** Set: workflows may start, on this commit. `default-branch`: on the head of the default branch (`issues`, …). */
  readonly workflows?: WorkflowTrigger | "default-branch";
  /** Only this app hears of it (`check_run` with `requested_action`, …). */
  readonly onlyAppId?: number;
  /** Only this installation hears of it (`installation`, `installation_repositories`). */
  readonly onlyInstallationId?: number;
}
