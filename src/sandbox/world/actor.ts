/** Who sends a request, as its credentials say. */
import { findUser } from "./find.ts";
import type { PermissionSet, World } from "./state.ts";

export type Actor =
  | { readonly kind: "anonymous" }
  | { readonly kind: "user"; readonly userId: number }
  /** An App's JWT. */
  | { readonly kind: "app"; readonly appId: number; readonly userId: number }
  | {
      readonly kind: "installation";
      readonly appId: number;
      readonly userId: number;
      readonly installationId: number;
      readonly permissions: PermissionSet;
      readonly repositoryIds: readonly number[] | null;
      readonly token: string;
    }
  | {
      readonly kind: "job";
      readonly appId: number;
      readonly userId: number;
      readonly repositoryId: number;
      readonly permissions: PermissionSet;
      readonly runId: number;
      readonly jobId: number;
    };

/** Account in whose name it acts: the person, or the app's bot. Throws for an anonymous request: such may not write. */
export function actingUserId(actor: Actor): number {
  if (actor.kind === "anonymous") throw new TypeError("an anonymous request acts for nobody");
  return actor.userId;
}

/** App that a write is marked with (`performed_via_github_app`); `null` for people. */
export function actingAppId(actor: Actor): number | null {
  switch (actor.kind) {
    case "anonymous":
    case "user":
      return null;
    case "app":
    case "installation":
    case "job":
      return actor.appId;
  }
}

/** Login for logs; empty for an anonymous request. */
export function actorLogin(world: World, actor: Actor): string {
  return actor.kind === "anonymous" ? "" : findUser(world, actor.userId).login;
}

/** Who caused a change, and in which request. */
export interface Cause {
  readonly actor: Actor;
  /** `x-github-request-id`; empty where no request stands behind it. */
  readonly requestId: string;
}
