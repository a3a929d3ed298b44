/** Dismissal of reviews: by a person, and of approvals that a new head makes stale where the branch's rules say so. */
import type { Cause, Services } from "../../services.ts";
import { findIssue, findRepository } from "../../world/find.ts";
import { addIssueEvent } from "../../world/history.ts";
import type { PullRequest, Review } from "../../world/pull-state.ts";
import { rulesOf } from "../../world/rules.ts";
import { announceReview } from "./announce-review.ts";

/** Takes a review's weight away. `message`: why, in the person's words; `null` where a push did it. */
export function dismissReview(
  services: Services,
  pull: PullRequest,
  review: Review,
  cause: Cause,
  message: string | null,
): void {
  const { world, clock } = services;
  const issue = findIssue(world, pull.issueId);
  const dismissedReview = { reviewId: review.id, state: review.state.toLowerCase(), message };
  review.state = "DISMISSED";
  review.updatedAt = clock.now();
  issue.updatedAt = clock.now();
  addIssueEvent(world, clock.now(), cause.actor, issue, "review_dismissed", { dismissedReview });
  announceReview(services, pull, review, cause, "dismissed");
}

/** After a push to the head. */
export function dismissStale(services: Services, pull: PullRequest, cause: Cause): void {
  const { world } = services;
  const repository = findRepository(world, pull.repositoryId);
  const rules = rulesOf(world, repository, `refs/heads/${pull.baseRef}`, undefined);
  if (!rules.some(({ reviews }) => reviews?.dismissStale)) return;
  for (const review of world.reviews.values()) {
    if (review.pullId === pull.id && review.state === "APPROVED")
      dismissReview(services, pull, review, cause, null);
  }
}
