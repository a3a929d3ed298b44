/** Classic branch protection. */
import { findUser } from "../../world/find.ts";
import { protectionOf } from "../../world/protection.ts";
import type { BranchProtection } from "../../world/pull-state.ts";
import { ApiError } from "../errors.ts";
import { type Route, type RouteContext, type RouteResult, route } from "../router.ts";
import { refuseOwningTeams } from "./owning-teams.ts";
import { protectionIn, requiredChecksIn, requiredReviewsIn } from "./protection-input.ts";

function branchParam({ params, repository }: RouteContext): string {
  const branch = params.branch ?? "";
  if (!repository.refs.has(`refs/heads/${branch}`)) throw new ApiError(404, "Branch not found");
  return branch;
}

async function putProtection(context: RouteContext): Promise<RouteResult> {
  const branch = branchParam(context);
  const protection = protectionIn(context.body, branch);
  await checkOwners(context, branch, protection);
  context.repository.protections.set(branch, protection);
  return { status: 200, body: present(context, protection) };
}

/** Reviews of code owners can be required only where the sandbox can know them. */
async function checkOwners(
  context: RouteContext,
  branch: string,
  { requiredReviews }: Pick<BranchProtection, "requiredReviews">,
): Promise<void> {
  if (requiredReviews?.requireCodeOwners) await refuseOwningTeams(context, branch);
}

function present(context: RouteContext, protection: BranchProtection) {
  const name = `${findUser(context.world, context.repository.ownerId).login}/${context.repository.name}`;
  const url = `${context.urls.api}/repos/${name}/branches/${protection.pattern}/protection`;
  const { requiredChecks, requiredReviews } = protection;
  return {
    url,
    ...(requiredChecks
      ? {
          required_status_checks: presentChecks(url, requiredChecks),
        }
      : {}),
    ...(requiredReviews
      ? {
          required_pull_request_reviews: {
            url: `${url}/required_pull_request_reviews`,
            dismiss_stale_reviews: requiredReviews.dismissStale,
            require_code_owner_reviews: requiredReviews.requireCodeOwners,
            require_last_push_approval: requiredReviews.requireLastPushApproval,
            required_approving_review_count: requiredReviews.count,
          },
        }
      : {}),
    enforce_admins: { url: `${url}/enforce_admins`, enabled: protection.enforceAdmins },
    required_linear_history: { enabled: protection.requiredLinearHistory },
    allow_force_pushes: { enabled: protection.allowForcePushes },
    allow_deletions: { enabled: protection.allowDeletions },
    required_conversation_resolution: { enabled: protection.requiredConversationResolution },
  };
}

function presentChecks(url: string, { strict, checks }: NonNullable<BranchProtection["requiredChecks"]>) {
  return {
    url: `${url}/required_status_checks`,
    strict,
    contexts: checks.map((check) => check.context),
    contexts_url: `${url}/required_status_checks/contexts`,
    checks: checks.map((check) => ({ context: check.context, app_id: check.appId })),
  };
}

function protectionParam(context: RouteContext): BranchProtection {
  const found = protectionOf(context.repository, branchParam(context));
  if (!found) throw new ApiError(404, "Branch not protected");
  return found;
}

/** One part of the protection, as its own endpoints show it. 404 where it is off. */
function part(
  context: RouteContext,
  name: "required_status_checks" | "required_pull_request_reviews",
): RouteResult {
  const shown = present(context, protectionParam(context))[name];
  if (shown) return { status: 200, body: shown };
  const what = name === "required_status_checks" ? "Required status checks" : "Pull request reviews";
  throw new ApiError(404, `${what} not enabled`);
}

async function patchReviews(context: RouteContext): Promise<RouteResult> {
  const protection = protectionParam(context);
  const requiredReviews = requiredReviewsIn(context.body, protection.requiredReviews ?? undefined);
  await checkOwners(context, context.params.branch ?? "", { requiredReviews });
  protection.requiredReviews = requiredReviews;
  return part(context, "required_pull_request_reviews");
}

function patchChecks(context: RouteContext): RouteResult {
  const protection = protectionParam(context);
  if (!protection.requiredChecks) throw new ApiError(404, "Required status checks not enabled");
  protection.requiredChecks = requiredChecksIn(context.body, protection.requiredChecks);
  return part(context, "required_status_checks");
}

const adminsOf = (context: RouteContext): RouteResult => ({
  status: 200,
  body: present(context, protectionParam(context)).enforce_admins,
});

const REPO = "/repos/{owner}/{repo}";
const BRANCH = `${REPO}/branches/{branch*}/protection`;
const ADMINS = `${BRANCH}/enforce_admins`;
const REVIEWS = `${BRANCH}/required_pull_request_reviews`;
const CHECKS = `${BRANCH}/required_status_checks`;
const ADMIN_READ = { permission: { administration: "read" }, role: "admin" } as const;
const ADMIN = { permission: { administration: "write" }, role: "admin" } as const;

export const protectionRoutes: readonly Route[] = [
  route("PUT", BRANCH, ADMIN, putProtection),
  route("GET", BRANCH, ADMIN_READ, (context) => ({
    status: 200,
    body: present(context, protectionParam(context)),
  })),
  route("DELETE", BRANCH, ADMIN, (context) => {
    context.repository.protections.delete(protectionParam(context).pattern);
    return { status: 204 };
  }),
  route("GET", ADMINS, ADMIN_READ, adminsOf),
  route("POST", ADMINS, ADMIN, (context) => {
    protectionParam(context).enforceAdmins = true;
    return adminsOf(context);
  }),
  route("DELETE", ADMINS, ADMIN, (context) => {
    protectionParam(context).enforceAdmins = false;
    return { status: 204 };
  }),
  route("GET", REVIEWS, ADMIN_READ, (context) => part(context, "required_pull_request_reviews")),
  route("PATCH", REVIEWS, ADMIN, patchReviews),
  route("DELETE", REVIEWS, ADMIN, (context) => {
    protectionParam(context).requiredReviews = null;
    return { status: 204 };
  }),
  route("GET", CHECKS, ADMIN_READ, (context) => part(context, "required_status_checks")),
  route("PATCH", CHECKS, ADMIN, patchChecks),
  route("DELETE", CHECKS, ADMIN, (context) => {
    protectionParam(context).requiredChecks = null;
    return { status: 204 };
  }),
];
