/**
 * A workflow file, parsed and checked by GitHub's parser and read from its raw tree. The parser's converted
 * template is used for its checks alone: it drops `permissions`, `timeout-minutes`, `defaults`, `shell`,
 * `working-directory`, `with`, `run-name` and the outputs of `workflow_call`.
 */
import type { EventsConfig, ScheduleConfig } from "@actions/workflow-parser/model/workflow-template";
import { checkSchedule } from "./events/cron.ts";
import {
  convertWorkflowTemplate,
  isMapping,
  isSequence,
  NoOperationTraceWriter,
  parseWorkflow,
  type TemplateToken,
} from "./library.ts";
import { readPermissions } from "./permissions.ts";
import type { Permissions } from "./port.ts";
import { entries, field, literal, place, strings, text, WorkflowError } from "./tokens.ts";

/** One input of `workflow_dispatch` or `workflow_call`. */
export interface InputDefinition {
  readonly type: "string" | "boolean" | "number" | "choice" | "environment";
  readonly required: boolean;
  readonly default: TemplateToken | undefined;
  readonly options: readonly string[];
}

export interface StepDefinition {
  readonly id: string | undefined;
  readonly name?: TemplateToken;
  readonly if?: TemplateToken;
  readonly run?: TemplateToken;
  readonly uses?: string;
  readonly with?: TemplateToken;
  readonly env?: TemplateToken;
  readonly shell?: TemplateToken;
  readonly workingDirectory?: TemplateToken;
  readonly timeoutMinutes?: TemplateToken;
  readonly continueOnError?: TemplateToken;
}

export interface JobDefinition {
  readonly key: string;
  readonly place: string;
  readonly needs: readonly string[];
  readonly permissions: Permissions | undefined;
  readonly steps: readonly StepDefinition[];
  /** The reusable workflow that this job calls. */
  readonly uses: string | undefined;
  readonly with?: TemplateToken;
  readonly secrets?: TemplateToken;
  readonly name?: TemplateToken;
  readonly if?: TemplateToken;
  readonly concurrency?: TemplateToken;
  readonly strategy?: TemplateToken;
  readonly outputs?: TemplateToken;
  readonly env?: TemplateToken;
  readonly defaults?: TemplateToken;
  readonly runsOn?: TemplateToken;
  readonly timeoutMinutes?: TemplateToken;
  readonly continueOnError?: TemplateToken;
}

/** The `workflow_call` trigger. */
export interface CallDefinition {
  readonly inputs: Readonly<Record<string, InputDefinition>>;
  readonly secrets: Readonly<Record<string, { readonly required: boolean }>>;
  readonly outputs: Readonly<Record<string, TemplateToken>>;
}

export interface WorkflowFile {
  readonly path: string;
  /** `name`, or the path where there is none. */
  readonly name: string;
  readonly on: EventsConfig;
  readonly dispatchInputs: Readonly<Record<string, InputDefinition>> | undefined;
  readonly call: CallDefinition | undefined;
  readonly permissions: Permissions | undefined;
  readonly jobs: readonly JobDefinition[];
  readonly runName?: TemplateToken;
  readonly env?: TemplateToken;
  readonly defaults?: TemplateToken;
  readonly concurrency?: TemplateToken;
  /** What GitHub honours in the file and this sandbox does not, in words: a run of it fails to start. */
  readonly refused: string | undefined;
}

/** Keys that a step of a workflow or of a composite action may have here. */
const STEP_KEYS = new Set([
  "id",
  "name",
  "if",
  "run",
  "uses",
  "with",
  "env",
  "shell",
  "working-directory",
  "timeout-minutes",
  "continue-on-error",
]);

const WHY_REFUSED: Readonly<Record<string, string>> = {
  container: ": it has no containers, jobs run on the machine itself",
  services: ": it has no containers; start what the job needs in a step",
};

export type ParsedWorkflow =
  | { readonly kind: "valid"; readonly file: WorkflowFile }
  | { readonly kind: "invalid"; readonly path: string; readonly name: string; readonly message: string };

/** Keys of a job that GitHub honours and this sandbox does not: a run that has one does not start. */
const REFUSED_JOB_KEYS = new Set([
  "container",
  "services",
  "environment",
  "snapshot",
  "cancel-timeout-minutes",
]);

/** Parses one file. Whatever GitHub's parser or this engine does not accept makes it `invalid`, with the words why. */
export function readWorkflow(path: string, content: string): Promise<ParsedWorkflow> {
  const key = `${path}\n${content}`;
  const known = readBefore.get(key);
  if (known) return known;
  // The same few files are asked for again and again: at each event, of each run.
  if (readBefore.size >= MOST_KEPT) readBefore.clear();
  const read = parse(path, content);
  readBefore.set(key, read);
  return read;
}

const MOST_KEPT = 100;
const readBefore = new Map<string, Promise<ParsedWorkflow>>();

async function parse(path: string, content: string): Promise<ParsedWorkflow> {
  const parsed = parseWorkflow({ name: path, content }, new NoOperationTraceWriter());
  const name = nameOf(parsed.value) ?? path;
  const invalid = (message: string): ParsedWorkflow => ({ kind: "invalid", path, name, message });
  if (!parsed.value || parsed.context.errors.getErrors().length > 0) {
    return invalid(messages(parsed.context.errors.getErrors()));
  }
  const template = await convertWorkflowTemplate(parsed.context, parsed.value);
  if (template.errors && template.errors.length > 0) {
    return invalid(template.errors.map((error) => error.Message).join("\n"));
  }
  try {
    return { kind: "valid", file: toFile(path, name, parsed.value, template.events) };
  } catch (error) {
    if (error instanceof WorkflowError) return invalid(`${path} ${error.message}`);
    throw error;
  }
}

