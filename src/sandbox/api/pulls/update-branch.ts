/** "Update branch": the base merged into the head, by a commit of GitHub's making. */
import { moveRef } from "../../refs.ts";
import { actingUserId } from "../../world/actor.ts";
import { findIssue } from "../../world/find.ts";
import { ApiError } from "../errors.ts";
import { optionalString } from "../input.ts";
import { GITHUB_COMMITTER, personFor } from "../present/commit.ts";
import { type Route, type RouteContext, type RouteResult, route } from "../router.ts";
import { causeOf, pullParam } from "./param.ts";
import { checkMove } from "./push-gate.ts";

const unexpectedHead = (): ApiError => new ApiError(422, "expected head sha didn’t match current head ref.");

/** GitHub does it a moment after its 202; here it is done by then. */
async function updateBranch(context: RouteContext): Promise<RouteResult> {
  const pull = pullParam(context);
  const { services, store, repository } = context;
  const { headSha } = pull;
  const expected = optionalString(context.body, "expected_head_sha");
  if (expected && expected !== headSha) throw unexpectedHead();
  const base = repository.refs.get(`refs/heads/${pull.baseRef}`);
  if (base === undefined || findIssue(context.world, pull.issueId).state === "closed")
    throw new ApiError(422, "Pull request is closed or its base branch is gone.");
  const { behind } = await store.aheadBehind(base, headSha);
  if (behind === 0) throw new ApiError(422, "There are no new commits on the base branch.");
  const merged = await store.mergeTree(headSha, base);
  if (merged.kind === "conflict") throw new ApiError(422, "merge conflict between base and head");
  const author = personFor(services.world, actingUserId(context.actor), context.now());
  const commit = await store.createCommit({
    tree: merged.tree,
    parents: [headSha, base],
    author,
    committer: { ...author, ...GITHUB_COMMITTER },
    message: `Merge branch '${pull.baseRef}' into ${pull.headRef}`,
  });
  repository.verifiedCommits.add(commit);
  const ref = `refs/heads/${pull.headRef}`;
  await checkMove(context, { ref, before: headSha, after: commit });
  const change = { repositoryId: repository.id, ref, to: commit, expected: headSha };
  if (!(await moveRef(services, change, causeOf(context)))) throw unexpectedHead();
  const url = `${context.urls.api}/repos/${context.params.owner}/${context.params.repo}/pulls/${pull.number}`;
  return { status: 202, body: { message: "Updating pull request branch.", url } };
}

export const updateBranchRoutes: readonly Route[] = [
  route(
    "PUT",
    "/repos/{owner}/{repo}/pulls/{pull_number}/update-branch",
    { permission: { pull_requests: "write" } },
    updateBranch,
  ),
];
