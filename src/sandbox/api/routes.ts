/** All routes of the REST API. */
import { appRoutes } from "../identity/apps.ts";
import { parts } from "../parts.ts";
import type { Deliverer } from "../webhooks/deliver.ts";
import { hookDeliveryRoutes } from "../webhooks/routes.ts";
import { commitRoutes } from "./gitdata/commits.ts";
import { contentRoutes } from "./gitdata/contents.ts";
import { objectRoutes } from "./gitdata/objects.ts";
import { refRoutes } from "./gitdata/refs.ts";
import { tagRoutes } from "./gitdata/tags.ts";
import { graphqlRoutes } from "./graphql/route.ts";
import { commentRoutes } from "./issues/comments.ts";
import { dependencyRoutes } from "./issues/dependencies.ts";
import { historyRoutes } from "./issues/history.ts";
import { issueRoutes } from "./issues/issues.ts";
import { labelRoutes } from "./issues/labels.ts";
import { reactionRoutes } from "./issues/reactions.ts";
import { subIssueRoutes } from "./issues/sub-issues.ts";
import { teamRoutes } from "./orgs/teams.ts";
import type { Quota } from "./quota.ts";
import { collaboratorRoutes } from "./repos/collaborators.ts";
import { dispatchRoutes } from "./repos/dispatches.ts";
import { repositoryRoutes } from "./repos/repositories.ts";
import { metaRoutes, userRoutes } from "./repos/users.ts";
import { createRouter, type Router } from "./router.ts";

/** The router over everything that the sandbox implements. */
export function createApiRouter(quota: Quota, deliverer: Deliverer): Router {
  return createRouter([
    ...metaRoutes(quota),
    ...userRoutes,
    ...teamRoutes,
    ...appRoutes,
    ...hookDeliveryRoutes(deliverer),
    ...repositoryRoutes,
    ...collaboratorRoutes,
    ...dispatchRoutes,
    ...issueRoutes,
    ...commentRoutes,
    ...labelRoutes,
    ...historyRoutes,
    ...reactionRoutes,
    ...subIssueRoutes,
    ...dependencyRoutes,
    ...refRoutes,
    ...tagRoutes,
    ...objectRoutes,
    ...contentRoutes,
    ...commitRoutes,
    ...graphqlRoutes(quota),
    ...parts.flatMap((part) => part.routes),
  ]);
}
