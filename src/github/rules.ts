/** What a branch's rules ask of a merge, from rulesets and from branch protection, both. */

import type { Address } from "./address.ts";
import type { Client } from "./client.ts";
import { GitHubError } from "./errors.ts";
import { allPages } from "./pages.ts";
import type { BranchRules, Read, RequiredCheck } from "./ports.ts";
import { Shape } from "./shape.ts";

const RULES = "/repos/{owner}/{repo}/rules/branches/{branch}";
const BRANCH = "/repos/{owner}/{repo}/branches/{branch}";

/** The branch object shows the checks of classic protection without administration rights, and nothing else of it. */
export async function branchRules(
  client: Client,
  address: Address,
  branch: string,
): Promise<Read<BranchRules>> {
  const rules = found(RULES, await allPages(client, RULES, { ...address, branch }));
  const answer = found(BRANCH, await client.get(BRANCH, { ...address, branch }));
  const ofType = (type: string): readonly Shape[] =>
    rules.items
      .filter((rule) => rule.text("type") === type)
      .map((rule) => rule.objectOr("parameters") ?? new Shape(RULES, {}));
  const demands = ofType("required_status_checks");
  const reviews = ofType("pull_request");
  const checks = [...demands.flatMap(inRule), ...inProtection(new Shape(BRANCH, answer.data))];
  const value: BranchRules = {
    checks: [...new Map(checks.map((check) => [`${check.name}\n${check.appId}`, check])).values()],
    strict: demands.some((one) => one.truth("strict_required_status_checks_policy")),
    approvals: Math.max(0, ...reviews.map((one) => one.numberOr("required_approving_review_count", 0))),
    conversations: reviews.some((one) => one.truth("required_review_thread_resolution")),
    queue: ofType("merge_queue").length > 0,
    locked: ofType("update").length > 0,
  };
  return { value, readAt: rules.readAt, serverTime: rules.serverTime };
}

function found<T>(where: string, value: T | undefined): T {
  if (value !== undefined) return value;
  throw new GitHubError("refused", `GET ${where}`, "404: not there, or not visible to the app", {
    status: 404,
  });
}

const inRule = (parameters: Shape): readonly RequiredCheck[] =>
  parameters
    .objects("required_status_checks")
    .map((check) => ({ name: check.text("context"), appId: anyApp(check.numberOr("integration_id", null)) }));

function inProtection(branch: Shape): readonly RequiredCheck[] {
  const checks = branch.objectOr("protection")?.objectOr("required_status_checks");
  if (!checks) return [];
  if (Array.isArray(checks.fields.checks)) {
    return checks
      .objects("checks")
      .map((check) => ({ name: check.text("context"), appId: anyApp(check.numberOr("app_id", null)) }));
  }
  const contexts = Array.isArray(checks.fields.contexts) ? checks.fields.contexts : [];
  return contexts.map((name) => ({ name: String(name), appId: null }));
}

/** GitHub writes "any app" as null or as -1. */
const anyApp = (id: number | null): number | null => (id === null || id < 0 ? null : id);
