/** Changes of a repository's settings: name, visibility, archive, and the rest, each with its webhook. */
import { findUser, repositoryByName } from "../../world/find.ts";
import { renameRepository } from "../../world/move.ts";
import { ApiError, validationFailed } from "../errors.ts";
import { optionalBoolean, optionalString } from "../input.ts";
import type { RouteContext, RouteResult } from "../router.ts";
import { changeMergeSettings } from "./merge-settings.ts";
import { showRepository } from "./show.ts";

export function updateRepository(context: RouteContext): RouteResult {
  const { repository, body } = context;
  const archived = optionalBoolean(body, "archived");
  if (repository.archived && archived !== false)
    throw new ApiError(403, "Repository was archived so is read-only.");
  const name = newName(context);
  const isPrivate = newPrivacy(context);
  const edits = editsIn(context);
  changeMergeSettings(repository, body);
  // From here on nothing is refused any more.
  if (name !== undefined) rename(context, name);
  if (Object.keys(edits).length > 0) edit(context, edits);
  if (isPrivate !== repository.private) {
    repository.private = isPrivate;
    announce(context, isPrivate ? "privatized" : "publicized");
    // Told a second time under a name of its own, which workflows can start on.
    const { id: repositoryId } = repository;
    if (!isPrivate) context.emit({ event: "public", repositoryId, fields: {}, workflows: "default-branch" });
  }
  if (archived !== undefined && archived !== repository.archived) {
    repository.archived = archived;
    announce(context, archived ? "archived" : "unarchived");
  }
  repository.updatedAt = context.now();
  return showRepository(context);
}

function newName({ world, repository, body }: RouteContext): string | undefined {
  const name = optionalString(body, "name");
  if (!name || name === repository.name) return undefined;
  const holder = repositoryByName(world, findUser(world, repository.ownerId).login, name);
  if (!holder || holder === repository) return name;
  const message = "name already exists on this account";
  throw validationFailed({ resource: "Repository", code: "custom", field: "name", message });
}

function rename(context: RouteContext, name: string): void {
  const from = context.repository.name;
  renameRepository(context.world, context.repository, { name });
  announce(context, "renamed", { repository: { name: { from } } });
}

/** `visibility` says the same as `private`, and is the newer of the two. */
function newPrivacy({ repository, body }: RouteContext): boolean {
  const visibility = optionalString(body, "visibility") ?? undefined;
  switch (visibility) {
    case undefined:
      return optionalBoolean(body, "private") ?? repository.private;
    case "private":
      return true;
    case "public":
      return false;
    default:
      throw validationFailed({
        resource: "Repository",
        code: "invalid",
        field: "visibility",
        value: visibility,
      });
  }
}

interface Edits {
  readonly description?: string | null;
  readonly defaultBranch?: string;
}

function editsIn({ repository, body }: RouteContext): Edits {
  const description = optionalString(body, "description");
  const branch = optionalString(body, "default_branch");
  if (branch && !repository.refs.has(`refs/heads/${branch}`)) {
    const message = `The branch ${branch} was not found. Please push that ref first or create it via the Git Data API.`;
    throw validationFailed({ resource: "Repository", code: "invalid", field: "default_branch", message });
  }
  return {
    ...(description === undefined || description === repository.description ? {} : { description }),
    ...(branch && branch !== repository.defaultBranch ? { defaultBranch: branch } : {}),
  };
}

function edit(context: RouteContext, edits: Edits): void {
  const { repository } = context;
  const changes = {
    ...("description" in edits ? { description: { from: repository.description } } : {}),
    ...("defaultBranch" in edits ? { default_branch: { from: repository.defaultBranch } } : {}),
  };
  Object.assign(repository, edits);
  announce(context, "edited", changes);
}

function announce(context: RouteContext, action: string, changes?: Readonly<Record<string, unknown>>): void {
  const fields = changes ? { changes } : {};
  context.emit({ event: "repository", action, repositoryId: context.repository.id, fields });
}
