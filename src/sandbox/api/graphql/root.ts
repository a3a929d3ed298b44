/** Where queries and mutations begin. */

import { actingUserId } from "../../world/actor.ts";
import { repositoryByName } from "../../world/find.ts";
import { iso } from "../present/time.ts";
import { type GraphqlContext, isVisible } from "./context.ts";
import { GraphqlRefusal, notHere, notResolved } from "./errors.ts";
import { nodeObject } from "./nodes.ts";
import { userObject } from "./objects/actor.ts";
import { repositoryObject } from "./objects/repository.ts";

interface RepositoryArguments {
  readonly owner: string;
  readonly name: string;
  readonly followRenames: boolean;
}

/** At most so many ids in `nodes`. */
const MOST_IDS = 100;

export function queryRoot(context: GraphqlContext) {
  return {
    viewer: () => userObject(context, actingUserId(context.actor)),
    node: ({ id }: { id: string }) => nodeObject(context, id),
    nodes: ({ ids }: { ids: readonly string[] }) => {
      if (ids.length > MOST_IDS)
        throw new GraphqlRefusal(
          undefined,
          `You may not provide more than ${MOST_IDS} node ids; you provided ${ids.length}.`,
        );
      return ids.map((id) => settled(() => nodeObject(context, id)));
    },
    repository: (args: RepositoryArguments) => repository(context, args),
    rateLimit: ({ dryRun }: { dryRun: boolean }) => {
      if (dryRun) throw notHere("the argument dryRun of Query.rateLimit");
      return rateLimit(context);
    },
  };
}

/** One that fails is null and told; the others are there. */
async function settled(show: () => unknown): Promise<unknown> {
  return show();
}

function repository(context: GraphqlContext, { owner, name, followRenames }: RepositoryArguments) {
  const { world } = context;
  const renamed = world.renames.get(`${owner}/${name}`.toLowerCase());
  const found =
    repositoryByName(world, owner, name) ??
    (followRenames ? world.repositories.get(renamed ?? 0) : undefined);
  if (!found || !isVisible(context, found))
    throw notResolved(`a Repository with the name '${owner}/${name}'.`);
  return repositoryObject(context, found);
}

/** `null` where limits are off. */
function rateLimit({ left, cost }: GraphqlContext) {
  if (!left) return null;
  return {
    cost: cost.points,
    nodeCount: cost.nodes,
    limit: left.limit,
    remaining: left.remaining,
    used: left.used,
    resetAt: iso(left.reset * 1000),
  };
}
