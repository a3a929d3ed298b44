import type { Urls } from "../../services.ts";
import { roleOf } from "../../world/access.ts";
import { commentsOf, findIssue, findRepository, findUser, fullName } from "../../world/find.ts";
import { nodeId } from "../../world/ids.ts";
import type { Issue, IssueComment, Label, ReactionContent, Repository, World } from "../../world/state.ts";
import { presentViaApp } from "./app.ts";
import { iso, isoOrNull } from "./time.ts";
import { presentUser } from "./user.ts";

export function presentLabel(world: World, urls: Urls, repository: Repository, label: Label) {
  const name = fullName(world, repository);
  return {
    id: label.id,
    node_id: nodeId("LA", label.id),
    url: `${urls.api}/repos/${name}/labels/${encodeURIComponent(label.name)}`,
    name: label.name,
    color: label.color,
    default: label.default,
    description: label.description,
  };
}

/** GitHub's own word for a person's tie to a repository; not to be relied on for rights. */
export function authorAssociation(world: World, repository: Repository, userId: number): string {
  if (repository.ownerId === userId) return "OWNER";
  if (world.members.get(repository.ownerId)?.has(userId)) return "MEMBER";
  if (repository.collaborators.has(userId)) return "COLLABORATOR";
  if (findUser(world, userId).type === "Bot" && roleOf(world, repository, userId) === "none") return "NONE";
  return "NONE";
}

/** Labels of an issue, as shown inside it. */
export function presentLabels(world: World, urls: Urls, repository: Repository, issue: Issue) {
  const labels = issue.labelIds.map((id) => repository.labels.get(id)).filter((label) => label !== undefined);
  return labels.map((label) => presentLabel(world, urls, repository, label));
}

/** An issue, or the issue side of a pull request. */
export function presentIssue(world: World, urls: Urls, issue: Issue) {
  const repository = findRepository(world, issue.repositoryId);
  const name = fullName(world, repository);
  const api = `${urls.api}/repos/${name}/issues/${issue.number}`;
  const page = `${urls.html}/${name}/${issue.pullId === null ? "issues" : "pull"}/${issue.number}`;
  const assignees = issue.assigneeIds.map((id) => presentUser(urls, findUser(world, id)));
  return {
    url: api,
    repository_url: `${urls.api}/repos/${name}`,
    labels_url: `${api}/labels{/name}`,
    comments_url: `${api}/comments`,
    events_url: `${api}/events`,
    html_url: page,
    id: issue.id,
    node_id: nodeId(issue.pullId === null ? "I" : "PR", issue.pullId ?? issue.id),
    number: issue.number,
    title: issue.title,
    user: presentUser(urls, findUser(world, issue.authorId)),
    labels: presentLabels(world, urls, repository, issue),
    state: issue.state,
    locked: issue.locked,
    assignee: assignees[0] ?? null,
    assignees,
    milestone: null,
    comments: commentsOf(world.counted ?? world, issue.id).length,
    created_at: iso(issue.createdAt),
    updated_at: iso(issue.updatedAt),
    closed_at: isoOrNull(issue.closedAt),
    author_association: authorAssociation(world, repository, issue.authorId),
    active_lock_reason: issue.lockReason,
    body: issue.body,
    closed_by: issue.closedById === null ? null : presentUser(urls, findUser(world, issue.closedById)),
    reactions: presentReactionRollup(world, `${api}/reactions`, "issue", issue.id),
    timeline_url: `${api}/timeline`,
    performed_via_github_app: presentViaApp(world, urls, issue.viaAppId),
    state_reason: issue.stateReason,
    ...(issue.pullId === null ? relations(world, urls, issue) : pullLinks(world, urls, name, page, issue)),
  };
}

