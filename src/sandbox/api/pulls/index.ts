/** Pull requests: their routes, and how they follow branches and issues. */
import type { Route } from "../router.ts";
import { createRoutes } from "./create.ts";
import { mergeRoutes } from "./merge.ts";
import { readRoutes } from "./pulls.ts";
import { requestedReviewerRoutes } from "./requested-reviewers.ts";
import { reviewCommentRoutes } from "./review-comments.ts";
import { reviewRoutes } from "./reviews.ts";
import { updateRoutes } from "./update.ts";
import { updateBranchRoutes } from "./update-branch.ts";

export { installPullHooks } from "./follow.ts";

export const pullRoutes: readonly Route[] = [
  ...readRoutes,
  ...createRoutes,
  ...updateRoutes,
  ...mergeRoutes,
  ...updateBranchRoutes,
  ...reviewRoutes,
  ...requestedReviewerRoutes,
  ...reviewCommentRoutes,
];
