/**
 * `CODEOWNERS`: who owns which files (docs: "About code owners"). The last line that fits a file counts; a line without
 * owners takes them away. Patterns are those of `.gitignore` without `!`, `[ ]` and escapes.
 */
import type { GitStore, Sha } from "../../git/store.ts";
import { type Services, storeOf } from "../../services.ts";
import { atLeast, roleOf } from "../../world/access.ts";
import { findRepository, userByLogin } from "../../world/find.ts";
import { fitsPattern } from "../../world/protection.ts";
import type { OwnedPart, PullRequest } from "../../world/pull-state.ts";
import type { Repository, World } from "../../world/state.ts";
import { filesOf } from "./counts.ts";

/** Where GitHub looks for it, in this order. */
const PLACES: readonly string[] = [".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"];

interface OwnerRule {
  readonly pattern: string;
  /** `@login`, `@organization/team` or an address, as written. */
  readonly owners: readonly string[];
}

/** The rules in a commit, in their order; none where it has no such file. */
export async function readCodeOwners(store: GitStore, commit: Sha): Promise<readonly OwnerRule[]> {
  for (const place of PLACES) {
    const entry = await store.entryAt(commit, place);
    const content = entry?.type === "blob" ? await store.readBlob(entry.sha) : undefined;
    if (content) return parseCodeOwners(content.toString("utf8"));
  }
  return [];
}

/** GitHub passes over lines that it cannot read. */
function parseCodeOwners(text: string): OwnerRule[] {
  return text.split("\n").flatMap((line) => {
    const [pattern, ...owners] = line
      .replace(/(^|\s)#.*$/, "")
      .trim()
      .split(/\s+/);
    if (!pattern || /^!|[[\]\\]/.test(pattern)) return [];
    return [{ pattern, owners: owners.filter((owner) => owner.includes("@")) }];
  });
}

function ownersOf(rules: readonly OwnerRule[], path: string): readonly string[] {
  return rules.findLast((rule) => owns(rule.pattern, path))?.owners ?? [];
}

function owns(pattern: string, path: string): boolean {
  const inner = pattern.replace(/^\/|\/$/g, "");
  // With a slash before its end a pattern begins at the root, without one anywhere.
  const from = /\/(?!$)/.test(pattern) ? inner : `**/${inner}`;
  if (fitsPattern(`${from}/**`, path)) return !pattern.endsWith("/*");
  return !pattern.endsWith("/") && fitsPattern(from, path);
}

/** Owners of what a pull request changes, by its base's file. */
export async function codeOwnersOf(services: Services, pull: PullRequest): Promise<OwnedPart[]> {
  const rules = await readCodeOwners(storeOf(services, pull.repositoryId), pull.baseSha);
  if (rules.length === 0) return [];
  const files = await filesOf(services, pull);
  const paths = files.flatMap(({ path, previousPath }) => (previousPath ? [path, previousPath] : [path]));
  return ownedParts(services.world, findRepository(services.world, pull.repositoryId), rules, paths);
}

/** The changed files' owners, each combination once; files that nobody owns are left out. */
function ownedParts(
  world: World,
  repository: Repository,
  rules: readonly OwnerRule[],
  paths: readonly string[],
): OwnedPart[] {
  const groups = new Map(
    paths.map((path) => ownersOf(rules, path)).map((owners) => [owners.join(" "), owners]),
  );
  const parts = [...groups.values()].map((owners) => partOf(world, repository, owners));
  return parts.filter(({ userIds, teams }) => userIds.length + teams.length > 0);
}

/** Those without write access own nothing. */
function partOf(world: World, repository: Repository, owners: readonly string[]): OwnedPart {
  const users = owners
    .map((owner) =>
      owner.startsWith("@") ? userByLogin(world, owner.slice(1)) : userByAddress(world, owner),
    )
    .filter((user) => user !== undefined)
    .filter((user) => user.type === "User" && atLeast(roleOf(world, repository, user.id), "write"));
  return { userIds: [...new Set(users.map((user) => user.id))], teams: teamsIn(owners) };
}

const userByAddress = (world: World, address: string) =>
  [...world.users.values()].find((user) => user.email?.toLowerCase() === address.toLowerCase());

/** `organization/team` of each owner that is a team. */
export const teamsIn = (owners: readonly string[]): string[] =>
  owners.filter((owner) => /^@[^/]+\/./.test(owner)).map((owner) => owner.slice(1));
