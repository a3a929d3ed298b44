/** Pull requests follow their branches: heads move, bases move, branches vanish, commits land by other ways. */
import { type Cause, type RefMove, type Services, storeOf } from "../../services.ts";
import { findIssue } from "../../world/find.ts";
import { addIssueEvent } from "../../world/history.ts";
import type { PullRequest } from "../../world/pull-state.ts";
import type { Issue } from "../../world/state.ts";
import { closeIssue } from "../issues/change.ts";
import { announcePull } from "./announce.ts";
import { placeComments } from "./comment-places.ts";
import { recompute, setRef } from "./mergeability.ts";
import { closeKeywords, markMerged } from "./merged.ts";
import { dismissStale } from "./stale-reviews.ts";

export function installPullHooks(services: Services): void {
  services.hooks.refMoved.push((move, cause) => follow(services, move, cause));
  services.hooks.pullChanged.push((issue, cause, action, fields) =>
    changed(services, issue, cause, action, fields),
  );
}

const openPulls = (services: Services, repositoryId: number): PullRequest[] =>
  [...services.world.pulls.values()].filter(
    (pull) => pull.repositoryId === repositoryId && findIssue(services.world, pull.issueId).state === "open",
  );

async function follow(services: Services, move: RefMove, cause: Cause): Promise<void> {
  const branch = /^refs\/heads\/(.+)$/.exec(move.ref)?.[1];
  if (branch === undefined) return;
  for (const pull of openPulls(services, move.repositoryId)) {
    if (pull.headRef === branch) await headMoved(services, pull, move, cause);
    else if (pull.baseRef === branch) await baseMoved(services, pull, move.after, cause);
  }
}

async function headMoved(services: Services, pull: PullRequest, move: RefMove, cause: Cause): Promise<void> {
  const issue = findIssue(services.world, pull.issueId);
  if (move.after === null) return closeIssue(services, issue, cause);
  pull.headSha = move.after;
  issue.updatedAt = services.clock.now();
  await setRef(services, pull, `refs/pull/${pull.number}/head`, move.after, cause);
  await placeComments(services, pull);
  await recompute(services, pull, cause);
  if (move.forced) {
    addIssueEvent(services.world, services.clock.now(), cause.actor, issue, "head_ref_force_pushed", {
      commitId: move.after,
    });
  }
  announcePull(services, pull, cause, "synchronize", { before: move.before, after: move.after });
  dismissStale(services, pull, cause);
  // Set back onto its base it has nothing of its own left: GitHub closes it, and calls it not merged.
  const store = storeOf(services, pull.repositoryId);
  if (await store.isAncestor(move.after, pull.baseSha)) closeIssue(services, issue, cause);
}

async function baseMoved(
  services: Services,
  pull: PullRequest,
  base: string | null,
  cause: Cause,
): Promise<void> {
  const issue = findIssue(services.world, pull.issueId);
  if (base === null) return closeIssue(services, issue, cause);
  const store = storeOf(services, pull.repositoryId);
  const landed = await store.isAncestor(pull.headSha, base);
  pull.baseSha = base;
  if (!landed) return recompute(services, pull, cause);
  // Its commits came in by another way, by a push for instance: GitHub calls that merged.
  markMerged(services, pull, cause, base);
  closeKeywords(services, pull, cause, base);
}

/** The issue side of a pull request changed: `closed`, `labeled`, `edited`, … */
function changed(
  services: Services,
  issue: Issue,
  cause: Cause,
  action: string,
  fields: Readonly<Record<string, unknown>>,
): void {
  const pull = services.world.pulls.get(issue.pullId ?? 0);
  if (!pull) return;
  if (action === "closed" && !pull.merged) {
    services.landed.land("pull.close", `pull/${pull.number}`, issue.repositoryId, cause);
  }
  announcePull(services, pull, cause, action, fields);
}
