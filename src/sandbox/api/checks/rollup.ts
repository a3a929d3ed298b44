/** What the checks and statuses of a commit come to, by name: as the rules of a branch see them. */
import type { World } from "../../world/state.ts";

export type CheckState = "success" | "pending" | "failure";

/** The latest of each name. GitHub takes skipped and neutral for success here. */
export function checksOf(world: World, repositoryId: number, sha: string): ReadonlyMap<string, CheckState> {
  const found = new Map<string, CheckState>();
  for (const status of world.statuses.values()) {
    if (status.repositoryId !== repositoryId || status.sha !== sha) continue;
    found.set(status.context, status.state === "error" ? "failure" : status.state);
  }
  for (const run of world.checkRuns.values()) {
    if (run.repositoryId !== repositoryId || run.headSha !== sha) continue;
    const good = run.conclusion === "success" || run.conclusion === "neutral" || run.conclusion === "skipped";
    found.set(run.name, run.status !== "completed" ? "pending" : good ? "success" : "failure");
  }
  return found;
}
