/** Rulesets, and the rules that come to bear on a branch. */
import { gateChanged } from "../../services.ts";
import { fullName } from "../../world/find.ts";
import { nextId, nodeId } from "../../world/ids.ts";
import { rulesetsOf } from "../../world/protection.ts";
import type { Ruleset } from "../../world/pull-state.ts";
import { notFound, notImplemented, validationFailed } from "../errors.ts";
import { numberParam, optionalString, requiredString } from "../input.ts";
import { paginate } from "../paginate.ts";
import { iso } from "../present/time.ts";
import { type JsonObject, type Route, type RouteContext, type RouteResult, route } from "../router.ts";
import { refuseOwningTeams } from "./owning-teams.ts";

const ENFORCEMENTS: readonly Ruleset["enforcement"][] = ["active", "disabled", "evaluate"];
/** Rules that merges and pushes on the sandbox heed. One that they would pass over in silence is refused instead. */
const RULES: readonly string[] = [
  "creation",
  "deletion",
  "merge_queue",
  "non_fast_forward",
  "pull_request",
  "required_linear_history",
  "required_status_checks",
  "update",
];

const object = (value: unknown): JsonObject | undefined =>
  typeof value === "object" && value !== null ? (value as JsonObject) : undefined;

type Rules = Ruleset["rules"];

/** What a body says of a ruleset, over what there was. */
async function settingsIn(context: RouteContext, before: Partial<Ruleset>) {
  const { body } = context;
  const names = object(object(body.conditions)?.ref_name);
  const enforcement = (optionalString(body, "enforcement") ?? before.enforcement) as Ruleset["enforcement"];
  if (!ENFORCEMENTS.includes(enforcement))
    throw validationFailed({ resource: "RepositoryRuleset", code: "invalid", field: "enforcement" });
  if (Array.isArray(body.bypass_actors) && body.bypass_actors.length > 0)
    throw notImplemented("bypass_actors");
  const rules = (body.rules as Rules | undefined) ?? before.rules ?? [];
  await checkRules(context, rules);
  return {
    name: body.name === undefined && before.name !== undefined ? before.name : requiredString(body, "name"),
    enforcement,
    include: (names?.include as string[] | undefined) ?? before.include ?? [],
    exclude: (names?.exclude as string[] | undefined) ?? before.exclude ?? [],
    rules,
    updatedAt: context.now(),
  };
}

async function checkRules(context: RouteContext, rules: Rules): Promise<void> {
  for (const { type, parameters = {} } of rules) {
    if (!RULES.includes(type)) throw notImplemented(`rules of type ${type}`);
    if (type === "merge_queue") checkQueue(parameters);
    if (Array.isArray(parameters.required_reviewers) && parameters.required_reviewers.length > 0)
      throw notImplemented("required_reviewers");
    if (parameters.require_code_owner_review === true)
      await refuseOwningTeams(context, context.repository.defaultBranch);
  }
}

const QUEUE_NUMBERS: readonly string[] = [
  "check_response_timeout_minutes",
  "max_entries_to_build",
  "max_entries_to_merge",
  "min_entries_to_merge",
  "min_entries_to_merge_wait_minutes",
];

/** All of its parameters are needed. */
function checkQueue(parameters: JsonObject): void {
  const { grouping_strategy: strategy, merge_method: method } = parameters;
  const named =
    ["ALLGREEN", "HEADGREEN"].includes(String(strategy)) &&
    ["MERGE", "SQUASH", "REBASE"].includes(String(method));
  if (named && QUEUE_NUMBERS.every((name) => Number.isInteger(parameters[name]))) return;
  throw validationFailed({ resource: "RepositoryRuleset", code: "invalid", field: "rules" });
}

async function createRuleset(context: RouteContext): Promise<RouteResult> {
  const { body, world, repository } = context;
  requiredString(body, "enforcement");
  const settings = await settingsIn(context, {});
  const ruleset: Ruleset = {
    id: nextId(world, "ruleset"),
    repositoryId: repository.id,
    target: optionalString(body, "target") === "tag" ? "tag" : "branch",
    createdAt: context.now(),
    ...settings,
  };
  world.rulesets.set(ruleset.id, ruleset);
  return { status: 201, body: presentRuleset(context, ruleset) };
}

function presentRuleset({ world, repository, urls }: RouteContext, ruleset: Ruleset) {
  const source = fullName(world, repository);
  return {
    id: ruleset.id,
    name: ruleset.name,
    target: ruleset.target,
    source_type: "Repository",
    source,
    enforcement: ruleset.enforcement,
    bypass_actors: [],
    current_user_can_bypass: "never",
    conditions: { ref_name: { include: ruleset.include, exclude: ruleset.exclude } },
    rules: ruleset.rules,
    node_id: nodeId("RRS", ruleset.id),
    _links: { self: { href: `${urls.api}/repos/${source}/rulesets/${ruleset.id}` } },
    created_at: iso(ruleset.createdAt),
    updated_at: iso(ruleset.updatedAt),
  };
}

function rulesetParam(context: RouteContext): Ruleset {
  const found = context.world.rulesets.get(numberParam(context, "ruleset_id"));
  if (found?.repositoryId !== context.repository.id) throw notFound();
  return found;
}

/** Active rules of a branch, whether it exists or not; readable by all who may read the repository. */
function branchRules(context: RouteContext): RouteResult {
  const { world, repository } = context;
  const source = fullName(world, repository);
  const rules = rulesetsOf(world, repository, `refs/heads/${context.params.branch}`).flatMap((ruleset) =>
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
const ONE = `${REPO}/rulesets/{ruleset_id}`;
const READ = { permission: { metadata: "read" } } as const;
const ADMIN = { permission: { administration: "write" }, role: "admin" } as const;

export const rulesetRoutes: readonly Route[] = [
  route("POST", `${REPO}/rulesets`, ADMIN, createRuleset),
  route("GET", `${REPO}/rulesets`, READ, (context) => {
    const own = [...context.world.rulesets.values()].filter(
      (one) => one.repositoryId === context.repository.id,
    );
    // A list does not tell the rules themselves.
    return paginate(context, own, (ruleset) => {
      const {
        rules: _rules,
        conditions: _conditions,
        bypass_actors: _actors,
        ...shown
      } = presentRuleset(context, ruleset);
      return shown;
    });
  }),
  route("GET", ONE, READ, (context) => ({
    status: 200,
    body: presentRuleset(context, rulesetParam(context)),
  })),
  route("PUT", ONE, ADMIN, async (context) => {
    const ruleset = rulesetParam(context);
    Object.assign(ruleset, await settingsIn(context, ruleset));
    gateChanged(context.services, ruleset.repositoryId);
    return { status: 200, body: presentRuleset(context, ruleset) };
  }),
  route("DELETE", ONE, ADMIN, (context) => {
    context.world.rulesets.delete(rulesetParam(context).id);
    gateChanged(context.services, context.repository.id);
    return { status: 204 };
  }),
  route("GET", `${REPO}/rules/branches/{branch*}`, READ, branchRules),
];
