/** Who may see and do what. */
import type { Actor } from "./actor.ts";
import { covers } from "./find.ts";
import type { PermissionSet, Repository, Role, World } from "./state.ts";

const ORDER: readonly Role[] = ["none", "read", "triage", "write", "maintain", "admin"];

/** Does `role` allow what `needed` allows? */
export function atLeast(role: Role, needed: Role): boolean {
  return ORDER.indexOf(role) >= ORDER.indexOf(needed);
}

/** What an account may do in a repository by ownership, membership, collaboration or because it is public. */
export function roleOf(world: World, repository: Repository, userId: number): Role {
  if (repository.ownerId === userId) return "admin";
  if (world.members.get(repository.ownerId)?.get(userId) === "admin") return "admin";
  const granted = repository.collaborators.get(userId);
  if (granted !== undefined && granted !== "none") return granted;
  if (world.members.get(repository.ownerId)?.has(userId)) return "read";
  return repository.private ? "none" : "read";
}

/** What the actor's credentials reach in a repository: a role for people, permissions for apps and jobs. */
export type Reach =
  | { readonly kind: "role"; readonly role: Role }
  | { readonly kind: "permissions"; readonly permissions: PermissionSet }
  /** The token does not cover the repository, but everybody can see it. */
  | { readonly kind: "public" }
  | { readonly kind: "invisible" };

export function reachOf(world: World, repository: Repository, actor: Actor): Reach {
  const outside: Reach = repository.private ? { kind: "invisible" } : { kind: "public" };
  switch (actor.kind) {
    case "anonymous":
      return outside;
    case "user": {
      const role = roleOf(world, repository, actor.userId);
      return role === "none" ? { kind: "invisible" } : { kind: "role", role };
    }
    case "app":
      return outside;
    case "installation": {
      const installation = world.installations.get(actor.installationId);
      const scoped = actor.repositoryIds === null || actor.repositoryIds.includes(repository.id);
      if (!installation || !scoped || !covers(installation, repository)) return outside;
      return { kind: "permissions", permissions: actor.permissions };
    }
    case "job":
      if (actor.repositoryId !== repository.id) return outside;
      return { kind: "permissions", permissions: actor.permissions };
  }
}

/** Does the set grant this level? `metadata: read` comes with every token. */
export function grants(permissions: PermissionSet, name: string, level: "read" | "write" | "admin"): boolean {
  const granted = permissions[name] ?? (name === "metadata" ? "read" : undefined);
  if (granted === undefined) return false;
  return level === "read" || granted === level || granted === "admin";
}

/**
 * May the actor do, in this repository, what a person with `role` may do by role alone, or an app with `permission` at `write`?
 * For rules inside handlers; routes state their needs in their options.
 */
export function mayWrite(
  world: World,
  repository: Repository,
  actor: Actor,
  role: Role,
  permission: string,
): boolean {
  const reach = reachOf(world, repository, actor);
  switch (reach.kind) {
    case "role":
      return atLeast(reach.role, role);
    case "permissions":
      return grants(reach.permissions, permission, "write");
    case "public":
    case "invisible":
      return false;
  }
}
