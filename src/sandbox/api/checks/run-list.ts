/** Lists of check runs, of a commit and of a suite. */
import type { CheckRun } from "../../world/pull-state.ts";
import { paginate } from "../paginate.ts";
import type { RouteContext, RouteResult } from "../router.ts";
import { presentCheckRun } from "./present.ts";

/** Check runs of this repository that fit the query (`check_name`, `status`, `app_id`, `filter`). */
export function filterRuns(context: RouteContext, fits: (run: CheckRun) => boolean): readonly CheckRun[] {
  const { world, query, repository } = context;
  const [name, status, appId] = [query.get("check_name"), query.get("status"), query.get("app_id")];
  const found = [...world.checkRuns.values()].filter(
    (run) =>
      run.repositoryId === repository.id &&
      fits(run) &&
      (name === null || run.name === name) &&
      (appId === null || run.appId === Number(appId)),
  );
  const wanted = (query.get("filter") ?? "latest") === "all" ? found : latestOf(found);
  // A run that is done must not hide behind an older one that is not: the status is asked of the latest.
  return wanted.filter((run) => status === null || run.status === status);
}

/** The newest of each suite and name. */
function latestOf(runs: readonly CheckRun[]): CheckRun[] {
  return [...new Map(runs.map((run) => [`${run.suiteId}\n${run.name}`, run])).values()];
}

export function listed(context: RouteContext, runs: readonly CheckRun[]): RouteResult {
  return paginate(
    context,
    runs,
    (run) => presentCheckRun(context.world, context.urls, run),
    (shown, total) => ({ total_count: total, check_runs: shown }),
  );
}
