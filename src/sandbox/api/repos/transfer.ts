/** Transfer of repositories to another owner. */
import { findUser, repositoryByName, userByLogin } from "../../world/find.ts";
import { renameRepository } from "../../world/move.ts";
import type { User } from "../../world/state.ts";
import { type ApiError, notImplemented, validationFailed } from "../errors.ts";
import { optionalString, requiredString } from "../input.ts";
import { presentRepository } from "../present/repository.ts";
import { presentOrganization, presentUser } from "../present/user.ts";
import type { RouteContext, RouteResult } from "../router.ts";

/** GitHub does it a moment after its 202, which still shows the old owner; here it is done by then. */
export function transferRepository(context: RouteContext): RouteResult {
  const { world, urls, repository } = context;
  const name = optionalString(context.body, "new_name") ?? repository.name;
  if (Array.isArray(context.body.team_ids) && context.body.team_ids.length > 0) throw notImplemented("teams");
  const owner = newOwner(context, name);
  const before = presentRepository(world, urls, repository);
  const from = findUser(world, repository.ownerId);
  renameRepository(world, repository, { name, ownerId: owner.id });
  repository.collaborators.delete(owner.id);
  repository.updatedAt = context.now();
  const previous =
    from.type === "Organization"
      ? { organization: presentOrganization(context.services.urls, from) }
      : { user: presentUser(context.services.urls, from) };
  const changes = { owner: { from: previous } };
  // Only the new owner's apps hear of it (docs: webhook event `repository`, action `transferred`).
  context.emit({
    event: "repository",
    action: "transferred",
    repositoryId: repository.id,
    fields: { changes },
  });
  return { status: 202, body: before };
}

/** GitHub says of a name that is taken and of an owner who would not have it the same. */
function newOwner({ world, repository, actor, body }: RouteContext, name: string): User {
  const owner = userByLogin(world, requiredString(body, "new_owner"));
  const refused = (message: string): ApiError =>
    validationFailed({ resource: "Repository", code: "unprocessable", field: "data", message });
  if (!owner || owner.type === "Bot") throw refused("Invalid new_owner");
  if (owner.id === repository.ownerId)
    throw refused("Repositories cannot be transferred to the original owner");
  const mine =
    actor.kind === "user" && (owner.id === actor.userId || world.members.get(owner.id)?.has(actor.userId));
  if (owner.type === "User" && !mine) throw notImplemented("transfers that a new owner must accept");
  if (!mine || repositoryByName(world, owner.login, name)) throw refused("Repository has already been taken");
  return owner;
}
