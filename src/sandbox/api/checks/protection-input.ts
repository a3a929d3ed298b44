/** What requests say of classic protection. What a merge or push on the sandbox would pass over in silence is refused. */
import type { BranchProtection, RequiredCheck } from "../../world/pull-state.ts";
import { ApiError, notImplemented } from "../errors.ts";
import { optionalBoolean, requiredString, wrongType } from "../input.ts";
import type { JsonObject } from "../router.ts";

const REQUIRED = [
  "required_status_checks",
  "enforce_admins",
  "required_pull_request_reviews",
  "restrictions",
];
const MOST_APPROVALS = 6;

/** The whole of it, as `PUT` sets it. */
export function protectionIn(body: JsonObject, pattern: string): BranchProtection {
  for (const field of REQUIRED) {
    if (!(field in body)) throw new ApiError(422, `Invalid request.\n\n"${field}" wasn't supplied.`);
  }
  if (body.restrictions !== null) throw notImplemented("restrictions of who may push");
  const flag = (field: string): boolean => optionalBoolean(nullAbsent(body), field) ?? false;
  if (flag("lock_branch")) throw notImplemented("locked branches");
  if (flag("block_creations")) throw notImplemented("restrictions of who may create branches");
  const checks = objectIn(body, "required_status_checks");
  const reviews = objectIn(body, "required_pull_request_reviews");
  return {
    pattern,
    requiredChecks: checks && requiredChecksIn(checks, undefined),
    requiredReviews: reviews && requiredReviewsIn(reviews, undefined),
    enforceAdmins: flag("enforce_admins"),
    requiredLinearHistory: flag("required_linear_history"),
    allowForcePushes: flag("allow_force_pushes"),
    allowDeletions: flag("allow_deletions"),
    requiredConversationResolution: flag("required_conversation_resolution"),
  };
}

/** GitHub takes `null` for "not set" in the flags. */
const nullAbsent = (body: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null));

function objectIn(body: JsonObject, field: string): JsonObject | null {
  const value = body[field];
  if (value === undefined || value === null) return null;
  if (typeof value !== "object" || Array.isArray(value)) throw wrongType(field, value, "object");
  return value as JsonObject;
}

type Checks = NonNullable<BranchProtection["requiredChecks"]>;
type Reviews = NonNullable<BranchProtection["requiredReviews"]>;

/** `before`: what stands where the request does not say otherwise. */
export function requiredChecksIn(given: JsonObject, before: Checks | undefined): Checks {
  const names = given.contexts === undefined && given.checks === undefined;
  return {
    strict: optionalBoolean(given, "strict") ?? before?.strict ?? false,
    checks: names && before ? before.checks : namedChecks(given),
  };
}

/** `contexts` is the older way to say it. */
function namedChecks(given: JsonObject): RequiredCheck[] {
  const checks = Array.isArray(given.checks) ? (given.checks as JsonObject[]) : [];
  const contexts = Array.isArray(given.contexts) ? (given.contexts as string[]) : [];
  const named = checks.map((check) => ({
    context: requiredString(check, "context"),
    appId: typeof check.app_id === "number" && check.app_id > 0 ? check.app_id : null,
  }));
  const plain = contexts.filter((context) => !named.some((one) => one.context === context));
  return [...named, ...plain.map((context) => ({ context, appId: null }))];
}

export function requiredReviewsIn(given: JsonObject, before: Reviews | undefined): Reviews {
  for (const field of ["dismissal_restrictions", "bypass_pull_request_allowances"]) {
    const lists = Object.values(objectIn(given, field) ?? {});
    if (lists.some((list) => Array.isArray(list) && list.length > 0)) throw notImplemented(field);
  }
  const count = given.required_approving_review_count ?? before?.count ?? 1;
  if (typeof count !== "number" || !Number.isInteger(count) || count < 0 || count > MOST_APPROVALS) {
    const bound =
      Number(count) > MOST_APPROVALS ? `less than or equal to ${MOST_APPROVALS}` : "a number from 0";
    throw new ApiError(422, `Invalid request.\n\n${JSON.stringify(count)} must be ${bound}.`);
  }
  return {
    count,
    dismissStale: optionalBoolean(given, "dismiss_stale_reviews") ?? before?.dismissStale ?? false,
    requireCodeOwners:
      optionalBoolean(given, "require_code_owner_reviews") ?? before?.requireCodeOwners ?? false,
    requireLastPushApproval:
      optionalBoolean(given, "require_last_push_approval") ?? before?.requireLastPushApproval ?? false,
  };
}
