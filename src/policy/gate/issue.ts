/** The issue behind the pull request, read last (`judgeMerge`): who wants to stop a merge does so there. */
import { type Condition, holds, look, unmet } from "./facts.ts";

const HOLD = "cairn:hold";

export const isNotHeld: Condition = {
  code: "issue-held",
  title: "nobody holds it",
  judge({ issue, pull }) {
    if (pull.labels.includes(HOLD))
      return unmet(`#${pull.number} has ${HOLD}`, `${HOLD} to be taken off #${pull.number}`);
    if (!issue) return look("issue");
    if (!issue.open) return unmet("the issue is closed", "the issue to be opened again");
    if (issue.pullLabels?.includes(HOLD))
      return unmet(`#${pull.number} has ${HOLD} now`, `${HOLD} to be taken off #${pull.number}`);
    if (issue.labels.includes(HOLD))
      return unmet(`the issue has ${HOLD}`, "somebody to go on with the issue");
    return holds("nobody does");
  },
};

export const isNotBlocked: Condition = {
  code: "blocked",
  title: "no open issue blocks it",
  judge({ issue }) {
    if (!issue) return look("issue");
    if (issue.blockers.length === 0) return holds("none does");
    const them = issue.blockers.join(", ");
    return unmet(`${them} is open`, `${them} to be closed`);
  },
};
