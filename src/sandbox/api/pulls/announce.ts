/** `pull_request` webhooks, and the workflows that they start. */
import type { Cause, Services } from "../../services.ts";
import type { WorkflowTrigger } from "../../webhooks/event.ts";
import type { PullRequest } from "../../world/pull-state.ts";
import { presentFullPull } from "./present.ts";

/** Sends `pull_request` with this action, as of now. `fields`: what the action brings (`label`, `changes`, …). */
export function announcePull(
  services: Services,
  pull: PullRequest,
  cause: Cause,
  action: string,
  fields: Readonly<Record<string, unknown>> = {},
): void {
  const shown = presentFullPull(services.world, services.urls, pull);
  services.emit(
    {
      event: "pull_request",
      action,
      repositoryId: pull.repositoryId,
      fields: { number: pull.number, pull_request: shown, ...fields },
      ...pullWorkflows(services, pull),
    },
    cause.actor,
  );
}

/** Where workflows for a pull request run. One that conflicts has no trial merge, and GitHub starts none for it. */
export function pullWorkflows(
  { world }: Services,
  pull: PullRequest,
): { readonly workflows?: WorkflowTrigger } {
  const ref = `refs/pull/${pull.number}/merge`;
  const sha = world.repositories.get(pull.repositoryId)?.refs.get(ref);
  if (sha === undefined) return {};
  return { workflows: { ref, sha, headBranch: pull.headRef, headSha: pull.headSha } };
}