function messages(errors: readonly { readonly message: string }[]): string {
  return errors.map((error) => error.message).join("\n") || "The workflow file is empty.";
}

function nameOf(root: TemplateToken | undefined): string | undefined {
  const name = field(root, "name");
  return name && !isMapping(name) && !isSequence(name) ? text(name) || undefined : undefined;
}

function toFile(path: string, name: string, root: TemplateToken, events: EventsConfig): WorkflowFile {
  const on = field(root, "on");
  checkSchedules(events.schedule ?? [], field(on, "schedule"));
  return {
    path,
    name,
    on: events,
    dispatchInputs:
      events.workflow_dispatch === undefined
        ? undefined
        : readInputs(field(field(on, "workflow_dispatch"), "inputs")),
    call: events.workflow_call === undefined ? undefined : readCall(field(on, "workflow_call")),
    permissions: readPermissions(field(root, "permissions")),
    jobs: entries(field(root, "jobs")).map(([key, job]) => readJob(key, job)),
    runName: field(root, "run-name"),
    env: field(root, "env"),
    defaults: field(root, "defaults"),
    concurrency: field(root, "concurrency"),
    refused: refusedIn(path, field(root, "jobs")),
  };
}

function checkSchedules(schedules: readonly ScheduleConfig[], at: TemplateToken | undefined): void {
  try {
    for (const { cron, timezone } of schedules) checkSchedule(cron, timezone);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new WorkflowError(`${place(at)}${error.message}`, { cause: error });
  }
}

/** The first key of a job or step that is valid on GitHub and not honoured here. */
function refusedIn(path: string, jobs: TemplateToken | undefined): string | undefined {
  for (const [key, job] of entries(jobs)) {
    for (const [name, value] of entries(job)) {
      if (REFUSED_JOB_KEYS.has(name))
        return `${path} ${place(value)}'${name}' of job '${key}' is not honoured by this sandbox${WHY_REFUSED[name] ?? ""}`;
    }
    const steps = field(job, "steps");
    for (const step of steps && isSequence(steps) ? steps : []) {
      const refused = refusedInStep(step);
      if (refused) return `${path} ${refused}`;
    }
  }
  return undefined;
}

/** The first key of a step, of a job or of a composite action, that is not honoured here. */
export function refusedInStep(step: TemplateToken): string | undefined {
  const other = entries(step).find(([name]) => !STEP_KEYS.has(name));
  return other && `${place(other[1])}'${other[0]}' of a step is not honoured by this sandbox`;
}

function readInputs(token: TemplateToken | undefined): Record<string, InputDefinition> {
  return Object.fromEntries(
    entries(token).map(([name, input]) => [
      name,
      {
        type: (text(field(input, "type")) ?? "string") as InputDefinition["type"],
        required: text(field(input, "required")) === "true",
        default: field(input, "default"),
        options: strings(field(input, "options")),
      },
    ]),
  );
}

function readCall(token: TemplateToken | undefined): CallDefinition {
  const secrets = entries(field(token, "secrets"));
  const outputs = entries(field(token, "outputs"));
  return {
    inputs: readInputs(field(token, "inputs")),
    secrets: Object.fromEntries(
      secrets.map(([name, secret]) => [name, { required: text(field(secret, "required")) === "true" }]),
    ),
    outputs: Object.fromEntries(
      outputs.flatMap(([name, output]) => {
        const value = field(output, "value");
        return value ? [[name, value] as const] : [];
      }),
    ),
  };
}

function readJob(key: string, job: TemplateToken): JobDefinition {
  const steps = field(job, "steps");
  return {
    key,
    place: place(job),
    needs: strings(field(job, "needs")),
    permissions: readPermissions(field(job, "permissions")),
    steps: steps && isSequence(steps) ? [...steps].map((step) => readStep(step)) : [],
    uses: text(field(job, "uses")),
    with: field(job, "with"),
    secrets: field(job, "secrets"),
    name: field(job, "name"),
    if: field(job, "if"),
    concurrency: field(job, "concurrency"),
    strategy: field(job, "strategy"),
    outputs: field(job, "outputs"),
    env: field(job, "env"),
    defaults: field(job, "defaults"),
    runsOn: field(job, "runs-on"),
    timeoutMinutes: field(job, "timeout-minutes"),
    continueOnError: field(job, "continue-on-error"),
  };
}

/** A step of a job or of a composite action. */
export function readStep(step: TemplateToken): StepDefinition {
  return {
    id: text(field(step, "id")),
    name: field(step, "name"),
    if: field(step, "if"),
    run: field(step, "run"),
    uses: text(field(step, "uses")),
    with: field(step, "with"),
    env: field(step, "env"),
    shell: field(step, "shell"),
    workingDirectory: field(step, "working-directory"),
    timeoutMinutes: field(step, "timeout-minutes"),
    continueOnError: field(step, "continue-on-error"),
  };
}

/** Whether a parsed but not evaluated default is a literal, and its value. */
export function literalDefault(input: InputDefinition): unknown {
  return input.default ? literal(input.default) : undefined;
}
