/** `GET /`: where everything is, as templates (OpenAPI `root`). Most of it the sandbox answers with 501. */
const PAGE = "{&page,per_page,sort,order}";

const TEMPLATES = {
  current_user_url: "/user",
  authorizations_url: "/authorizations",
  code_search_url: `/search/code?q={query}${PAGE}`,
  commit_search_url: `/search/commits?q={query}${PAGE}`,
  emails_url: "/user/emails",
  emojis_url: "/emojis",
  events_url: "/events",
  feeds_url: "/feeds",
  followers_url: "/user/followers",
  following_url: "/user/following{/target}",
  gists_url: "/gists{/gist_id}",
  issue_search_url: `/search/issues?q={query}${PAGE}`,
  issues_url: "/issues",
  keys_url: "/user/keys",
  label_search_url: "/search/labels?q={query}&repository_id={repository_id}{&page,per_page}",
  notifications_url: "/notifications",
  organization_url: "/orgs/{org}",
  organization_repositories_url: "/orgs/{org}/repos{?type,page,per_page,sort}",
  organization_teams_url: "/orgs/{org}/teams",
  public_gists_url: "/gists/public",
  rate_limit_url: "/rate_limit",
  repository_url: "/repos/{owner}/{repo}",
  repository_search_url: `/search/repositories?q={query}${PAGE}`,
  current_user_repositories_url: "/user/repos{?type,page,per_page,sort}",
  starred_url: "/user/starred{/owner}{/repo}",
  starred_gists_url: "/gists/starred",
  user_url: "/users/{user}",
  user_organizations_url: "/user/orgs",
  user_repositories_url: "/users/{user}/repos{?type,page,per_page,sort}",
  user_search_url: `/search/users?q={query}${PAGE}`,
} as const;

export function presentRoot(urls: { readonly api: string; readonly html: string }): Record<string, string> {
  const addresses = Object.entries(TEMPLATES).map(([name, template]) => [name, `${urls.api}${template}`]);
  return {
    ...Object.fromEntries(addresses),
    current_user_authorizations_html_url: `${urls.html}/settings/connections/applications{/client_id}`,
  };
}
