/** Classic branch protection. */
import { findUser } from "../../world/find.ts";
import { protectionOf } from "../../world/protection.ts";
import type { BranchProtection, RequiredCheck } from "../../world/pull-state.ts";
import { ApiError } from "../errors.ts";
import { type JsonObject, type Route, type RouteContext, type RouteResult, route } from "../router.ts";

const object = (value: unknown): JsonObject | undefined =>
  typeof value === "object" && value !== null ? (value as JsonObject) : undefined;

function checksIn(given: JsonObject): RequiredCheck[] {
  const checks = Array.isArray(given.checks) ? (given.checks as JsonObject[]) : [];
  const contexts = Array.isArray(given.contexts) ? (given.contexts as string[]) : [];
  const named = checks.map((check) => ({
    context: String(check.context),
    appId: typeof check.app_id === "number" && check.app_id > 0 ? check.app_id : null,
  }));
  const plain = contexts.filter((context) => !named.some((one) => one.context === context));
  return [...named, ...plain.map((context) => ({ context, appId: null }))];
}

function putProtection(context: RouteContext): RouteResult {
  const { body, repository } = context;
  const branch = context.params.branch ?? "";
  if (!repository.refs.has(`refs/heads/${branch}`)) throw new ApiError(404, "Branch not found");
  for (const field of [
    "required_status_checks",
    "enforce_admins",
    "required_pull_request_reviews",
    "restrictions",
  ]) {
    if (!(field in body)) throw new ApiError(422, `Invalid request.\n\n"${field}" wasn't supplied.`);
  }
  if (body.restrictions !== null) {
    throw new ApiError(501, "Not implemented by the sandbox: restrictions of who may push");
  }
  const checks = object(body.required_status_checks);
  const reviews = object(body.required_pull_request_reviews);
  const protection: BranchProtection = {
    pattern: branch,
    requiredChecks: checks ? { strict: checks.strict === true, checks: checksIn(checks) } : null,
    requiredReviews: reviews
      ? {
          count: Number(reviews.required_approving_review_count ?? 0),
          dismissStale: reviews.dismiss_stale_reviews === true,
          requireCodeOwners: reviews.require_code_owner_reviews === true,
          requireLastPushApproval: reviews.require_last_push_approval === true,
        }
      : null,
    enforceAdmins: body.enforce_admins === true,
    requiredLinearHistory: body.required_linear_history === true,
    allowForcePushes: body.allow_force_pushes === true,
    allowDeletions: body.allow_deletions === true,
    requiredConversationResolution: body.required_conversation_resolution === true,
  };
  repository.protections.set(branch, protection);
  return { status: 200, body: present(context, protection) };
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
  const branch = context.params.branch ?? "";
  if (!context.repository.refs.has(`refs/heads/${branch}`)) throw new ApiError(404, "Branch not found");
  const found = protectionOf(context.repository, branch);
  if (!found) throw new ApiError(404, "Branch not protected");
  return found;
}

const REPO = "/repos/{owner}/{repo}";
const BRANCH = `${REPO}/branches/{branch*}/protection`;
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
  route("GET", `${BRANCH}/required_status_checks`, ADMIN_READ, (context) => {
    const shown = present(context, protectionParam(context));
    if (!shown.required_status_checks) throw new ApiError(404, "Required status checks not enabled");
    return { status: 200, body: shown.required_status_checks };
  }),
];
