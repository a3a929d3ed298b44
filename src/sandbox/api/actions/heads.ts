/** Head commits of runs, at hand when a webhook is made: the engine tells of its runs without waiting for git. */
import type { Commit, Sha } from "../../git/store.ts";
import { type Services, storeOf } from "../../services.ts";

/** So many commits are kept; the oldest go first. */
const MOST_KEPT = 500;

const kept = new WeakMap<Services, Map<Sha, Commit>>();

function keptBy(services: Services): Map<Sha, Commit> {
  const known = kept.get(services) ?? new Map<Sha, Commit>();
  kept.set(services, known);
  return known;
}

/** Reads a commit and keeps it. `undefined`: it is none. */
export async function loadHead(
  services: Services,
  repositoryId: number,
  sha: Sha,
): Promise<Commit | undefined> {
  const known = keptBy(services);
  const here = known.get(sha);
  if (here) return here;
  const commit = await storeOf(services, repositoryId).readCommit(sha);
  if (!commit) return undefined;
  known.set(sha, commit);
  for (const old of [...known.keys()].slice(0, Math.max(0, known.size - MOST_KEPT))) known.delete(old);
  return commit;
}

/** A commit that was loaded before: of every run, and of branches that have moved. */
export const headAtHand = (services: Services, sha: Sha): Commit | undefined => keptBy(services).get(sha);
