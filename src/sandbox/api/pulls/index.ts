/** Pull requests: their routes, and how they follow branches and issues. */
import type { Route } from "../router.ts";
import { mergeRoutes } from "./merge.ts";
import { pullRoutes as basicRoutes } from "./pulls.ts";
import { reviewRoutes } from "./reviews.ts";

export { installPullHooks } from "./follow.ts";

export const pullRoutes: readonly Route[] = [...basicRoutes, ...mergeRoutes, ...reviewRoutes];
