import type { Urls } from "../../services.ts";
import { findUser, fullName, issuesOf } from "../../world/find.ts";
import { nodeId } from "../../world/ids.ts";
import type { Repository, World } from "../../world/state.ts";
import { iso } from "./time.ts";
import { presentUser } from "./user.ts";

/** A repository as the API and webhooks show it, without what depends on the reader (`permissions`). */
export function presentRepository(world: World, urls: Urls, repository: Repository) {
  const name = fullName(world, repository);
  const open = issuesOf(world.counted ?? world, repository.id).filter(
    (issue) => issue.state === "open",
  ).length;
  return {
    ...presentMinimalRepository(world, urls, repository),
    ...gitAddresses(urls, name),
    created_at: iso(repository.createdAt),
    updated_at: iso(repository.updatedAt),
    pushed_at: iso(repository.pushedAt),
    homepage: null,
    size: 0,
    stargazers_count: 0,
    watchers_count: 0,
    language: null,
    has_issues: true,
    has_projects: true,
    has_downloads: true,
    has_wiki: true,
    has_pages: false,
    has_discussions: false,
    forks_count: 0,
    mirror_url: null,
    archived: repository.archived,
    disabled: false,
    open_issues_count: open,
    license: null,
    allow_forking: true,
    is_template: false,
    web_commit_signoff_required: false,
    topics: [],
    visibility: repository.private ? "private" : "public",
    forks: 0,
    open_issues: open,
    watchers: 0,
    default_branch: repository.defaultBranch,
  };
}

/** A repository inside runs and check suites (OpenAPI `minimal-repository`, without what is optional there). */
export function presentMinimalRepository(world: World, urls: Urls, repository: Repository) {
  const name = fullName(world, repository);
  return {
    id: repository.id,
    node_id: nodeId("R", repository.id),
    name: repository.name,
    full_name: name,
    private: repository.private,
    owner: presentUser(urls, findUser(world, repository.ownerId)),
    html_url: `${urls.html}/${name}`,
    description: repository.description,
    fork: false,
    ...addresses(urls, name),
  };
}

/** A repository by itself or as the place of an event: with the properties that its organization gives it, here none. */
export function presentWholeRepository(world: World, urls: Urls, repository: Repository) {
  return { ...presentRepository(world, urls, repository), custom_properties: {} };
}

/** What `GET /repos/{owner}/{repo}` adds for those who may write. */
export function presentMergeSettings(repository: Repository) {
  return {
    allow_squash_merge: repository.allowSquashMerge,
    allow_merge_commit: repository.allowMergeCommit,
    allow_rebase_merge: repository.allowRebaseMerge,
    allow_auto_merge: repository.allowAutoMerge,
    delete_branch_on_merge: repository.deleteBranchOnMerge,
    allow_update_branch: repository.allowUpdateBranch,
    use_squash_pr_title_as_default: repository.mergeWords.squashMergeCommitTitle === "PR_TITLE",
    squash_merge_commit_message: repository.mergeWords.squashMergeCommitMessage,
    squash_merge_commit_title: repository.mergeWords.squashMergeCommitTitle,
    merge_commit_message: repository.mergeWords.mergeCommitMessage,
    merge_commit_title: repository.mergeWords.mergeCommitTitle,
  };
}

function addresses(urls: Urls, name: string) {
  const api = `${urls.api}/repos/${name}`;
  return {
    url: api,
    forks_url: `${api}/forks`,
    keys_url: `${api}/keys{/key_id}`,
    collaborators_url: `${api}/collaborators{/collaborator}`,
    teams_url: `${api}/teams`,
    hooks_url: `${api}/hooks`,
    issue_events_url: `${api}/issues/events{/number}`,
    events_url: `${api}/events`,
    assignees_url: `${api}/assignees{/user}`,
    branches_url: `${api}/branches{/branch}`,
    tags_url: `${api}/tags`,
    blobs_url: `${api}/git/blobs{/sha}`,
    git_tags_url: `${api}/git/tags{/sha}`,
    git_refs_url: `${api}/git/refs{/sha}`,
    trees_url: `${api}/git/trees{/sha}`,
    statuses_url: `${api}/statuses/{sha}`,
    languages_url: `${api}/languages`,
    stargazers_url: `${api}/stargazers`,
    contributors_url: `${api}/contributors`,
    subscribers_url: `${api}/subscribers`,
    subscription_url: `${api}/subscription`,
    commits_url: `${api}/commits{/sha}`,
    git_commits_url: `${api}/git/commits{/sha}`,
    comments_url: `${api}/comments{/number}`,
    issue_comment_url: `${api}/issues/comments{/number}`,
    contents_url: `${api}/contents/{+path}`,
    compare_url: `${api}/compare/{base}...{head}`,
    merges_url: `${api}/merges`,
    archive_url: `${api}/{archive_format}{/ref}`,
    downloads_url: `${api}/downloads`,
    issues_url: `${api}/issues{/number}`,
    pulls_url: `${api}/pulls{/number}`,
    milestones_url: `${api}/milestones{/number}`,
    notifications_url: `${api}/notifications{?since,all,participating}`,
    labels_url: `${api}/labels{/name}`,
    releases_url: `${api}/releases{/id}`,
    deployments_url: `${api}/deployments`,
  };
}

function gitAddresses(urls: Urls, name: string) {
  return {
    git_url: `${urls.html.replace(/^https?:/, "git:")}/${name}.git`,
    ssh_url: `ssh://git@${new URL(urls.html).hostname}/${name}.git`,
    clone_url: `${urls.html}/${name}.git`,
    svn_url: `${urls.html}/${name}`,
  };
}
