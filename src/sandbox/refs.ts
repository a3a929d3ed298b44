/** The one way in which refs move on the sandbox: store, world, log, webhooks, pull requests, workflows. */
import type { Sha } from "./git/store.ts";
import { type Cause, type RefMove, type Services, storeOf } from "./services.ts";
import { announcePush } from "./webhooks/push.ts";
import { actingUserId } from "./world/actor.ts";
import { findRepository } from "./world/find.ts";

export interface RefChange {
  readonly repositoryId: number;
  /** Full name. */
  readonly ref: string;
  /** `null` deletes. */
  readonly to: Sha | null;
  /** What the ref must be now; `null`: it must not exist. */
  readonly expected: Sha | null;
}

/**
 * How a move shows in the log of what landed. `branch`: as creation or update of a branch.
 * `nothing`: another entry tells of it (a merge).
 */
export type Landing = "branch" | "nothing";

/**
 * Compare-and-set of a ref, in the store and then in the world. `undefined`: it was not as expected, nothing changed.
 * Call `announceRefMove` afterwards; the two are apart because GitHub tells of a merge before it tells of its push.
 */
export async function applyRefChange(
  services: Services,
  change: RefChange,
  cause: Cause,
  landing: Landing,
): Promise<RefMove | undefined> {
  const store = storeOf(services, change.repositoryId);
  const { ref, to, expected } = change;
  const replaces = ref.startsWith("refs/heads/") && expected !== null && to !== null;
  const forced = replaces && !(await store.isAncestor(expected, to));
  const moved = await store.updateRef({ ref, to, expected });
  if (!moved) return undefined;
  // Nothing may be awaited from here on: the world must take over moves in the order in which the store made them.
  const move: RefMove = { repositoryId: change.repositoryId, ref, before: expected, after: to, forced };
  recordRefMove(services, move, cause, landing);
  return move;
}

/** Takes over into the world what has moved in the store already (a push). */
export function recordRefMove(services: Services, move: RefMove, cause: Cause, landing: Landing): void {
  const repository = findRepository(services.world, move.repositoryId);
  if (move.after === null) repository.refs.delete(move.ref);
  else repository.refs.set(move.ref, move.after);
  const branch = /^refs\/heads\/(.+)$/.exec(move.ref)?.[1];
  if (branch === undefined || move.after === null) return; // deletions and other namespaces are not effects
  repository.pushedAt = services.clock.now();
  repository.pushers.set(move.ref, actingUserId(cause.actor));
  if (landing === "nothing") return;
  if (move.before === null) services.landed.land("branch.create", branch, repository.id, cause);
  else services.landed.land("branch.update", `${branch}@${move.after}`, repository.id, cause);
}

/** Lets pull requests follow, then sends `create`, `delete` and `push`, which start workflows. */
export async function announceRefMove(services: Services, move: RefMove, cause: Cause): Promise<void> {
  for (const hook of services.hooks.refMoved) await hook(move, cause);
  await announcePush(services, move, cause);
}

/** Both at once. `undefined`: the ref was not as expected. */
export async function moveRef(
  services: Services,
  change: RefChange,
  cause: Cause,
  landing: Landing = "branch",
): Promise<RefMove | undefined> {
  const move = await applyRefChange(services, change, cause, landing);
  if (move) await announceRefMove(services, move, cause);
  return move;
}
