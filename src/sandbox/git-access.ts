/** Who may clone and push, and what follows from a push. */
import { randomUUID } from "node:crypto";
import { ApiError } from "./api/errors.ts";
import { type Violations, violationsOf } from "./api/pulls/push-gate.ts";
import type { DeclinedRef } from "./git/declined.ts";
import type { DiskStore } from "./git/disk.ts";
import type { Authorization, AuthorizeInput, GitHttpOptions, Proposal, Push } from "./git/http.ts";
import type { GitStore } from "./git/store.ts";
import { authenticate } from "./identity/authenticate.ts";
import { announceRefMove, recordRefMove } from "./refs.ts";
import { type RefMove, type Services, storeOf } from "./services.ts";
import { atLeast, grants, reachOf } from "./world/access.ts";
import { type Actor, actorLogin } from "./world/actor.ts";
import { fullName, repositoryByName } from "./world/find.ts";
import { rulesOf } from "./world/rules.ts";
import type { Repository, World } from "./world/state.ts";

const NO_SHA = "0".repeat(40);

/** Callbacks for smart HTTP over these services. */
export function gitAccess(services: Services): GitHttpOptions<Actor> {
  return {
    authorize: (input) => authorize(services, input),
    onPush: (push) => afterPush(services, push),
    isRuled: (proposal) => isRuled(services.world, proposal),
    judge: (proposal, incoming) => judge(services.world, proposal, incoming),
  };
}

function isRuled(world: World, { owner, repo, actor, updates }: Proposal<Actor>): boolean {
  const repository = repositoryFor(world, owner, repo);
  return (
    repository !== undefined && updates.some(({ ref }) => rulesOf(world, repository, ref, actor).length > 0)
  );
}

/** Each ref by itself: what nothing is against is pushed although another ref is declined. */
async function judge(
  world: World,
  { owner, repo, actor, updates }: Proposal<Actor>,
  incoming: GitStore,
): Promise<DeclinedRef[]> {
  const repository = repositoryFor(world, owner, repo);
  if (!repository) return [];
  const declined: DeclinedRef[] = [];
  for (const { ref, after } of updates) {
    const before = repository.refs.get(ref) ?? null;
    const move = { ref, before, after: after === NO_SHA ? null : after };
    const violations = await violationsOf(world, repository, move, actor, incoming);
    if (violations) declined.push(declinedRef(ref, violations));
  }
  return declined;
}

function declinedRef(ref: string, { source, reasons }: Violations): DeclinedRef {
  const list = ["", ...reasons.map((reason) => `- ${reason}`)];
  switch (source) {
    case "protection": {
      const lines = [`error: GH006: Protected branch update failed for ${ref}.`, ...list];
      return { ref, reason: "protected branch hook declined", lines };
    }
    case "rulesets": {
      const lines = [`error: GH013: Repository rule violations found for ${ref}.`, ...list];
      return { ref, reason: "push declined due to repository rule violations", lines };
    }
  }
}

/** By its present name or an old one: git is sent on after a rename as the API is. */
function repositoryFor(world: World, owner: string, name: string): Repository | undefined {
  const renamed = world.renames.get(`${owner}/${name}`.toLowerCase());
  return (
    repositoryByName(world, owner, name) ??
    (renamed === undefined ? undefined : world.repositories.get(renamed))
  );
}

function authorize(services: Services, input: AuthorizeInput): Authorization<Actor> {
  const { world, clock } = services;
  const actor = actorOf(world, input.token, clock.now());
  if (!actor) return { kind: "unauthorized" };
  const repository = repositoryFor(world, input.owner, input.repo);
  if (!repository) return { kind: "not-found" };
  const refused = refusal(world, repository, actor, input.operation);
  if (refused) return refused;
  const store = storeOf(services, repository.id);
  return isOnDisk(store) ? { kind: "allow", store, actor } : { kind: "not-on-disk" };
}

function actorOf(world: World, token: string | undefined, now: number): Actor | undefined {
  try {
    return authenticate(world, token === undefined ? undefined : `token ${token}`, now);
  } catch (error) {
    if (error instanceof ApiError) return undefined;
    throw error;
  }
}

function isOnDisk(store: GitStore): store is DiskStore {
  return store.directory !== undefined && "exclusively" in store;
}

function refusal(
  world: World,
  repository: Repository,
  actor: Actor,
  operation: "read" | "write",
): Authorization<Actor> | undefined {
  const reach = reachOf(world, repository, actor);
  const name = fullName(world, repository);
  const denied = {
    kind: "forbidden",
    message: `Permission to ${name}.git denied to ${actorLogin(world, actor)}.`,
  } as const;
  if (reach.kind === "invisible") return { kind: "not-found" };
  if (operation === "read") {
    const reads =
      reach.kind !== "permissions" || grants(reach.permissions, "contents", "read") || !repository.private;
    return reads ? undefined : denied;
  }
  if (actor.kind === "anonymous") return { kind: "unauthorized" };
  if (repository.archived)
    return { kind: "forbidden", message: "This repository was archived so it is read-only." };
  if (reach.kind === "role" && atLeast(reach.role, "write")) return undefined;
  if (reach.kind === "permissions" && grants(reach.permissions, "contents", "write")) return undefined;
  return denied;
}

async function afterPush(services: Services, push: Push<Actor>): Promise<void> {
  const repository = repositoryFor(services.world, push.owner, push.repo);
  if (!repository) return; // deleted while the push ran: nobody is left to be told
  const cause = { actor: push.actor, requestId: `git-${randomUUID()}` };
  const moves = push.updates.map(
    (update): RefMove => ({
      repositoryId: repository.id,
      ref: update.ref,
      before: update.before === NO_SHA ? null : update.before,
      after: update.after === NO_SHA ? null : update.after,
      forced: false,
    }),
  );
  // First all of them, at once: the world takes over moves in the order in which the store made them.
  for (const move of moves) recordRefMove(services, move, cause, "branch");
  for (const move of moves) {
    const { before, after } = move;
    const replaces = before !== null && after !== null && move.ref.startsWith("refs/heads/");
    const forced = replaces && !(await push.store.isAncestor(before, after));
    await announceRefMove(services, { ...move, forced }, cause);
  }
}
