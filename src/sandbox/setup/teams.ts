/** Teams and who is in them, as an owner of the organization sets them up. No webhook tells of it. */
import type { Services } from "../services.ts";
import { userByLogin } from "../world/find.ts";
import { nextId } from "../world/ids.ts";
import type { Team, TeamMember } from "../world/state.ts";
import { teamBySlug } from "../world/teams.ts";
import { must } from "./accounts.ts";

export interface NewTeam {
  readonly organization: string;
  /** Its slug is made of it, as GitHub does. */
  readonly name: string;
  readonly privacy?: Team["privacy"];
  /** Slug of the team that it is below of. */
  readonly parent?: string;
}

/** Adds a team. Throws `RangeError` where the organization has one of that name, or is none. */
export function createTeam({ world, clock }: Services, input: NewTeam): Team {
  const { organization, name, privacy = "closed", parent } = input;
  const owner = must(userByLogin(world, organization), `account ${organization}`);
  if (owner.type !== "Organization")
    throw new RangeError(`${organization} is no organization: it has no teams`);
  const slug = slugOf(name);
  if (slug === "") throw new RangeError(`a team cannot be called ${JSON.stringify(name)}`);
  if (teamBySlug(world, organization, slug)) throw new RangeError(`the team ${organization}/${slug} exists`);
  const above = parent === undefined ? undefined : teamIn(world, organization, parent);
  if (above && (privacy === "secret" || above.privacy === "secret"))
    throw new RangeError("a secret team stands neither above nor below another");
  const team: Team = {
    id: nextId(world, "team"),
    organizationId: owner.id,
    slug,
    name,
    privacy,
    parentId: above?.id ?? null,
    members: new Map(),
    createdAt: clock.now(),
  };
  world.teams.set(team.id, team);
  return team;
}

/**
 * Puts somebody into a team, or changes their place in it; whoever is active there is a member of the organization
 * from then on. Throws `RangeError` where the account is not there.
 */
export function addTeamMember(
  { world }: Services,
  team: Team,
  login: string,
  { role = "member", state = "active" }: Partial<TeamMember> = {},
): void {
  const user = must(userByLogin(world, login), `user ${login}`);
  if (user.type !== "User") throw new RangeError(`${login} is no person`);
  const members = world.members.get(team.organizationId);
  if (state === "active" && !members?.has(user.id)) members?.set(user.id, "member");
  team.members.set(user.id, { role, state });
}

/** Takes somebody out of a team; they stay in the organization. Throws `RangeError` where they are not in it. */
export function removeTeamMember({ world }: Services, team: Team, login: string): void {
  const user = must(userByLogin(world, login), `user ${login}`);
  if (!team.members.delete(user.id)) throw new RangeError(`${login} is not in the team ${team.slug}`);
}

/** Throws `RangeError` where there is none. */
export const teamIn = (world: Services["world"], organization: string, slug: string): Team =>
  must(teamBySlug(world, organization, slug), `team ${organization}/${slug}`);

const slugOf = (name: string): string =>
  name
    .toLowerCase()
    .replaceAll(/[^a-z0-9_.]+/g, "-")
    .replaceAll(/^-+|-+$/g, "");
