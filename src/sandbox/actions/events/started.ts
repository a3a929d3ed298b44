/** Which workflow files an event starts. */
import { readText, type Source } from "../load.ts";
import type { TriggerEvent } from "../port.ts";
import { type ParsedWorkflow, readWorkflow } from "../workflow-file.ts";
import type { WorkflowList } from "../workflow-list.ts";
import { asksToSkip, matches } from "./triggers.ts";

/** Files that the event matches; a file that cannot be read counts on a push, or where it was asked for itself. */
export async function filesStartedBy(
  event: TriggerEvent,
  list: WorkflowList,
): Promise<readonly ParsedWorkflow[]> {
  if (await asksToSkip(event)) return [];
  const named = event.workflowPath;
  const paths = named === undefined ? await list.paths(event.repository, event.sha) : [named];
  const source: Source = { repository: event.repository, sha: event.sha, ref: event.ref };
  const started: ParsedWorkflow[] = [];
  for (const path of paths) {
    const content = await readText(source, path);
    if (content === undefined) continue;
    const parsed = await readWorkflow(path, content);
    const starts =
      parsed.kind === "valid"
        ? await matches(event, parsed.file)
        : event.name === "push" || named === parsed.path;
    if (starts) started.push(parsed);
  }
  return started;
}

/** `pull_request` is `pull_request_target` too, which runs on the default branch (changelog of 2025-11-07). */
export async function targetEvent(event: TriggerEvent): Promise<TriggerEvent | undefined> {
  if (event.name !== "pull_request") return undefined;
  const ref = `refs/heads/${event.repository.defaultBranch}`;
  const sha = await event.repository.store.readRef(ref);
  return sha === undefined ? undefined : { ...event, name: "pull_request_target", ref, sha };
}
