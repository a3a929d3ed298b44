/** The workflow that a repository adds: whether a dispatch with an issue and an intent can start it. */
import { isMap, parse, parseDocument } from "yaml";
import type { FileText } from "../github/ports.ts";

/** Inputs that the app gives to it. */
const INPUTS = ["issue", "intent"] as const;

/** What is wrong with the file on the default branch, in one sentence; `undefined`: nothing that can be seen. */
export function callerFlaw(path: string, text: FileText | undefined): string | undefined {
  if (text === undefined) return `there is no ${path} on the default branch`;
  if (typeof text !== "string") return `${path} is ${text.flaw}, and no plain file of at most 1 MB`;
  const document = parseDocument(text);
  const [error] = document.errors;
  if (error) return `${path} is not YAML: ${error.message.split("\n")[0]}`;
  if (!isMap(document.getIn(["on", "workflow_dispatch"])))
    return `${path} is not started by workflow_dispatch with the inputs ${INPUTS.join(" and ")}`;
  const missing = INPUTS.find((name) => !document.hasIn(["on", "workflow_dispatch", "inputs", name]));
  return missing && `${path} has no input '${missing}' under workflow_dispatch`;
}

type Keys = Readonly<Record<string, unknown>>;

const keysOf = (value: unknown): Keys => (typeof value === "object" && value !== null ? (value as Keys) : {});

/**
 * All that is wrong with the file, one sentence each: beside what keeps it from starting, what keeps its runs from
 * being found and from getting a token. `trusted`: reusable workflows as `owner/repo/path@ref`.
 */
export function callerFlaws(
  path: string,
  text: FileText | undefined,
  trusted: readonly string[],
): readonly string[] {
  const flaw = callerFlaw(path, text);
  if (flaw !== undefined || typeof text !== "string") return [flaw ?? ""];
  const workflow = keysOf(parse(text));
  const flaws: string[] = [];
  // The app knows the runs of an intent by their title.
  if (!/\bintent \$\{\{\s*inputs\.intent\s*\}\}/.test(String(workflow["run-name"] ?? "")))
    flaws.push(`${path} has no run-name with "intent \${{ inputs.intent }}", by which its runs are found`);
  const calls = Object.values(keysOf(workflow.jobs)).map(keysOf);
  const call = calls.find(({ uses }) => trusted.some((one) => isCallOf(String(uses ?? ""), one)));
  if (!call) {
    flaws.push(`no job of ${path} uses a workflow that the app trusts: ${trusted.join(", ")}`);
    return flaws;
  }
  const given = keysOf(call.with);
  for (const name of ["issue", "intent", "app"]) {
    if (!given[name]) flaws.push(`${path} does not give '${name}' to the workflow that it calls`);
  }
  const permissions = call.permissions ?? workflow.permissions;
  for (const [name, level] of [
    ["id-token", "write"],
    ["contents", "read"],
  ] as const) {
    if (!grants(permissions, name, level)) flaws.push(`${path} does not grant ${name}: ${level}`);
  }
  return flaws;
}

/** `uses: o/r/w.yml@v1` runs as `o/r/w.yml@refs/tags/v1` or as a branch of that name. */
function isCallOf(uses: string, trusted: string): boolean {
  const [workflow, ref = ""] = trusted.split("@");
  return [ref, ref.replace(/^refs\/(?:tags|heads)\//, "")].some((name) => uses === `${workflow}@${name}`);
}

/** Without a word about permissions a job gets no id token. */
function grants(permissions: unknown, name: string, level: "read" | "write"): boolean {
  if (permissions === "write-all") return true;
  if (permissions === "read-all") return level === "read";
  const granted = keysOf(permissions)[name];
  return granted === "write" || granted === level;
}
