/** Teams of an organization, and who is in them (docs: REST "Teams", "Team members"). */
import { userByLogin } from "../../world/find.ts";
import type { Team } from "../../world/state.ts";
import { membershipIn, teamBySlug } from "../../world/teams.ts";
import { notFound } from "../errors.ts";
import { presentTeam, teamUrl } from "../present/team.ts";
import { type Route, type RouteContext, type RouteResult, route } from "../router.ts";

const TEAM = "/orgs/{org}/teams/{team_slug}";
const OPTIONS = { auth: "signed-in", permission: { members: "read" } } as const;

export const teamRoutes: readonly Route[] = [
  route("GET", TEAM, OPTIONS, (context) => ({
    status: 200,
    body: presentTeam(context.world, context.urls, teamParam(context)),
  })),
  route("GET", `${TEAM}/memberships/{username}`, OPTIONS, membership),
];

/** 404 for a team that is not there, and for one that whoever asks cannot see. */
function teamParam(context: RouteContext): Team {
  const { org = "", team_slug = "" } = context.params;
  const team = teamBySlug(context.world, org, team_slug);
  if (!team || !sees(context, team)) throw notFound();
  return team;
}

/** An App that may read members sees all teams of the organization that it is installed on. */
function sees({ world, actor }: RouteContext, team: Team): boolean {
  if (actor.kind !== "user") return actor.kind === "installation";
  const role = world.members.get(team.organizationId)?.get(actor.userId);
  if (role === undefined) return false;
  return (
    team.privacy === "closed" || role === "admin" || membershipIn(world, team, actor.userId) !== undefined
  );
}

function membership(context: RouteContext): RouteResult {
  const { world, urls } = context;
  const team = teamParam(context);
  const user = userByLogin(world, context.params.username ?? "");
  const found = user && membershipIn(world, team, user.id);
  if (!user || !found) throw notFound();
  // docs: "The `role` for organization owners is set to `maintainer`."
  const owns = world.members.get(team.organizationId)?.get(user.id) === "admin";
  const url = `${teamUrl(urls, team)}/memberships/${user.login}`;
  return { status: 200, body: { url, role: owns ? "maintainer" : found.role, state: found.state } };
}
