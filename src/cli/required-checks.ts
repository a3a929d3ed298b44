/** Checks that a repository's own CI reports on pull requests: the names of its `pull_request` jobs. */
import { passes } from "../sandbox/actions/glob.ts";
import { readWorkflow, type WorkflowFile } from "../sandbox/actions/workflow-file.ts";
import type { Sandbox } from "../sandbox/index.ts";
import type { Repository } from "../sandbox/world/state.ts";
import { type CheckNames, namesOfJobs } from "./check-names.ts";

export interface RequiredChecks {
  readonly checks: readonly string[];
  /** What is left out, and why. */
  readonly notices: readonly string[];
}

const FOLDER = ".github/workflows";

export async function requiredChecksOf(sandbox: Sandbox, repository: Repository): Promise<RequiredChecks> {
  const store = sandbox.services.stores.get(repository.id);
  const head = repository.refs.get(`refs/heads/${repository.defaultBranch}`);
  if (!store || head === undefined) return { checks: [], notices: [] };
  const folder = await store.entryAt(head, FOLDER);
  const entries = folder?.type === "tree" ? ((await store.readTree(folder.sha)) ?? []) : [];
  const files = new Map<string, WorkflowFile>();
  const notices: string[] = [];
  for (const entry of entries) {
    if (entry.type !== "blob" || !/\.ya?ml$/.test(entry.path)) continue;
    const path = `${FOLDER}/${entry.path}`;
    const content = (await store.readBlob(entry.sha))?.toString("utf8") ?? "";
    const parsed = await readWorkflow(path, content);
    if (parsed.kind === "invalid") {
      notices.push(`${path} is not valid here and does not run: ${parsed.message.split("\n")[0]}`);
    } else files.set(path, parsed.file);
  }
  const found = [...files.values()].map((file) => checksOf(file, files, repository.defaultBranch));
  return {
    checks: [...new Set(found.flatMap(({ names }) => names))],
    notices: [...notices, ...found.flatMap((one) => one.notices)],
  };
}

/** Filters of `pull_request`, as the parser reads them. */
interface PullFilter {
  readonly types?: readonly string[];
  readonly branches?: readonly string[];
  readonly "branches-ignore"?: readonly string[];
  readonly paths?: readonly string[];
  readonly "paths-ignore"?: readonly string[];
}

/** A check that is required and never comes keeps every pull request from its merge: each has to come for sure. */
function checksOf(file: WorkflowFile, files: ReadonlyMap<string, WorkflowFile>, branch: string): CheckNames {
  const filter = file.on.pull_request as PullFilter | undefined;
  if (filter === undefined || !isFor(filter, branch)) return { names: [], notices: [] };
  if (filter.paths || filter["paths-ignore"]) {
    return { names: [], notices: [`${file.path} runs for some paths only: its jobs are not required`] };
  }
  const { names, notices } = namesOfJobs(file, files, {
    github: { event_name: "pull_request", base_ref: branch },
  });
  return { names, notices: notices.map((notice) => `${file.path}: ${notice}`) };
}

/** Whether it starts for a new pull request into the branch, and for each new head of it. */
function isFor({ types, branches, "branches-ignore": ignored }: PullFilter, branch: string): boolean {
  if (types && !["opened", "synchronize"].every((type) => types.includes(type))) return false;
  if (branches && !passes(branches, branch)) return false;
  return !(ignored && passes(ignored, branch));
}
