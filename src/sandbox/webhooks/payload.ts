/** Whole payloads out of events: what GitHub adds to every one of them. */
import { presentWholeRepository } from "../api/present/repository.ts";
import { presentOrganization, presentUser } from "../api/present/user.ts";
import type { Urls } from "../services.ts";
import { findUser } from "../world/find.ts";
import type { World } from "../world/state.ts";
import type { SandboxEvent } from "./event.ts";

/** Permission without which an app does not hear of an event; events not named here need none. */
export const PERMISSION_OF_EVENT: Readonly<Record<string, string>> = {
  issues: "issues",
  issue_comment: "issues",
  sub_issues: "issues",
  issue_dependencies: "issues",
  label: "metadata",
  push: "contents",
  create: "contents",
  delete: "contents",
  pull_request: "pull_requests",
  pull_request_review: "pull_requests",
  pull_request_review_comment: "pull_requests",
  pull_request_review_thread: "pull_requests",
  check_run: "checks",
  check_suite: "checks",
  status: "statuses",
  workflow_run: "actions",
  workflow_job: "actions",
  merge_group: "merge_queues",
};

/** Events that every app gets, whether it subscribes to them or not. */
export const ALWAYS_SENT: readonly string[] = ["installation", "installation_repositories"];

/** Payload of an event without `installation`, which differs from app to app. */
export function payloadOf(
  world: World,
  urls: Urls,
  event: SandboxEvent,
  senderId: number,
): Record<string, unknown> {
  const repository = event.repositoryId === null ? undefined : world.repositories.get(event.repositoryId);
  const owner = repository && findUser(world, repository.ownerId);
  return {
    ...(event.action === undefined ? {} : { action: event.action }),
    ...(repository ? { repository: presentWholeRepository(world, urls, repository) } : {}),
    ...(owner?.type === "Organization" ? { organization: presentOrganization(urls, owner) } : {}),
    sender: presentUser(urls, findUser(world, senderId)),
    ...event.fields,
  };
}

/** `installation` as it stands in most payloads. */
export function installationReference(id: number) {
  return { id, node_id: Buffer.from(`023:IntegrationInstallation${id}`).toString("base64") };
}
