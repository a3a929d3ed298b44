/** Pull requests and reviews as GitHub shows them. */
import type { Urls } from "../../services.ts";
import { findIssue, findRepository, findUser, fullName } from "../../world/find.ts";
import { nodeId } from "../../world/ids.ts";
import type { PullRequest, Review } from "../../world/pull-state.ts";
import type { World } from "../../world/state.ts";
import { authorAssociation, presentIssue } from "../present/issue.ts";
import { presentRepository } from "../present/repository.ts";
import { iso, isoOrNull } from "../present/time.ts";
import { presentUser } from "../present/user.ts";

/** What lists and webhooks show of a pull request. */
export function presentPull(world: World, urls: Urls, pull: PullRequest) {
  const repository = findRepository(world, pull.repositoryId);
  const issue = findIssue(world, pull.issueId);
  const shown = presentIssue(world, urls, issue);
  const name = fullName(world, repository);
  const api = `${urls.api}/repos/${name}/pulls/${pull.number}`;
  const owner = findUser(world, repository.ownerId);
  const end = (ref: string, sha: string) => ({
    label: `${owner.login}:${ref}`,
    ref,
    sha,
    user: presentUser(urls, owner),
    repo: presentRepository(world, urls, repository),
  });
  return {
    url: api,
    id: pull.id,
    node_id: nodeId("PR", pull.id),
    html_url: shown.html_url,
    diff_url: `${shown.html_url}.diff`,
    patch_url: `${shown.html_url}.patch`,
    issue_url: shown.url,
    number: pull.number,
    state: issue.state,
    locked: issue.locked,
    title: issue.title,
    user: shown.user,
    body: issue.body,
    created_at: shown.created_at,
    updated_at: shown.updated_at,
    closed_at: shown.closed_at,
    merged_at: isoOrNull(pull.mergedAt),
    merge_commit_sha: pull.mergeCommitSha,
    assignee: shown.assignee,
    assignees: shown.assignees,
    requested_reviewers: pull.requestedReviewerIds.map((id) => presentUser(urls, findUser(world, id))),
    requested_teams: [],
    labels: shown.labels,
    milestone: null,
    draft: pull.draft,
    commits_url: `${api}/commits`,
    review_comments_url: `${api}/comments`,
    review_comment_url: `${urls.api}/repos/${name}/pulls/comments{/number}`,
    comments_url: shown.comments_url,
    statuses_url: `${urls.api}/repos/${name}/statuses/${pull.headSha}`,
    head: end(pull.headRef, pull.headSha),
    base: end(pull.baseRef, pull.baseSha),
    _links: {
      self: { href: api },
      html: { href: shown.html_url },
      issue: { href: shown.url },
      comments: { href: shown.comments_url },
      review_comments: { href: `${api}/comments` },
      review_comment: { href: `${urls.api}/repos/${name}/pulls/comments{/number}` },
      commits: { href: `${api}/commits` },
      statuses: { href: `${urls.api}/repos/${name}/statuses/${pull.headSha}` },
    },
    author_association: authorAssociation(world, repository, issue.authorId),
    auto_merge: null,
    active_lock_reason: issue.lockReason,
  };
}

export interface PullCounts {
  readonly commits: number;
  readonly additions: number;
  readonly deletions: number;
  readonly changedFiles: number;
}

/** A single pull request: with what lists do not tell. */
export function presentFullPull(world: World, urls: Urls, pull: PullRequest, counts: PullCounts) {
  const shown = presentPull(world, urls, pull);
  const issue = presentIssue(world, urls, findIssue(world, pull.issueId));
  return {
    ...shown,
    merged: pull.merged,
    mergeable: pull.merged ? null : pull.mergeable,
    rebaseable: pull.merged ? null : pull.rebaseable,
    mergeable_state: stateOf(pull),
    merged_by: pull.mergedById === null ? null : presentUser(urls, findUser(world, pull.mergedById)),
    comments: issue.comments,
    review_comments: 0,
    maintainer_can_modify: pull.maintainerCanModify,
    commits: counts.commits,
    additions: counts.additions,
    deletions: counts.deletions,
    changed_files: counts.changedFiles,
  };
}

function stateOf(pull: PullRequest): string {
  if (pull.draft) return "draft";
  if (pull.mergeable === null) return "unknown";
  return pull.mergeable ? "clean" : "dirty";
}

export function presentReview(world: World, urls: Urls, pull: PullRequest, review: Review) {
  const repository = findRepository(world, pull.repositoryId);
  const name = fullName(world, repository);
  const page = `${urls.html}/${name}/pull/${pull.number}#pullrequestreview-${review.id}`;
  const api = `${urls.api}/repos/${name}/pulls/${pull.number}`;
  return {
    id: review.id,
    node_id: nodeId("PRR", review.id),
    user: presentUser(urls, findUser(world, review.authorId)),
    body: review.body,
    state: review.state,
    html_url: page,
    pull_request_url: api,
    author_association: authorAssociation(world, repository, review.authorId),
    _links: { html: { href: page }, pull_request: { href: api } },
    ...(review.submittedAt === null ? {} : { submitted_at: iso(review.submittedAt) }),
    commit_id: review.commitId,
  };
}
