import type { Urls } from "../../services.ts";
import { findUser } from "../../world/find.ts";
import { nodeId } from "../../world/ids.ts";
import type { Team, User, World } from "../../world/state.ts";
import { activeMembers } from "../../world/teams.ts";
import { iso } from "./time.ts";
import { presentOrganization } from "./user.ts";

/** A team by itself (OpenAPI `team-full`). */
export function presentTeam(world: World, urls: Urls, team: Team) {
  const parent = team.parentId === null ? undefined : world.teams.get(team.parentId);
  return {
    ...presentSimpleTeam(world, urls, team),
    parent: parent ? presentSimpleTeam(world, urls, parent) : null,
    members_count: activeMembers(world, team).length,
    repos_count: 0,
    created_at: iso(team.createdAt),
    updated_at: iso(team.createdAt),
    organization: presentTeamOrganization(world, urls, findUser(world, team.organizationId)),
  };
}

/** A team inside another (OpenAPI `team-simple`). */
function presentSimpleTeam(world: World, urls: Urls, team: Team) {
  const { organizationId, slug } = team;
  return {
    id: team.id,
    node_id: nodeId("T", team.id),
    url: teamUrl(urls, team),
    html_url: `${urls.html}/orgs/${findUser(world, organizationId).login}/teams/${slug}`,
    name: team.name,
    slug,
    description: null,
    privacy: team.privacy,
    notification_setting: "notifications_enabled",
    permission: "pull",
    members_url: `${teamUrl(urls, team)}/members{/member}`,
    repositories_url: `${teamUrl(urls, team)}/repos`,
    type: "organization",
    organization_id: organizationId,
  };
}

/** Its address by ids, as GitHub writes it. */
export const teamUrl = (urls: Urls, { organizationId, id }: Team): string =>
  `${urls.api}/organizations/${organizationId}/team/${id}`;

function presentTeamOrganization(world: World, urls: Urls, organization: User) {
  const repositories = [...world.repositories.values()].filter(({ ownerId }) => ownerId === organization.id);
  return {
    ...presentOrganization(urls, organization),
    html_url: `${urls.html}/${organization.login}`,
    has_organization_projects: true,
    has_repository_projects: true,
    public_repos: repositories.filter((one) => !one.private).length,
    public_gists: 0,
    followers: 0,
    following: 0,
    created_at: iso(organization.createdAt),
    updated_at: iso(organization.createdAt),
    archived_at: null,
    type: "Organization",
  };
}
