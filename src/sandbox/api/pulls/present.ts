/** Pull requests and reviews as GitHub shows them. */
import type { Urls } from "../../services.ts";
import { findIssue, findRepository, findUser, fullName } from "../../world/find.ts";
import { nodeId } from "../../world/ids.ts";
import type { PullRequest, Review, ReviewComment } from "../../world/pull-state.ts";
import type { World } from "../../world/state.ts";
import { authorAssociation, presentIssue, presentNoReactions } from "../present/issue.ts";
import { presentRepository } from "../present/repository.ts";
import { iso, isoOrNull } from "../present/time.ts";
import { presentUser } from "../present/user.ts";
import { mergeableState } from "./gate.ts";

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

/** A single pull request: with what lists do not tell. */
export function presentFullPull(world: World, urls: Urls, pull: PullRequest) {
  const shown = presentPull(world, urls, pull);
  const issue = presentIssue(world, urls, findIssue(world, pull.issueId));
  const remarks = [...(world.counted ?? world).reviewComments.values()];
  return {
    ...shown,
    merged: pull.merged,
    mergeable: pull.merged ? null : pull.mergeable,
    rebaseable: pull.merged ? null : pull.rebaseable,
    mergeable_state: mergeableState(world, pull),
    merged_by: pull.mergedById === null ? null : presentUser(urls, findUser(world, pull.mergedById)),
    comments: issue.comments,
    review_comments: remarks.filter((one) => one.pullId === pull.id).length,
    maintainer_can_modify: pull.maintainerCanModify,
    commits: pull.counts.commits,
    additions: pull.counts.additions,
    deletions: pull.counts.deletions,
    changed_files: pull.counts.changedFiles,
  };
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

export function presentReviewComment(world: World, urls: Urls, pull: PullRequest, comment: ReviewComment) {
  const repository = findRepository(world, pull.repositoryId);
  const name = fullName(world, repository);
  const url = `${urls.api}/repos/${name}/pulls/comments/${comment.id}`;
  const page = `${urls.html}/${name}/pull/${pull.number}#discussion_r${comment.id}`;
  const pullUrl = `${urls.api}/repos/${name}/pulls/${pull.number}`;
  return {
    url,
    pull_request_review_id: comment.reviewId,
    id: comment.id,
    node_id: nodeId("PRRC", comment.id),
    diff_hunk: comment.diffHunk,
    path: comment.path,
    commit_id: comment.commitId,
    original_commit_id: comment.originalCommitId,
    ...(comment.inReplyToId === null ? {} : { in_reply_to_id: comment.inReplyToId }),
    user: presentUser(urls, findUser(world, comment.authorId)),
    body: comment.body,
    created_at: iso(comment.createdAt),
    updated_at: iso(comment.updatedAt),
    html_url: page,
    pull_request_url: pullUrl,
    author_association: authorAssociation(world, repository, comment.authorId),
    _links: { self: { href: url }, html: { href: page }, pull_request: { href: pullUrl } },
    start_line: comment.startLine,
    original_start_line: comment.originalStartLine,
    start_side: comment.startSide,
    line: comment.line,
    original_line: comment.originalLine,
    side: comment.side,
    position: comment.line,
    original_position: comment.originalLine,
    reactions: presentNoReactions(`${url}/reactions`),
    subject_type: comment.subject,
  };
}
