/** In the end at most one status comment of the app's stands on an issue, and it tells the state that is true. */
import { editsOf } from "../../sandbox/world/edits.ts";
import type { IssueComment } from "../../sandbox/world/state.ts";
import type { Checked, Violation } from "./index.ts";

/** States that last, each with its label. */
const LASTING: Readonly<Record<string, string>> = { hold: "cairn:hold", done: "cairn:done" };

export function checkStatuses({ sandbox, stage, issues, gone }: Checked): readonly Violation[] {
  const { world } = sandbox;
  const found: Violation[] = [];
  for (const issue of [...world.issues.values()].filter(
    (one) => one.repositoryId === stage.repository.id && issues.includes(one.number) && !gone.has(one.number),
  )) {
    const sign = `<!-- cairn:status v1 ${stage.repository.id}#${issue.number} -->`;
    const statuses = [...world.comments.values()].filter(
      (one) => one.issueId === issue.id && one.viaAppId === stage.app.app.id && one.body.endsWith(sign),
    );
    const wrong = (what: string): void => {
      found.push({ rule: "status-untrue", what, issue: issue.number });
    };
    const [status] = statuses;
    if (statuses.length > 1) wrong(`there are ${statuses.map(({ id }) => id).join(", ")}`);
    // What a person made of it is that person's, until something changes.
    if (!status || editorOf(status) !== stage.app.app.botId) continue;
    const told = /^\*\*Cairn: (\w+)\*\*/.exec(status.body)?.[1] ?? "nothing";
    const labels = issue.labelIds.map((id) => stage.repository.labels.get(id)?.name ?? "");
    const shown = Object.keys(LASTING).find((state) => labels.includes(LASTING[state] ?? ""));
    if (shown !== undefined && told !== shown) wrong(`it tells ${told}, and the label ${shown}`);
  }
  return found;

  function editorOf({ id, authorId }: IssueComment): number | null {
    const [last] = editsOf(world, "comment", id);
    return last ? last.editorId : authorId;
  }
}
