/** Teams of organizations: who is in one, and who can see it. */
import { userByLogin } from "./find.ts";
import type { Team, TeamMember, World } from "./state.ts";

/** By organization and slug, in any letters; `undefined` also where the account is a person's. */
export function teamBySlug(world: World, organization: string, slug: string): Team | undefined {
  const owner = userByLogin(world, organization);
  const wanted = slug.toLowerCase();
  return [...world.teams.values()].find(
    ({ organizationId, slug: own }) => organizationId === owner?.id && own.toLowerCase() === wanted,
  );
}

/**
 * Somebody's membership: their own in the team, else one in a team below it, as GitHub counts them in. Whoever was
 * invited somewhere and is active elsewhere is active.
 */
export function membershipIn(world: World, team: Team, userId: number): TeamMember | undefined {
  const below = [...world.teams.values()].filter(({ parentId }) => parentId === team.id);
  const found = [team.members.get(userId), ...below.map((one) => membershipIn(world, one, userId))].filter(
    (one) => one !== undefined,
  );
  return found.find(({ state }) => state === "active") ?? found[0];
}

/** Those of the team and of the teams below it who have accepted. */
export function activeMembers(world: World, team: Team): readonly number[] {
  return [...world.users.keys()].filter((id) => membershipIn(world, team, id)?.state === "active");
}
