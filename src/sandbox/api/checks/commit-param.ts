/** Commits that a request names, for checks and statuses. */
import type { Sha } from "../../git/store.ts";
import { loadHead } from "../actions/heads.ts";
import { ApiError } from "../errors.ts";
import { resolveCommit } from "../gitdata/resolve.ts";
import type { RouteContext } from "../router.ts";

/** The commit behind a branch, tag or sha, which is at hand from then on: 422 where there is none. */
export async function commitAt(context: RouteContext, asked: string): Promise<Sha> {
  const sha = await resolveCommit(context, asked);
  if (sha === undefined) throw new ApiError(422, `No commit found for SHA: ${asked}`);
  await loadHead(context.services, context.repository.id, sha);
  return sha;
}

/** Branches whose head is a commit. */
export function branchesAt({ repository }: RouteContext, sha: Sha): readonly string[] {
  return [...repository.refs]
    .filter(([ref, head]) => ref.startsWith("refs/heads/") && head === sha)
    .map(([ref]) => ref.slice("refs/heads/".length));
}
