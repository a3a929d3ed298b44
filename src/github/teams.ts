/** Teams of the organization that the repository belongs to: who is in one, as far as GitHub shows it. */
import type { Answer, Client, Params } from "./client.ts";
import { GitHubError } from "./errors.ts";
import type { Read, TeamMembership, TeamSeen } from "./ports.ts";
import { Shape } from "./shape.ts";

const TEAM = "/orgs/{org}/teams/{team_slug}";
const MEMBERSHIP = `${TEAM}/memberships/{username}`;

/**
 * One request where they are in the team. 404 says as well that the team cannot be seen, and a missing permission hides
 * both: so it is a no only beside the team itself, shown, and where it is said twice, as nothing else tells a 404 that is
 * wrong for a moment. Throws `GitHubError` where there is no answer.
 */
export async function teamMembership(
  client: Client,
  org: string,
  team_slug: string,
  username: string,
): Promise<Read<TeamMembership>> {
  const ask = () => visible(client, MEMBERSHIP, { org, team_slug, username });
  const first = await ask();
  if (first && first !== "forbidden") return readOf(first, stateOf(first));
  const team = await teamSeen(client, org, team_slug);
  if (team.value !== "seen") return unread(first ?? team.value);
  const second = await ask();
  if (second === "forbidden") {
    const words = "403 beside a team that is shown";
    throw new GitHubError("unavailable", `GET ${MEMBERSHIP}`, words, { status: 403 });
  }
  return second ? readOf(second, stateOf(second)) : { ...team, value: "none" };
}

/** Whether the team itself is shown. Throws `GitHubError` where there is no answer. */
export async function teamSeen(client: Client, org: string, team_slug: string): Promise<Read<TeamSeen>> {
  const team = await visible(client, TEAM, { org, team_slug });
  if (team === "forbidden") return unread(team);
  return team ? readOf(team, "seen") : unread("unseen");
}

/** A limit answers 403 as well, and is thrown like all else that is no answer. */
async function visible(
  client: Client,
  route: string,
  params: Params,
): Promise<Answer | "forbidden" | undefined> {
  try {
    return await client.get(route, params);
  } catch (error) {
    if (error instanceof GitHubError && error.kind === "forbidden") return "forbidden";
    throw error;
  }
}

function stateOf({ data }: Answer): TeamMembership {
  const state = new Shape(MEMBERSHIP, data).text("state");
  if (state === "active" || state === "pending") return state;
  throw new GitHubError("malformed", `GET ${MEMBERSHIP}`, `the membership is ${JSON.stringify(state)}`);
}

const readOf = <T>({ readAt, serverTime }: Answer, value: T): Read<T> => ({
  value,
  readAt,
  serverTime,
});

/** It has no time: nothing was shown. */
const unread = <T extends "forbidden" | "unseen">(value: T): Read<T> => ({ value, readAt: 0, serverTime: 0 });
