/** `pull_request` webhooks, and the workflows that they start. */
import type { Cause, Services } from "../../services.ts";
import type { PullRequest } from "../../world/pull-state.ts";
import { countsOf } from "./counts.ts";
import { presentFullPull } from "./present.ts";

export async function announcePull(
  services: Services,
  pull: PullRequest,
  cause: Cause,
  action: string,
  fields: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  const counts = await countsOf(services, pull);
  const { world, urls } = services;
  const merge = world.repositories.get(pull.repositoryId)?.refs.get(`refs/pull/${pull.number}/merge`);
  services.emit(
    {
      event: "pull_request",
      action,
      repositoryId: pull.repositoryId,
      fields: { number: pull.number, pull_request: presentFullPull(world, urls, pull, counts), ...fields },
      // A pull request that conflicts has no trial merge, and GitHub starts no workflow for it.
      ...(merge === undefined
        ? {}
        : {
            workflows: {
              ref: `refs/pull/${pull.number}/merge`,
              sha: merge,
              headBranch: pull.headRef,
              headSha: pull.headSha,
            },
          }),
    },
    cause.actor,
  );
}
