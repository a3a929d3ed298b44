/** What the objects of an answer share: whose request it is, what it reads, and how much is left. */
import type { Services, Urls } from "../../services.ts";
import { atLeast, grants, mayWrite, reachOf } from "../../world/access.ts";
import { type Actor, actingUserId, type Cause } from "../../world/actor.ts";
import type { Repository, Role, World } from "../../world/state.ts";
import type { QuotaState } from "../quota.ts";
import type { Cost } from "./cost.ts";
import { forbidden, GraphqlRefusal } from "./errors.ts";

export interface GraphqlContext {
  readonly services: Services;
  /** What is read; the live one for mutations. */
  readonly world: World;
  /** What `totalCount` counts in. */
  readonly counted: World;
  readonly actor: Actor;
  readonly requestId: string;
  readonly urls: Urls;
  readonly cost: Cost;
  /** After this request; `undefined` where limits are off. */
  readonly left: QuotaState | undefined;
}

/** An object of the answer: each field a value, or a function that makes it. */
export type Answer = Readonly<Record<string, unknown>>;

export const causeIn = ({ actor, requestId }: GraphqlContext): Cause => ({ actor, requestId });

export const isVisible = ({ world, actor }: GraphqlContext, repository: Repository): boolean =>
  reachOf(world, repository, actor).kind !== "invisible";

/** Throws where the token of an App or a job reaches the repository, and has none of these permissions there. */
export function checkRead(
  { world, actor }: GraphqlContext,
  repository: Repository,
  ...anyOf: readonly string[]
): void {
  const reach = reachOf(world, repository, actor);
  if (reach.kind !== "permissions") return;
  if (!anyOf.some((name) => grants(reach.permissions, name, "read"))) throw forbidden();
}

export interface WriteNeed {
  /** Name of the mutation, with a capital. */
  readonly mutation: string;
  /** Least role of a person, unless the thing is their own. */
  readonly role: Role;
  /** All of them, at `write`. */
  readonly permissions: readonly string[];
  /** Whose it is. */
  readonly ownerId?: number;
}

/** Throws `FORBIDDEN`, for Apps in other words than for people. */
export function checkWrite(context: GraphqlContext, repository: Repository, need: WriteNeed): void {
  const { world, actor } = context;
  const reach = reachOf(world, repository, actor);
  switch (reach.kind) {
    case "permissions": {
      const { permissions } = reach;
      if (!need.permissions.every((name) => grants(permissions, name, "write"))) throw forbidden();
      break;
    }
    case "role":
      if (!atLeast(reach.role, need.role) && actingUserId(actor) !== need.ownerId)
        throw notAllowed(context, need);
      break;
    case "public":
    case "invisible":
      throw actor.kind === "user" ? notAllowed(context, need) : forbidden();
  }
  if (repository.archived) throw new GraphqlRefusal("FORBIDDEN", "Repository was archived so is read-only.");
}

function notAllowed({ world, actor }: GraphqlContext, { mutation }: WriteNeed): GraphqlRefusal {
  const login = world.users.get(actingUserId(actor))?.login ?? "";
  return new GraphqlRefusal(
    "FORBIDDEN",
    `${login} does not have the correct permissions to execute \`${mutation}\``,
  );
}

/** Whether the viewer may do what a role or a permission allows, for fields that only tell of it. */
export const viewerMay = (
  { world, actor }: GraphqlContext,
  repository: Repository,
  role: Role,
  permission: string,
): boolean => mayWrite(world, repository, actor, role, permission);

export const isViewer = ({ actor }: GraphqlContext, userId: number): boolean =>
  actor.kind !== "anonymous" && actor.userId === userId;
