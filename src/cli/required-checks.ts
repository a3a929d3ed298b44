/** Checks that a repository's own CI reports on pull requests: the names of its `pull_request` jobs. */
import { combinationsOf } from "../sandbox/actions/matrix.ts";
import { field, literal, text } from "../sandbox/actions/tokens.ts";
import { type JobDefinition, readWorkflow } from "../sandbox/actions/workflow-file.ts";
import type { Sandbox } from "../sandbox/index.ts";
import type { Repository } from "../sandbox/world/state.ts";

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
  const files = folder?.type === "tree" ? ((await store.readTree(folder.sha)) ?? []) : [];
  const checks: string[] = [];
  const notices: string[] = [];
  for (const file of files) {
    if (file.type !== "blob" || !/\.ya?ml$/.test(file.path)) continue;
    const content = (await store.readBlob(file.sha))?.toString("utf8") ?? "";
    const path = `${FOLDER}/${file.path}`;
    const parsed = await readWorkflow(path, content);
    if (parsed.kind === "invalid") {
      notices.push(`${path} is not valid here and does not run: ${parsed.message.split("\n")[0]}`);
      continue;
    }
    const filter = parsed.file.on.pull_request as { paths?: unknown; "paths-ignore"?: unknown } | undefined;
    if (filter === undefined) continue;
    if (filter.paths || filter["paths-ignore"]) {
      notices.push(`${path} runs for some paths only: its jobs are not required`);
      continue;
    }
    for (const job of parsed.file.jobs) {
      const names = namesOf(job);
      if (names) checks.push(...names);
      else notices.push(`${path}: the checks of job '${job.key}' have no name before they run: not required`);
    }
  }
  return { checks: [...new Set(checks)], notices };
}

/** `undefined`: the name depends on what is known only when it runs. */
function namesOf(job: JobDefinition): readonly string[] | undefined {
  if (job.uses !== undefined) return undefined;
  try {
    const matrix = field(job.strategy, "matrix");
    const name = text(job.name) ?? job.key;
    if (!matrix) return [name];
    if (job.name) return undefined;
    return combinationsOf(literal(matrix)).map(
      (one) => `${name} (${Object.values(one).map(String).join(", ")})`,
    );
  } catch (error) {
    // An expression: its value is not known yet.
    if ((error as Error).name === "WorkflowError") return undefined;
    throw error;
  }
}
