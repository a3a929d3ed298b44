/** What the checks and statuses of a commit come to, by name: as the rules of a branch see them. */
import type { CheckRun } from "../../world/pull-state.ts";
import type { World } from "../../world/state.ts";

/** In the words that GitHub's refusals use. */
export type CheckState = "success" | "queued" | "in progress" | "pending" | "failing";

export interface CheckResult {
  readonly name: string;
  /** App that set it; `null` for the commit status of a person. */
  readonly appId: number | null;
  readonly state: CheckState;
}

/** The latest of each name and app. GitHub takes skipped and neutral for success here. */
export function checksOf(world: World, repositoryId: number, sha: string): readonly CheckResult[] {
  const found = new Map<string, CheckResult>();
  for (const status of world.statuses.values()) {
    if (status.repositoryId !== repositoryId || status.sha !== sha) continue;
    const state = status.state === "error" || status.state === "failure" ? "failing" : status.state;
    found.set(`status ${status.context}`, { name: status.context, appId: status.viaAppId, state });
  }
  for (const run of world.checkRuns.values()) {
    if (run.repositoryId !== repositoryId || run.headSha !== sha) continue;
    found.set(`${run.appId} ${run.name}`, { name: run.name, appId: run.appId, state: stateOf(run) });
  }
  return [...found.values()];
}

function stateOf(run: CheckRun): CheckState {
  switch (run.status) {
    case "completed":
      break;
    case "in_progress":
      return "in progress";
    case "queued":
      return "queued";
    case "waiting":
    case "requested":
    case "pending":
      return "pending";
  }
  const good = run.conclusion === "success" || run.conclusion === "neutral" || run.conclusion === "skipped";
  return good ? "success" : "failing";
}
