/** `pull_request_review` webhooks, and the workflows that they start. */
import { type Cause, gateChanged, type Services } from "../../services.ts";
import type { PullRequest, Review } from "../../world/pull-state.ts";
import { pullWorkflows } from "./announce.ts";
import { presentPull, presentReview } from "./present.ts";

export function announceReview(
  services: Services,
  pull: PullRequest,
  review: Review,
  cause: Cause,
  action: "submitted" | "edited" | "dismissed",
  fields: Readonly<Record<string, unknown>> = {},
): void {
  const { world, urls } = services;
  gateChanged(services, pull.repositoryId);
  const shown = presentReview(world, urls, pull, review);
  services.emit(
    {
      event: "pull_request_review",
      action,
      repositoryId: pull.repositoryId,
      fields: {
        // Webhooks write the state in small letters, REST in capitals.
        review: { ...shown, state: review.state.toLowerCase() },
        pull_request: presentPull(world, urls, pull),
        ...fields,
      },
      ...pullWorkflows(services, pull),
    },
    cause.actor,
  );
}
