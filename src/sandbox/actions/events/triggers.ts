/** Whether an event starts a workflow: `on`, activity types, and filters of branches, tags and paths. */
import { passes } from "../glob.ts";
import type { TriggerEvent } from "../port.ts";
import type { WorkflowFile } from "../workflow-file.ts";

/** Filters of one event, as the parser reads them. */
interface EventFilter {
  readonly types?: readonly string[];
  readonly branches?: readonly string[];
  readonly "branches-ignore"?: readonly string[];
  readonly tags?: readonly string[];
  readonly "tags-ignore"?: readonly string[];
  readonly paths?: readonly string[];
  readonly "paths-ignore"?: readonly string[];
  readonly workflows?: readonly string[];
}

/** Activity types that count where a workflow names none; all of them for any other event. */
const DEFAULT_TYPES: Readonly<Record<string, readonly string[]>> = {
  pull_request: ["opened", "synchronize", "reopened"],
  pull_request_target: ["opened", "synchronize", "reopened"],
};

const SKIP_WORDS = ["[skip ci]", "[ci skip]", "[no ci]", "[skip actions]", "[actions skip]"];

/** Whether the event starts this workflow. Reads the store where paths are filtered. */
export async function matches(event: TriggerEvent, file: WorkflowFile): Promise<boolean> {
  if (event.name === "workflow_dispatch") {
    return event.workflowPath === file.path && file.dispatchInputs !== undefined;
  }
  if (event.name === "schedule") return event.workflowPath === file.path && file.on.schedule !== undefined;
  const filter = file.on[event.name] as EventFilter | undefined;
  if (filter === undefined) return false;
  if (!typeMatches(event, filter)) return false;
  if (!refMatches(event, filter)) return false;
  if (event.name === "workflow_run" && filter.workflows) {
    const name = (event.payload.workflow_run as { name?: string } | undefined)?.name ?? "";
    if (!passes(filter.workflows, name)) return false;
  }
  return pathsMatch(event, filter);
}

/** A trailer that asks for the same, after an empty line at the message's end. */
const SKIP_TRAILER = /\n\nskip-checks: ?true\s*$/;

/** `[skip ci]` and its kin in the head commit's message: no workflow of `push` or `pull_request` starts. */
export async function asksToSkip(event: TriggerEvent): Promise<boolean> {
  if (event.name !== "push" && event.name !== "pull_request") return false;
  const commit = await event.repository.store.readCommit(event.headSha);
  const message = commit?.message ?? "";
  return SKIP_WORDS.some((word) => message.includes(word)) || SKIP_TRAILER.test(message);
}

function typeMatches(event: TriggerEvent, filter: EventFilter): boolean {
  const types = filter.types ?? DEFAULT_TYPES[event.name];
  return types === undefined || event.action === undefined || types.includes(event.action);
}

function refMatches(event: TriggerEvent, filter: EventFilter): boolean {
  switch (event.name) {
    case "push":
      return pushedRefMatches(event.ref, filter);
    case "pull_request":
    case "pull_request_target": {
      const pull = event.payload.pull_request as { base?: { ref?: string } } | undefined;
      return nameMatches(filter.branches, filter["branches-ignore"], pull?.base?.ref ?? "");
    }
    case "merge_group": {
      const group = event.payload.merge_group as { base_ref?: string } | undefined;
      const base = (group?.base_ref ?? "").replace(/^refs\/heads\//, "");
      return nameMatches(filter.branches, filter["branches-ignore"], base);
    }
    case "workflow_run": {
      const run = event.payload.workflow_run as { head_branch?: string } | undefined;
      return nameMatches(filter.branches, filter["branches-ignore"], run?.head_branch ?? "");
    }
    default:
      return true;
  }
}

/** With filters for branches only, no tag starts the workflow, and the reverse. */
function pushedRefMatches(ref: string, filter: EventFilter): boolean {
  const branchFilter = filter.branches ?? filter["branches-ignore"];
  const tagFilter = filter.tags ?? filter["tags-ignore"];
  if (ref.startsWith("refs/heads/")) {
    if (!branchFilter && tagFilter) return false;
    return nameMatches(filter.branches, filter["branches-ignore"], ref.slice("refs/heads/".length));
  }
  if (ref.startsWith("refs/tags/")) {
    if (!tagFilter && branchFilter) return false;
    return nameMatches(filter.tags, filter["tags-ignore"], ref.slice("refs/tags/".length));
  }
  return false;
}

function nameMatches(
  only: readonly string[] | undefined,
  ignored: readonly string[] | undefined,
  name: string,
): boolean {
  if (only) return passes(only, name);
  return !(ignored && passes(ignored, name));
}

async function pathsMatch(event: TriggerEvent, filter: EventFilter): Promise<boolean> {
  const { paths, "paths-ignore": ignored } = filter;
  if (!paths && !ignored) return true;
  if (event.ref.startsWith("refs/tags/")) return true;
  const changed = await changedPaths(event);
  if (changed === undefined) return true;
  if (paths) return changed.some((path) => passes(paths, path));
  return changed.some((path) => !passes(ignored ?? [], path));
}

/** Paths that the event changes; `undefined` where there is nothing to compare with. */
async function changedPaths(event: TriggerEvent): Promise<readonly string[] | undefined> {
  const { store, defaultBranch } = event.repository;
  const names = async (from: string, to: string): Promise<string[]> =>
    (await store.diff(from, to)).flatMap((file) => [
      file.path,
      ...(file.previousPath ? [file.previousPath] : []),
    ]);
  if (event.name === "push") {
    const before = String(event.payload.before ?? "");
    if (/^[0-9a-f]{40}$/.test(before) && !/^0+$/.test(before)) return names(before, event.headSha);
    const base = await store.readRef(`refs/heads/${defaultBranch}`);
    const fork = base && (await store.mergeBase(base, event.headSha));
    return fork && fork !== event.headSha ? names(fork, event.headSha) : undefined;
  }
  const pull = event.payload.pull_request as { base?: { sha?: string } } | undefined;
  if (!pull?.base?.sha) return undefined;
  const fork = await store.mergeBase(pull.base.sha, event.headSha);
  return fork === undefined ? undefined : names(fork, event.headSha);
}
