/** What the jobs of a workflow will be called as checks, as far as that is known before they run. */
import { type Contexts, evaluateIf } from "../sandbox/actions/expressions.ts";
import { strategyContexts, strategyOf, titleOf } from "../sandbox/actions/job-terms.ts";
import { isBasicExpression } from "../sandbox/actions/library.ts";
import { field, isWorkflowError, literal } from "../sandbox/actions/tokens.ts";
import type { JobDefinition, WorkflowFile } from "../sandbox/actions/workflow-file.ts";

export interface CheckNames {
  readonly names: readonly string[];
  /** What is left out, and why. */
  readonly notices: readonly string[];
}

/** As deep as GitHub lets workflows call each other. */
const MOST_CALLS = 10;

/** Names of all jobs, and of those of workflows that they call in the same repository (`caller / callee`). `known`: contexts of a pull request. */
export function namesOfJobs(
  file: WorkflowFile,
  files: ReadonlyMap<string, WorkflowFile>,
  known: Contexts,
  depth = 1,
): CheckNames {
  const names: string[] = [];
  const notices: string[] = [];
  for (const job of file.jobs) {
    const titles = titlesOf(job);
    const called = job.uses === undefined ? undefined : files.get(job.uses.replace(/^\.\//, ""));
    if (!comes(job, file.jobs, known)) {
      notices.push(`job '${job.key}' runs under a condition only: not required`);
    } else if (titles === undefined || (job.uses !== undefined && !called) || depth > MOST_CALLS) {
      notices.push(`the checks of job '${job.key}' have no name before they run: not required`);
    } else if (called) {
      const inner = namesOfJobs(called, files, known, depth + 1);
      names.push(...titles.flatMap((title) => inner.names.map((name) => `${title} / ${name}`)));
      notices.push(...inner.notices.map((notice) => `${job.key}: ${notice}`));
    } else {
      names.push(...titles);
    }
  }
  return { names, notices };
}

/** In a condition: whatever is not known of a pull request before there is one. */
const UNKNOWN = /\b(?:needs|inputs|vars|env|secrets)\b|\bgithub\b(?!\.(?:event_name|base_ref)\b)/;

/** Whether the job runs on every pull request: GitHub takes a skipped check for a green one, Cairn does not. */
function comes(job: JobDefinition, jobs: readonly JobDefinition[], known: Contexts): boolean {
  const condition = job.if && (isBasicExpression(job.if) ? job.if.expression : String(literal(job.if)));
  if (condition && UNKNOWN.test(condition)) return false;
  const needed = jobs.filter(({ key }) => job.needs.includes(key));
  return evaluateIf(job.if, known, {
    success: () => needed.every((one) => comes(one, jobs, known)),
    failure: () => false,
    cancelled: () => false,
  });
}

/** Contexts that are empty until it runs. */
const LATER = /\b(?:github|needs|inputs|vars|env|secrets)\b/;

/** One for each combination of its matrix; `undefined`: the names depend on what is known only when it runs. */
function titlesOf(job: JobDefinition): readonly string[] | undefined {
  if (job.name && isBasicExpression(job.name) && LATER.test(job.name.expression)) return undefined;
  try {
    const matrix = field(job.strategy, "matrix");
    if (matrix) literal(matrix);
    const strategy = strategyOf(job, {});
    return strategy.combinations.map((combination, index) =>
      titleOf(job, strategyContexts(strategy, index), combination),
    );
  } catch (error) {
    if (isWorkflowError(error)) return undefined;
    throw error;
  }
}
