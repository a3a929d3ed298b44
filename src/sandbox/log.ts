/**
 * What landed: the effects that changed the sandbox's state, derived from the requests themselves.
 * Readers check with it that nothing happened twice; it never takes anybody's word for an effect.
 */
import type { Cause } from "./world/actor.ts";
import { type Actor, actorLogin } from "./world/actor.ts";
import { findRepository, fullName } from "./world/find.ts";
import type { World } from "./world/state.ts";

export type LandedKind =
  | "agent.run"
  | "branch.create"
  | "branch.update"
  | "pull.create"
  | "pull.close"
  | "review.request"
  | "review.post"
  | "merge"
  | "merge.enqueue"
  | "issue.create";

export interface Landed {
  /** Milliseconds on the sandbox's clock. */
  readonly at: number;
  readonly kind: LandedKind;
  /** `merge:pull/41@<sha>`, `branch.create:cairn/12-g1`, `issue.create:7`, … */
  readonly key: string;
  readonly repository: string;
  readonly repositoryId: number;
  /** Login, and the kind of credentials, so that a reader can leave out people. */
  readonly actor: { readonly login: string; readonly kind: Actor["kind"] };
  readonly requestId: string;
}

export interface LandedLog {
  readonly entries: readonly Landed[];
  /** `what`: the key behind `<kind>:`. */
  land(kind: LandedKind, what: string, repositoryId: number, cause: Cause): void;
}

/** An empty log. `onEntry` hears of each entry as it is made. */
export function createLandedLog(
  world: World,
  now: () => number,
  onEntry: (entry: Landed) => void,
): LandedLog {
  const entries: Landed[] = [];
  return {
    entries,
    land(kind, what, repositoryId, cause) {
      const entry: Landed = {
        at: now(),
        kind,
        key: `${kind}:${what}`,
        repository: fullName(world, findRepository(world, repositoryId)),
        repositoryId,
        actor: { login: actorLogin(world, cause.actor), kind: cause.actor.kind },
        requestId: cause.requestId,
      };
      entries.push(entry);
      onEntry(entry);
    },
  };
}
