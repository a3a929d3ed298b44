/** Which rules gate a branch: classic protection and rulesets, both. */
import type { BranchProtection, RequiredCheck, Ruleset } from "./pull-state.ts";
import type { Repository, World } from "./state.ts";

/** Does a name fit GitHub's pattern (`*` within a segment, `**` across them)? */
export function fitsPattern(pattern: string, name: string): boolean {
  const source = pattern
    .split(/(\*\*\/?|\*|\?)/)
    .map((part) => {
      if (part === "**/") return "(?:.*/)?";
      if (part === "**") return ".*";
      if (part === "*") return "[^/]*";
      if (part === "?") return "[^/]";
      return part.replace(/[.+^${}()|[\]\\]/g, "\\$&");
    })
    .join("");
  return new RegExp(`^${source}$`).test(name);
}

/** Classic protection of a branch: by its exact name first, then the first pattern that fits. */
export function protectionOf(repository: Repository, branch: string): BranchProtection | undefined {
  const exact = repository.protections.get(branch);
  if (exact) return exact;
  for (const protection of repository.protections.values())
    if (fitsPattern(protection.pattern, branch)) return protection;
  return undefined;
}

/** Active rulesets that reach a full ref. */
export function rulesetsOf(world: World, repository: Repository, ref: string): Ruleset[] {
  const target = ref.startsWith("refs/tags/") ? "tag" : "branch";
  if (target === "branch" && !ref.startsWith("refs/heads/")) return [];
  const fits = (pattern: string): boolean => {
    if (pattern === "~ALL") return true;
    if (pattern === "~DEFAULT_BRANCH") return ref === `refs/heads/${repository.defaultBranch}`;
    return fitsPattern(pattern, ref);
  };
  return [...world.rulesets.values()].filter(
    (ruleset) =>
      ruleset.repositoryId === repository.id &&
      ruleset.target === target &&
      ruleset.enforcement === "active" &&
      ruleset.include.some(fits) &&
      !ruleset.exclude.some(fits),
  );
}

/** `protected` and `protection` of a branch, as the branch endpoints show them to all who may read. */
export function protectionSummary(world: World, repository: Repository, branch: string) {
  const protection = protectionOf(repository, branch);
  const checks: readonly RequiredCheck[] = protection?.requiredChecks?.checks ?? [];
  const level = protection?.requiredChecks ? (protection.enforceAdmins ? "everyone" : "non_admins") : "off";
  return {
    protected: protection !== undefined || rulesetsOf(world, repository, `refs/heads/${branch}`).length > 0,
    enabled: protection !== undefined,
    required_status_checks: {
      enforcement_level: level,
      contexts: checks.map((check) => check.context),
      checks: checks.map((check) => ({ context: check.context, app_id: check.appId })),
    },
  };
}
