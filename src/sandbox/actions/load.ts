/**
 * Loading of a workflow with all that it calls, before anything runs: a called file that is missing or not
 * valid, an unknown input, a permission that the caller does not have, each keeps the run from starting.
 */
import { checkCallInputs } from "./inputs.ts";
import { isString } from "./library.ts";
import { DEFAULT_PERMISSIONS, excess } from "./permissions.ts";
import type { ActionsHost, ActionsRepository, Permissions } from "./port.ts";
import { entries, text, WorkflowError } from "./tokens.ts";
import { type JobDefinition, readWorkflow, type WorkflowFile } from "./workflow-file.ts";

/** A file at the commit from which it was read; `$/…` and the `job.workflow_*` context mean this one. */
export interface Source {
  readonly repository: ActionsRepository;
  readonly sha: string;
  /** Full ref where it is known, else as written behind the `@`. */
  readonly ref: string;
}

export interface LoadedWorkflow {
  readonly source: Source;
  readonly file: WorkflowFile;
  /** Called workflows by job key. */
  readonly calls: ReadonlyMap<string, LoadedWorkflow>;
  /** As a called job's `job_workflow_ref` claim has it: `owner/repo/path@ref`. */
  readonly workflowRef: string;
  /** What jobs get that name no permissions of their own. */
  readonly permissions: Permissions;
}

const MAX_DEPTH = 10;

/** Text of a file at a commit; `undefined` where there is none. */
export async function readText(source: Source, path: string): Promise<string | undefined> {
  const entry = await source.repository.store.entryAt(source.sha, path);
  if (entry?.type !== "blob") return undefined;
  return (await source.repository.store.readBlob(entry.sha))?.toString("utf8");
}

/** A ref as written (`v1`, `main`, `refs/heads/main`, a full sha), found as GitHub does: tags before branches. */
export async function resolveRef(
  repository: ActionsRepository,
  written: string,
): Promise<{ readonly sha: string; readonly ref: string } | undefined> {
  for (const ref of [written, `refs/tags/${written}`, `refs/heads/${written}`]) {
    if (!ref.startsWith("refs/")) continue;
    const found = await repository.store.readRef(ref);
    const commit = found && (await repository.store.commitBehind(found));
    if (commit) return { sha: commit, ref };
  }
  if (/^[0-9a-f]{40}$/.test(written) && (await repository.store.objectType(written)) === "commit") {
    return { sha: written, ref: written };
  }
  return undefined;
}

export const workflowRefOf = (source: Source, path: string): string =>
  `${source.repository.owner}/${source.repository.name}/${path}@${source.ref}`;

/** Loads what the file's jobs call, at any depth. Throws `WorkflowError` with GitHub's words. */
export async function loadCalls(
  host: ActionsHost,
  source: Source,
  file: WorkflowFile,
  allowed: Permissions | undefined,
  depth = 1,
): Promise<LoadedWorkflow> {
  const permissions = file.permissions ?? allowed ?? DEFAULT_PERMISSIONS;
  const calls = new Map<string, LoadedWorkflow>();
  for (const job of file.jobs) {
    if (job.uses === undefined) continue;
    calls.set(job.key, await loadCall(host, source, file, job, job.permissions ?? permissions, depth));
  }
  return { source, file, calls, workflowRef: workflowRefOf(source, file.path), permissions };
}

async function loadCall(
  host: ActionsHost,
  source: Source,
  caller: WorkflowFile,
  job: JobDefinition,
  allowed: Permissions,
  depth: number,
): Promise<LoadedWorkflow> {
  const where = `The workflow is not valid. ${caller.path} ${job.place}`;
  const uses = job.uses ?? "";
  if (depth > MAX_DEPTH) {
    throw new WorkflowError(
      `${where}Exceeded the maximum depth of ${MAX_DEPTH} nested workflows at '${uses}'.`,
    );
  }
  const found = await locate(host, source, uses, where);
  const content = await readText(found.source, found.path);
  if (content === undefined) {
    throw new WorkflowError(`${where}error parsing called workflow "${uses}": workflow was not found.`);
  }
  const label = `${found.source.repository.owner}/${found.source.repository.name}/${found.path}@${found.written}`;
  const parsed = await readWorkflow(found.path, content);
  if (parsed.kind === "invalid") {
    throw new WorkflowError(`${where}error parsing called workflow "${uses}": ${parsed.message}`);
  }
  try {
    if (parsed.file.refused !== undefined) throw new WorkflowError(parsed.file.refused);
    checkCall(job, parsed.file);
    checkPermissions(parsed.file, allowed);
  } catch (error) {
    if (!(error instanceof WorkflowError)) throw error;
    throw new WorkflowError(`${where}Error calling workflow '${label}'. ${error.message}`);
  }
  return loadCalls(host, found.source, parsed.file, allowed, depth + 1);
}

interface Located {
  readonly source: Source;
  readonly path: string;
  readonly written: string;
}

async function locate(host: ActionsHost, source: Source, uses: string, where: string): Promise<Located> {
  const own = /^(?:\.|\$)\/(\.github\/workflows\/[^/@]+\.ya?ml)$/.exec(uses);
  if (own) return { source, path: own[1]!, written: source.sha };
  const other = /^([^/@]+)\/([^/@]+)\/(\.github\/workflows\/[^/@]+\.ya?ml)@(.+)$/.exec(uses);
  if (!other) {
    throw new WorkflowError(`${where}invalid value workflow reference: '${uses}' names no workflow file`);
  }
  const [, owner, name, path, written] = other as unknown as [string, string, string, string, string];
  const repository = host.findRepository(owner, name, source.repository);
  const resolved = repository && (await resolveRef(repository, written));
  if (!repository || !resolved) {
    throw new WorkflowError(`${where}error parsing called workflow "${uses}": workflow was not found.`);
  }
  return { source: { repository, ...resolved }, path, written };
}

function checkCall(job: JobDefinition, called: WorkflowFile): void {
  if (!called.call)
    throw new WorkflowError("The workflow is not reusable as it is missing a `on.workflow_call` trigger.");
  checkCallInputs(
    called.call.inputs,
    entries(job.with).map(([name]) => name),
  );
  if (job.secrets && isString(job.secrets) && text(job.secrets) === "inherit") return;
  const given = entries(job.secrets).map(([name]) => name.toUpperCase());
  const known = Object.keys(called.call.secrets).map((name) => name.toUpperCase());
  const unknown = given.find((name) => !known.includes(name));
  if (unknown)
    throw new WorkflowError(`Invalid secret, ${unknown} is not defined in the referenced workflow.`);
  for (const [name, secret] of Object.entries(called.call.secrets)) {
    if (secret.required && !given.includes(name.toUpperCase())) {
      throw new WorkflowError(`Secret ${name} is required, but not provided while calling.`);
    }
  }
}

/** A called workflow and its jobs may ask for no more than the calling job has. */
function checkPermissions(called: WorkflowFile, allowed: Permissions): void {
  const whole = called.permissions && excess(called.permissions, allowed);
  if (whole) {
    throw new WorkflowError(
      `The workflow is requesting '${whole.asked}', but is only allowed '${whole.allowed}'.`,
    );
  }
  for (const job of called.jobs) {
    const beyond = job.permissions && excess(job.permissions, allowed);
    if (beyond) {
      throw new WorkflowError(
        `The nested job '${job.key}' is requesting '${beyond.asked}', but is only allowed '${beyond.allowed}'.`,
      );
    }
  }
}
