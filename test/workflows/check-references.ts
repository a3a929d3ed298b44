/** Types across files: what is handed over, and what is referred to, is there. */
import {
  type Action,
  actionOf,
  calledBy,
  type Files,
  type Input,
  isLocal,
  type Job,
  type Step,
  stepsOf,
  triggersOf,
  type Workflow,
  workflowOf,
} from "./files.ts";
import { type Reference, referencesIn } from "./references.ts";

/** `with` of calls by type; names and what is required is checked by GitHub's parser. */
export function calls(files: Files, path: string): readonly string[] {
  const workflow = workflowOf(files, path);
  return Object.entries(workflow.jobs).flatMap(([name, job]) => {
    if (job.uses === undefined) return [];
    const called = calledBy(files, job);
    if (called === undefined) return [`job '${name}' calls ${job.uses}, which is not of this repository`];
    const known = triggersOf(workflowOf(files, called)).workflow_call?.inputs ?? {};
    return Object.entries(job.with ?? {}).flatMap(([input, value]) => {
      const [given, wanted] = [typeOf(workflow, value), known[input]?.type];
      if (wanted === undefined || given === undefined || given === wanted) return [];
      return [`job '${name}' gives '${input}' as a ${given}, a ${wanted} is wanted`];
    });
  });
}

/** Of a scalar, of a lone `${{ inputs.x }}`, of text with expressions; `undefined`: another expression's, known in a run. */
function typeOf(workflow: Workflow, value: unknown): string | undefined {
  const expression = /^\$\{\{((?:(?!\}\}).)*)\}\}$/s.exec(String(value))?.[1];
  if (expression === undefined) return typeof value;
  const name = /^\s*inputs\.([\w-]+)\s*$/.exec(expression)?.[1];
  return name === undefined ? undefined : (inputsOf(workflow)[name]?.type ?? "string");
}

/** Inputs of all triggers that have some. */
const inputsOf = (workflow: Workflow): Readonly<Record<string, Input>> =>
  Object.assign({}, ...Object.values(triggersOf(workflow)).map((trigger) => trigger?.inputs));

/** `with` of this repository's own actions against their `action.yml`: a runner only warns of a wrong name. */
export function actionInputs(files: Files, path: string): readonly string[] {
  return stepsOf(workflowOf(files, path)).flatMap(({ name, step }) => {
    if (!isLocal(step)) return [];
    const action = actionOf(files, step);
    if (!action) return [`job '${name}' uses ${step.uses}, which is not there`];
    const [known, given] = [action.inputs ?? {}, step.with ?? {}];
    const wrong = Object.keys(given).filter((input) => !(input in known));
    const missing = Object.entries(known).flatMap(([input, { required, default: fallback }]) =>
      required && fallback === undefined && !(input in given) ? [input] : [],
    );
    return [
      ...wrong.map((input) => `job '${name}' gives '${input}', which ${step.uses} does not take`),
      ...missing.map((input) => `job '${name}' does not give '${input}' to ${step.uses}`),
    ];
  });
}

/** Every input, secret and output that an expression names. */
export function references(files: Files, path: string): readonly string[] {
  const workflow = workflowOf(files, path);
  const { jobs, ...rest } = workflow;
  const shared = referencesIn(rest).flatMap((one) => sharedProblem(files, workflow, one));
  const inJobs = Object.entries(jobs).flatMap(([name, job]) =>
    jobProblems(files, workflow, job).map((problem) => `job '${name}': ${problem}`),
  );
  return [...shared, ...inJobs];
}

function jobProblems(files: Files, workflow: Workflow, job: Job): readonly string[] {
  const { steps = [], ...rest } = job;
  const problems = (part: unknown, before: readonly Step[]) =>
    referencesIn(part).flatMap((one) => [
      ...sharedProblem(files, workflow, one),
      ...needsProblem(files, workflow, job, one),
      ...stepsProblem(files, before, one),
    ]);
  return [...problems(rest, steps), ...steps.flatMap((step, at) => problems(step, steps.slice(0, at)))];
}

function sharedProblem(files: Files, workflow: Workflow, reference: Reference): readonly string[] {
  const [context, name = "", field, output = ""] = reference;
  const unknown = [`'${reference.join(".")}' is not there`];
  switch (context) {
    case "inputs":
      return name === "" || name in inputsOf(workflow) ? [] : unknown;
    case "secrets":
      return name === "GITHUB_TOKEN" ? [] : [`'${reference.join(".")}' is a secret, and none is taken`];
    case "jobs":
      return field !== "outputs" || has(outputsOf(files, workflow.jobs[name]), output) ? [] : unknown;
    default:
      return [];
  }
}

const has = (outputs: object | undefined, name: string): boolean =>
  outputs !== undefined && Object.hasOwn(outputs, name);

/** Outputs of a job; of a call, those of the called workflow. */
function outputsOf(files: Files, job: Job | undefined): object | undefined {
  const called = job && calledBy(files, job);
  if (called === undefined) return job?.outputs;
  return triggersOf(workflowOf(files, called)).workflow_call?.outputs;
}

/** Only the jobs that are named in `needs` itself have a context there. */
function needsProblem(files: Files, workflow: Workflow, job: Job, reference: Reference): readonly string[] {
  const [context, name, field, output = ""] = reference;
  if (context !== "needs" || name === undefined) return [];
  if (![job.needs ?? []].flat().includes(name))
    return [`'${reference.join(".")}' is not of a job in 'needs'`];
  if (field !== "outputs" || has(outputsOf(files, workflow.jobs[name]), output)) return [];
  return [`'${reference.join(".")}' is not an output of that job`];
}

function stepsProblem(files: Files, before: readonly Step[], reference: Reference): readonly string[] {
  const [context, id, field, output = ""] = reference;
  if (context !== "steps" || id === undefined) return [];
  const step = before.find((one) => one.id === id);
  if (!step) return [`'${reference.join(".")}' is not of a step before`];
  if (field !== "outputs" || writes(actionOf(files, step), step, output)) return [];
  return [`'${reference.join(".")}' is not an output of that step`];
}

/** What other people's actions give out is not known here, and so not taken. */
function writes(action: Action | undefined, step: Step, output: string): boolean {
  if (step.run !== undefined) return step.run.includes(`${output}=`) && step.run.includes("GITHUB_OUTPUT");
  return has(action?.outputs, output);
}
