/** Teams, as the control sets them up: `{organization, team, login}`. All throw `RangeError`. */
import type { Services } from "../services.ts";
import { addTeamMember, createTeam, removeTeamMember, teamIn } from "../setup/teams.ts";
import { findUser } from "../world/find.ts";
import type { Team } from "../world/state.ts";
import { type Body, choice, text } from "./body.ts";

interface Controlled {
  readonly services: Services;
}

export const listTeams = ({ services }: Controlled) =>
  [...services.world.teams.values()].map((team) => shown(services, team));

export function newTeam({ services }: Controlled, body: Body) {
  const privacy = choice(body, "privacy", ["closed", "secret"]);
  const team = createTeam(services, {
    organization: text(body, "organization"),
    name: text(body, "name"),
    ...(privacy ? { privacy } : {}),
    ...(body.parent === undefined ? {} : { parent: text(body, "parent") }),
  });
  return shown(services, team);
}

export function setTeamMember({ services }: Controlled, body: Body) {
  const team = teamIn(services.world, text(body, "organization"), text(body, "team"));
  const login = text(body, "login");
  const state = choice(body, "state", ["active", "pending", "none"]) ?? "active";
  const role = choice(body, "role", ["member", "maintainer"]) ?? "member";
  if (state === "none") removeTeamMember(services, team, login);
  else addTeamMember(services, team, login, { role, state });
  return shown(services, team);
}

function shown({ world }: Services, team: Team) {
  const parent = team.parentId === null ? undefined : world.teams.get(team.parentId);
  return {
    team: `${findUser(world, team.organizationId).login}/${team.slug}`,
    privacy: team.privacy,
    parent: parent?.slug ?? null,
    members: [...team.members].map(([id, place]) => ({ login: findUser(world, id).login, ...place })),
  };
}
