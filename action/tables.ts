/** Tables for the README, made from `action.yml` and the workflow themselves, so that they cannot say anything else. */
import { parse } from "yaml";

interface Field {
  readonly description?: string;
  readonly required?: boolean;
  readonly default?: unknown;
  readonly type?: string;
}

interface ActionFile {
  readonly inputs?: Readonly<Record<string, Field>>;
  readonly outputs?: Readonly<Record<string, Field>>;
}

interface WorkflowFile {
  readonly on: { readonly workflow_call: { readonly inputs: Readonly<Record<string, Field>> } };
  readonly jobs: Readonly<Record<string, { readonly permissions?: Readonly<Record<string, string>> }>>;
}

/** Markdown by the name of its place: `<!-- NAME:start -->` … `<!-- NAME:end -->`. */
export type Tables = Readonly<Record<"inputs" | "outputs" | "workflow-inputs" | "permissions", string>>;

/** `action`, `workflow`: texts of `action/action.yml` and `.github/workflows/cairn.yml`. */
export function tables(action: string, workflow: string): Tables {
  const { inputs = {}, outputs = {} } = parse(action) as ActionFile;
  const { on, jobs } = parse(workflow) as WorkflowFile;
  return {
    inputs: table(
      ["input", "what it is", "required"],
      fields(inputs).map(([name, field]) => [name, words(field), field.required === true ? "yes" : "no"]),
    ),
    outputs: table(
      ["output", "what it is"],
      fields(outputs).map(([name, field]) => [name, words(field)]),
    ),
    "workflow-inputs": table(
      ["input", "what it is"],
      fields(on.workflow_call.inputs).map(([name, field]) => [name, words(field)]),
    ),
    permissions: table(
      ["job", "permission", "why"],
      Object.entries(jobs).flatMap(([job, { permissions = {} }]) =>
        Object.entries(permissions).map(([name, level]) => [
          `\`${job}\``,
          `\`${name}: ${level}\``,
          reason(workflow, job, name),
        ]),
      ),
    ),
  };
}

/** The text with each table in its place; places that it lacks are left out. */
export function withTables(text: string, made: Tables): string {
  return Object.entries(made).reduce((before, [name, markdown]) => {
    const place = new RegExp(`(<!-- ${name}:start -->)[\\s\\S]*?(<!-- ${name}:end -->)`);
    return before.replace(place, (_all, start: string, end: string) => `${start}\n${markdown}\n${end}`);
  }, text);
}

const fields = (record: Readonly<Record<string, Field>>): readonly (readonly [string, Field])[] =>
  Object.entries(record).map(([name, field]) => [`\`${name}\``, field]);

const words = ({ description = "" }: Field): string => description.replaceAll(/\s+/g, " ").trim();

/** The comment behind a permission: each has one. */
function reason(workflow: string, job: string, permission: string): string {
  const from = workflow.indexOf(`\n  ${job}:\n`);
  const line = new RegExp(`\\n +${permission}: \\w+ # ([^\\n]+)`).exec(workflow.slice(from));
  return line?.[1] ?? "";
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), `|${" --- |".repeat(head.length)}`, ...rows.map(line)].join("\n");
}
