import type { Urls } from "../../services.ts";
import { nodeId } from "../../world/ids.ts";
import type { User } from "../../world/state.ts";

export const NODE_PREFIX = { User: "U", Bot: "BOT", Organization: "O" } as const;

/** An account as it stands inside other bodies (OpenAPI `simple-user`). */
export function presentUser(urls: Urls, user: User) {
  const login = encodeURIComponent(user.login);
  const api = `${urls.api}/users/${login}`;
  const page =
    user.type === "Bot" ? `${urls.html}/apps/${user.login.replace(/\[bot\]$/, "")}` : `${urls.html}/${login}`;
  return {
    login: user.login,
    id: user.id,
    node_id: nodeId(NODE_PREFIX[user.type], user.id),
    avatar_url: `${urls.html}/avatars/u/${user.id}?v=4`,
    gravatar_id: "",
    url: api,
    html_url: page,
    followers_url: `${api}/followers`,
    following_url: `${api}/following{/other_user}`,
    gists_url: `${api}/gists{/gist_id}`,
    starred_url: `${api}/starred{/owner}{/repo}`,
    subscriptions_url: `${api}/subscriptions`,
    organizations_url: `${api}/orgs`,
    repos_url: `${api}/repos`,
    events_url: `${api}/events{/privacy}`,
    received_events_url: `${api}/received_events`,
    type: user.type,
    user_view_type: "public",
    site_admin: false,
  };
}

/** An organization as webhooks carry it. */
export function presentOrganization(urls: Urls, user: User) {
  const api = `${urls.api}/orgs/${user.login}`;
  return {
    login: user.login,
    id: user.id,
    node_id: nodeId("O", user.id),
    url: api,
    repos_url: `${api}/repos`,
    events_url: `${api}/events`,
    hooks_url: `${api}/hooks`,
    issues_url: `${api}/issues`,
    members_url: `${api}/members{/member}`,
    public_members_url: `${api}/public_members{/member}`,
    avatar_url: `${urls.html}/avatars/u/${user.id}?v=4`,
    description: null,
  };
}
