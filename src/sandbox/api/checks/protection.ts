/** Branch protection and rulesets: what a merge needs. */
import { findUser } from "../../world/find.ts";
import { nextId } from "../../world/ids.ts";
import { rulesetsOf } from "../../world/protection.ts";
import type { BranchProtection, RequiredCheck, Ruleset } from "../../world/pull-state.ts";
import { ApiError, notFound } from "../errors.ts";
import { numberParam, optionalString, requiredString } from "../input.ts";
import { paginate } from "../paginate.ts";
import { iso } from "../present/time.ts";
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
          required_status_checks: {
            url: `${url}/required_status_checks`,
            strict: requiredChecks.strict,
            contexts: requiredChecks.checks.map((check) => check.context),
            contexts_url: `${url}/required_status_checks/contexts`,
            checks: requiredChecks.checks.map((check) => ({ context: check.context, app_id: check.appId })),
          },
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

function protectionParam(context: RouteContext): BranchProtection {
  const found = context.repository.protections.get(context.params.branch ?? "");
  if (!found) throw new ApiError(404, "Branch not protected");
  return found;
}

function createRuleset(context: RouteContext): RouteResult {
  const { body, world, repository } = context;
  const names = object(object(body.conditions)?.ref_name);
  const at = context.now();
  const ruleset: Ruleset = {
    id: nextId(world, "ruleset"),
    repositoryId: repository.id,
    name: requiredString(body, "name"),
    target: optionalString(body, "target") === "tag" ? "tag" : "branch",
    enforcement: requiredString(body, "enforcement") as Ruleset["enforcement"],
    include: (names?.include as string[] | undefined) ?? [],
    exclude: (names?.exclude as string[] | undefined) ?? [],
    rules: (body.rules as Ruleset["rules"] | undefined) ?? [],
    createdAt: at,
    updatedAt: at,
  };
  world.rulesets.set(ruleset.id, ruleset);
  return { status: 201, body: presentRuleset(context, ruleset) };
}

function presentRuleset(context: RouteContext, ruleset: Ruleset) {
  const name = `${context.params.owner}/${context.params.repo}`;
  return {
    id: ruleset.id,
    name: ruleset.name,
    target: ruleset.target,
    source_type: "Repository",
    source: name,
    enforcement: ruleset.enforcement,
    conditions: { ref_name: { include: ruleset.include, exclude: ruleset.exclude } },
    rules: ruleset.rules,
    node_id: `RRS_${ruleset.id}`,
    created_at: iso(ruleset.createdAt),
    updated_at: iso(ruleset.updatedAt),
  };
}

function branchRules(context: RouteContext): RouteResult {
  const { world, repository } = context;
  const source = `${context.params.owner}/${context.params.repo}`;
  const rules = rulesetsOf(world, repository, context.params.branch ?? "").flatMap((ruleset) =>
    ruleset.rules.map((rule) => ({
      type: rule.type,
      ...(rule.parameters ? { parameters: rule.parameters } : {}),
      ruleset_source_type: "Repository",
      ruleset_source: source,
      ruleset_id: ruleset.id,
    })),
  );
  return paginate(context, rules, (rule) => rule);
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
  route("POST", `${REPO}/rulesets`, ADMIN, createRuleset),
  route("GET", `${REPO}/rulesets`, { permission: { metadata: "read" } }, (context) => {
    const own = [...context.world.rulesets.values()].filter(
      (one) => one.repositoryId === context.repository.id,
    );
    return paginate(context, own, (ruleset) => presentRuleset(context, ruleset));
  }),
  route("GET", `${REPO}/rulesets/{ruleset_id}`, { permission: { metadata: "read" } }, (context) => {
    const found = context.world.rulesets.get(numberParam(context, "ruleset_id"));
    if (found?.repositoryId !== context.repository.id) throw notFound();
    return { status: 200, body: presentRuleset(context, found) };
  }),
  route("GET", `${REPO}/rules/branches/{branch*}`, { permission: { metadata: "read" } }, branchRules),
];
