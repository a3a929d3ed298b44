/** A repository as its reader sees it. */
import { mayWrite, reachOf } from "../../world/access.ts";
import { findUser } from "../../world/find.ts";
import { presentMergeSettings, presentWholeRepository } from "../present/repository.ts";
import { presentUser } from "../present/user.ts";
import type { RouteContext, RouteResult } from "../router.ts";
import { rights } from "./collaborators.ts";

export function showRepository(context: RouteContext): RouteResult {
  const { world, urls, repository, actor } = context;
  const reach = reachOf(world, repository, actor);
  const settings = mayWrite(world, repository, actor, "write", "contents")
    ? presentMergeSettings(repository)
    : {};
  const permissions = reach.kind === "role" ? { permissions: rights(reach.role) } : {};
  const owner = findUser(world, repository.ownerId);
  const organization = owner.type === "Organization" ? { organization: presentUser(urls, owner) } : {};
  const body = {
    ...presentWholeRepository(world, urls, repository),
    ...permissions,
    ...settings,
    ...organization,
  };
  return { status: 200, body: { ...body, network_count: 0, subscribers_count: 0 } };
}
