/** The pull request that a path names. */
import type { Cause } from "../../services.ts";
import { pullByNumber } from "../../world/find.ts";
import type { PullRequest } from "../../world/pull-state.ts";
import { notFound } from "../errors.ts";
import { numberParam } from "../input.ts";
import type { RouteContext } from "../router.ts";

/** 404 where there is none. */
export function pullParam(context: RouteContext): PullRequest {
  const pull = pullByNumber(context.world, context.repository.id, numberParam(context, "pull_number"));
  if (!pull) throw notFound();
  return pull;
}

export const causeOf = ({ actor, requestId }: RouteContext): Cause => ({ actor, requestId });
