/** The workflow that a repository adds: whether a dispatch with an issue and an intent can start it. */
import { isMap, parseDocument } from "yaml";

/** Inputs that the app gives to it. */
const INPUTS = ["issue", "intent"] as const;

/** What is wrong with the file on the default branch, in one sentence; `undefined`: nothing that can be seen. */
export function callerFlaw(path: string, text: string | undefined): string | undefined {
  if (text === undefined) return `there is no ${path} on the default branch`;
  const document = parseDocument(text);
  const [error] = document.errors;
  if (error) return `${path} is not YAML: ${error.message.split("\n")[0]}`;
  if (!isMap(document.getIn(["on", "workflow_dispatch"])))
    return `${path} is not started by workflow_dispatch with the inputs ${INPUTS.join(" and ")}`;
  const missing = INPUTS.find((name) => !document.hasIn(["on", "workflow_dispatch", "inputs", name]));
  return missing && `${path} has no input '${missing}' under workflow_dispatch`;
}
