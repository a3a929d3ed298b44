/** What speaks for and against an entry: its own state, and the checks of its trial. */
import type { Services } from "../../services.ts";
import { findIssue, findRepository } from "../../world/find.ts";
import type { MergeQueueEntry, QueueBuild } from "../../world/pull-state.ts";
import { rulesOf } from "../../world/rules.ts";
import { checksOf } from "../checks/rollup.ts";
import { refusalsOf } from "../pulls/gate.ts";
import type { LeaveReason } from "./leave.ts";

/** What the trial stands for is checked by the trial itself. */
const BY_TRIAL: readonly string[] = ["queue", "checks", "behind", "method", "linear"];

/** Why an entry cannot stay, whatever its checks say; `undefined`: it can. */
export function mustLeave({ world }: Services, entry: MergeQueueEntry): LeaveReason | undefined {
  const pull = world.pulls.get(entry.pullId);
  if (!pull) return "UNKNOWN_REMOVAL_REASON";
  if (pull.merged) return "ALREADY_MERGED";
  const closed = findIssue(world, pull.issueId).state === "closed";
  if (closed || pull.draft || pull.baseRef !== entry.branch || pull.headSha !== entry.pullSha)
    return "UNKNOWN_REMOVAL_REASON";
  const unmet = refusalsOf(world, pull, "merge", undefined).flatMap((refusal) => refusal.unmet);
  return unmet.some(({ kind }) => !BY_TRIAL.includes(kind)) ? "BRANCH_PROTECTIONS" : undefined;
}

/** What the required checks of a trial come to: one that failed, one that is missing, or neither. */
export function verdictOf(
  { world }: Services,
  { repositoryId, branch }: MergeQueueEntry,
  { headSha }: QueueBuild,
): "green" | "red" | "pending" {
  const repository = findRepository(world, repositoryId);
  const found = checksOf(world, repositoryId, headSha);
  const required = rulesOf(world, repository, `refs/heads/${branch}`, undefined).flatMap(
    ({ checks }) => checks,
  );
  const states = required.map(({ context, appId }) => {
    const here = found.filter((one) => one.name === context && (appId === null || one.appId === appId));
    if (here.some(({ state }) => state === "failing")) return "red";
    return here.length > 0 && here.every(({ state }) => state === "success") ? "green" : "pending";
  });
  if (states.includes("red")) return "red";
  return states.includes("pending") ? "pending" : "green";
}