/** An issue in `issues` and `issue_comment`, where GitHub tells neither who closed it nor its parent. */
export function presentEventIssue(world: World, urls: Urls, issue: Issue) {
  const whole: Record<string, unknown> & { parent_issue_url?: string } = presentIssue(world, urls, issue);
  const { closed_by: _closedBy, parent_issue_url: _parent, ...shown } = whole;
  return shown;
}

function relations(world: World, urls: Urls, issue: Issue) {
  const parent = issue.parentIssueId === null ? undefined : findIssue(world, issue.parentIssueId);
  const parentRepository = parent && fullName(world, findRepository(world, parent.repositoryId));
  const children = issue.subIssueIds.map((id) => world.issues.get(id)).filter((child) => child !== undefined);
  const completed = children.filter((child) => child.state === "closed").length;
  const blockers = issue.blockedByIds
    .map((id) => world.issues.get(id))
    .filter((blocker) => blocker !== undefined);
  const blocking = [...world.issues.values()].filter((other) => other.blockedByIds.includes(issue.id));
  const open = (issues: readonly Issue[]): number => issues.filter((one) => one.state === "open").length;
  return {
    ...(parent ? { parent_issue_url: `${urls.api}/repos/${parentRepository}/issues/${parent.number}` } : {}),
    sub_issues_summary: {
      total: children.length,
      completed,
      percent_completed: children.length === 0 ? 0 : Math.floor((completed * 100) / children.length),
    },
    issue_dependencies_summary: {
      blocked_by: open(blockers),
      total_blocked_by: blockers.length,
      blocking: open(blocking),
      total_blocking: blocking.length,
    },
  };
}

function pullLinks(world: World, urls: Urls, name: string, page: string, issue: Issue) {
  const pull = world.pulls.get(issue.pullId ?? 0);
  return {
    draft: pull?.draft ?? false,
    pull_request: {
      url: `${urls.api}/repos/${name}/pulls/${issue.number}`,
      html_url: page,
      diff_url: `${page}.diff`,
      patch_url: `${page}.patch`,
      merged_at: isoOrNull(pull?.mergedAt ?? null),
    },
  };
}

const CONTENTS: readonly ReactionContent[] = [
  "+1",
  "-1",
  "laugh",
  "hooray",
  "confused",
  "heart",
  "rocket",
  "eyes",
];

/** Of things that the sandbox takes no reactions to. */
export function presentNoReactions(url: string) {
  return { url, total_count: 0, ...Object.fromEntries(CONTENTS.map((content) => [content, 0])) };
}

export function presentReactionRollup(world: World, url: string, on: "issue" | "comment", subjectId: number) {
  const counts = Object.fromEntries(CONTENTS.map((content) => [content, 0]));
  let total = 0;
  for (const reaction of world.reactions.values()) {
    if (reaction.on !== on || reaction.subjectId !== subjectId) continue;
    counts[reaction.content] = (counts[reaction.content] ?? 0) + 1;
    total += 1;
  }
  return { url, total_count: total, ...counts };
}

export function presentIssueComment(
  world: World,
  urls: Urls,
  repository: Repository,
  issue: Issue,
  comment: IssueComment,
) {
  const name = fullName(world, repository);
  const api = `${urls.api}/repos/${name}/issues/comments/${comment.id}`;
  const page = issue.pullId === null ? "issues" : "pull";
  return {
    url: api,
    html_url: `${urls.html}/${name}/${page}/${issue.number}#issuecomment-${comment.id}`,
    issue_url: `${urls.api}/repos/${name}/issues/${issue.number}`,
    id: comment.id,
    node_id: nodeId("IC", comment.id),
    user: presentUser(urls, findUser(world, comment.authorId)),
    created_at: iso(comment.createdAt),
    updated_at: iso(comment.updatedAt),
    body: comment.body,
    author_association: authorAssociation(world, repository, comment.authorId),
    reactions: presentReactionRollup(world, `${api}/reactions`, "comment", comment.id),
    performed_via_github_app: presentViaApp(world, urls, comment.viaAppId),
  };
}
