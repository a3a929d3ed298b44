/** The workflow files of this checkout and all that they name, found by listing, as texts and as plain YAML. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { CALLER_PATH, callerWorkflow } from "../../src/checkout/caller-workflow.ts";

export const ROOT = join(import.meta.dirname, "../..");
const FOLDER = ".github/workflows";

/** This repository, as other repositories name it. */
const SELF = "cairn-dev/cairn";

export interface Input {
  readonly type?: string;
  readonly required?: boolean;
  readonly default?: unknown;
}
export type Permissions = "read-all" | "write-all" | Readonly<Record<string, "read" | "write" | "none">>;

export interface Step {
  readonly id?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}
export interface Job {
  readonly uses?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly secrets?: "inherit" | Readonly<Record<string, unknown>>;
  readonly needs?: string | readonly string[];
  readonly outputs?: Readonly<Record<string, unknown>>;
  readonly permissions?: Permissions;
  readonly steps?: readonly Step[];
  readonly "timeout-minutes"?: unknown;
}
interface Trigger {
  readonly inputs?: Readonly<Record<string, Input>>;
  readonly outputs?: Readonly<Record<string, unknown>>;
}
export interface Workflow {
  readonly on: string | readonly string[] | Readonly<Record<string, Trigger | null>>;
  readonly permissions?: Permissions;
  readonly jobs: Readonly<Record<string, Job>>;
}
export interface Action {
  readonly inputs?: Readonly<Record<string, Input>>;
  readonly outputs?: Readonly<Record<string, unknown>>;
}

/** Texts by path. */
export interface Files {
  readonly workflows: Readonly<Record<string, string>>;
  readonly actions: Readonly<Record<string, string>>;
}

/** Actions in the folders at the top. */
function actionsOf(root: string): Record<string, string> {
  const found = readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !/^\.git$|^node_modules$/.test(entry.name))
    .flatMap(({ name }) => readdirSync(join(root, name)).map((file) => `${name}/${file}`))
    .filter((path) => /\/action\.ya?ml$/.test(path));
  return Object.fromEntries(found.map((path) => [path, readFileSync(join(root, path), "utf8")]));
}

/** All of this repository, with the caller that Cairn writes into a user's. */
export function ownFiles(): Files {
  const names = readdirSync(join(ROOT, FOLDER)).map((name) => `${FOLDER}/${name}`);
  const own = Object.fromEntries(names.map((path) => [path, readFileSync(join(ROOT, path), "utf8")]));
  return {
    workflows: { ...own, [`user/${CALLER_PATH}`]: callerWorkflow({ app: "https://cairn.example" }) },
    actions: actionsOf(ROOT),
  };
}

export const workflowOf = (files: Files, path: string): Workflow => parse(files.workflows[path] ?? "") ?? {};

/** Triggers by name; `null` where one has no settings. */
export function triggersOf({ on }: Workflow): Readonly<Record<string, Trigger | null>> {
  if (typeof on === "object" && !Array.isArray(on)) return on as Readonly<Record<string, Trigger | null>>;
  return Object.fromEntries([on].flat().map((name) => [String(name), null]));
}

/** Path of the workflow that a job calls; `undefined` where it is none of these files. */
export function calledBy(files: Files, job: Job): string | undefined {
  const path = job.uses?.replace(/^[.$]\//, "").replace(new RegExp(`^${SELF}/(.*)@.+$`), "$1");
  return path !== undefined && path in files.workflows ? path : undefined;
}

/** The action of this repository that a step uses; `undefined` where it is another's. */
export function actionOf(files: Files, step: Step): Action | undefined {
  const folder = /^[.$]\/(.+)$/.exec(step.uses ?? "")?.[1];
  const text = folder && (files.actions[`${folder}/action.yml`] ?? files.actions[`${folder}/action.yaml`]);
  return text === undefined ? undefined : (parse(text) as Action);
}

export const isLocal = (step: Step): boolean => /^[.$]\//.test(step.uses ?? "");

/** Every step, with the job that it stands in. */
export function stepsOf(workflow: Workflow): readonly { readonly name: string; readonly step: Step }[] {
  return Object.entries(workflow.jobs).flatMap(([name, job]) =>
    (job.steps ?? []).map((step) => ({ name, step })),
  );
}
